#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The worked example of docs/porting.md stands what the other drivers have to: these are
# their tests.
# subjects: scullx quantum=3page qset=7, scullx quantum=5000
# needs: ../docs/porting/scullx.ko
. ./lib.sh
# shellcheck source=suites/contract.sh
. suites/contract.sh
# shellcheck source=suites/sparse.sh
. suites/sparse.sh
if [[ $SUBJECT = *quantum=5000 ]]; then
	# shellcheck source=suites/mapquantum.sh
	. suites/mapquantum.sh
else
	# shellcheck source=suites/mmap.sh
	. suites/mmap.sh
fi

# Each empties the file first.
prepare() {
	: >"$NODE"
	# shellcheck disable=SC2034 # for the tests of sparse
	quantum=$(attribute "$NODE" quantum)
}

test_a_large_file_comes_out_as_it_went_in() {
	cat "$(big_file)" >"$NODE"
	assert_succeeds cmp "$NODE" "$(big_file)"
}

test_its_memory_is_no_more_than_its_quanta() {
	local quanta bytes
	cat "$(real_file 3000001)" >"$NODE"
	quanta=$(quanta_of scullx 0)
	bytes=$(attribute "$NODE" allocated)
	assertEquals "quanta" $(((3000001 + quantum - 1) / quantum)) "$quanta"
	assertTrue "$bytes bytes for $quanta quanta" \
		"[ $bytes -lt $((quanta * (quantum + page) + 200 * page)) ]"
}

suite() {
	local test
	for test in $(declare -F | sed -n 's/^declare -f \(test_.*\)/\1/p'); do
		suite_addTest "$test"
	done
}
