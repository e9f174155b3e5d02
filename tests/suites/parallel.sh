#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Several tasks on one file. Every test but the last runs on tmpfs too.
# subjects: each, scull quantum=64 qset=3, scullp order=9, tmpfs
# guest: --cpus 2
# kernel: kmemleak=on
. ./lib.sh

in_parallel() { # TEST [SECONDS]
	local said
	said=$(timeout 100 prog/parallel "$1" "$NODE" "${@:2}" 2>&1)
	assertTrue "$1: $said" $?
}

test_parallel_appenders_never_tear_a_record() { in_parallel append; }
test_tasks_that_share_a_descriptor_share_its_position() { in_parallel position; }
test_a_reader_that_waits_does_not_keep_others_out() { in_parallel readers; }
test_kill_ends_a_huge_write_at_once() {
	if [ "$DRIVER" = tmpfs ]; then
		in_parallel kill
	else
		in_parallel kill "/sys/class/scull/${NODE#/dev/}/allocated"
	fi
}

test_mixed_use_mixes_no_bytes() {
	if [ "$DRIVER" = tmpfs ]; then
		skip "a file on tmpfs is not emptied under a lock"
		return
	fi
	disturb
	in_parallel mix 6
	undisturb
	assertEquals "held afterwards" 0 "$(attribute "$NODE" allocated)"
}
