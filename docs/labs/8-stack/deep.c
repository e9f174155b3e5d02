// SPDX-License-Identifier: GPL-2.0
/*
 * How small a kernel stack is, and what is below it. In /sys/kernel/debug/deep
 *
 *	room		says how large the stack of who reads it is, and how much is left
 *	small, big	take a number: a function calls itself so many levels deep. A level
 *			of big has 512 bytes of variables, one of small next to none
 *	used		says how much of the stack that took
 *	beyond		reads the byte below the stack, when written to
 *
 * A level stops where less than the parameter fuse is left; fuse=0 takes that away.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "paint.h"

static unsigned int fuse = 4096;
module_param(fuse, uint, 0644);
MODULE_PARM_DESC(fuse, "Bytes of stack that the levels leave alone");

static DEFINE_MUTEX(lock);	/* guards what follows */
static unsigned int reached;
static unsigned long used;

static noinline int small_level(unsigned int levels)
{
	int error;

	if (stack_left() < fuse)
		return -EOVERFLOW;
	reached++;
	error = levels > 1 ? small_level(levels - 1) : 0;
	/* There is something left to do: so the compiler cannot make this a loop. */
	barrier();
	return error;
}

static noinline int big_level(unsigned int levels)
{
	char variables[512];
	int error;

	if (stack_left() < fuse)
		return -EOVERFLOW;
	reached++;
	memset(variables, reached, sizeof(variables));
	error = levels > 1 ? big_level(levels - 1) : 0;
	OPTIMIZER_HIDE_VAR(variables[0]);
	return error;
}

static int run(int (*level)(unsigned int levels), u64 levels)
{
	unsigned long *top;
	int error;

	if (!levels || levels > 1000000)
		return -EINVAL;
	mutex_lock(&lock);
	reached = 0;
	top = stack_paint();
	error = level(levels);
	used = stack_used(top);
	mutex_unlock(&lock);
	return error;
}

static int small_set(void *data, u64 levels)
{
	return run(small_level, levels);
}
DEFINE_DEBUGFS_ATTRIBUTE(small_fops, NULL, small_set, "%llu\n");

static int big_set(void *data, u64 levels)
{
	return run(big_level, levels);
}
DEFINE_DEBUGFS_ATTRIBUTE(big_fops, NULL, big_set, "%llu\n");

static int used_show(struct seq_file *file, void *data)
{
	mutex_lock(&lock);
	seq_printf(file, "%u levels took %lu bytes of stack\n", reached, used);
	mutex_unlock(&lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(used);

static int room_show(struct seq_file *file, void *data)
{
	unsigned long left = stack_left();

	seq_printf(file, "%lu bytes, of which this read has used %lu: %lu are left\n",
		   THREAD_SIZE, THREAD_SIZE - left, left);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(room);

static int beyond_set(void *data, u64 value)
{
	const char *below = (const char *)task_stack_page(current) - 1;

	/* A pointer that the compiler cannot see through. */
	OPTIMIZER_HIDE_VAR(below);
	pr_info("%s: the byte below the stack is %d\n", current->comm, READ_ONCE(*below));
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(beyond_fops, NULL, beyond_set, "%llu\n");

static struct dentry *folder;

static int __init deep_init(void)
{
	folder = debugfs_create_dir("deep", NULL);
	debugfs_create_file("room", 0400, folder, NULL, &room_fops);
	debugfs_create_file("used", 0400, folder, NULL, &used_fops);
	debugfs_create_file_unsafe("small", 0200, folder, NULL, &small_fops);
	debugfs_create_file_unsafe("big", 0200, folder, NULL, &big_fops);
	debugfs_create_file_unsafe("beyond", 0200, folder, NULL, &beyond_fops);
	return 0;
}

static void __exit deep_exit(void)
{
	debugfs_remove(folder);
}

module_init(deep_init);
module_exit(deep_exit);

MODULE_DESCRIPTION("Lab 8: how small a kernel stack is");
MODULE_AUTHOR("The scull family developers");
MODULE_LICENSE("GPL");
