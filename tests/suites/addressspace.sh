#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Where addresses have 32 bits, those for vmalloc run out long before memory does.
# subjects: scullv order=0, scullv order=4
. ./lib.sh

# As much text as is in the file.
text() { yes "$DRIVER" 2>/dev/null | head -c "$(attribute "$NODE" size)"; }

test_writing_when_they_run_out_is_ENOMEM_and_loses_nothing() {
	local said size
	[ "$bits" -eq 32 ] || { skip "there are more than memory"; return; }
	# Loaded before, as the code of a module needs such addresses too.
	load scullp order=4
	said=$({ yes "$DRIVER" 2>/dev/null | dd of="$NODE" bs=64k iflag=fullblock; } 2>&1)
	assertContains "$said" "$said" "Cannot allocate memory"
	size=$(attribute "$NODE" size)
	show "$((size >> 20)) MiB fit"
	assertTrue "$size bytes fit" "[ $size -ge $((32 << 20)) ]"
	assertTrue "not for want of memory" "[ $(($(available) >> 20)) -ge 256 ]"
	cmp "$NODE" <(text)
	assertTrue "what was written" $?
	assert_op "ENOMEM" rw pwrite $((1 << 40)) far
	assertEquals "size" "$size" "$(attribute "$NODE" size)"
	cmp "$NODE" <(text)
	assertTrue "what was written is still there" $?
	dd if="$NODE" of=/dev/scullp0 bs=64k status=none
	cmp /dev/scullp0 <(text)
	assertTrue "what was copied" $?
	unload scullp
	write_file again
	assertEquals "again" "$(cat "$NODE")"
}
