#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a mapping is good for: input and output to and from it, at once and by many.
# subjects: scull quantum=page, scullc quantum=65536, scullp order=0, scullp order=4, scullp order=9, scullp order=10, scullv order=0, scullv order=4, scullv order=9
# guest: --cpus 2
# few: scull quantum=page, scullc quantum=65536, scullp order=9, scullv order=4
. ./lib.sh

prepare() { cat "$(real_file 4194304)" >"$NODE"; }

# A root that is an archive lies in memory, of which there is no direct I/O, whatever its
# file system says.
without_direct() {
	case $(stat -f -c %T "$scratch") in
	tmpfs | ramfs | rootfs) skip "the tests' files are where there is no direct I/O" ;;
	*) return 1 ;;
	esac
}

test_direct_io_writes_a_file_from_the_mapping() {
	if without_direct; then return; fi
	if by_pages; then
		assert_op "0 4194304" rw map 0 4194304 srw direct 0 4194304 "$scratch/direct"
		cmp "$scratch/direct" "$(real_file 4194304)"
		assertTrue "from pages not touched before" $?
		assert_op "0 $((4194304 / page)) 1048576" rw map 0 4194304 srw dirty 0 4194304 \
			direct 2097152 1048576 "$scratch/direct"
		cmp "$scratch/direct" <(tail -c +2097153 "$NODE" | head -c 1048576)
		assertTrue "from pages stored to" $?
	else
		assert_op "0 EFAULT" rw map 0 4194304 srw direct 0 4194304 "$scratch/direct"
	fi
	rm "$scratch/direct"
}

test_direct_io_reads_a_file_into_the_mapping() {
	if without_direct; then return; fi
	cp "$(real_file 4194304)" "$scratch/source"
	if by_pages; then
		assert_op "4194304 0 4194304" rw pfill 0 4194304 map 0 4194304 srw \
			from_direct 0 4194304 "$scratch/source"
		cmp "$scratch/source" "$NODE"
		assertTrue "what was read into the mapping" $?
	else
		assert_op "0 EFAULT" rw map 0 4194304 srw from_direct 0 4194304 "$scratch/source"
	fi
}

test_another_process_can_look_into_the_mapping() {
	if by_pages; then
		assert_op "0 4 HERE" rw map 0 4194304 srw store 2097150 HERE fork peek 2097150 4 exit
		assert_op "0 4 HERE" rw map 0 4194304 prw store 2097150 HERE fork peek 2097150 4 exit
	else
		assert_op "0 EFAULT" rw map 0 4194304 srw fork peek 0 4 exit
	fi
}

test_pages_in_a_pipe_stay_what_they_were() {
	if by_pages; then
		assert_op "0 4 $((2 * page)) 0 0 1000000 OLDO 0" rw map 0 4194304 srw store 65536 OLDO \
			pipe 65536 2p unmap 0 4194304 trim pfill 0 1000000 drain 4 trim
	else
		assert_op "0 EFAULT" rw map 0 4194304 srw pipe 65536 2p
	fi
}

test_a_debugger_sees_the_mapping_and_changes_it() {
	# A kernel without HAVE_IOREMAP_PROT asks no driver about bare frames.
	[ "$(uname -m)" != riscv64 ] || by_pages || { skip "on riscv the kernel lets nobody look"; return; }
	assert_op "4194304 0 3 xMEMx 5 DEBUG DEBUG" rw pfill 0 4194304 map 0 4194304 srw \
		store 70000 MEM inspect 69999 5 alter 2097150 DEBUG pshow 2097150 5 load 2097150 5
	# A hole is zeros to it, and gets memory when it is changed.
	assert_op "0 1 0  3 NEW NEW EIO" rw trim pwrite 9000000 x map 0 16777216 srw \
		inspect 5000000 4 alter 5000000 NEW load 5000000 3 pshow 5000000 3 \
		inspect 12000000 1
	cat "$(real_file 4194304)" >"$NODE"
	# A private mapping stays private, to a reader of the file as well.
	assert_op "4194304 0 5 DEBUG xxxxx" rw pfill 0 4194304 map 0 4194304 prw \
		alter 2097150 DEBUG inspect 2097150 5 pshow 2097150 5
	assert_op "0 5 DEBUG xxxxx" r map 0 4194304 prw alter 2097150 DEBUG inspect 2097150 5 \
		pshow 2097150 5
	# It changes what is mapped, not what the file has behind it.
	assert_op "4194304 0 2 xxxx" rw pfill 0 4194304 map 0 1p srw alter 1p-2 LONGER pshow 1p 4
	# What may only be read stays, and past the end there is nothing.
	assert_op "0 EIO xxx EIO" r map 1p 1p sr alter 2880 BAD load 2880 3 inspect 9999999 1
}

test_pages_that_userfaultfd_watches_can_be_used() {
	local said watch=(rw map 0 4194304 srw watch 0 4194304)
	said=$(prog/op "$NODE" "${watch[@]}" | xargs)
	[ "$said" = "0 0" ] || { skip "the kernel watches no devices: ${said#0 }"; return; }
	if by_pages; then
		assert_op "0 0 $((4194304 / page)) 4 HERE HERE" "${watch[@]}" touch 0 4194304 \
			store 2097150 HERE load 2097150 4 pshow 2097150 4
		# By the kernel itself.
		assert_op "0 0 1048576 1048576" "${watch[@]}" wmap 0 1048576 rmap 2097152 1048576
	else
		# Where there is no page, nothing can be noted of it.
		assert_op "0 0 SIGBUS" "${watch[@]}" touch 0 4194304
		assert_op "0 0 EFAULT" "${watch[@]}" wmap 0 1048576
	fi
}

test_io_uring_takes_the_mapping_as_a_fixed_buffer() {
	local said
	said=$(prog/uring "$NODE" 4194304 "$scratch/uring" 2>&1)
	case $said in
	EOPNOTSUPP) skip "before Linux 6.5, io_uring has no mapped files for buffers" ;;
	EFAULT) assertFalse "of pages: $said" by_pages ;;
	*)
		assertEquals 4194304 "$said"
		cmp "$scratch/uring" "$(real_file 4194304)"
		assertTrue "what was written from the buffer" $?
		;;
	esac
}

test_threads_copy_between_the_file_and_its_own_mapping() {
	local said
	: >"$NODE"
	said=$(timeout 60 prog/maprace own "$NODE" 5 2>&1)
	assertTrue "$said" $?
	assertTrue "$said" "[[ '$said' =~ ^writes=[1-9][0-9]*\ maps=[1-9][0-9]*$ ]]"
}
