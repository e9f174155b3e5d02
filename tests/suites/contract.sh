#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The system calls do what they do to a file. Every test runs on tmpfs too.
# subjects: geometries, tmpfs
. ./lib.sh

test_seeking_follows_the_size() {
	write_file 0123456789
	assert_op "10 9 5 7 20000" r seek 0 end seek -1 end seek 5 set seek 2 cur seek 20000 set
	assert_op "EINVAL EINVAL 0" r seek -1 set seek -11 end seek 0 cur
}

test_reading_at_and_past_the_end_returns_0() {
	write_file abcd
	assert_op "0 0 1" r pread 4 10 pread 400 10 pread 3 10
	# Where numbers of pages have 32 bits, that is page 0 to tmpfs again.
	[ "$DRIVER:$bits" = tmpfs:32 ] || assert_op "0" r pread $((32 << 40)) 10
}

test_positional_calls_leave_the_position() {
	write_file abcdef
	assert_op "2 2 XY cXYf" rw pwrite 3 XY seek 2 set pshow 3 2 show 100
}

test_vectored_calls_go_across_pieces() {
	: >"$NODE"
	assert_op "9" rw writev abc,d,efghi
	assert_op "ab,cdef,ghi" r readv 2,4,10
}

test_vectored_calls_go_across_quanta() {
	write_new 200000
	assert_op "199998 6" rw seek 199998 set writev abc,def
	assert_op "199996 xx,abcdef" r seek 199996 set readv 2,20
}

test_appending_goes_to_the_end_wherever_the_position_is() {
	write_file abc
	assert_op "3 0 3" wa write def seek 0 set write ghi
	assert_op "abcdefghi" r show 100
	# Linux appends even with an offset.
	assert_op "1" wa pwrite 0 z
	assert_op "abcdefghiz" r show 100
}

test_flags_of_one_write_are_honoured() {
	write_file abc
	assert_op "3 3" rw pwrite2 0 append def pwrite2 0 dsync XYZ
	assert_op "XYZdef" r show 100
}

test_a_large_request_is_done_in_one_call() {
	: >"$NODE"
	assert_op "4194304 1000003" rw fill 4194304 fill 1000003
	assert_op "5194307 0" r read 100000000 read 1
}

test_holes_read_as_zeros() {
	: >"$NODE"
	assert_op "3" rw pwrite 1000000 end
	head -c 1000000 /dev/zero | cmp -n 1000000 - "$NODE"
	assertTrue "zeros" $?
	assert_op "end" r pshow 1000000 100
}

test_bytes_far_apart_all_come_back() {
	: >"$NODE"
	assert_op "1 1 1 1" rw pwrite 0 a pwrite $((1 << 20)) b pwrite $((1 << 31)) c pwrite $((1 << 42)) d
	assert_op "a b c d" r pshow 0 1 pshow $((1 << 20)) 1 pshow $((1 << 31)) 1 pshow $((1 << 42)) 1
	: >"$NODE"
}

test_overwriting_leaves_the_rest() {
	write_new 300000
	assert_op "5" rw pwrite 131070 HELLO
	assert_op "xHELLOx" r pshow 131069 7
	assert_op "300000" r seek 0 end
}

test_bad_addresses_are_EFAULT_and_change_nothing() {
	write_file abc
	assert_op "EFAULT EFAULT" rw badwrite 100 badread 100
	assert_op "abc" r show 100
}

test_a_write_that_fails_far_away_does_not_move_the_end() {
	[ "$DRIVER" != tmpfs ] || ! newer 7.0 || { skip "on tmpfs it does, since Linux 7"; return; }
	write_file abc
	assert_op "$((1 << 40)) EFAULT 3" rw seek $((1 << 40)) set badwrite 100 seek 0 end
}

test_what_comes_before_a_bad_address_is_done() {
	: >"$NODE"
	assert_op "$page" rw halfwrite
	assert_op "$page" r seek 0 end
	write_new 100000
	assert_op "$page" r halfread
}

test_writing_nothing_does_nothing() {
	write_file abc
	assert_op "0 3" rw pfill 100000 0 seek 0 end
}

test_impossible_offsets_are_refused() {
	write_file abc
	assert_op "EINVAL EINVAL" rw pread -1 1 pwrite -1 x
	assert_op "EINVAL EINVAL" rw pread 0x7fffffffffffffff 1 pwrite 0x7fffffffffffffff x
	assert_op "3" r seek 0 end
}

test_syncing_and_polling_are_always_ready() {
	write_file abc
	assert_op "0 0 5" rw fsync fdatasync poll
}

test_sendfile_copies_in_and_out() {
	local size=2000003
	: >"$NODE"
	assert_op $size rw copy_from "$(real_file $size)"
	cmp "$NODE" "$(real_file $size)"
	assertTrue "into the device" $?
	assertEquals $size "$(prog/op "$scratch/out" rwct copy_from "$NODE" | xargs)"
	cmp "$scratch/out" "$(real_file $size)"
	assertTrue "out of the device" $?
}

test_direct_io_is_accepted() {
	[ "$DRIVER" != tmpfs ] || newer 6.6 || { skip "tmpfs has no O_DIRECT before Linux 6.6"; return; }
	write_file abcdef
	assert_op "1 Xbcdef" rwd pwrite 0 X pshow 0 100
}

test_sparse_copies_are_the_same() {
	: >"$NODE"
	assert_op "3 3" rw pwrite 500000 mid pwrite 2000000 end
	cp --sparse=always "$NODE" "$scratch/sparse"
	cmp "$NODE" "$scratch/sparse"
	assertTrue "out of the device" $?
	cat "$scratch/sparse" >"$NODE"
	cmp "$NODE" "$scratch/sparse"
	assertTrue "into the device" $?
}
