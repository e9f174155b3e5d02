#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A slice of what "make fuzz" does: random operations checked against a model, and
# trinity.
# subjects: geometries, scullc quantum=64 qset=3, scullp order=10
# few: scull quantum=4000 qset=1, scullc quantum=64 qset=3, scullp order=10, scullv order=0 qset=1
# guest: --cpus 2
. ./lib.sh

test_random_operations_agree_with_a_model() {
	local seed=$((RANDOM * 32768 + RANDOM))
	assert_succeeds prog/fuzz "$NODE" $seed 1000
	show "seed $seed"
}

test_random_system_calls_do_no_harm() {
	local seed=$RANDOM
	command -v trinity >/dev/null || { skip "there is no trinity"; return; }
	assert_succeeds ./trinity "$DRIVER" 2000 $seed
	show "seed $seed"
}
