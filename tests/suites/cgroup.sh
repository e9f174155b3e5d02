#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a device holds is charged to the memory cgroup of whoever wrote it.
# subjects: each
# kernel: kmemleak=on
. ./lib.sh

MiB=$((1 << 20))

prepare() {
	: >"$NODE"
	make_group 64M
}

charged() { cat $group/memory.current; }

test_what_is_written_is_charged_and_given_back() {
	local before
	before=$(charged)
	in_group dd if=/dev/zero of="$NODE" bs=64k count=512 status=none
	assertTrue "$before to $(charged)" "[ $(charged) -ge $((before + 32 * MiB)) ]"
	: >"$NODE"
	assertTrue "afterwards $(charged)" "[ $(charged) -lt $((16 * MiB)) ]"
}

test_a_writer_at_its_limit_fails_alone() {
	local said status size kills
	kills=$(oom_kills)
	said=$(in_group dd if="$(big_file)" of="$NODE" bs=1M 2>&1)
	status=$?
	# It may be killed while it tells.
	assertTrue "killed, or told: status $status, $said" \
		"[ $status -eq 137 ] || [[ $status -ne 0 && '$said' == *'Cannot allocate memory'* ]]"
	size=$(attribute "$NODE" size) # under KASAN an object takes twice its size
	assertTrue "wrote $size" "[ $size -gt $((16 * MiB)) -a $size -lt $((64 * MiB)) ]"
	cmp -n "$size" "$NODE" "$(big_file)"
	assertTrue "what was written is whole" $?
	cat "$(real_file 3000001)" >"/dev/${DRIVER}1"
	assertTrue "a writer outside does not notice" $?
	cmp "/dev/${DRIVER}1" "$(real_file 3000001)"
	assertTrue "nor its data" $?
	# The memory that is charged to a group is no process's: at its limit the group
	# may lose whoever is in it, but nobody else.
	assertTrue "at most the writer was killed" \
		"[ $(oom_kills) -le $((kills + 1)) ]"
	: >"$NODE"
}

# Nodes of xarrays in use, exactly.
nodes() {
	echo 1 >/sys/kernel/slab/radix_tree_node/shrink
	awk '$1 == "radix_tree_node" { print $2 }' /proc/slabinfo
}

test_allocations_that_fail_leave_nothing_behind() {
	local before after
	# Quanta as small as can be, so that the nodes are what runs out.
	case $DRIVER in
	scull | scullc) load "$DRIVER" qset=1 quantum=8 ;;
	*) load "$DRIVER" qset=1 order=0 ;;
	esac
	available >/dev/null
	before=$(nodes)
	echo 2M >$group/memory.max
	assert_succeeds in_group prog/parallel exhaust "$NODE"
	assertEquals "allocated" 0 "$(attribute "$NODE" allocated)"
	available >/dev/null
	after=$(nodes)
	assertTrue "nodes from $before to $after" "[ $after -lt $((before + 150)) ]"
	load "$DRIVER"
	rmdir $group
}
