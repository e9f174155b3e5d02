#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The memory dump: its format, who sees addresses, and that it stays out of the way.
# subjects: scull quantum=64, scullc quantum=64, scullp order=0 qset=7, scullv order=0 qset=7
# guest: --cpus 2
# shellcheck disable=SC2016 # the programs in quotes are Perl
. ./lib.sh

case $DRIVER in
scull) qset=1000 geometry="qset 1000, quantum 64" quantum=64 ;;
scullc) qset=500 geometry="qset 500, quantum 64" quantum=64 ;;
*) qset=7 geometry="qset 7, order 0" quantum=$page ;;
esac
dump=/proc/${DRIVER}mem
digits=$((bits / 4)) # of an address

# What the dump has to look like when device 0 holds so many quanta from its
# start: the same text, with every address as @.
expected() { # QUANTA SIZE
	local quantum device
	printf '\nDevice 0: %s, sz %d\n' "$geometry" "$2"
	for ((quantum = 0; quantum < $1; quantum++)); do
		[ $((quantum % qset)) -ne 0 ] || printf '  item at @, qset at @\n'
		printf '    %4d:@\n' $((quantum % qset))
	done
	for device in 1 2 3; do
		printf '\nDevice %d: %s, sz 0\n' "$device" "$geometry"
	done
}

without_addresses() { sed -E 's/(at |:)[0-9a-f]{'$digits'}\b/\1@/g'; }

test_the_dump_is_byte_for_byte_in_the_format() {
	local count size
	for count in 0 1 7; do
		size=$((count * quantum))
		head -c $size "$(big_file)" >"$NODE"
		without_addresses <"$dump" | cmp - <(expected $count $size)
		assertTrue "with $count quanta" $?
	done
}

test_the_dump_names_quanta_around_holes() {
	# One quantum at slot 1 of item 0, one at slot 2 of item 4.
	: >"$NODE"
	perl -MFcntl -e 'sysopen(my $f, shift, O_RDWR) or die;
		for (@ARGV) { sysseek($f, $_, 0); syswrite($f, "x") }' \
		"$NODE" $((quantum)) $(((4 * qset + 2) * quantum))
	dump_of "$DRIVER" 0 | without_addresses | cmp - <(
		printf 'Device 0: %s, sz %d\n' "$geometry" $(((4 * qset + 2) * quantum + 1))
		printf '  item at @, qset at @\n    %4d:@\n' 1
		printf '  item at @, qset at @\n    %4d:@\n' 2)
	assertTrue $?
}

# How many quanta of a dump lie where the kernel says that its memory or areas are.
real() { # < DUMP
	./regions "$quantum" | awk '{ print $2 + $3 }'
}

addresses() { grep -oE "\b[0-9a-f]{$digits}\b" <<<"$1" | sort; } # DUMP
common() { comm -12 <(addresses "$1") <(addresses "$2"); } # DUMP DUMP

test_root_sees_addresses_of_the_kernel_and_others_do_not() {
	local exact hashed
	head -c $((7 * quantum)) "$(big_file)" >"$NODE"
	exact=$(cat "$dump")
	hashed=$(as_nobody cat "$dump")
	assertEquals "lines" "$(wc -l <<<"$exact")" "$(wc -l <<<"$hashed")"
	assertEquals "root's that are real" 7 "$(real <<<"$exact")"
	# A hash has 32 bits; where an address has no more, it looks like one.
	[ "$digits" -eq 8 ] ||
		assertEquals "the others' that are hashed" 7 "$(grep -cE ':0{8}[0-9a-f]{8}$' <<<"$hashed")"
	assertEquals "in common" "" "$(common "$exact" "$hashed")"
}

test_who_opened_the_dump_decides_and_not_who_reads() {
	local hashed exact
	head -c $((3 * quantum)) "$(big_file)" >"$NODE"
	exact=$(as_nobody cat <"$dump")
	assertEquals "opened by root" 3 "$(real <<<"$exact")"
	hashed=$(setpriv --bounding-set=-syslog --inh-caps=-syslog cat "$dump")
	assertEquals "opened by root without CAP_SYSLOG" "" "$(common "$exact" "$hashed")"
}

test_a_dump_of_very_many_quanta_is_complete() {
	local count=$((409600000 / (quantum > 4096 ? quantum : 4096)))
	# There are no more addresses for vmalloc than that.
	[ "$DRIVER:$digits" != scullv:8 ] || count=10000
	head -c $((count * quantum)) /dev/zero >"$NODE"
	assertEquals "quanta" $count "$(quanta_of "$DRIVER" 0)"
	assertEquals "items" $(((count + qset - 1) / qset)) "$(items_of "$DRIVER" 0)"
	assertEquals "different addresses" $count \
		"$(dump_of "$DRIVER" 0 | sed -n 's/^ *[0-9]*:/:/p' | sort -u | wc -l)"
	assertEquals "in odd blocks" "$(cksum <"$dump")" "$(dd if="$dump" bs=997 status=none | cksum)"
}

test_a_seek_in_the_dump_ends_with_its_process() {
	[ "$quantum" -lt "$page" ] || { skip "it is over too soon"; return; }
	head -c $((400000 * quantum)) /dev/zero >"$NODE"
	# What time a processor takes for a seek behind the end, and for one that is killed.
	perl -e '
		sub seek_end { open(my $dump, "<", $ARGV[0]) or die; sysseek($dump, 1 << 60, 0) }
		my $start = (times)[1]; seek_end(); my $whole = (times)[1] - $start;
		my $child = fork // die; if (!$child) { seek_end(); exit }
		select(undef, undef, undef, $whole / 10); kill "KILL", $child; waitpid $child, 0;
		my $part = (times)[3];
		print "$part of $whole s\n"; exit($part > $whole / 3)' "$dump" >"$scratch/seek"
	assertTrue "the killed one went on" $?
	show "$(cat "$scratch/seek")"
	: >"$NODE"
}

test_a_reader_that_stops_in_the_middle_does_not_block_writers() {
	head -c $((1000 * quantum)) "$(big_file)" >"$NODE"
	exec 5<"$dump"
	head -c 100 <&5 >/dev/null
	timeout 20 cp "$(real_file 10007)" "$NODE"
	assertTrue "writing" $?
	timeout 20 cat <&5 >/dev/null
	assertTrue "reading on" $?
	exec 5<&-
	cmp "$NODE" "$(real_file 10007)"
	assertTrue "what was written" $?
}

test_dumps_taken_during_writes_are_well_formed() {
	local i bad=0 quanta=0 lines
	(while [ ! -e "$scratch/stop" ]; do
		head -c $((50 * quantum)) "$(big_file)" >"$NODE"
	done) &
	for ((i = 0; i < 30; i++)); do
		lines=$(without_addresses <"$dump")
		bad=$((bad + $(grep -cvE '^$|^Device [0-3]: .*, sz [0-9]+$|^  item at @, qset at @$|^    [ 0-9]{4}:@$' <<<"$lines")))
		quanta=$((quanta + $(grep -c '^    ' <<<"$lines")))
	done
	touch "$scratch/stop"
	wait
	rm "$scratch/stop"
	assertEquals "lines out of format" 0 "$bad"
	assertTrue "quanta seen" "[ $quanta -gt 0 ]"
}
