#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# With the slab allocator's checks on, objects have red zones and records beside
# them; those of whole pages begin on a page all the same, and can be mapped.
# subjects: scull quantum=page, scull quantum=2page, scull quantum=3page, scullc quantum=page, scullc quantum=3page, scullc quantum=16page
# guest: --cpus 2
# few: scull quantum=page, scullc quantum=3page
# kernel: slub_debug=FZPU
. ./lib.sh

# The cache that the quanta come from; the largest come from the page allocator.
case $SUBJECT in
"scull quantum=$page") cache=/sys/kernel/slab/kmalloc-cg-$((page / 1024))k ;;
"scull quantum=$((2 * page))") cache=/sys/kernel/slab/kmalloc-cg-$((page / 512))k ;;
scull\ *) cache= ;;
*) cache=/sys/kernel/slab/scullc ;;
esac

test_the_checks_are_on() {
	[ "$cache" ] || { skip "these quanta are no slab objects"; return; }
	assertEquals "red zones" 1 "$(cat $cache/red_zone)"
	assertEquals "poison" 1 "$(cat $cache/poison)"
	assertTrue "an object takes $(cat $cache/slab_size) bytes for $(cat $cache/object_size)" \
		"[ $(cat $cache/slab_size) -gt $(cat $cache/object_size) ]"
}

test_every_quantum_begins_on_a_page() {
	cat "$(real_file 3000001)" >"$NODE"
	assertTrue "$(quanta_of "$DRIVER" 0) quanta" "[ $(quanta_of "$DRIVER" 0) -gt 10 ]"
	assertEquals "" "$(dump_of "$DRIVER" 0 | sed -n 's/^ *[0-9]*://p' |
		while read -r address; do [ $((0x$address % page)) -eq 0 ] || echo "$address"; done)"
}

test_a_mapping_shows_the_file_and_nothing_else() {
	assert_succeeds ../docs/examples/mapcmp "$NODE" "$(real_file 3000001)"
	cmp <(../docs/examples/mapdump "$NODE") "$(real_file 3000001)"
	assertTrue "mapped shared" $?
}

test_many_users_at_once_see_only_what_belongs_there() {
	local said
	said=$(timeout 60 prog/maprace race "$NODE" 5 2>&1)
	assertTrue "$said" $?
}

test_the_checks_find_nothing_wrong() {
	: >"$NODE"
	[ -z "$cache" ] || echo 1 >"$cache/validate"
	assertEquals "held" 0 "$(attribute "$NODE" allocated)"
}
