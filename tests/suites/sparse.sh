#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Holes are real: they cost nothing, and read as zeros.
# subjects: each
# shellcheck disable=SC2016 # the programs in quotes are Perl
. ./lib.sh

GiB=$((1 << 30))

# Put one byte at an offset of a new file. (dd with seek= opens to read and write,
# which keeps the old one.)
byte_at() { # OFFSET
	: >"$NODE"
	printf x | dd of="$NODE" bs=1 seek="$1" status=none
}

test_a_byte_at_1_GiB_costs_one_item_and_one_quantum() {
	byte_at $GiB
	assertEquals "size" $((GiB + 1)) "$(attribute "$NODE" size)"
	assertEquals "items" 1 "$(items_of "$DRIVER" 0)"
	assertEquals "quanta" 1 "$(quanta_of "$DRIVER" 0)"
}

test_a_hole_reads_as_zeros_and_stays_a_hole() {
	byte_at 20000000
	dd if="$NODE" bs=1M count=20000000 iflag=count_bytes status=none |
		cmp - <(head -c 20000000 /dev/zero)
	assertTrue "zeros" $?
	assertEquals "the byte behind the hole" x "$(tail -c 1 "$NODE")"
	assertEquals "quanta" 1 "$(quanta_of "$DRIVER" 0)"
}

test_what_surrounds_a_byte_in_its_quantum_reads_as_zeros() {
	# Leave something else in the memory that the next quantum gets.
	cat "$(real_file 3000001)" >"$NODE"
	byte_at 100
	printf y | dd of="$NODE" bs=1 seek=200 status=none
	cmp "$NODE" <(head -c 100 /dev/zero; printf x; head -c 99 /dev/zero; printf y)
	assertTrue "only what was written" $?
}

test_reading_at_32_TiB_returns_0_at_once() {
	echo abc >"$NODE"
	assertEquals 0 "$(timeout 10 dd if="$NODE" bs=1M skip=$((32 << 40)) iflag=skip_bytes status=none | wc -c)"
}

test_bytes_far_apart_all_come_back() {
	local shifts="0 12 16 20 30 40 50 60 62"
	: >"$NODE"
	# shellcheck disable=SC2086 # a list of words
	perl -MFcntl -e 'sysopen(my $f, shift, O_RDWR) or die;
		for (@ARGV) { sysseek($f, 1 << $_, 0); syswrite($f, chr) == 1 or die "$!" }' "$NODE" $shifts
	# shellcheck disable=SC2086
	assertEquals "$shifts" "$(perl -e 'open(my $f, "<", shift) or die; print join " ",
		map { sysseek($f, 1 << $_, 0); sysread($f, my $byte, 1); ord $byte } @ARGV' "$NODE" $shifts)"
	: >"$NODE"
	assertEquals "held after all" 0 "$(attribute "$NODE" allocated)"
}

test_the_last_offset_is_writable_and_appending_past_it_is_EFBIG() {
	perl -MFcntl -e 'sysopen(my $f, $ARGV[0], O_RDWR|O_TRUNC) or die;
		sysseek($f, 0x7ffffffffffffffe, 0) or die "$!"; syswrite($f, "x") == 1 or die "$!"' "$NODE"
	assertTrue "the last byte" $?
	assert_refused "File too large" bash -c "printf x >>$NODE"
	: >"$NODE"
}
