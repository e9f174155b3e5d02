#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The store alone: the kernel's unit tests of it (modules/scull_store_test.c), each
# counted as a test here. For a kernel with KUnit.
# subjects: none
# guest: --cpus 2
# needs: modules/scull_store_test.ko
. ./lib.sh

results=/sys/kernel/debug/kunit/scull_store/results

# shellcheck disable=SC2317 # shunit2 calls the tests
# Makes a test of each "ok 1 - name" or "not ok 1 - name" of the results.
suite() {
	local result name
	insmod modules/scull_store_test.ko
	cat $results >"$scratch/kunit"
	rmmod scull_store_test
	while read -r result name; do
		eval "test_$name() { assertEquals \"\$(grep -v '^ *ok ' '$scratch/kunit')\" ok '$result'; }"
		suite_addTest "test_$name"
	done < <(sed -nE 's/^    (ok|not ok) [0-9]+ -? ?([a-z_0-9]+).*/\1 \2/p' "$scratch/kunit" | sed 's/^not ok/not_ok/')
}
