# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For suites that make the kernel fail (see prog/failnth.c).

# How the kernel is to fail: whoever asks, however large.
inject_everywhere() {
	local fault=/sys/kernel/debug
	echo N >$fault/failslab/ignore-gfp-wait
	echo N >$fault/fail_page_alloc/ignore-gfp-wait
	echo N >$fault/fail_page_alloc/ignore-gfp-highmem
	echo 0 >$fault/fail_page_alloc/min-order
	echo 1 | tee $fault/{failslab,fail_page_alloc,fail_usercopy}/verbose >/dev/null
}

# "failslab 12, fail_usercopy 3": what was made to fail in the test so far.
kinds() {
	# shellcheck disable=SC2154 # lib.sh's and shunit2's
	log_since "$mark: $_shunit_test_" |
		awk '/name fail[a-z_]*,/ { sub(/.*name /, ""); sub(/,.*/, ""); count[$0]++ }
			END { for (kind in count) printf "%s%s %d", comma++ ? ", " : "", kind, count[kind] }'
}

# The kernel kills a process whose restartable sequence it cannot note for want of a page.
export GLIBC_TUNABLES=glibc.pthread.rseq=0

# Fails unless every failure on the path is survived, and there were any.
assert_survived() { # PATH [ARGUMENT]...
	local path=$1 said
	shift
	said=$(prog/failnth "$path" "$NODE" "$@" 2>&1)
	assertEquals "$path, which said '$said':" 0 $?
	assertTrue "failures on $path, which said: $said" "[[ '$said' =~ ^$path\ [1-9] ]]"
	show "$said"
}
