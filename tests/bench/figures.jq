# SPDX-License-Identifier: GPL-2.0
# What tests/bench/run printed ($alone and $together) -> one object: for each
# measurement the median and the least over all rounds of what moving a block cost, for
# one process in $unit, for two in nanoseconds.

def median: sort | if length % 2 == 1 then .[length / 2 | floor]
	else (.[length / 2 - 1] + .[length / 2]) / 2 end;

def hundredths: . * 100 | round / 100;

def figures: [
	split("\n")[] | select(. != "") | split("\t") | (.[2] | split(" ")) as $words | {
		target: .[0],
		size: .[1],
		operation: $words[0],
		block: ($words[1] | tonumber),
		stride: ($words[2] | tonumber),
		cost: (($words[4] | tonumber) / ($words[3] | tonumber))
	}] | [
		# Grouping sorts: back to the order in which they came.
		to_entries | group_by(.value | [.target, .size, .operation, .block, .stride]) |
		sort_by(first.key)[] | map(.value) |
		first + { cost: (map(.cost) | median | hundredths), least: (map(.cost) | min | hundredths),
			rounds: length }
	];

{
	kernel: $kernel,
	unit: $unit,
	figures: ($alone | figures),
	together: ($together | figures)
}
