// SPDX-License-Identifier: GPL-2.0
/*
 * The exercise: memory that was taken away from the kernel at boot, by memmap=SIZE$START,
 * as a buffer.
 *
 *	insmod island.ko start=0x60000000 size=0x4000000
 *
 * In /sys/kernel/debug/island
 *
 *	fill		takes a number: word number n of the buffer becomes that, plus n
 *	wrong		says how many words are not what they were filled with
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sizes.h>

static unsigned long start;
module_param(start, ulong, 0444);
MODULE_PARM_DESC(start, "The physical address of the memory");

static unsigned long size;
module_param(size, ulong, 0444);
MODULE_PARM_DESC(size, "Its size in bytes");

static u64 *buffer;
static u64 filled;

/*
 * Make the memory the module's own, and give it an address.
 *
 * Return: the address, for give_back. -EBUSY if not all of it may be had: the kernel has
 * some of it, or another driver. -ENOMEM if it gets no address.
 */
static void *claim(void)
{
	void *address = ERR_PTR(-EOPNOTSUPP);

	/*
	 * TASK 1: enter the range as this module's, "island", in /proc/iomem
	 * (request_mem_region, which returns NULL where it is not to be had), before anything
	 * else is done with it. Then return ERR_PTR(-EBUSY).
	 */
	if (!request_mem_region(start, size, "island"))
		return ERR_PTR(-EBUSY);
	/* END TASK 1 */
	/*
	 * TASK 2: map it, as ordinary memory (memremap, MEMREMAP_WB). If that fails (NULL),
	 * leave nothing behind (release_mem_region), and return ERR_PTR(-ENOMEM).
	 */
	address = memremap(start, size, MEMREMAP_WB);
	if (!address) {
		release_mem_region(start, size);
		return ERR_PTR(-ENOMEM);
	}
	/* END TASK 2 */
	return address;
}

/* Undo what claim did. */
static void give_back(void *address)
{
	/* TASK 3: in the reverse order (memunmap, release_mem_region). */
	memunmap(address);
	release_mem_region(start, size);
	/* END TASK 3 */
}

static int fill_set(void *data, u64 value)
{
	unsigned long n;

	filled = value;
	for (n = 0; n < size / sizeof(*buffer); n++) {
		buffer[n] = value + n;
		if (n % SZ_64K == 0)
			cond_resched();
	}
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(fill_fops, NULL, fill_set, "%llu\n");

static int wrong_get(void *data, u64 *value)
{
	unsigned long n;

	*value = 0;
	for (n = 0; n < size / sizeof(*buffer); n++) {
		*value += READ_ONCE(buffer[n]) != filled + n;
		if (n % SZ_64K == 0)
			cond_resched();
	}
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(wrong_fops, wrong_get, NULL, "%llu\n");

static struct dentry *folder;

static int __init island_init(void)
{
	if (!size || !PAGE_ALIGNED(start | size) || start + size < start)
		return -EINVAL;
	buffer = claim();
	if (IS_ERR(buffer))
		return PTR_ERR(buffer);
	folder = debugfs_create_dir("island", NULL);
	debugfs_create_file_unsafe("fill", 0200, folder, NULL, &fill_fops);
	debugfs_create_file_unsafe("wrong", 0400, folder, NULL, &wrong_fops);
	return 0;
}

static void __exit island_exit(void)
{
	debugfs_remove(folder);
	give_back(buffer);
}

module_init(island_init);
module_exit(island_exit);

MODULE_DESCRIPTION("Lab 9: memory that was reserved at boot");
MODULE_AUTHOR("The scull family developers");
MODULE_LICENSE("GPL");
