#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# open, seek, read and write keep to what a file does.
# subjects: each
# shellcheck disable=SC2016 # the programs in quotes are Perl
. ./lib.sh

# Open the node as given, run Perl on $f, print what it prints. No buffering.
with_node() { # FLAGS PERL
	perl -MFcntl -e 'sysopen(my $f, $ARGV[0], eval $ARGV[1]) or die "open: $!\n"; eval $ARGV[2]; die $@ if $@' \
		"$NODE" "$1" "$2" 2>&1
}

test_opening_to_write_starts_a_new_file() {
	echo "a long first text" >"$NODE"
	echo short >"$NODE"
	assertEquals short "$(cat "$NODE")"
}

test_opening_to_append_keeps_the_file() {
	echo one >"$NODE"
	echo two >>"$NODE"
	assertEquals "one two" "$(xargs <"$NODE")"
}

test_opening_to_read_and_write_keeps_the_file() {
	echo abcdef >"$NODE"
	with_node O_RDWR 'sysseek($f, 2, 0); syswrite($f, "XY")'
	assertEquals abXYef "$(cat "$NODE")"
}

test_truncating_starts_a_new_file_with_any_way_to_write() {
	local flags
	for flags in 'O_RDWR|O_TRUNC' 'O_WRONLY|O_APPEND|O_TRUNC'; do
		echo abcdef >"$NODE"
		with_node "$flags" 1
		assertEquals "$flags" 0 "$(attribute "$NODE" size)"
	done
	echo abcdef >"$NODE"
	with_node 'O_RDONLY|O_TRUNC' 1
	assertEquals "only reading" 7 "$(attribute "$NODE" size)"
}

test_a_new_file_gives_back_the_memory_of_the_old() {
	cat "$(real_file 3000001)" >"$NODE"
	assertTrue "held before" "[ $(attribute "$NODE" allocated) -ge 3000001 ]"
	: >"$NODE"
	assertEquals "held after" 0 "$(attribute "$NODE" allocated)"
}

test_seeking_follows_the_size() {
	head -c 10000 "$(big_file)" >"$NODE"
	assertEquals end 10000 "$(with_node O_RDONLY 'print sysseek($f, 0, 2)')"
	assertEquals "before the end" 9990 "$(with_node O_RDONLY 'print sysseek($f, -10, 2)')"
	assertEquals "relative" 30 "$(with_node O_RDONLY 'sysseek($f, 10, 0); print sysseek($f, 20, 1)')"
	assertEquals "beyond the end" 20000 "$(with_node O_RDONLY 'print sysseek($f, 20000, 0)')"
	assertContains "before the start" \
		"$(with_node O_RDONLY 'sysseek($f, -1, 0) or print "$!"')" "Invalid argument"
	assertContains "an unknown whence" \
		"$(with_node O_RDONLY 'sysseek($f, 0, 9) or print "$!"')" "Invalid argument"
}

test_reading_at_and_past_the_end_returns_0() {
	echo abc >"$NODE"
	assertEquals 0 "$(with_node O_RDONLY 'sysseek($f, 4, 0); print sysread($f, $_, 10)')"
	assertEquals 0 "$(with_node O_RDONLY 'sysseek($f, 400, 0); print sysread($f, $_, 10)')"
	assertEquals 1 "$(with_node O_RDONLY 'sysseek($f, 3, 0); print sysread($f, $_, 10)')"
}

test_overwriting_leaves_the_rest() {
	cat "$(real_file 3000001)" >"$NODE"
	cp "$(real_file 3000001)" "$scratch/expected"
	dd if=/dev/urandom of="$scratch/patch" bs=100003 count=1 status=none
	dd if="$scratch/patch" of="$scratch/expected" bs=1 seek=65000 conv=notrunc status=none
	dd if="$scratch/patch" bs=100003 status=none | with_node O_RDWR \
		'sysseek($f, 65000, 0); local $/; syswrite($f, <STDIN>)' >/dev/null
	cmp "$NODE" "$scratch/expected"
	assertTrue $?
}

test_a_bad_address_is_EFAULT_and_changes_nothing() {
	: >"$NODE"
	assertEquals "writing" "Bad address" "$(with_node O_RDWR \
		'$n = syscall(1, fileno($f), 8, 100); print $n < 0 ? "$!" : $n')"
	assertEquals "size" 0 "$(attribute "$NODE" size)"
	assertEquals "held" 0 "$(attribute "$NODE" allocated)"
	echo abc >"$NODE"
	assertEquals "reading" "Bad address" "$(with_node O_RDWR \
		'$n = syscall(0, fileno($f), 8, 100); print $n < 0 ? "$!" : $n')"
	assertEquals abc "$(cat "$NODE")"
}

test_writing_nothing_does_nothing() {
	echo abc >"$NODE"
	assertEquals 0 "$(with_node O_RDWR 'sysseek($f, 100000, 0); print syswrite($f, "")')"
	assertEquals 4 "$(attribute "$NODE" size)"
}

test_a_node_without_a_device_is_refused() {
	local major
	major=$(awk -v driver="$DRIVER" '$2 == driver { print $1 }' /proc/devices)
	mknod "$scratch/node" c "$major" 200
	assert_refused "No such device or address" cat "$scratch/node"
	rm "$scratch/node"
}
