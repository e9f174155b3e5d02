#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Programs map, store, fork, move, unmap, write, read and empty one device at once,
# and look at every byte (see prog/maprace.c).
# subjects: scull quantum=4000, scull quantum=3page qset=7, scullc quantum=page, scullp order=0, scullp order=9, scullv order=4
# guest: --cpus 2
# few: scull quantum=4000, scullc quantum=page, scullp order=9, scullv order=4
. ./lib.sh

test_many_users_at_once_see_only_what_belongs_there() {
	local said what
	disturb
	said=$(timeout 100 prog/maprace race "$NODE" 10 2>&1)
	assertTrue "$said" $?
	undisturb
	for what in maps writes trims refused past-the-end; do
		assertTrue "$what in $said" "[[ '$said' =~ $what=[1-9] ]]"
	done
	if [ "$SUBJECT" != "scull quantum=4000" ]; then
		assertTrue "forks, stores in $said" "[[ '$said' =~ forks=[1-9].*stores=[1-9] ]]"
	fi
	assertEquals "mappings afterwards" 0 "$(attribute "$NODE" mappings)"
	: >"$NODE"
	assertEquals "held afterwards" 0 "$(attribute "$NODE" allocated)"
}

# For tests that need a shared mapping.
shared() { [ "$SUBJECT" != "scull quantum=4000" ] || { skip "needs quanta of whole pages"; false; }; }

at_once() { # TEST SECONDS WHAT
	local said
	: >"$NODE"
	said=$(timeout 100 prog/maprace "$1" "$NODE" "$2" 2>&1)
	assertTrue "$said" $?
	assertTrue "$3 in $said" "[[ '$said' =~ $3=[1-9] ]]"
	: >"$NODE"
	assertEquals "held afterwards" 0 "$(attribute "$NODE" allocated)"
}

test_threads_fault_at_once_next_to_each_other() {
	local seconds=4
	[ "$SUBJECT" != "scullp order=9" ] || seconds=15
	if shared; then at_once faults $seconds maps; fi
}

test_a_store_past_the_end_during_a_write_does_not_become_part_of_the_file() {
	if shared; then at_once growth 4 stores; fi
}

test_a_debugger_that_is_killed_leaves_a_read_only_file_alone() {
	at_once killed 4 killed
}
