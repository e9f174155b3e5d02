// SPDX-License-Identifier: GPL-2.0
/* The cap on all memory that the family holds, and the count against it. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/ctype.h>
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include "store.h"

static atomic64_t capacity;	/* bytes; 0 until set */
static atomic64_t held;		/* bytes */

/*
 * "64M" -> bytes. Unlike memparse(), refuses what does not fit or follows; and as E
 * is a hexadecimal digit, it is no suffix here.
 */
static int capacity_parse(const char *text, u64 *bytes)
{
	static const char suffixes[] = "KMGTP";
	char digits[24];
	const char *suffix;
	size_t length = strlen(text);
	unsigned int shift = 0;
	int err;

	if (length && text[length - 1] == '\n')
		length--;
	if (!length || length >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, text, length);
	digits[length] = '\0';

	suffix = strchr(suffixes, toupper(digits[length - 1]));
	if (suffix) {
		shift = 10 * (suffix - suffixes + 1);
		digits[length - 1] = '\0';
	}
	err = kstrtou64(digits, 0, bytes);
	if (err)
		return err;
	if (check_shl_overflow(*bytes, shift, bytes) || !*bytes || *bytes > S64_MAX)
		return -EINVAL;
	return 0;
}

static int capacity_set(const char *text, const struct kernel_param *param)
{
	u64 bytes;

	if (capacity_parse(text, &bytes)) {
		pr_err("capacity=%.*s is not a size, such as 512M\n",
		       (int)strcspn(text, "\n"), text);
		return -EINVAL;
	}
	atomic64_set(&capacity, bytes);
	return 0;
}

static int capacity_get(char *text, const struct kernel_param *param)
{
	return sysfs_emit(text, "%lld\n", atomic64_read(&capacity));
}

static const struct kernel_param_ops capacity_ops = {
	.set = capacity_set,
	.get = capacity_get,
};
module_param_cb(capacity, &capacity_ops, NULL, 0644);
MODULE_PARM_DESC(capacity, "Most bytes that all devices may hold together, with a suffix K, M, G, T or P (default half of RAM)");

/**
 * scull_capacity_init() - settle the capacity if no parameter did
 *
 * Half of the memory that the kernel can hand out directly (so without high
 * memory on 32-bit machines).
 */
void scull_capacity_init(void)
{
	struct sysinfo info;

	if (atomic64_read(&capacity))
		return;
	si_meminfo(&info);
	atomic64_set(&capacity, (u64)(info.totalram - info.totalhigh) * info.mem_unit / 2);
}

/**
 * scull_capacity_read() - the state of the count
 * @most: set to the capacity in bytes
 * @now: set to the bytes held
 */
void scull_capacity_read(u64 *most, u64 *now)
{
	*most = atomic64_read(&capacity);
	*now = atomic64_read(&held);
}

/**
 * scull_charge() - count memory that is about to be held
 * @bytes: how much
 *
 * Context: any.
 * Return: 0, or -ENOSPC (and nothing counted) past the capacity.
 */
int scull_charge(u64 bytes)
{
	s64 now = atomic64_read(&held);

	do {
		if (now + bytes > (u64)atomic64_read(&capacity))
			return -ENOSPC;
	} while (!atomic64_try_cmpxchg(&held, &now, now + bytes));
	return 0;
}

/**
 * scull_uncharge() - count memory that is no longer held
 * @bytes: as much as was charged
 *
 * Context: any.
 */
void scull_uncharge(u64 bytes)
{
	atomic64_sub(bytes, &held);
}
