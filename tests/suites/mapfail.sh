#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Faults that cannot be served end in a signal, and lose nothing.
# subjects: scull quantum=page, scullc quantum=page, scullp order=0, scullp order=5, scullp order=9, scullv order=0, scullv order=4
# few: scull quantum=page, scullp order=0, scullp order=9, scullv order=4
. ./lib.sh

capacity=/sys/module/scull_common/parameters/capacity
span=$((256 << 20))

prepare() { : >"$NODE"; }

# A file that is all hole, but for some data at its begin and its end.
write_sparse() {
	assert_op "4 4" rw pwrite 0 HEAD pwrite $((span - 4)) TAIL
}

test_past_the_capacity_is_a_SIGBUS() {
	local before pages
	before=$(cat $capacity)
	write_sparse
	echo $(($(attribute "$NODE" allocated) + (20 << 20))) >$capacity
	assert_op "0 SIGBUS HEAD TAIL HEAD ENOSPC" rw map 0 $span srw dirty 1p $((span - page)) \
		load 0 4 load $((span - 4)) 4 pshow 0 4 pwrite $((span / 2)) x
	# As far as it came, it is there: 20 MiB and what was held before.
	pages=$(tr -d '\0HEADTIL' <"$NODE" | wc -c)
	assertTrue "$pages pages were stored to" "[ $pages -ge $((12000000 / page)) -a $pages -le $((25165824 / page)) ]"
	echo "$before" >$capacity
	# There are no addresses for so much.
	[ "$DRIVER:$bits" != scullv:32 ] || return 0
	assert_op "0 $((span / page - 1)) 0" rw map 0 $span srw dirty 1p $((span - page)) \
		unmap 0 $span
}

# The kernel would retry for ever what is said to be out of memory.
test_at_the_limit_of_a_memory_cgroup_is_a_SIGBUS() {
	local kills said status
	kills=$(oom_kills)
	write_sparse
	make_group 64M
	said=$(in_group timeout 60 \
		prog/op "$NODE" rw map 0 $span srw dirty 1p $((span - page)) load 0 4 2>&1)
	status=$?
	# It may be killed for its own memory, such as a page table or what it prints from.
	if [ $status -eq 137 ]; then
		assertEquals "kills" $((kills + 1)) "$(oom_kills)"
	else
		assertEquals "status $status" "0 SIGBUS HEAD " "$said"
		assertEquals "nobody was killed" "$kills" "$(oom_kills)"
	fi
	assert_op "HEAD TAIL" r pshow 0 4 pshow $((span - 4)) 4
	: >"$NODE"
	rmdir $group
}

test_a_private_mapping_at_the_limit_of_a_cgroup_harms_nobody_else() {
	local status
	write_new $((96 << 20))
	make_group 32M
	in_group timeout 60 \
		prog/op "$NODE" rw map 0 $((96 << 20)) prw dirty 0 $((96 << 20)) >"$scratch/said" 2>&1
	status=$?
	# A copy is the process's own memory: with no more of it, the process is killed.
	assertEquals "status; it said $(cat "$scratch/said")" 137 $status
	assert_op "xxxx" r pshow $((95 << 20)) 4
	assertEquals "mappings" 0 "$(attribute "$NODE" mappings)"
	rmdir $group
}
