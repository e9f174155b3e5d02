#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The attributes of a device, and that each is documented.
# subjects: each
. ./lib.sh

documented=$(sed -n 's|^What:.*/sys/class/scull/<device>/||p' ../docs/ABI/sysfs-class-scull | sort)

test_attributes_tell_what_the_device_is() {
	local storage
	case $DRIVER in
	scull) storage=kmalloc ;;
	scullc) storage=kmem_cache ;;
	scullp) storage=pages ;;
	scullv) storage=vmalloc ;;
	esac
	assertEquals $storage "$(attribute "$NODE" storage)"
	write_new 12345
	assertEquals 12345 "$(attribute "$NODE" size)"
	assertEquals 0 "$(attribute "$NODE" mappings)"
	assertEquals "$(attribute "$NODE" quantum)" "$(attribute "$NODE" next_quantum)"
}

test_an_order_is_for_drivers_that_have_one() {
	case $DRIVER in
	scullp | scullv) assertTrue "[ -e /sys/class/scull/${DRIVER}0/order ]" ;;
	*) assertFalse "[ -e /sys/class/scull/${DRIVER}0/order ]" ;;
	esac
}

test_every_attribute_is_documented_and_readable_by_all() {
	local name
	for name in "/sys/class/scull/${DRIVER}0/"*; do
		name=${name##*/}
		case $name in dev | power | subsystem | uevent) continue ;; esac
		assertContains "$name" " $(xargs <<<"$documented") " " $name "
		assertEquals "$name" 444 "$(stat -c %a "/sys/class/scull/${DRIVER}0/$name")"
		assertEquals "lines of $name" 1 "$(as_nobody cat "/sys/class/scull/${DRIVER}0/$name" | wc -l)"
	done
}

test_every_documented_attribute_is_there() {
	local name
	for name in $documented; do
		case $DRIVER:$name in scull:*order | scullc:*order) continue ;; esac
		assertTrue "$name" "[ -e /sys/class/scull/${DRIVER}0/$name ]"
	done
}

test_allocated_counts_quanta_items_and_nodes() {
	local quantum qset
	: >"$NODE"
	assert_op 1 rw pwrite 0 x
	quantum=$(attribute "$NODE" quantum)
	qset=$(attribute "$NODE" qset)
	assertTrue "$(attribute "$NODE" allocated)" \
		"[ $(attribute "$NODE" allocated) -ge $((quantum + qset * bits / 8)) -a $(attribute "$NODE" allocated) -lt $((quantum + qset * bits / 8 + 3000)) ]"
}
