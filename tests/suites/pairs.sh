#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Files go from every driver's device to every driver's.
# subjects: none
. ./lib.sh

oneTimeSetUp() {
	local driver
	for driver in $DRIVERS; do
		load "$driver" || return
	done
}

oneTimeTearDown() {
	# shellcheck disable=SC2086 # a list
	unload $DRIVERS
}

# Copy from the first device of each driver to the second of each.
each_pair() { # COPY-FUNCTION
	local file from to
	file=$(real_file 3000001)
	for from in $DRIVERS; do
		cat "$file" >"/dev/${from}0"
		for to in $DRIVERS; do
			"$1" "/dev/${from}0" "/dev/${to}1"
			cmp "$file" "/dev/${to}1"
			assertTrue "from $from to $to" $?
		done
	done
}

by_dd() { dd if="$1" of="$2" bs=64k status=none; }
by_odd_dd() { dd if="$1" of="$2" bs=10007 status=none; }
by_sendfile() { prog/op "$2" wt copy_from "$1" >/dev/null; }
by_pipe() {
	# shellcheck disable=SC2002 # a reader in a pipe is the point
	cat "$1" | cat >"$2"
}
by_cp() { cp "$1" "$2"; }

test_dd_copies_between_all_pairs_of_drivers() { each_pair by_dd; }
test_dd_in_odd_blocks_copies_between_all_pairs_of_drivers() { each_pair by_odd_dd; }
test_cp_copies_between_all_pairs_of_drivers() { each_pair by_cp; }
test_sendfile_copies_between_all_pairs_of_drivers() { each_pair by_sendfile; }
test_a_pipe_copies_between_all_pairs_of_drivers() { each_pair by_pipe; }
