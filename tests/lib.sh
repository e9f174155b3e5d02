# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What every suite begins with. The runner gives SUITE and SUBJECT, a driver with
# its parameters, such as "scullp order=3"; suites about no one driver have none.
#
#   DRIVER	scullp
#   NODE	/dev/scullp0: a subject is loaded before the suite's first test
#   DRIVERS	all four
#
# The subject tmpfs is the control: its NODE is a file there.

export LC_ALL=C.UTF-8
# shellcheck disable=SC2034 # for the suites
DRIVERS="scull scullc scullp scullv"
DRIVER=${SUBJECT%% *}
# shellcheck disable=SC2034 # for the suites
NODE=/dev/${DRIVER}0
[ "$DRIVER" != tmpfs ] || NODE=/dev/shm/scull-tests
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck disable=SC2034 # for the suites
page=$(getconf PAGE_SIZE) bits=$(getconf LONG_BIT) # of an address

# What a kernel says when something is wrong with it.
# shellcheck source=complaints
complaints=$(cat "$here/complaints")

# What the suite writes to the kernel's log at its start, and before each test.
mark="scull-tests $SUITE $SUBJECT $RANDOM"
echo "$mark" >/dev/kmsg

# A folder for the tests' files, on a disk; the runner makes and removes it.
scratch=${SCRATCH:?}

# Load a driver with parameters, afresh; its nodes are ready afterwards.
load() { # DRIVER [PARAMETER=VALUE]...
	unload "$1" && modprobe "$@" && settle
}

# Where the clock runs ahead of the disks (vm/run --instructions), udev can be too late for
# udevadm the first time.
settle() { udevadm settle || udevadm settle || udevadm settle; }

unload() { # DRIVER...
	local driver
	for driver; do
		if [ -d "/sys/module/$driver" ]; then
			modprobe -r "$driver" || return
		fi
	done
}

# A real file of 64 MiB and a bit, so that no size divides it.
big_file() {
	local file=$scratch/big
	if [ ! -s "$file" ]; then
		find /usr/bin /usr/lib /lib/modules/ -type f -print0 | sort -z |
			xargs -0 cat 2>/dev/null | head -c $((64 * 1024 * 1024 + 12345)) >"$file"
	fi
	echo "$file"
}

# The first so many bytes of it.
real_file() { # BYTES
	local file=$scratch/first-$1
	[ -s "$file" ] || head -c "$1" "$(big_file)" >"$file"
	echo "$file"
}

# The dump of one device: from its heading to the next one's blank line.
dump_of() { # DRIVER NUMBER
	awk -v number="$2" '/^Device/ { on = $2 == number ":" } /^$/ { on = 0 } on' "/proc/$1mem"
}

# Where the quanta of a device lie: the five numbers that regions prints.
regions_of() { # DRIVER NUMBER QUANTUM-BYTES
	dump_of "$1" "$2" | "$here/regions" "$3"
}

quanta_of() { dump_of "$1" "$2" | grep -cE '^ +[0-9]+:'; }
items_of() { dump_of "$1" "$2" | grep -c '^  item at '; }

# The page allocator's largest order; the largest block of kmalloc is as large.
largest_order() { awk '{ print NF - 5; exit }' /proc/buddyinfo; }

# The largest size of the file: what offsets can express, and where addresses have 32
# bits, numbers of pages and of items as well.
limit() {
	local item
	if [ "$bits" -eq 64 ]; then
		echo $((~(1 << 63)))
	else
		item=$(($(attribute "$NODE" quantum) * $(attribute "$NODE" qset)))
		echo $(((item < page ? item : page) * 0xffffffff))
	fi
}

attribute() { cat "/sys/class/scull/${1#/dev/}/$2"; } # NODE NAME

# How many bytes of memory are free, those that processors keep on lists of their own with
# them. (MemAvailable would count the nodes of an xarray as free: their slab is said to be
# reclaimable.)
free_memory() {
	awk -v page="$page" '$1 == "nr_free_pages" || $1 == "count:" { pages += $2 }
		END { printf "%.0f\n", pages * page }' /proc/zoneinfo
}

# The same once caches are dropped.
available() {
	sync # what is not written yet is not dropped
	echo 3 >/proc/sys/vm/drop_caches
	free_memory
}

# Whether the subject's pages are mapped as such. Slab memory's are mapped as bare frames,
# which the kernel does not pin, and with which it allows less.
by_pages() { [ "$DRIVER" != scull ] && [ "$DRIVER" != scullc ]; }

# Make the file hold a text, or so many x.
write_file() { printf %s "$1" >"$NODE"; }
write_new() { # BYTES
	prog/op "$NODE" wt fill "$1" >/dev/null
}

# Open the file, do operations on it (see prog/op.c), compare their results.
assert_op() { # RESULTS FLAGS OPERATION...
	local expected=$1 said
	shift
	said=$(prog/op "$NODE" "$@" 2>&1)
	said=${said// $'\n'/$'\n'}
	assertEquals "op $*:" "$expected" "${said% }"
}

# A memory cgroup for the tests; who uses it removes it.
group=/sys/fs/cgroup/scull-tests

make_group() { # LIMIT
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control
	mkdir -p $group
	echo "$1" >$group/memory.max
}

# Run a command in it.
in_group() { # COMMAND...
	bash -c 'echo $$ >"$0/cgroup.procs"; exec "$@"' $group "$@"
}

# How many processes have been killed for want of memory.
oom_kills() { awk '$1 == "oom_kill" { print $2 }' /proc/vmstat; }

# From here on the node is open, the dump is read again and again, and unloading is
# tried again and again: which must fail each time.
disturb() {
	exec 5<"$NODE"
	(while [ ! -e "$scratch/stop" ]; do
		cat "/proc/${DRIVER}mem" >/dev/null
		rmmod "$DRIVER" 2>/dev/null && echo "unloaded while open" >"$scratch/unloaded"
	done) &
}

# Until here; fails if it was unloaded.
undisturb() {
	touch "$scratch/stop"
	wait
	rm "$scratch/stop"
	exec 5<&-
	assertFalse "unloaded while open" "[ -e $scratch/unloaded ]"
}

# Whether the kernel is this version of Linux or a newer one.
newer() { printf '%s\n' "$1" "$(uname -r)" | sort -VC; } # VERSION

# Run a command as a user outside the group.
as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }

# Fails unless the command succeeds; shows what it said.
assert_succeeds() { # COMMAND...
	local said
	said=$("$@" 2>&1)
	assertTrue "of $*, which said: $said" $?
}

# Fails unless the command fails and says so.
assert_refused() { # PATTERN COMMAND...
	local pattern=$1 said
	shift
	said=$("$@" 2>&1) && fail "not refused: $*"
	assertContains "of $*, which said '$said':" "$said" "$pattern"
}

# What a test has measured, for people: printed below it.
show() { # TEXT
	echo "#shown $*"
}

# End a test that cannot be run here.
skip() { # REASON
	echo "#skipped $*"
}

oneTimeSetUp() {
	[ -z "$SUBJECT" ] && return
	[ "$DRIVER" = tmpfs ] && { : >"$NODE"; return; }
	# shellcheck disable=SC2086 # a driver and its parameters
	load $SUBJECT
}

oneTimeTearDown() {
	if [ "$DRIVER" = tmpfs ]; then
		rm -f "$NODE"
	elif [ -n "$SUBJECT" ]; then
		unload "$DRIVER"
	fi
	complained
}

# A suite that wants something done before each test defines prepare.
setUp() {
	echo "$mark: ${_shunit_test_:-}" >/dev/kmsg
	if declare -F prepare >/dev/null; then prepare; fi
	started=${EPOCHREALTIME/./}
}

tearDown() {
	echo "#took $(((${EPOCHREALTIME/./} - started) / 1000))"
}

# The kernel's log from after a mark.
log_since() { # MARK
	dmesg | sed "1,/$1/d"
}

# Fails the suite's last test if the kernel complained since its first.
complained() {
	local said
	said=$(log_since "$mark" | grep -E "$complaints") &&
		fail "the kernel complained: $said"
	return 0
}

# shunit2 counts, and looks whether a condition is a number, by expr: a process each
# time, slow under emulation.
expr() {
	case $2$3 in
	+*) echo $(($1 + $3)) ;;
	':\([0-9]*\)') [[ $1 =~ ^[0-9]* ]] && echo "${BASH_REMATCH[0]}" ;;
	*) command expr "$@" ;;
	esac
}
