// SPDX-License-Identifier: GPL-2.0
/*
 * The exercise: two functions that take too much of the stack. In /sys/kernel/debug/chain
 *
 *	length		takes a number: a chain of so many links is made, and its digest
 *			computed. Reading gives that
 *	seed		the first link's value; that of link number n is n times as much
 *	path		a path of as many folders as the chain has links, or as have room
 *	stack		how many bytes of stack the last of the two took
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "paint.h"

/* The deepest chain. */
#define MOST 200000

struct link {
	struct link *next;
	u32 value;
};

static u32 seed = 1;

static DEFINE_MUTEX(lock);	/* guards what follows */
static u64 length;
static u32 last_digest;
static unsigned long last_stack;

/*
 * The digest of a chain: that of what hangs on its first link, times 31, plus the first
 * link's value; 0 if there is no link. So it is computed from the chain's end.
 *
 * Return: 0; -ENOMEM; -EOVERFLOW if that would take more stack than there is.
 */
static noinline int digest(const struct link *link, u32 *result)
{
	/* TASK 1: compute the same without recursion, for chains of any length. */
	/* GIVEN: int error; */
	/* GIVEN: *result = 0; */
	/* GIVEN: if (link && stack_left() < 4096) */
		/* GIVEN: return -EOVERFLOW; */
	/* GIVEN: error = link ? digest(link->next, result) : 0; */
	/* GIVEN: if (link) */
		/* GIVEN: *result = *result * 31 + link->value; */
	/* GIVEN: return error; */
	const struct link *at, **links;
	size_t count = 0;

	for (at = link; at; at = at->next)
		count++;
	links = kvmalloc_array(count, sizeof(*links), GFP_KERNEL);
	if (!links)
		return -ENOMEM;
	for (at = link, count = 0; at; at = at->next)
		links[count++] = at;
	for (*result = 0; count; count--)
		*result = *result * 31 + links[count - 1]->value;
	kvfree(links);
	return 0;
	/* END TASK 1 */
}

/* Put a path of so many folders into a buffer of PATH_MAX bytes. */
static noinline void make_path(char *path, u64 folders)
{
	size_t at = 0;

	while (folders && at < PATH_MAX - 3)
		at += scnprintf(path + at, PATH_MAX - at, "/%llu", folders-- % 10);
}

/* Print a path of so many folders. Return: 0; -ENOMEM. */
static noinline int show_path(struct seq_file *file, u64 folders)
{
	/* TASK 2: print the same with the path's PATH_MAX bytes elsewhere. */
	/* GIVEN: char path[PATH_MAX] = ""; */
	/* GIVEN: make_path(path, folders); */
	/* GIVEN: seq_printf(file, "%s\n", path); */
	/* GIVEN: return 0; */
	char *path = kzalloc(PATH_MAX, GFP_KERNEL);

	if (!path)
		return -ENOMEM;
	make_path(path, folders);
	seq_printf(file, "%s\n", path);
	kfree(path);
	return 0;
	/* END TASK 2 */
}

static void free_chain(struct link *link)
{
	while (link) {
		struct link *next = link->next;

		kfree(link);
		link = next;
	}
}

/* Return: a chain of so many links, for free_chain; NULL if there is no memory for it. */
static struct link *make_chain(u64 links)
{
	struct link *chain = NULL;

	while (links) {
		struct link *link = kmalloc(sizeof(*link), GFP_KERNEL);

		if (!link) {
			free_chain(chain);
			return NULL;
		}
		link->value = seed * links--;
		link->next = chain;
		chain = link;
	}
	return chain;
}

static int length_set(void *data, u64 links)
{
	struct link *chain;
	unsigned long *top;
	int error;

	if (!links || links > MOST)
		return -EINVAL;
	chain = make_chain(links);
	if (!chain)
		return -ENOMEM;
	mutex_lock(&lock);
	length = links;
	top = stack_paint();
	error = digest(chain, &last_digest);
	last_stack = stack_used(top);
	mutex_unlock(&lock);
	free_chain(chain);
	return error;
}

static int length_get(void *data, u64 *value)
{
	*value = last_digest;
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(length_fops, length_get, length_set, "%llu\n");

static int path_show(struct seq_file *file, void *data)
{
	unsigned long *top;
	int error;

	mutex_lock(&lock);
	top = stack_paint();
	error = show_path(file, length);
	last_stack = stack_used(top);
	mutex_unlock(&lock);
	return error;
}
DEFINE_SHOW_ATTRIBUTE(path);

static struct dentry *folder;

static int __init chain_init(void)
{
	folder = debugfs_create_dir("chain", NULL);
	debugfs_create_file_unsafe("length", 0600, folder, NULL, &length_fops);
	debugfs_create_file("path", 0400, folder, NULL, &path_fops);
	debugfs_create_u32("seed", 0600, folder, &seed);
	debugfs_create_ulong("stack", 0400, folder, &last_stack);
	return 0;
}

static void __exit chain_exit(void)
{
	debugfs_remove(folder);
}

module_init(chain_init);
module_exit(chain_exit);

MODULE_DESCRIPTION("Lab 8: functions that take too much of the stack");
MODULE_AUTHOR("The scull family developers");
MODULE_LICENSE("GPL");
