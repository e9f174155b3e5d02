#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The tracepoints, by trace-cmd and by perf, as docs/tracing.md shows them.
# subjects: each
. ./lib.sh

device=${NODE#/dev/}

test_trace_cmd_records_what_a_device_takes_and_gives_back() {
	local quantum bytes
	: >"$NODE"
	quantum=$(attribute "$NODE" quantum)
	trace-cmd record -q -o "$scratch/trace.dat" -e scull -- \
		bash -c "prog/op $NODE rw pfill $((3 * quantum)) $((2 * quantum)) && : >$NODE" >/dev/null 2>&1
	trace-cmd report -i "$scratch/trace.dat" >"$scratch/report" 2>/dev/null
	assertEquals "taken" 2 "$(grep -cE "quantum_alloc: +device=$device index=[34] address=0x[0-9a-f]+ bytes=$quantum ns=[1-9]" "$scratch/report")"
	assertEquals "given back" 2 "$(grep -cE "quantum_free: +device=$device index=[34] address=0x[0-9a-f]+ bytes=$quantum" "$scratch/report")"
	assertEquals "the same addresses" 2 "$(sed -n 's/.*address=\(0x[0-9a-f]*\).*/\1/p' "$scratch/report" | sort -u | wc -l)"
	bytes=$(sed -n "s/.*trim: *device=$device bytes=\([0-9]*\).*/\1/p" "$scratch/report" | tail -n 1)
	assertTrue "trim of $bytes" "[ ${bytes:-0} -ge $((2 * quantum)) ]"
}

test_perf_counts_them() {
	local quantum
	! archive || { skip "there is no perf"; return; }
	: >"$NODE"
	quantum=$(attribute "$NODE" quantum)
	perf stat -x, -e scull:quantum_alloc,scull:quantum_free,scull:trim -a -- \
		bash -c "prog/op $NODE rw pfill 0 $((5 * quantum)) && : >$NODE" >/dev/null 2>"$scratch/perf"
	assertEquals "5 5 1" "$(awk -F, '/scull:/ { print $1 }' "$scratch/perf" | xargs)"
}
