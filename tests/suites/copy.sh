#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A large real file goes into a device and comes out unchanged.
# subjects: each
# kernel: kmemleak=on
# shellcheck disable=SC2016 # the programs in quotes are Perl
. ./lib.sh

test_cat_copies_a_file_of_64_MiB_in_and_out() {
	cat "$(big_file)" >"$NODE"
	cat "$NODE" >"$scratch/copy"
	cmp "$scratch/copy" "$(big_file)"
	assertTrue "read back with cat" $?
	assertEquals "size" "$(stat -c %s "$(big_file)")" "$(attribute "$NODE" size)"
}

# Reads the file that the test before wrote.
read_back_by() { # BLOCK-SIZE
	dd if="$NODE" bs="$1" status=none | cmp - "$(big_file)"
	assertTrue "read back with bs=$1" $?
}

test_dd_reads_it_back_in_blocks_of_511() { read_back_by 511; }
test_dd_reads_it_back_in_blocks_of_4096() { read_back_by 4096; }
test_dd_reads_it_back_in_blocks_of_1M() { read_back_by 1M; }

test_dd_writes_it_in_blocks_of_511() {
	dd if="$(real_file 3000001)" of="$NODE" bs=511 status=none
	cmp "$NODE" "$(real_file 3000001)"
	assertTrue "what blocks of 511 wrote" $?
}

test_dd_copies_a_small_file_byte_by_byte() {
	dd if="$(real_file 10007)" of="$NODE" bs=1 status=none
	dd if="$NODE" bs=1 status=none | cmp - "$(real_file 10007)"
	assertTrue "byte by byte" $?
}

test_one_write_of_4_MiB_returns_4_MiB() {
	local count
	count=$(perl -e 'open(my $node, ">", $ARGV[0]) or die; print syswrite($node, "x" x 4194304)' "$NODE")
	assertEquals 4194304 "$count"
	assertEquals 4194304 "$(attribute "$NODE" size)"
}

test_one_read_of_4_MiB_returns_4_MiB() {
	cat "$(real_file 5000000)" >"$NODE"
	assertEquals 4194304 \
		"$(perl -e 'open(my $node, "<", $ARGV[0]) or die; print sysread($node, $_, 4194304)' "$NODE")"
}

test_two_devices_of_a_driver_hold_two_files() {
	cat "$(real_file 3000001)" >"/dev/${DRIVER}1"
	cat "$(real_file 10007)" >"/dev/${DRIVER}2"
	cmp "/dev/${DRIVER}1" "$(real_file 3000001)" && cmp "/dev/${DRIVER}2" "$(real_file 10007)"
	assertTrue "each holds its own" $?
}
