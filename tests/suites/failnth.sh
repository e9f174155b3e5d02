#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each allocation, and each copy from or to a program, fails once, on every path into
# the drivers (see prog/failnth.c). For a kernel with fault injection.
# subjects: scull quantum=page qset=2, scullc, scullp order=1 qset=2, scullv order=0 qset=1
# needs: /proc/self/fail-nth
# kernel: kmemleak=on page_owner=on log_buf_len=16M
. ./lib.sh
. ./failures.sh

survives() { # PATH...
	local path
	inject_everywhere
	for path; do
		assert_survived "$path"
	done
	show "of $(kinds)"
}

test_opening_survives_every_failure() { survives open open_new; }
test_writing_survives_every_failure() { survives write append writev write_far splice_in; }
test_reading_survives_every_failure() { survives read splice_out dump attribute; }
test_mapping_survives_every_failure() { survives mmap fork store load_hole private_store private_load; }
test_commands_survive_every_failure() { survives info extent geometry; }

test_a_trim_needs_no_memory() {
	inject_everywhere
	assertEquals "trim 0 failures met, 0 reported" "$(prog/failnth trim "$NODE")"
}
