# SPDX-License-Identifier: GPL-2.0
# Of the figures $old and $new (see figures.jq): what of a $target has become dearer by
# more than a twentieth, a line each; by a fifth for a trim, which depends on how the
# pages lie that it frees. Both are the least of their rounds, as what disturbs only adds,
# and taken as multiples of what the same costs on tmpfs, so that little depends on the
# kernel.

# The costs of a target, by what was measured, as multiples of tmpfs's.
def multiples($target): .figures as $all |
	($all | map(select(.target == "tmpfs" and .size == "64M")) |
		INDEX("\(.operation) \(.block)")) as $tmpfs |
	$all | map(select(.target == $target and .operation != "beyond") |
		{ key: "\(.operation) of \(.block) bytes in \(.size)",
		  value: (.least / ($tmpfs["\(.operation) \(.block)"].least)) }) | from_entries;

($new[0] | multiples($target)) as $now |
$old[0] | multiples($target) | to_entries[] | ($now[.key] / .value) as $times |
select($times > if .key | startswith("trim") then 1.2 else 1.05 end) | "\(.key): \($times * 1000 | round / 1000) times what it was"
