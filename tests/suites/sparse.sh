#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Holes are real: they cost nothing, and SEEK_DATA and SEEK_HOLE find them.
# subjects: geometries
# kernel: kmemleak=on
. ./lib.sh

GiB=$((1 << 30))

prepare() {
	quantum=$(attribute "$NODE" quantum)
	: >"$NODE"
}

test_a_byte_at_1_GiB_costs_one_item_and_one_quantum() {
	assert_op "1" rw pwrite $GiB x
	assertEquals "size" $((GiB + 1)) "$(attribute "$NODE" size)"
	assertEquals "items" 1 "$(items_of "$DRIVER" 0)"
	assertEquals "quanta" 1 "$(quanta_of "$DRIVER" 0)"
}

test_reading_a_hole_leaves_it_a_hole() {
	assert_op "1 20000000" rw pwrite 20000000 x pread 0 20000000
	assertEquals "quanta" 1 "$(quanta_of "$DRIVER" 0)"
}

test_what_surrounds_a_byte_in_its_quantum_reads_as_zeros() {
	# Leave something else in the memory that the next quantum gets.
	cat "$(real_file 3000001)" >"$NODE"
	: >"$NODE"
	assert_op "1 1" rw pwrite 100 x pwrite 200 y
	cmp "$NODE" <(head -c 100 /dev/zero; printf x; head -c 99 /dev/zero; printf y)
	assertTrue "only what was written" $?
}

test_reading_at_32_TiB_returns_0_at_once() {
	write_file abc
	assertEquals 0 "$(timeout 10 dd if="$NODE" bs=1M skip=$((32 << 40)) iflag=skip_bytes status=none | wc -c)"
}

test_the_farthest_bytes_come_back() {
	local end
	end=$(limit)
	assert_op "1 1 1" rw pwrite $((end / 8192)) a pwrite $((end / 2)) b pwrite $((end - 2)) c
	assert_op "a b c" r pshow $((end / 8192)) 1 pshow $((end / 2)) 1 pshow $((end - 2)) 1
	: >"$NODE"
	assertEquals "held after all" 0 "$(attribute "$NODE" allocated)"
}

test_appending_past_the_last_offset_is_EFBIG() {
	local held
	assert_op "1" rw pwrite $(($(limit) - 1)) x
	held=$(attribute "$NODE" allocated)
	assert_op "EFBIG" wa write x
	assertEquals "held" "$held" "$(attribute "$NODE" allocated)"
}

test_a_hole_is_read_up_to_the_last_byte_that_there_is_room_for() {
	assert_op "1 1 7 100" rw pwrite 20000000 x edgeread 1 edgereadv 7 edgeread 100
}

test_data_and_holes_are_found_by_quantum() {
	local q=$quantum
	# Quanta 2 and 3 and 700 hold something; the file ends inside quantum 700.
	assert_op "1 1 1" rw pwrite $((2 * q + 1)) a pwrite $((3 * q)) b pwrite $((700 * q)) c
	assert_op "$((2 * q)) $((2 * q)) $((2 * q + 1)) $((4 * q - 1))" r \
		seek 0 data seek $((2 * q)) data seek $((2 * q + 1)) data seek $((4 * q - 1)) data
	assert_op "$((700 * q)) ENXIO ENXIO ENXIO" r \
		seek $((4 * q)) data seek $((700 * q + 1)) data seek $((900 * q)) data seek -1 data
	assert_op "0 $((4 * q)) $((4 * q)) $((5 * q + 1))" r \
		seek 0 hole seek $((2 * q)) hole seek $((3 * q + 1)) hole seek $((5 * q + 1)) hole
	assert_op "$((700 * q + 1)) ENXIO" r seek $((700 * q)) hole seek $((700 * q + 1)) hole
}

test_the_hole_behind_the_last_offset_is_found() {
	local end
	end=$(limit)
	assert_op "1" rw pwrite $((end - 1)) x
	assert_op "$end" r seek $((end - 1)) hole
}

test_an_empty_file_has_neither_data_nor_hole() {
	assert_op "ENXIO ENXIO" r seek 0 data seek 0 hole
}

test_the_position_follows_data_and_hole() {
	local q=$quantum
	assert_op "1 $((3 * q)) $((3 * q)) x" rw pwrite $((3 * q)) x seek 0 data seek 0 cur show 10
}

test_nowait_is_honest() {
	write_file abc
	assert_op "abc 1 EAGAIN 3" rw pshow 0 3 pwrite2 0 nowait X pwrite2 $((3 * quantum)) nowait Y seek 0 end
	assert_op "3" r pread2 0 nowait 3
	# All or nothing: the first part would have fitted.
	assert_op "EAGAIN" rw pwrite2 $((quantum - 1)) nowait YZ
	assertEquals "nothing was taken" 1 "$(quanta_of "$DRIVER" 0)"
}
