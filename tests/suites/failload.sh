#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Loading a driver while each allocation fails once (see prog/failnth.c). For a kernel
# with fault injection.
# subjects: scull, scullc, scullp order=1, scullv
# needs: /proc/self/fail-nth
# kernel: kmemleak=on page_owner=on log_buf_len=16M
# guest: --instructions
. ./lib.sh
. ./failures.sh

test_loading_survives_every_failure() {
	inject_everywhere
	unload "$DRIVER"
	# Nobody else is to look at the devices that come and go.
	udevadm control --exit
	modprobe scull_common
	assert_survived load "$(modinfo -n "$DRIVER")" "devs=2 ${SUBJECT#"$DRIVER"}"
	show "of $(kinds)"
	/lib/systemd/systemd-udevd --daemon
	modprobe "$DRIVER" && udevadm settle
	assertTrue "a node afterwards" "[ -c $NODE ]"
}
