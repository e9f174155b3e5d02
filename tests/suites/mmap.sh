#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A mapping is the file's memory. Every test but those marked runs on tmpfs too.
# subjects: mapped, tmpfs
. ./lib.sh

prepare() { : >"$NODE"; }

test_reads_return_what_was_stored() {
	write_new 100000
	assert_op "0 5 xxHELLOxx 99999 0" rw map 0 102400 srw store 4998 HELLO pshow 4996 9 \
		pread 0 99999 sync
}

test_loads_return_what_was_written() {
	write_new 100000
	assert_op "0 xxx 3 xNEW 3 END" rw map 0 100000 srw load 69999 3 pwrite 70000 NEW \
		load 69999 4 pwrite 99997 END load 99997 3
}

test_two_mappings_are_one_memory() {
	write_new 100000
	assert_op "0 0 5 HELLO 3 byeLO" rw map 0 100000 srw \
		fork map 0 100000 srw store 12290 HELLO exit load 12290 5 \
		fork store 12290 bye exit load 12290 5
}

test_a_mapping_from_any_page_on_shows_that_part() {
	local from dump=../docs/examples/mapdump
	cat "$(real_file 3000001)" >"$NODE"
	for from in 0 $page $((15 * page)) $((2097152 + page)) $((3000001 / page * page)); do
		cmp <($dump "$NODE" "$from") <(tail -c +$((from + 1)) "$(real_file 3000001)")
		assertTrue "from $from on" $?
	done
	cmp <($dump "$NODE" 5000 2500000) <(tail -c +5001 "$(real_file 3000001)" | head -c 2500000)
	assertTrue "in the middle" $?
}

test_mapped_files_compare_as_what_they_are() {
	local said byte
	byte=$(od -An -tu1 -j 2500000 -N 1 "$(real_file 3000001)")
	cat "$(real_file 3000001)" >"$NODE"
	assert_succeeds ../docs/examples/mapcmp "$NODE" "$(real_file 3000001)"
	assert_op "1" rw pwrite 2500000 "$([ "$byte" -eq 120 ] && echo y || echo x)"
	said=$(../docs/examples/mapcmp "$NODE" "$(real_file 3000001)")
	assertEquals "mapcmp's status" 1 $?
	assertEquals "$NODE $(real_file 3000001) differ: byte 2500001" "$said"
}

test_access_past_the_end_is_a_SIGBUS() {
	assert_op "0 SIGBUS SIGBUS" rw map 0 1p srw load 0 1 store 0 x
	write_new 1p+904
	assert_op "0 x SIGBUS SIGBUS SIGBUS $((page + 904))" rw map 0 4194304 srw load 1p+903 1 \
		load 2p 1 store 2p x store 4190208 x pread 0 4p
	assert_op "0 SIGBUS SIGBUS" rw map 2p 1p prw load 0 1 store 0 x
	# Where addresses have 32 bits, the kernel maps no device so far on.
	[ "$bits" -eq 32 ] || assert_op "0 SIGBUS" rw map $((1 << 40)) 1p srw load 0 1
}

test_no_offset_wraps_round_to_the_files_begin() {
	[ "$DRIVER" = tmpfs ] && { skip "a regular file has no such offsets"; return; }
	[ "$bits" -eq 32 ] && { skip "the kernel maps no device so far on"; return; }
	write_new 2p
	assert_op "0 SIGBUS" rw map $(((1 << 62) + page)) 1p srw load 0 1
	# There the kernel takes offsets as signed, and refuses the largest by itself.
	[ "$(uname -m)" = riscv64 ] && { assert_op EOVERFLOW rw map -2p 1p srw; return; }
	assert_op "0 SIGBUS SIGBUS" rw map -2p 1p srw load 0 1 store 0 W
	if by_pages; then
		assert_op "0 0 SIGBUS SIGBUS SIGBUS xx" rw map -2p 1p srw resize 16p load 0 1 \
			load 2p 1 store 2p W pshow 0 2
	fi
}

# By one entry of the page tables, where the processor and the kernel can.
test_quanta_as_large_as_such_an_entry_maps_are_mapped_whole() {
	local pmd=2097152 kib=0 of=/sys/kernel/mm/transparent_hugepage/hpage_pmd_size
	[ ! -e $of ] || pmd=$(cat $of)
	write_new $((4 * pmd))
	# With 32 bits the kernel does not choose addresses that fit.
	if [ -e $of ] && [ "$DRIVER" = scullp ] && [ "$bits" -eq 64 ] &&
		[ "$(attribute "$NODE" quantum)" -eq "$pmd" ] && ! newer 6.12; then
		kib=$((pmd / 1024))
	fi
	assert_op "0 1 $kib 1 $((2 * kib))" rw map 0 $((4 * pmd)) srw touch 5000 1 huge \
		dirty $((2 * pmd - 4304)) 1 huge
	# Not where the file ends in it, nor the mapping, nor the offsets differ.
	assert_op "1 0 1 0" rw pwrite $((4 * pmd + 600000)) x map $((4 * pmd)) "$pmd" srw dirty 0 1 huge
	assert_op "0 1 0" rw map 0 $((pmd / 2)) srw dirty 0 1 huge
}

test_the_rest_of_the_last_page_is_zeros() {
	write_new 1p+904
	assert_op "0 $((page - 904))" rw map 0 2p sr check 1p+904 $((page - 904)) ''
}

test_a_mapping_shows_what_the_file_grows_by() {
	write_new 1p+904
	assert_op "0 x SIGBUS 3000000 x x 1 z SIGBUS" rw map 0 16777216 srw load 1p+903 1 \
		load 2p 1 pfill 1p+904 3000000 load 2000000 1 load 2999000 1 pwrite 6000000 z \
		load 6000000 1 load 8388608 1
}

test_what_was_stored_past_the_end_does_not_become_part_of_the_file() {
	[ "$DRIVER" = tmpfs ] && { skip "on tmpfs it does"; return; }
	write_new 1p+904
	assert_op "0 4 1" rw map 0 2p srw store 1p+1904 LOST pwrite 1p+7904 x
	cmp <(tail -c +$((page + 905)) "$NODE" | head -c 7000) <(head -c 7000 /dev/zero)
	assertTrue "zeros from the old end to the new data" $?
}

test_a_hole_is_zeros_and_gets_memory_on_access() {
	assert_op "1 0 4096 4096 3 4093 HOL" rw pwrite 9000000 x map 0 9000000 srw \
		check 0 4096 '' check 4503552 4096 '' store 4503555 HOL check 4503558 4093 '' \
		pshow 4503555 3
	if [ "$DRIVER" != tmpfs ]; then
		# Those that a byte was in, and those that pages reach into.
		local quantum touched
		quantum=$(attribute "$NODE" quantum)
		touched=$(for at in 0 4503555 9000000; do echo $((at / quantum)); done | sort -u | wc -l)
		assertTrue "held $(attribute "$NODE" allocated)" \
			"[ $(quanta_of "$DRIVER" 0) -ge $touched -a $(quanta_of "$DRIVER" 0) -le 4 ]"
	fi
}

test_private_stores_stay_private() {
	write_new 100000
	assert_op "0 xx 6 xSECRETx xxxxxxxx 6 PUBLIC S" rw map 0 100000 prw load 69999 2 \
		store 70000 SECRET load 69999 8 pshow 69999 8 \
		fork store 70000 PUBLIC load 70000 6 exit load 70000 1
	assert_op "xxxxxx" r pshow 70000 6
	# The first access is the store.
	assert_op "0 1 xSx xxx" rw map 0 100000 prw store 50000 S load 49999 3 pshow 49999 3
}

test_a_private_mapping_needs_to_read_only() {
	write_new 10000
	assert_op "0 x 1 xS" r map 0 10000 prw load 9998 1 store 9999 S load 9998 2
	assert_op "xx" r pshow 9998 2
}

test_the_descriptor_limits_the_mapping() {
	write_new 5000
	assert_op "EACCES 0 x SIGSEGV EACCES" r map 0 2p srw map 0 2p sr load 0 1 store 0 y \
		protect 0 2p rw
	assert_op "EACCES EACCES" wa map 0 2p sw map 0 2p sr
	assert_op "EINVAL 0 x" r map 0 0 sr map 0 2p sr load 4095 1
}

test_part_of_a_mapping_goes_and_the_rest_stays() {
	write_new 10p-960
	assert_op "0 4 0 STAY SIGSEGV SIGSEGV x 0 SIGSEGV x" rw map 0 10p-960 srw store 0 STAY \
		unmap 2p 2p load 0 4 load 2p 1 store 4p-1 x load 4p 1 \
		unmap 0 1p load 0 1 load 1p 1
	assert_op "STAYx" r pshow 0 5
}

test_a_mapping_moves() {
	write_new 10p-960
	assert_op "0 4 0 xMOVEx 1 MOVE!x" rw map 2p 4p srw store 9000 MOVE move load 8999 6 \
		store 9004 ! pshow 2p+9000 6
}

test_a_mapping_of_pages_grows_and_shrinks() {
	write_new 10p-960
	if by_pages; then
		assert_op "0 x 0 x SIGBUS 0 SIGSEGV" rw map 0 2p srw load 0 1 resize 16p \
			load 10p-961 1 load 10p 1 resize 1p load 1p 1
	else
		# The kernel lets no mapping of bare frames grow.
		assert_op "0 x EFAULT 0 SIGSEGV" rw map 0 2p srw load 0 1 resize 16p \
			resize 1p load 1p 1
	fi
}

test_protection_changes() {
	write_new 10p-960
	assert_op "0 1 0 SIGSEGV x 1 0 1 0 SIGSEGV" rw map 0 10p-960 srw store 0 a protect 0 2p r \
		store 1p b load 1p 1 store 2p c protect 0 2p rw store 1p d \
		protect 0 10p-960 n load 0 1
	assert_op "a d c" r pshow 0 1 pshow 1p 1 pshow 2p 1
}

test_advice_that_pages_are_not_needed_loses_nothing() {
	write_new 40000
	if by_pages; then
		assert_op "0 4 0 KEEP KEEP" rw map 0 40000 srw store 30000 KEEP advise 0 40000 4 \
			load 30000 4 pshow 30000 4
	else
		assert_op "0 4 EINVAL KEEP" rw map 0 40000 srw store 30000 KEEP advise 0 40000 4 \
			load 30000 4
	fi
	# A private copy does go, back to what the file has.
	assert_op "0 4 LOSE 0 xxxx" rw map 0 40000 prw store 20000 LOSE load 20000 4 \
		advise 0 40000 4 load 20000 4
}

test_no_advice_to_the_kernel_loses_a_byte() {
	local advice each=() said
	write_new 4194304
	# All but 9, which removes, and those that poison memory.
	for advice in {0..4} 8 {10..25}; do
		each+=(advise 0 4194304 "$advice" touch 0 4194304 load 2097150 4)
	done
	said=$(prog/op "$NODE" rw map 0 4194304 srw dirty 0 4194304 store 2097150 KEPT "${each[@]}")
	assertEquals "$said" 22 "$(grep -o "$((4194304 / page)) KEPT" <<<"$said" | wc -l)"
	assert_op "KEPTx" r pshow 2097150 5
}

test_a_mapping_can_be_populated_and_locked() {
	write_new 10p-960
	if by_pages; then
		assert_op "0 10 0 x" rw map 0 10p-960 srwf present 0 10p-960 lock load 10p-961 1
	else
		assert_op "0 0 0 x" rw map 0 10p-960 srwf present 0 10p-960 lock load 10p-961 1
	fi
	assert_op "0 10 0 x" rw map 0 10p-960 prwf present 0 10p-960 lock load 10p-961 1
}

test_the_file_is_written_from_its_own_mapping() {
	write_new 8192
	assert_op "3000000 0 3 3000000 3000000 OWNx OWNx" rw pfill 0 3000000 map 0 3000000 srw \
		store 8190 OWN seek 0 end wmap 0 3000000 pshow 8190 4 pshow 3008190 4
	# Unlike the first time, onto itself, a page further, not touched before.
}

test_the_file_is_read_into_its_own_mapping() {
	write_new 8192
	assert_op "3000000 0 3 0 3000000 OWNx OWNx" rw pfill 0 3000000 map 0 6000000 srw \
		store 8190 OWN seek 0 set rmap 0 3000000 load 8190 4 pshow 8190 4
}

test_a_node_on_a_disk_maps_the_same() {
	[ "$DRIVER" = tmpfs ] && { skip "a file has no node"; return; }
	local node=$scratch/node numbers
	numbers=$(stat -c '0x%t 0x%T' "$NODE")
	# shellcheck disable=SC2086 # two numbers
	mknod "$node" c $numbers
	write_new 4194304
	assertEquals "0 x 4 xDISKx 4 DISK $((4194304 / page)) dISKx SIGBUS" "$(prog/op "$node" rw map 0 8388608 srw \
		load 8191 1 store 8192 DISK pshow 8191 6 store 2097152 DISK pshow 2097152 4 \
		dirty 0 4194304 pshow 2097152 5 load 4194304 1 | sed 's/ $//')"
	rm "$node"
}

test_what_the_kernel_says_of_a_mapping_can_be_read() {
	local listed=0
	by_pages && listed=$((4194304 / page)) # of bare frames pagemap says nothing
	write_new 4194304
	assert_op "0 $((4194304 / page)) $listed 0" rw map 0 4194304 srw dirty 0 4194304 present 0 4194304 look
	assert_op "0 $((4194304 / page)) $((4194304 / page)) 0" rw map 0 4194304 pr touch 0 4194304 present 0 4194304 look
}
