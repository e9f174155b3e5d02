#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What opening a node does to its file: the family's own policy.
# subjects: each
. ./lib.sh

test_opening_to_write_starts_a_new_file() {
	write_file "a long first text"
	assert_op "5" w write short
	assert_op "short" r show 100
}

test_opening_to_append_keeps_the_file() {
	write_file one
	assert_op "3" wa write two
	assert_op "onetwo" r show 100
}

test_opening_to_read_and_write_keeps_the_file() {
	write_file abcdef
	assert_op "2 2" rw seek 2 set write XY
	assert_op "abXYef" r show 100
}

test_truncating_starts_a_new_file_with_any_way_to_write() {
	local flags
	for flags in rwt wat wt; do
		write_file abcdef
		assert_op "" $flags
		assertEquals "$flags" 0 "$(attribute "$NODE" size)"
	done
	write_file abcdef
	assert_op "" rt
	assertEquals "only reading" 6 "$(attribute "$NODE" size)"
}

test_a_new_file_gives_back_the_memory_of_the_old() {
	cat "$(real_file 3000001)" >"$NODE"
	assertTrue "held before" "[ $(attribute "$NODE" allocated) -ge 3000001 ]"
	: >"$NODE"
	assertEquals "held after" 0 "$(attribute "$NODE" allocated)"
}

test_a_write_that_copies_nothing_takes_no_memory() {
	: >"$NODE"
	assert_op "EFAULT" rw badwrite 100
	assertEquals 0 "$(attribute "$NODE" allocated)"
}

test_a_node_without_a_device_is_refused() {
	local major
	major=$(awk -v driver="$DRIVER" '$2 == driver { print $1 }' /proc/devices)
	mknod "$scratch/node" c "$major" 200
	assert_refused "No such device or address" cat "$scratch/node"
	rm "$scratch/node"
}
