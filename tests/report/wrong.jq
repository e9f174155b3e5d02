# SPDX-License-Identifier: GPL-2.0
# facts.json -> what is wrong with it, a line each: what is missing, and sums that differ.

def wrong($what; $is; $should): select($is != $should) | "\($what): \($is), not \($should)";
def at_least($what; $is; $least): select($is < $least) | "\($what): \($is), not at least \($least)";
def ceiling($by): (. + $by - 1) / $by | floor;

.about as $about | ($about.size | tonumber) as $size | ($about.page | tonumber) as $page |
(["kernel", "machine", "version", "memory", "clock"][] | select(($about[.] // "") == "") | "about: no \(.)"),
([.subjects[] | select(.ns).name] | wrong("subjects"; length; 8), wrong("subjects by name"; unique | length; 8)),
([.subjects[] | select(.ns).driver] | wrong("drivers"; unique | join(" "); "scull scullc scullp scullv")),
wrong("the last one"; .subjects[-1].name; "tmpfs"),
(.subjects[] | . as $subject | (
	(["first", "write", "read"][] as $operation | $subject.times[$operation] |
		wrong("bytes of \($operation)"; .bytes; $size), at_least("nanoseconds of \($operation)"; .ns; 1)),
	(.memory | at_least("memory that is gone"; .taken; $size * 0.98)),
	(select(.ns) | ($size | ceiling($subject.quantum)) as $quanta | (
		wrong("bytes"; .size; $size),
		(.addresses |
			wrong("quanta in the dump of /proc"; .quanta; $quanta),
			wrong("quanta in scullctl's dump"; .dumped; $quanta),
			wrong("quanta at the address that was traced"; .agree; $quanta),
			wrong("region"; .region; if $subject.storage == "vmalloc" then "vmalloc area" else "linear map" end),
			(select(.region == "linear map") |
				wrong("bytes whose address tells the frame"; .direct; $quanta * $subject.quantum))),
		(.ns | wrong("quanta traced"; .count; $quanta),
			at_least("shortest allocation"; .min; 1), at_least("median"; .median; .min),
			at_least("99th percentile"; .p99; .median), at_least("longest allocation"; .max; .p99),
			at_least("sum of all allocations"; .sum; .min * $quanta)),
		(.frames | wrong("frames"; .count; $quanta * ($subject.quantum | ceiling($page))),
			wrong("different frames"; .distinct; .count),
			wrong("% of the pages"; .share | add | round; 100)),
		(.memory | wrong("memory asked for"; .asked; $size),
			wrong("memory held"; .held; .asked + .tail + .rounding + .finding),
			at_least("end of the last quantum"; .tail; 0), at_least("rounding"; .rounding; 0),
			# At least a pointer of 4 bytes for each quantum.
			at_least("items and index"; .finding; 4 * $quanta))))
	) | "\($subject.name): \(.)")
