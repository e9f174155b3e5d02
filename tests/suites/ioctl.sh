#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The control commands, by their classic names, from 64-bit and 32-bit programs.
# subjects: each
# shellcheck disable=SC2086 # names of commands are put together of words without blanks
. ./lib.sh

case $DRIVER in
scull) C=SCULL_IOC U=QUANTUM first=4000 other=8000 limit=$((page << $(largest_order))) qset=1000 ;;
scullc) C=SCULLC_IOC U=QUANTUM first=$page other=$first limit=$((page << $(largest_order))) qset=500 ;;
scullp) C=SCULLP_IOC U=ORDER first=0 other=2 limit=$(largest_order) qset=500 ;;
scullv) C=SCULLV_IOC U=ORDER first=4 other=2 limit=$(largest_order) qset=500 ;;
esac

prepare() { load "$DRIVER"; }

# What the commands print, from either program.
assert_ioc() { # RESULTS COMMAND...
	local expected=$1
	shift
	assertEquals "$*" "$expected" "$(${ioc:-prog/ioc} "$NODE" "$@" | sed 's/ $//')"
}

all_of_qset() {
	assert_ioc "$qset $qset" ${C}GQSET ${C}QQSET
	assert_ioc "0 7 7" ${C}SQSET 7 ${C}GQSET ${C}QQSET
	assert_ioc "0 8" ${C}TQSET 8 ${C}QQSET
	assert_ioc "8 9" ${C}XQSET 9 ${C}QQSET
	assert_ioc "9 10" ${C}HQSET 10 ${C}QQSET
	assert_ioc "0 $qset" ${C}RESET ${C}QQSET
}

test_all_commands_for_the_qset_do_what_their_letter_says() { all_of_qset; }

all_of_unit() {
	assert_ioc "$first $first" ${C}G$U ${C}Q$U
	if [ "$DRIVER" = scullc ]; then
		assert_ioc "EOPNOTSUPP EOPNOTSUPP EOPNOTSUPP EOPNOTSUPP" \
			${C}S$U 64 ${C}T$U 64 ${C}X$U 64 ${C}H$U 64
	else
		assert_ioc "0 $other $other" ${C}S$U $other ${C}G$U ${C}Q$U
		assert_ioc "0 1" ${C}T$U 1 ${C}Q$U
		assert_ioc "1 $other" ${C}X$U $other ${C}Q$U
		assert_ioc "$other 3" ${C}H$U 3 ${C}Q$U
		assert_ioc "0" ${C}RESET
	fi
	assert_ioc "$first" ${C}Q$U
}

test_all_commands_for_the_quantum_do_what_their_letter_says() { all_of_unit; }

test_32_bit_programs_work() {
	local ioc=prog/ioc32
	[ -e $ioc ] || { skip "there are none for this processor"; return; }
	all_of_qset
	all_of_unit
	write_file abc
	assertEquals "3 abcX" "$(prog/op32 "$NODE" rw seek 0 end pwrite 3 X pshow 0 10 | sed 's/ 1 / /; s/ $//')"
	assertEquals "far away" "1 z" "$(prog/op32 "$NODE" rw pwrite $((1 << 40)) z pshow $((1 << 40)) 10 | sed 's/ $//')"
}

test_bad_values_are_EINVAL_and_change_nothing() {
	assert_ioc "EINVAL EINVAL EINVAL EINVAL" ${C}SQSET 0 ${C}TQSET -1 ${C}XQSET 65537 ${C}HQSET 100000000
	if [ "$DRIVER" != scullc ]; then
		assert_ioc "EINVAL EINVAL" ${C}S$U $((limit + 1)) ${C}T$U -1
	fi
	assert_ioc "$first $qset" ${C}Q$U ${C}QQSET
}

test_a_geometry_is_set_whole_or_not_at_all() {
	local unit=quantum value=$other
	case $DRIVER in scullp | scullv) unit=order ;; esac
	assert_ioc "EINVAL EINVAL" GEOMETRY 4 0 0 0 GEOMETRY 2 0 5 1
	[ "$DRIVER" = scullc ] ||
		assert_ioc "EINVAL EINVAL" GEOMETRY 3 $other 0 0 GEOMETRY 3 100000000 5 0
	assertEquals "$first $qset" "$(attribute "$NODE" next_$unit) $(attribute "$NODE" next_qset)"
	[ "$DRIVER" != scullc ] || { assert_ioc "EOPNOTSUPP" GEOMETRY 3 $other 5 0; return; }
	assert_ioc "0" GEOMETRY 3 $value 5 0
	assertEquals "$value 5" "$(attribute "$NODE" next_$unit) $(attribute "$NODE" next_qset)"
}

test_info_serves_programs_of_other_versions() {
	assert_ioc "EINVAL 0 0 0" INFO 127 INFO 128 INFO 136 INFO 4096
}

test_extents_go_to_the_last() {
	local end quantum
	end=$(limit)
	quantum=$(attribute "$NODE" quantum)
	: >"$NODE"
	assert_op "1" rw pwrite $((end - 1)) x
	assertEquals "found" "$(((end - 1) / quantum * quantum)) " "$(prog/ioc "$NODE" EXTENT 0)"
	assert_ioc "ENXIO ENXIO" EXTENT 0x7fffffffffffffff EXTENT 0xffffffffffffffff
}

test_trim_needs_a_descriptor_that_may_write() {
	write_file abc
	assertEquals "EBADF" "$(prog/ioc -r "$NODE" SCULL_IOC_TRIM | sed 's/ $//')"
	assertEquals 3 "$(attribute "$NODE" size)"
}

test_setting_needs_CAP_SYS_ADMIN_and_getting_does_not() {
	local ioc="setpriv --reuid=65534 --regid=65534 --groups=scull prog/ioc"
	assert_ioc "EPERM EPERM EPERM EPERM EPERM" ${C}SQSET 5 ${C}TQSET 5 ${C}XQSET 5 ${C}HQSET 5 ${C}RESET
	assert_ioc "$qset $first" ${C}GQSET ${C}Q$U
}

test_unknown_commands_are_ENOTTY() {
	assert_ioc "ENOTTY ENOTTY ENOTTY" NONSENSE WRONG_SIZE OTHER_TYPE
}

test_new_geometry_applies_at_the_next_trim() {
	cat "$(real_file 3000001)" >"$NODE"
	assert_ioc "0" ${C}SQSET 3
	[ "$DRIVER" = scullc ] || assert_ioc "0" ${C}S$U $other
	cmp "$NODE" "$(real_file 3000001)"
	assertTrue "what is held stays readable" $?
	assertEquals "the old one is in force" "$qset" "$(attribute "$NODE" qset)"
	assertEquals "the next one is known" 3 "$(attribute "$NODE" next_qset)"
	printf more >>"$NODE"
	assertEquals "appending does not trim" "$qset" "$(attribute "$NODE" qset)"

	cat "$(real_file 3000001)" >"$NODE"
	assertEquals "the new one is in force" 3 "$(attribute "$NODE" qset)"
	[ "$DRIVER" = scullc ] ||
		assertEquals "and the other half" "$other" "$(attribute "$NODE" "$(tr '[:upper:]' '[:lower:]' <<<"$U")")"
	cmp "$NODE" "$(real_file 3000001)"
	assertTrue "what is held now" $?
	assertEquals "other devices have their own" "$qset" "$(attribute "/dev/${DRIVER}1" next_qset)"
	: >"$NODE"
	assertEquals "held" 0 "$(attribute "$NODE" allocated)"
}

test_trim_gives_everything_back() {
	cat "$(real_file 3000001)" >"$NODE"
	assert_ioc "0" SCULL_IOC_TRIM
	assertEquals "size" 0 "$(attribute "$NODE" size)"
	assertEquals "held" 0 "$(attribute "$NODE" allocated)"
}
