#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Mappings come and go; while there is one, what it maps stays.
# subjects: scull quantum=4000, scull quantum=page, scullc quantum=65536, scullp order=0, scullp order=9, scullv
# guest: --cpus 2
# few: scull quantum=4000, scullc quantum=65536, scullp order=9, scullv
# kernel: kmemleak=on
. ./lib.sh

PATH=$PATH:/usr/local/bin
mappings=/sys/class/scull/${NODE#/dev/}/mappings
size=/sys/class/scull/${NODE#/dev/}/size

# Shared, where that can be.
mode=srw
[ "$SUBJECT" != "scull quantum=4000" ] || mode=prw

prepare() { write_new 10p; }

# So many programs in the background that have the file mapped, and wait; they
# have closed it.
start_mappers() { # COUNT
	mappers=()
	while [ "${#mappers[@]}" -lt "$1" ]; do
		prog/op "$NODE" rw map 0 10p $mode touch 0 10p close pause >/dev/null &
		mappers+=($!)
	done
	await_mappings "$1"
}

kill_mappers() {
	kill -KILL "${mappers[@]}"
	wait "${mappers[@]}" 2>/dev/null
	await_mappings 0
}

# Fails unless there are so many mappings within ten seconds.
await_mappings() { # COUNT
	local try
	for try in {1..100}; do
		[ "$(cat "$mappings")" -ne "$1" ] || return 0
		sleep 0.1
	done
	fail "$(cat "$mappings") mappings, not $1, after $try tries"
}

test_mappings_are_counted_in_every_process() {
	assert_op "0 0 1 2 3 2 1" rw get "$mappings" map 0 10p $mode get "$mappings" \
		fork get "$mappings" fork get "$mappings" exit get "$mappings" exit get "$mappings"
	assert_op "0 0 2 0 3 1 0" rw get "$mappings" map 0 10p $mode fork get "$mappings" \
		map 0 1p $mode get "$mappings" exit get "$mappings" unmap 0 10p
	assertEquals "when all have exited" 0 "$(cat "$mappings")"
}

test_parts_of_a_mapping_are_counted() {
	assert_op "0 1 0 2 0 1 0 3 0 0" rw map 0 10p $mode get "$mappings" \
		unmap 2p 1p get "$mappings" unmap 0 2p get "$mappings" \
		protect 5p 1p r get "$mappings" unmap 0 10p get "$mappings"
	assert_op "0 0 1 0 0" rw map 0 10p $mode move get "$mappings" unmap 0 10p get "$mappings"
}

test_a_mapped_device_is_not_trimmed() {
	assert_op "0 EBUSY x 0 EBUSY 0 $((10 * page)) 0 0" rw map 0 10p $mode trim load 10p-1 1 \
		unmap 1p 9p trim unmap 0 1p get "$size" trim get "$size"
}

test_opening_a_mapped_device_to_write_keeps_what_it_holds() {
	assert_op "0 0 0 $((10 * page)) x 1 Nxx" rw map 0 10p $mode open w open wt get "$size" load 10p-1 1 \
		pwrite 100 N pshow 100 3
	assertEquals "size" $((10 * page)) "$(cat "$size")"
	assert_op "0 0 0 0" rw map 0 10p $mode unmap 0 10p open w get "$size"
}

test_a_mapping_keeps_the_driver_loaded() {
	start_mappers 1
	assert_refused "in use" modprobe -r "$DRIVER"
	assertEquals "still there" $((10 * page)) "$(cat "$size")"
	kill_mappers
}

test_processes_that_are_killed_give_their_mappings_back() {
	start_mappers 20
	assert_refused "cannot trim it while it is mapped" scullctl trim "${NODE#/dev/}"
	assertContains "$(scullctl info "${NODE#/dev/}")" "mappings    20"
	kill_mappers
	assert_op "0" rw trim
	assertEquals "held" 0 "$(attribute "$NODE" allocated)"
}

test_what_is_mapped_outlives_the_descriptor() {
	assert_op "0 0 x 1" rw map 0 10p $mode close load 10p-1 1 get "$mappings"
}

test_a_mapping_waits_while_the_device_is_being_trimmed() {
	local said
	said=$(timeout 60 prog/maprace trims "$NODE" 4 2>&1)
	assertTrue "$said" $?
	assertTrue "$said" "[[ '$said' =~ ^trims=[1-9][0-9]*\ maps=[1-9][0-9]*$ ]]"
}

test_nothing_is_held_after_all_of_this() {
	assertEquals "mappings" 0 "$(cat "$mappings")"
	assert_op "0" rw trim
	assertEquals "held" 0 "$(attribute "$NODE" allocated)"
}
