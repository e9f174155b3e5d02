#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Quanta that are no whole pages: private mappings are copies, shared ones refused.
# kernel: init_on_alloc=0
# subjects: scull quantum=4000, scull quantum=1 qset=5000, scull quantum=10000, scullc quantum=64 qset=3, scullc quantum=65535
# few: scull quantum=10000, scullc quantum=64 qset=3
. ./lib.sh

quantum=${SUBJECT#* quantum=}
quantum=${quantum%% *}

oneTimeSetUp() {
	# shellcheck disable=SC2086 # a driver and its parameters
	load $SUBJECT && load scullp
}

oneTimeTearDown() {
	unload "$DRIVER" scullp
	complained
}

# The pages that will be taken next have been used. (Debian's kernel would zero each
# as it is taken; that is switched off here, as it is on others.)
prepare() {
	: >"$NODE"
	head -c 4000000 /dev/zero | tr '\0' u >/dev/scullp0
	: >/dev/scullp0
}

test_a_shared_mapping_is_refused_and_the_log_names_a_quantum_that_would_do() {
	local said
	write_new 10000
	assert_op "ENODEV" rw map 0 1p srw
	said=$(log_since "$mark: $_shunit_test_" | grep -c "cannot be mapped shared")
	assertEquals "lines in the log" 1 "$said"
	assertContains "$(dmesg | tail -n 1)" \
		"${DRIVER}0: quanta of $quantum bytes cannot be mapped shared, but of $(((quantum + page - 1) / page * page)) could"
	assert_op "ENODEV" r map 0 1p sr
	assertEquals "mappings" 0 "$(attribute "$NODE" mappings)"
}

test_a_private_mapping_is_a_copy_of_the_file() {
	cat "$(real_file 100000)" >"$NODE"
	assert_succeeds ../docs/examples/mapcmp "$NODE" "$(real_file 100000)"
	assert_refused "differ: byte" ../docs/examples/mapcmp "$NODE" /bin/true
}

test_private_stores_stay_private() {
	write_new 30000
	assert_op "0 x 6 xSECRETx xxxxxxxx 6 PUBLIC SECRET" rw map 0 30000 prw load 7999 1 \
		store 8000 SECRET load 7999 8 pshow 7999 8 \
		fork store 8000 PUBLIC load 8000 6 exit load 8000 6
	assert_op "0 1 xSx xxx" rw map 1p 13000 prw store 10000 S load 9999 3 pshow 1p+9999 3
}

# Also what it has only read, which the file may hold no longer.
test_a_child_sees_what_its_parent_sees() {
	assert_op "6 0 before 6 before before 0" rw pwrite 0 before map 0 1p rwp load 0 6 \
		pwrite 0 after! fork load 0 6 exit load 0 6 unmap 0 1p
}

test_holes_and_the_rest_of_the_last_page_are_zeros_and_take_no_memory() {
	local held
	assert_op "1" rw pwrite 200000 x
	held=$(attribute "$NODE" allocated)
	assert_op "0 200000 x $((-200001 & (page - 1))) SIGBUS" r map 0 $((200001 + 2 * page)) pr \
		check 0 200000 '' load 200000 1 check 200001 $((-200001 & (page - 1))) '' \
		load $(((200001 + page - 1) / page * page)) 1
	assertEquals "held" "$held" "$(attribute "$NODE" allocated)"
}

test_the_rest_of_the_last_page_is_zeros() {
	local size
	for size in 1 100 $((page - 1)) $((page + 904)) $((2 * page - 1)); do
		write_new $size
		assert_op "0 x $((-size & (page - 1))) 0" r map 0 4p pr load $((size - 1)) 1 \
			check $size $((-size & (page - 1))) '' unmap 0 4p
	done
}

test_access_past_the_end_is_a_SIGBUS() {
	write_new 1p+904
	assert_op "0 x SIGBUS SIGBUS" rw map 0 16p prw load 1p+903 1 load 2p 1 store 2p x
}

test_a_copied_mapping_moves_grows_and_is_populated() {
	write_new 8p-2768
	assert_op "0 1 0 0 Sx x SIGBUS 0 xx" rw map 0 2p prwf store 100 S move resize 16p \
		load 100 2 load 8p-2769 1 load 8p 1 advise 0 16p 4 load 100 2
}
