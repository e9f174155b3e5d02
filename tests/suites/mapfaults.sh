#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# How many page faults it takes to touch each page of 64 MiB once, in order; in a
# file on tmpfs (the control) one a page, but for what is there and only read.
# subjects: tmpfs, mapped
. ./lib.sh

MIB=64
pages=$((MIB * 1024 * 1024 / page))

faults() { prog/faults "$NODE" $MIB "$1" | cut -d' ' -f1; }

# A fault maps a quantum, but no more than 2 MiB; of what is held as many quanta as
# go into 64 KiB. Two more where these do not divide the 64 MiB. On s390 the kernel learns
# of each page's first store by one more.
bounds() {
	local quantum largest=$((2 << 20)) least=65536
	quantum=$(attribute "$NODE" quantum)
	[ "$quantum" -le $largest ] || quantum=$largest
	most_holes=$((MIB * 1024 * 1024 / quantum + 2))
	[ "$quantum" -ge $least ] || quantum=$((least / quantum * quantum))
	most=$((MIB * 1024 * 1024 / quantum + 2))
	noticed=0
	[ "$(uname -m)" != s390x ] || noticed=$pages
}

test_the_faults_of_a_sequential_touch() {
	local writes reads privates holes
	[ "$DRIVER" != tmpfs ] || rm -f "$NODE"
	cat "$(real_file $((MIB << 20)))" >"$NODE"
	writes=$(faults write)
	reads=$(faults read)
	privates=$(faults private)
	: >"$NODE"
	assert_op 1 rw pwrite $(((MIB << 20) - 1)) x
	holes=$(faults write)
	show "faults: $writes stores, $reads loads, $privates private stores; $holes stores to holes"
	if [ "$DRIVER" = tmpfs ]; then
		assertEquals "stores" $pages "$writes"
		return
	fi
	bounds
	assertTrue "$writes stores, most $most" "[ $((writes - noticed)) -le $most ]"
	assertTrue "$reads loads, most $most" "[ $reads -le $most ]"
	assertTrue "$holes stores to holes, most $most_holes" "[ $((holes - noticed)) -le $most_holes ]"
	# Each page is copied by a fault of its own.
	assertTrue "$privates private stores" "[ $privates -ge $pages -a $privates -le $((pages + 2)) ]"
	: >"$NODE"
}
