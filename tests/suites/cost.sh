#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What moving bytes costs: no more instructions than when bench/figures.json was made,
# give or take a twentieth; and the bounds that docs/performance.md promises.
# subjects: none
# guest: --instructions --memory 4096
# needs: /usr/bin/jq
# shellcheck disable=SC2016 # the programs in quotes are jq
. ./lib.sh

figures=bench/figures.json

# "6.1 amd64": what the figures depend on of a kernel's release.
kind_of() { sed -E 's/^(Linux )?([0-9]+\.[0-9]+).*-/\2 /'; }
figures_kind=$(jq -r .kernel $figures | kind_of)

# Only where the guest's clock counts instructions, of the kernel that the figures are of.
measurable() {
	grep -q clocksource=hpet /proc/cmdline && [ "$(uname -r | kind_of)" = "$figures_kind" ]
}

# Something that happens beside a measurement makes it dearer; so there are more of them
# as long as anything seems to be.
measure() {
	for _ in 1 2 3; do
		(bench/run alone 1) >>"$scratch/alone" || return
		jq -n --arg kernel "Linux $(uname -r)" --arg unit instructions --rawfile alone "$scratch/alone" \
			--arg together "" -f bench/figures.jq >"$scratch/now" || return
		while read -r target; do
			[ -z "$(dearer "$target")" ] || continue 2
		done <<<"$targets"
		return
	done
}

dearer() { # TARGET
	jq -nr --arg target "$1" --slurpfile old $figures --slurpfile new "$scratch/now" \
		-f bench/dearer.jq 2>&1
}

# shellcheck disable=SC2317 # shunit2 calls the tests
# Makes a test of each target.
suite() {
	local target targets name
	targets=$(jq -r '[.figures[].target | select(startswith("scull"))] | unique[]' $figures)
	suite_addTest test_figures_are_of_this_kernel
	if [ -z "$figures_kind" ] || ! measurable; then return; fi
	measure
	while read -r target; do
		name=${target//[ =]/_}
		eval "test_${name}_costs_no_more() { assertEquals '' \"\$(dearer '$target')\"; }"
		suite_addTest "test_${name}_costs_no_more"
	done <<<"$targets"
	suite_addTest test_costs_stay_below_those_of_tmpfs
	suite_addTest test_a_large_file_costs_what_a_small_one_does
	suite_addTest test_little_memory_is_used_besides_the_data
}

test_figures_are_of_this_kernel() {
	assertNotNull "figures" "$figures_kind"
	measurable || skip "there are figures for Linux $figures_kind only, and a clock that counts instructions"
}

# The cost of an operation on a target as a multiple of what it is on tmpfs.
multiple_of() { # TARGET OPERATION BLOCK
	jq --arg target "$1" --arg operation "$2" --argjson block "$3" '
		[.figures[] | select(.size == "64M" and .operation == $operation and .block == $block)] |
		INDEX(.target) | .[$target].least / .tmpfs.least' "$scratch/now"
}

test_costs_stay_below_those_of_tmpfs() {
	local operation block most targets target multiple
	while read -r operation block most targets; do
		IFS=, read -r -a targets <<<"$targets"
		for target in "${targets[@]}"; do
			multiple=$(multiple_of "$target" "$operation" "$block")
			assertTrue "$target: $operation of $block bytes: $multiple of tmpfs, not $most" \
				"jq -en '$multiple <= $most'"
		done
	done <<-'END'
		first 1048576 0.45 scull quantum=65536,scullc quantum=65536,scullp order=4,scullp order=9,scullv order=4
		first 1048576 0.70 scull quantum=4000,scullc quantum=4096,scullp order=0
		write 1048576 0.30 scull quantum=65536,scullc quantum=65536,scullp order=4,scullp order=9,scullv order=4
		write 1048576 0.45 scull quantum=4000,scullc quantum=4096,scullp order=0
		read 1048576 0.55 scull quantum=65536,scullc quantum=65536,scullp order=4,scullp order=9,scullv order=4
		read 1048576 0.80 scull quantum=4000,scullc quantum=4096,scullp order=0
		random 4096 0.70 scull quantum=65536,scullc quantum=4096,scullp order=0,scullp order=9,scullv order=4
		touch 1048576 0.50 scull quantum=65536,scullc quantum=4096,scullp order=9
	END
}

test_a_large_file_costs_what_a_small_one_does() {
	assertEquals "" "$(jq -r '[.figures[] | select(.operation == "random" and .target != "tmpfs")] | group_by(.target)[] |
		(INDEX(.size) | map_values(.least)) as $at | select($at["1G"] and $at["1G"] > 1.05 * $at["1M"]) |
		"\(.[0].target): \($at["1M"]) at 1 MiB, \($at["1G"]) at 1 GiB"' "$scratch/now" 2>&1)"
}

test_little_memory_is_used_besides_the_data() {
	local target kib
	for target in "scullc quantum=4096" "scullp order=0"; do
		kib=$(jq --arg target "$target" '.figures[] |
			select(.operation == "beyond" and .target == $target).cost / 1024 | round' "$scratch/now")
		assertTrue "$target: $kib KiB for 1 GiB" "[ $kib -lt $(((1 << 20) * 3 / 1000)) ]"
		show "$target: $kib KiB for 1 GiB"
	done
}
