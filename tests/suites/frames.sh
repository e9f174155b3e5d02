#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A program's mapping is the very memory that the dump lists: no copy.
# subjects: mapped
. ./lib.sh

mapframe=../docs/examples/mapframe

# The frame that a line of mapframe's names; nothing if it names none.
frame_in() { sed -n "s/^  $1 .* frame \(0x[0-9a-f]*\) .*/\1/p" <<<"$said"; }

test_a_mapped_page_is_in_the_frame_of_the_dumps_quantum() {
	local offset said
	cat "$(real_file 3000001)" >"$NODE"
	for offset in 0 4097 70000 2999999; do
		said=$($mapframe "$NODE" $offset 2>&1)
		assertTrue "$said" $?
		assertContains "$said" "One and the same memory"
		assertNotEquals "the driver's frame in $said" "" "$(frame_in "the kernel")"
		case $DRIVER in
		scull | scullc) assertContains "$said" "not listed in pagemap" ;;
		*) assertEquals "$said" "$(frame_in "the kernel")" "$(frame_in "this program")" ;;
		esac
	done
	cmp "$NODE" "$(real_file 3000001)"
	assertTrue "the file is as it was" $?
}

test_a_hole_gets_a_frame_by_being_mapped() {
	local said
	: >"$NODE"
	prog/op "$NODE" rw pwrite 9000000 x >/dev/null
	said=$($mapframe "$NODE" 5000000 2>&1)
	assertTrue "$said" $?
	assertContains "$said" "One and the same memory"
}

test_a_private_mapping_is_a_copy_once_it_has_been_stored_to() {
	local said
	cat "$(real_file 100000)" >"$NODE"
	said=$($mapframe -p "$NODE" 70000 2>&1)
	assertEquals "mapframe's status; it said $said" 1 $?
	assertContains "$said" "the program has a copy"
	assertNotEquals "$said" "$(frame_in "the kernel")" "$(frame_in "this program")"
	cmp "$NODE" "$(real_file 100000)"
	assertTrue "the file is as it was" $?
}
