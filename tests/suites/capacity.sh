#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The cap on all memory held.
# subjects: each
# kernel: kmemleak=on
# shellcheck disable=SC2016 # the programs in quotes are Perl
. ./lib.sh

parameter=/sys/module/scull_common/parameters/capacity
MiB=$((1 << 20))

prepare() {
	echo 64M >$parameter
	: >"$NODE"
}

test_half_of_memory_is_the_default() {
	local capacity total
	unload "$DRIVER"
	load "$DRIVER"
	capacity=$(cat $parameter)
	# Of what the kernel has addresses for.
	total=$(awk '$1 == "MemTotal:" || $1 == "LowTotal:" { total = $2 }
		END { printf "%.0f", total * 1024 }' /proc/meminfo)
	assertTrue "$capacity of $total" "[ $capacity -ge $((total * 49 / 100)) -a $capacity -le $((total * 51 / 100)) ]"
}

test_a_parameter_says_otherwise() {
	unload "$DRIVER"
	assert_succeeds modprobe scull_common capacity=3M
	load "$DRIVER"
	assertEquals $((3 * MiB)) "$(cat $parameter)"
	assert_refused "No space left on device" cp "$(real_file 4194304)" "$NODE"
	unload "$DRIVER"
	modprobe -r scull_common
	load "$DRIVER"
}

test_sizes_are_understood() {
	local size
	for size in 1=1 4096=4096 0x1000=4096 3k=3072 64M=67108864 2G=2147483648 1T=1099511627776; do
		echo "${size%=*}" >$parameter
		assertEquals "${size%=*}" "${size#*=}" "$(cat $parameter)"
	done
}

test_nonsense_is_refused_and_changes_nothing() {
	local size
	for size in 0 -1 64Q 64MM M "" "64 M" 99999999999999999999 99999999999G 8E; do
		assert_refused "Invalid argument" bash -c "echo '$size' >$parameter"
		assertEquals "after $size" $((64 * MiB)) "$(cat $parameter)"
	done
}

test_a_full_device_says_so_and_keeps_what_it_has() {
	local size held
	assert_refused "No space left on device" cp "$(big_file)" "$NODE"
	size=$(attribute "$NODE" size)
	held=$(attribute "$NODE" allocated)
	assertTrue "holds $held" "[ $held -le $((64 * MiB)) -a $held -ge $((63 * MiB)) ]"
	cmp -n "$size" "$NODE" "$(big_file)"
	assertTrue "what was written before" $?
	cmp "$NODE" "$(big_file)" 2>&1 | grep -q "EOF on $NODE"
	assertTrue "and no more" $?
}

test_the_rest_of_the_machine_does_not_notice() {
	local before
	before=$(available)
	assert_refused "No space left on device" cp "$(big_file)" "$NODE"
	assertTrue "other programs run" "date >/dev/null"
	assertTrue "memory is left" "[ $(available) -ge $((before - 256 * MiB)) ]"
}

test_the_capacity_counts_all_devices_together() {
	head -c $((40 * MiB)) "$(big_file)" >"$NODE"
	assert_refused "No space left on device" sh -c "head -c $((40 * MiB)) $(big_file) >/dev/${DRIVER}1"
	: >"/dev/${DRIVER}1"
}

test_trimming_gives_all_of_it_back() {
	local before=0 round
	for round in 1 2 3 4 5 6; do
		assert_refused "No space left on device" cp "$(big_file)" "$NODE"
		: >"$NODE"
		assertEquals "held" 0 "$(attribute "$NODE" allocated)"
		[ $round -gt 1 ] || before=$(available)
	done
	head -c $((60 * MiB)) "$(big_file)" >"$NODE"
	assertTrue "the space can be used again" $?
	: >"$NODE"
	assertTrue "from $before to $(available) available" "[ $(available) -ge $((before - 80 * MiB)) ]"
}

test_a_capacity_below_what_is_held_loses_nothing() {
	head -c $((30 * MiB)) "$(big_file)" >"$NODE"
	echo 10M >$parameter
	cmp -n $((30 * MiB)) "$NODE" "$(big_file)"
	assertTrue "contents" $?
	assert_refused "No space left on device" sh -c "cat $(real_file 10007) $(real_file 3000001) >>$NODE"
	dd if=/dev/zero bs=1M count=29 status=none | dd of="$NODE" bs=1M seek=1 status=none
	assertTrue "what is held can be overwritten" $?
}

test_a_write_past_the_capacity_takes_nothing_and_moves_nothing() {
	local held
	write_file abc
	held=$(attribute "$NODE" allocated)
	echo "$held" >$parameter
	assert_op "ENOSPC ENOSPC 3" rw pwrite $((1 << 30)) x pwrite $((1 << 40)) x seek 0 end
	assertEquals "held" "$held" "$(attribute "$NODE" allocated)"
	assert_op "1 Xbc" rw pwrite 0 X pshow 0 10
}

test_the_capacity_bounds_what_bytes_far_apart_cost() {
	local before
	case $DRIVER in
	scull | scullc) load "$DRIVER" qset=1 quantum=64 ;;
	*) load "$DRIVER" qset=1 order=0 ;;
	esac
	echo 16M >$parameter
	before=$(available)
	assert_refused "No space left on device" perl -MFcntl -e 'sysopen(my $f, shift, O_RDWR) or die "$!";
		for (0 .. 1000000) { sysseek($f, $_ << 20, 0); syswrite($f, "x") or die "$!" }' "$NODE"
	assertTrue "it took $((before - $(available)))" "[ $((before - $(available))) -lt $((80 * MiB)) ]"
	load "$DRIVER"
}

test_new_files_in_quick_succession_take_no_more_than_one() {
	local most
	load "$DRIVER" qset=65536
	available >/dev/null
	most=$(perl -e 'sub left { open(my $m, "<", "/proc/meminfo"); (<$m>)[1] =~ /(\d+)/; $1 }
		$start = $least = left();
		for (0 .. 1500) { open(my $f, ">", $ARGV[0]) or die; syswrite($f, "x"); close $f;
			if ($_ % 50 == 0) { $now = left(); $least = $now if $now < $least } }
		print $start - $least' "$NODE")
	assertTrue "at most $most KiB" "[ $most -lt $((64 * 1024)) ]"
	load "$DRIVER"
}

test_a_write_that_meets_the_capacity_is_short() {
	local count
	count=$(perl -e 'open(my $f, ">", $ARGV[0]) or die; print syswrite($f, "x" x (100 << 20))' "$NODE")
	assertTrue "wrote $count" "[ $count -ge $((60 * MiB)) -a $count -le $((64 * MiB)) ]"
	assertEquals "size" "$count" "$(attribute "$NODE" size)"
}
