#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Where the memory lies: in the linear map or in vmalloc areas, as the driver says.
# subjects: scull, scull quantum=65536, scullc, scullc quantum=65536, scullp order=0, scullp order=1, scullp order=2, scullp order=3, scullp order=4, scullv order=0, scullv order=1, scullv order=2, scullv order=3, scullv order=4
. ./lib.sh

page=$(getconf PAGE_SIZE)
case $SUBJECT in
*quantum=*) quantum=${SUBJECT#*quantum=} ;;
*order=*) quantum=$((page << ${SUBJECT#*order=})) ;;
scullc) quantum=$page ;;
scull) quantum=4000 ;;
esac

test_every_quantum_lies_in_the_region_of_its_allocator() {
	local size=10000000 quanta linear vmalloc runs longest count
	cat "$(real_file $size)" >"$NODE"
	cmp "$NODE" "$(real_file $size)"
	assertTrue "contents" $?
	read -r quanta linear vmalloc runs longest <<<"$(regions_of "$DRIVER" 0 $quantum)"
	count=$(((size + quantum - 1) / quantum))
	assertEquals "quanta" $count "$quanta"
	if [ "$DRIVER" = scullv ]; then
		assertEquals "in the linear map" 0 "$linear"
		assertEquals "in vmalloc areas of their own" "$count" "$vmalloc"
		# A guard page keeps two areas apart.
		assertEquals "runs" "$count" "$runs"
	else
		assertEquals "in the linear map" "$count" "$linear"
		assertEquals "in vmalloc areas" 0 "$vmalloc"
	fi
	assertTrue "a run" "[ $longest -ge 1 ]"
}

test_quanta_of_whole_pages_are_aligned_to_their_size() {
	local misaligned
	[ "$DRIVER" = scullp ] || return 0
	misaligned=$(dump_of "$DRIVER" 0 | sed -n 's/^ *[0-9]*://p' | while read -r address; do
		[ $((0x${address: -8} % quantum)) -eq 0 ] || echo "$address"
	done)
	assertEquals "" "$misaligned"
}

test_no_two_quanta_overlap() {
	local overlaps
	overlaps=$(dump_of "$DRIVER" 0 | sed -n 's/^ *[0-9]*://p' | sort | {
		last=0
		while read -r address; do
			# The lower half of the address is enough: the rest is the same.
			at=$((0x${address: -12}))
			[ $at -ge $last ] || echo "$address"
			last=$((at + quantum))
		done
	})
	assertEquals "" "$overlaps"
}
