# SPDX-License-Identifier: GPL-2.0
# figures.json -> the rows of its tables, arrays of what a row shows.

# The others, and how their columns are called.
def others: { tmpfs: "/tmpfs", brd: "/brd", memory: "/memcpy" };

def shown: if . == null then "-" elif . >= 100 then round else . * 10 | round / 10 end;
def ratio($to): if . and $to and $to > 0 then . / $to * 1000 | round / 1000 else "-" end;
# Each target once, as they come.
def targets: reduce .[].target as $one ([]; if index([$one]) then . else . + [$one] end);
def cost($target; $operation):
	[.[] | select(.target == $target and .operation == $operation).cost] | first;

# What operations by blocks of a size cost each target, times a factor, and the ratios of
# that to the others' costs.
def costs($block; $factor; operations):
	[operations] as $operations |
	[.figures[] | select(.size == "64M" and .block == $block and .stride == $block and
		(.operation | IN($operations[])))] |
	["", ($operations[] | ., others[])],
	(targets[] as $target | [$target, ($operations[] as $operation |
		cost($target; $operation) as $cost |
		($cost | if . then . * $factor else . end | shown),
		(cost(others | keys_unsorted[]; $operation) as $other | $cost | ratio($other)))]);

def growth:
	[.figures[] | select(.operation == "random")] |
	["", "1 MiB", "64 MiB", "1 GiB", "1G/1M", "1 TiB*"],
	((map(select(.size == "1T")) | targets)[] as $target |
		(map(select(.target == $target)) | INDEX(.size) | map_values(.cost)) as $at |
		[$target, ($at["1M", "64M", "1G"] | shown), ($at["1G"] | ratio($at["1M"])),
			($at["1T"] | shown)]),
	["*: 4 KiB of each GiB"];

def beyond:
	["", "KiB", "%"],
	(.figures[] | select(.operation == "beyond") |
		[.target, (.cost / 1024 | round), (.cost / .block * 10000 | round / 100)]);

# The time of one after the other to that of both at once: 2 if none waits.
def together:
	.together | ["", "readers", "mixed"],
	(targets[] as $target |
		cost($target; "read") as $read | cost($target; "write") as $write |
		cost($target; "pair") as $pair | cost($target; "mixed") as $mixed |
		[$target, (2 * $read | ratio($pair)), ($read + $write | ratio($mixed))]);

# For gnuplot: a block of lines for each target, block size, cost of write and of read.
def throughput:
	[.figures[] | select(.size == "64M" and .block == .stride)] |
	targets[] as $target | "\"\($target)\"",
	(map(select(.target == $target)) | group_by(.block)[] |
		[first.block, cost($target; "write", "read")] | select(all) | @tsv), "", "";
