#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The nodes: whose they are, how they are called, who is refused.
# subjects: each
. ./lib.sh

test_nodes_belong_to_the_group_scull() {
	local number
	for number in 0 1 2 3; do
		assertEquals "c root:scull 660" \
			"$(stat -c '%F %U:%G %a' "/dev/$DRIVER$number" | sed 's/character special file/c/')"
	done
}

test_there_is_a_node_for_each_device_and_no_more() {
	# shellcheck disable=SC2012 # the names are known
	assertEquals 4 "$(ls -d "/dev/$DRIVER"[0-9]* | wc -l)"
	load "$DRIVER" devs=12
	# shellcheck disable=SC2012
	assertEquals 12 "$(ls -d "/dev/$DRIVER"[0-9]* | wc -l)"
	assertEquals "another's first device" "$DRIVER" "$(basename "$(readlink "/dev/$DRIVER")" 0)"
	load "$DRIVER"
}

test_the_first_node_goes_by_the_name_of_the_driver() {
	assertEquals "${DRIVER}0" "$(readlink "/dev/$DRIVER")"
	echo abc >"/dev/$DRIVER"
	assertEquals abc "$(cat "/dev/${DRIVER}0")"
}

test_a_user_outside_the_group_is_refused() {
	assert_refused "Permission denied" as_nobody cat "$NODE"
	assert_refused "Permission denied" as_nobody sh -c "echo abc >$NODE"
}

test_a_member_of_the_group_is_not() {
	setpriv --reuid=65534 --regid=65534 --groups=scull sh -c "echo abc >$NODE && cat $NODE" >/dev/null
	assertTrue $?
}

test_nodes_go_with_the_driver() {
	unload "$DRIVER"
	udevadm settle
	assertFalse "node" "[ -e $NODE ]"
	assertFalse "link" "[ -L /dev/$DRIVER ]"
	assertFalse "dump" "[ -e /proc/${DRIVER}mem ]"
	load "$DRIVER"
}
