#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Loading and unloading: parameters, refusals, nothing left behind.
# subjects: each
# few: scullc, scullv
# kernel: kmemleak=on
# guest: --instructions
. ./lib.sh

# What a driver leaves in the system.
traces() {
	ls -d "/sys/class/scull/$DRIVER"* "/proc/${DRIVER}mem" "/sys/module/$DRIVER" 2>/dev/null
	awk -v driver="$DRIVER" '$2 == driver' /proc/devices
	[ "$DRIVER" != scullc ] || grep '^scullc ' /proc/slabinfo
}

# Fails unless loading with the parameter is refused, with one line in the log.
assert_not_loaded() { # PATTERN PARAMETER...
	local pattern=$1 said mark="refusing $DRIVER $* $RANDOM"
	shift
	echo "$mark" >/dev/kmsg
	assert_refused "Invalid argument" modprobe "$DRIVER" "$@"
	said=$(log_since "$mark" | grep -E "\] (scull_common: )?$DRIVER: ")
	assertEquals "lines in the log for $*" 1 "$(wc -l <<<"$said")"
	assertContains "the log" "$said" "$pattern"
	assertEquals "left behind by $*" "" "$(traces)"
}

by_order() { case $DRIVER in scullp | scullv) true ;; *) false ;; esac }

test_defaults_are_those_of_the_family() {
	local expected
	case $DRIVER in
	scull) expected="qset 1000, quantum 4000" ;;
	scullc) expected="qset 500, quantum $page" ;;
	scullp) expected="qset 500, order 0" ;;
	scullv) expected="qset 500, order 4" ;;
	esac
	assertEquals "Device 0: $expected, sz 0" "$(dump_of "$DRIVER" 0)"
	assertEquals 4 "$(grep -c ^Device "/proc/${DRIVER}mem")"
}

test_parameters_set_devices_and_geometry() {
	local geometry expected
	if by_order; then
		geometry="order=3 qset=20" expected="qset 20, order 3"
	else
		geometry="quantum=8192 qset=20" expected="qset 20, quantum 8192"
	fi
	# shellcheck disable=SC2086 # two words
	load "$DRIVER" devs=2 $geometry
	assertEquals "Device 1: $expected, sz 0" "$(dump_of "$DRIVER" 1)"
	assertEquals 2 "$(grep -c ^Device "/proc/${DRIVER}mem")"
	assertEquals 20 "$(cat "/sys/module/$DRIVER/parameters/qset")"
	assertEquals "not writable" 444 "$(stat -c %a "/sys/module/$DRIVER/parameters/qset")"
	load "$DRIVER"
}

test_classic_spellings_are_accepted() {
	local unit=quantum devs=devs
	by_order && unit=order
	[ "$DRIVER" = scull ] && devs=nr_devs
	load "$DRIVER" "${DRIVER}_$unit=5" "${DRIVER}_qset=7" "${DRIVER}_$devs=1"
	assertEquals "Device 0: qset 7, $unit 5, sz 0" "$(dump_of "$DRIVER" 0)"
	assertEquals 1 "$(grep -c ^Device "/proc/${DRIVER}mem")"
	load "$DRIVER"
}

test_every_parameter_is_described() {
	assertEquals "" "$(modinfo -p "$DRIVER" | grep -vE '^[a-z_]+:.+ \(uint\)$')"
	assertEquals 6 "$(modinfo -p "$DRIVER" | wc -l)"
	modinfo -p scull_common | grep -q '^capacity:'
	assertTrue "capacity" $?
}

test_nonsense_is_refused_and_leaves_nothing() {
	unload "$DRIVER"
	assert_not_loaded "devs=0 is not in" devs=0
	assert_not_loaded "devs=1000000 is not in" devs=1000000
	assert_not_loaded "invalid for parameter" devs=-1
	assert_not_loaded "qset=0 is not in" qset=0
	assert_not_loaded "qset=4294967295 is not in" qset=4294967295
	assert_not_loaded "invalid for parameter" qset=-1
	assert_not_loaded "invalid for parameter" qset=many
	local order bytes
	order=$(largest_order)
	bytes=$((page << order))
	if by_order; then
		assert_not_loaded "order=$((order + 1)) is not in 0..$order" order=$((order + 1))
		assert_not_loaded "order=64 is not in" order=64
		assert_not_loaded "order=4294967295 is not in" order=4294967295
		assert_not_loaded "invalid for parameter" "${DRIVER}_order=-1"
	else
		assert_not_loaded "quantum=0 is not in" quantum=0
		assert_not_loaded "quantum=$((bytes + 1)) is not in 1..$bytes" quantum=$((bytes + 1))
		assert_not_loaded "quantum=4294967295 is not in" quantum=4294967295
		assert_not_loaded "invalid for parameter" "${DRIVER}_quantum=-1"
	fi
	load "$DRIVER"
}

# Load with parameters, and put a file of so many bytes through the first device.
assert_holds_a_file() { # BYTES PARAMETER...
	load "$DRIVER" "${@:2}"
	cat "$(real_file "$1")" >"$NODE"
	cmp "$NODE" "$(real_file "$1")"
	assertTrue "contents" $?
	load "$DRIVER"
}

test_the_largest_geometry_works() {
	if by_order; then
		assert_holds_a_file 10000000 order="$(largest_order)" qset=65536
	else
		assert_holds_a_file 10000000 quantum=$((page << $(largest_order))) qset=65536
	fi
}

test_the_smallest_geometry_works() {
	if by_order; then
		assert_holds_a_file 10007 order=0 qset=1
	else
		assert_holds_a_file 10007 quantum=1 qset=1
	fi
}

# Load with one call of a kernel function failing.
assert_unwound() { # FUNCTION SKIP VALUE
	insmod modules/scull_inject.ko function="$1" skip="$2" value="$3" || fail "cannot make $1 fail"
	modprobe "$DRIVER" 2>/dev/null
	assertFalse "loaded although $1 failed" $?
	rmmod scull_inject
	assertEquals "left behind when $1 fails" "" "$(traces)"
	modprobe "$DRIVER"
	assertTrue "loading after $1 failed" $?
	udevadm settle
	assertTrue "a node" "[ -c $NODE ]"
	unload "$DRIVER"
}

test_a_step_that_fails_undoes_the_ones_before() {
	[ -f modules/scull_inject.ko ] || { skip "modules/scull_inject.ko is not built"; return; }
	unload "$DRIVER"
	if [ "$DRIVER" = scullc ]; then
		# What the one is made of since Linux 6.12.
		assert_unwound "$(grep -owm1 -e kmem_cache_create_usercopy -e __kmem_cache_create_args /proc/kallsyms)" 0 0
	fi
	assert_unwound alloc_chrdev_region 0 -16
	assert_unwound device_create_with_groups 0 -12
	assert_unwound device_create_with_groups 3 -12
	assert_unwound proc_create_data 0 0
	assert_unwound cdev_alloc 0 0
	assert_unwound cdev_add 0 -12
	load "$DRIVER"
}

test_an_open_node_keeps_the_driver() {
	exec 5<"$NODE"
	assert_refused "in use" rmmod "$DRIVER"
	assert_refused "in use" rmmod scull_common
	exec 5<&-
	rmmod "$DRIVER"
	assertTrue "after closing" $?
	assertEquals "" "$(traces)"
	load "$DRIVER"
}

test_unloading_frees_everything() {
	local before held node
	[ "$DRIVER:$bits" != scullv:32 ] || { skip "addresses for vmalloc would run out"; return; }
	big_file >/dev/null
	unload "$DRIVER"
	before=$(available)
	load "$DRIVER"
	for node in "/dev/$DRIVER"[0-3]; do
		cat "$(big_file)" >"$node"
	done
	held=$(available)
	assertTrue "from $before to $held" "[ $held -lt $((before - (150 << 20))) ]"
	unload "$DRIVER"
	assertTrue "from $before to $(available)" "[ $(available) -ge $((before - (80 << 20))) ]"
	assertEquals "" "$(traces)"
	load "$DRIVER"
}

test_scullc_has_its_own_line_in_slabinfo() {
	[ "$DRIVER" = scullc ] || { skip "only scullc has one"; return; }
	cat "$(real_file 3000001)" >"$NODE"
	assertTrue "objects" "[ $(awk '$1 == "scullc" { print $2 }' /proc/slabinfo) -ge $((3000001 / page)) ]"
}

# "kmalloc-256 1234": the objects in use of each general cache. Shrinking gives back
# what processors keep for themselves, but each takes slabs again at once, all of
# which counts as in use: the numbers go up and down by some slabs.
kmalloc_objects() {
	local cache
	sync
	sleep 1
	for cache in /sys/kernel/slab/kmalloc-*; do
		echo 1 >"$cache/shrink"
	done
	awk '/^kmalloc-/ { print $1, $2 }' /proc/slabinfo
}

# Load and unload so many times.
reload() { # TIMES
	local i
	for ((i = 0; i < $1; i++)); do
		modprobe "$DRIVER" devs=1 || break
		rmmod "$DRIVER" || break
	done
	assertEquals "rounds" "$1" $i
	udevadm settle
}

test_loading_100_times_leaves_no_growth() {
	local areas areas_after round
	# There it takes seconds to load, and what is lost is found otherwise.
	[ ! -e /sys/kernel/debug/kmemleak ] || { skip "kmemleak sees what is lost"; return; }
	unload "$DRIVER"
	reload 10
	areas=$(wc -l </proc/vmallocinfo)
	kmalloc_objects >"$scratch/count-0"
	for round in 1 2 3; do
		reload 34
		kmalloc_objects >"$scratch/count-$round"
	done
	areas_after=$(wc -l </proc/vmallocinfo)
	# What one object lost in each load would do: grow in every round.
	assertEquals "caches that grew in each round" "" \
		"$(awk '{ if (($1 in last) && $2 - last[$1] >= 30) grew[$1]++; last[$1] = $2 }
			END { for (cache in grew) if (grew[cache] == 3) print cache }' "$scratch"/count-[0-3])"
	assertTrue "vmalloc areas from $areas to $areas_after" "[ $areas_after -le $((areas + 10)) ]"
	load "$DRIVER"
}
