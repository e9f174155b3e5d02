#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Where the memory lies: in the linear map or in vmalloc areas, as the driver says.
# subjects: each
# shellcheck disable=SC2016 # the programs in quotes are Perl
. ./lib.sh

case $DRIVER in
scull) geometries="quantum=4000 quantum=65536" ;;
scullc) geometries="quantum=$page quantum=65536" ;;
*) geometries="order=0 order=1 order=2 order=3 order=4" ;;
esac

# Load the driver with each geometry and a file, and check what lies where.
each_geometry() { # CHECK-FUNCTION
	local geometry quantum
	for geometry in $geometries; do
		case $geometry in
		quantum=*) quantum=${geometry#quantum=} ;;
		order=*) quantum=$((page << ${geometry#order=})) ;;
		esac
		load "$DRIVER" "$geometry"
		cat "$(real_file 10000000)" >"$NODE"
		"$1" "$geometry" "$quantum"
	done
}

lies_in_its_region() { # GEOMETRY QUANTUM
	local count=$(((10000000 + $2 - 1) / $2)) quanta linear vmalloc runs longest
	read -r quanta linear vmalloc runs longest <<<"$(regions_of "$DRIVER" 0 "$2")"
	assertEquals "$1: quanta" $count "$quanta"
	if [ "$DRIVER" = scullv ]; then
		assertEquals "$1: in the linear map" 0 "$linear"
		assertEquals "$1: in vmalloc areas of their own" $count "$vmalloc"
		# A guard page keeps two areas apart.
		assertEquals "$1: runs" $count "$runs"
		assertEquals "$1: longest run" 1 "$longest"
	else
		assertEquals "$1: in the linear map" $count "$linear"
		assertEquals "$1: in vmalloc areas" 0 "$vmalloc"
		assertTrue "$1: longest run" "[ $longest -ge 1 ]"
	fi
}

test_every_quantum_lies_in_the_region_of_its_allocator() {
	each_geometry lies_in_its_region
}

# Prints the quanta that overlap, and scullp's that are not aligned to their size.
misplaced() { # QUANTUM
	dump_of "$DRIVER" 0 | sed -n 's/^ *[0-9]*://p' | sort |
		perl -ne 'no warnings; BEGIN { ($quantum, $driver) = splice @ARGV, 0, 2; $end = 0 }
			chomp; $at = hex; print "$_ " if $at < $end || $driver eq "scullp" && $at % $quantum;
			$end = $at + $quantum' "$1" "$DRIVER"
}

is_well_placed() { # GEOMETRY QUANTUM
	assertTrue "$1: quanta" "[ $(quanta_of "$DRIVER" 0) -gt 0 ]"
	assertEquals "$1" "" "$(misplaced "$2")"
}

test_quanta_are_aligned_and_do_not_overlap() {
	each_geometry is_well_placed
}
