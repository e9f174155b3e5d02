#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# scullctl, as people call it.
# subjects: each
. ./lib.sh

PATH=$PATH:/usr/local/bin
device=${NODE#/dev/}
as_member() { setpriv --reuid=65534 --regid=65534 --groups=scull "$@"; }

test_list_names_every_device() {
	assertEquals 4 "$(scullctl list | grep -c "^${DRIVER}[0-3] ")"
	assertEquals "for everybody" 4 "$(as_nobody scullctl list | grep -c "^${DRIVER}[0-3] ")"
}

test_info_tells_what_the_attributes_tell() {
	local name
	write_new 100000
	assertContains "$(scullctl info "$device")" "size        100000 bytes"
	for name in size allocated quantum qset next_quantum next_qset mappings; do
		assertEquals "$name" "$(attribute "$NODE" $name)" \
			"$(scullctl info --json "$NODE" | sed -n "s/.*\"$name\": \([0-9]*\).*/\1/p")"
	done
}

test_dump_agrees_with_the_dump_in_proc() {
	: >"$NODE"
	cat "$(real_file 3000001)" >"$NODE"
	# "number address" of each quantum; a line of scullctl's tells that of its first.
	dump_of "$DRIVER" 0 | sed -n 's/^ *[0-9]*://p' |
		awk '{ while (length($1) < 16) $1 = 0 $1; print NR - 1, $1 }' >"$scratch/by-proc"
	scullctl dump "$device" | awk -v quantum="$(attribute "$NODE" quantum)" \
		'NR > 1 && $2 % quantum == 0 { print $2 / quantum, $4 }' >"$scratch/by-ioctl"
	assertTrue "lines" "[ $(wc -l <"$scratch/by-ioctl") -gt 0 ]"
	assertEquals "lines that differ" "" "$(grep -vxFf "$scratch/by-proc" "$scratch/by-ioctl")"
}

test_dump_covers_every_byte_held_and_names_frames() {
	: >"$NODE"
	cat "$(real_file 3000001)" >"$NODE"
	assertTrue "bytes" "[ $(scullctl dump "$device" | awk 'NR > 1 { sum += $3 } END { print sum }') -ge 3000001 ]"
	assertEquals "lines without a frame" 0 "$(scullctl dump "$device" | grep -c ' -$')"
}

# "offset frame" of each page that scullctl's dump on standard input has.
frames_in() { awk -v page="$page" 'NR > 1 { for (at = 0; at < $3; at += page) print $2 + at, $5 + at / page }'; }

test_dump_names_the_frame_of_every_page() {
	: >"$NODE"
	cat "$(real_file 3000001)" >"$NODE"
	scullctl dump "$device" | frames_in >"$scratch/folded"
	# Who sees no addresses has it by frames alone.
	setpriv --bounding-set=-syslog scullctl dump "$device" | frames_in >"$scratch/by-frame"
	assertTrue "pages" "[ $(wc -l <"$scratch/by-frame") -ge $((3000001 / page)) ]"
	assertEquals "" "$(diff "$scratch/folded" "$scratch/by-frame" | head -n 4)"
}

test_others_see_neither_address_nor_frame() {
	write_new 100000
	assertTrue "they see the extents" "[ $(as_member scullctl dump "$device" | wc -l) -gt 1 ]"
	assertEquals "" "$(as_member scullctl dump "$device" | awk 'NR > 1 && ($4 != "-" || $5 != "-")')"
	assertContains "$(as_member scullctl dump --json "$device")" '"offset": 0'
	assertNotContains "$(as_member scullctl dump --json "$device")" address
}

test_geometry_is_set_shown_and_applied_by_trim() {
	local unit=quantum value=8192
	case $DRIVER in
	scullp | scullv) unit=order value=3 ;;
	scullc) unit='' ;;
	esac
	write_new 100000
	# shellcheck disable=SC2086 # two words or none
	scullctl geometry "$device" ${unit:+--$unit $value} --qset 17 >"$scratch/out"
	assertTrue "setting" $?
	assertContains "$(cat "$scratch/out")" "qset 17"
	assertContains "$(scullctl info "$device")" "from the next trim on"
	scullctl trim "$device"
	assertTrue "trimming" $?
	assertEquals 17 "$(attribute "$NODE" qset)"
	[ -z "$unit" ] || assertEquals $value "$(attribute "$NODE" $unit)"
	load "$DRIVER"
}

test_all_of_a_geometry_is_set_or_nothing() {
	local unit=quantum
	case $DRIVER in scullp | scullv) unit=order ;; esac
	assert_refused "scullctl: $device: qset 0 is not in 1..65536" scullctl geometry "$device" --$unit 3 --qset 0
	assert_refused "is not in" scullctl geometry "$device" --$unit 100000000 --qset 5
	assertEquals "$(attribute "$NODE" qset)" "$(attribute "$NODE" next_qset)"
	assertEquals "$(attribute "$NODE" quantum)" "$(attribute "$NODE" next_quantum)"
}

test_errors_name_the_device_and_the_reason() {
	assert_refused "scullctl: nosuch: cannot open it: No such file" scullctl info nosuch
	assert_refused "scullctl: /dev/null: not a device of the scull family" scullctl info /dev/null
	mkfifo "$scratch/fifo"
	assert_refused "not a device of the scull family" timeout 10 scullctl info "$scratch/fifo"
	rm "$scratch/fifo"
	assert_refused "standard output: cannot write" bash -c "scullctl info $device >/dev/full"
	assert_refused "scullctl: $device: cannot set its geometry: Operation not permitted" as_member scullctl geometry "$device" --qset 5
	assert_refused "scullctl: $device: cannot open it: Permission denied" as_nobody scullctl trim "$device"
	[ "$DRIVER" != scullc ] ||
		assert_refused "fixed while the driver is loaded" scullctl geometry "$device" --quantum 64
}

test_devices_of_others_are_not_opened() {
	local node others=0
	# Whoever opens such a node has modprobe look for a driver.
	mknod "$scratch/nobodys" c 231 200
	echo 1 >/sys/kernel/tracing/events/module/module_request/enable
	for node in $(find /dev -type c ! -name 'scull*' ! -name 'tty[0-9]*') "$scratch/nobodys"; do
		assert_refused "scullctl: $node: not a device of the scull family" timeout 10 scullctl info "$node"
		others=$((others + 1))
	done
	echo 0 >/sys/kernel/tracing/events/module/module_request/enable
	assertTrue "devices of others: $others" "[ $others -gt 10 ]"
	assertEquals "" "$(grep char-major-231-200 /sys/kernel/tracing/trace)"
	rm "$scratch/nobodys"
}

test_completion_offers_commands_options_and_devices() {
	# shellcheck source=/dev/null
	. /usr/local/share/bash-completion/completions/scullctl
	complete_words() {
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
		_scullctl
		echo "${COMPREPLY[@]}"
	}
	assertEquals "geometry" "$(complete_words scullctl ge)"
	assertEquals "${DRIVER}0 ${DRIVER}1 ${DRIVER}2 ${DRIVER}3" "$(complete_words scullctl info "$DRIVER")"
	assertEquals "/dev/${DRIVER}3" "$(complete_words scullctl trim "/dev/${DRIVER}3")"
	assertEquals "--order --quantum --qset" "$(complete_words scullctl geometry "$device" --)"
	assertEquals "" "$(complete_words scullctl geometry "$device" --qset "")"
	assertEquals "" "$(complete_words scullctl info "$device" "")"
}

test_exit_codes_are_those_of_the_man_page() {
	scullctl info "$device" >/dev/null
	assertEquals "done" 0 $?
	scullctl info nosuch 2>/dev/null
	assertEquals "failed" 1 $?
	for words in "" "nosuch" "info" "trim $device $device" "list $device" "info --qset 5 $device" "--nosuch" \
		"geometry $device --qset 5x" "geometry $device --qset +5" "geometry $device --order 1 --quantum 1"; do
		# shellcheck disable=SC2086 # several words
		scullctl $words >/dev/null 2>&1
		assertEquals "wrong: $words" 2 $?
	done
}
