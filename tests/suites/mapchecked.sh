#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Where the kernel checks each entry of a page table (page_table_check), a slab's page in
# one would stop it: such memory is not mapped shared there, and all else is.
# subjects: scull quantum=page, scullc, scullp order=1, scullp order=9, scullv
# kernel: page_table_check=on
. ./lib.sh

prepare() { cat "$(real_file 4194304)" >"$NODE"; }

# Whether there is such a check, which the kernel's command line has switched on.
checked() { grep -qw __page_table_check_pte_set /proc/kallsyms || { skip "this kernel has no such check"; return 1; }; }

test_shared_mappings_are_of_pages_only() {
	checked || return 0
	if by_pages; then
		assert_op "0 $((4194304 / page)) 4 HERE" rw map 0 4194304 srw touch 0 4194304 \
			store 2097150 HERE pshow 2097150 4
	else
		assert_op "ENODEV" rw map 0 4194304 srw
		assertContains "$(log_since "$mark")" "page_table_check"
	fi
}

test_private_mappings_are_as_ever() {
	checked || return 0
	assert_op "0 $((4194304 / page)) 4 HERE" rw map 0 4194304 prw touch 0 4194304 \
		store 2097150 HERE load 2097150 4
	assert_succeeds prog/op "$NODE" rw map 0 4194304 prw store 70000 x fork store 70000 y exit
}
