#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Other people's exercisers: fio verifies what it wrote, stress-ng only tries hard.
# subjects: geometries, tmpfs
# needs: /usr/bin/fio
. ./lib.sh

prepare() { : >"$NODE"; }

# Write random blocks of mixed sizes and read them all back, checked by crc32c.
verify() { # ENGINE
	assert_succeeds fio --name=verify --filename="$NODE" --ioengine="$1" --iodepth=8 \
		--rw=randwrite --bsrange=512-65536 --size=8m --verify=crc32c --verify_fatal=1 \
		--do_verify=1 --randseed=7 --group_reporting --output="$scratch/fio"
	assertTrue "$1 wrote" "grep -q 'WRITE: .*io=8' $scratch/fio"
	assertTrue "$1 read back" "grep -q 'READ: .*io=8' $scratch/fio"
}

test_fio_verifies_with_psync() { verify psync; }
test_fio_verifies_with_splice() { verify splice; }
test_fio_verifies_with_libaio() { verify libaio; }
test_fio_verifies_with_io_uring() { verify io_uring; }

test_fio_mixes_reads_and_writes() {
	# fio makes a file large enough to be read, but not a device.
	write_new $((8 << 20))
	assert_succeeds fio --name=mix --filename="$NODE" --ioengine=psync --rw=randrw --numjobs=3 \
		--thread --bsrange=512-262144 --size=8m --time_based --runtime=2 --group_reporting
}
