/* SPDX-License-Identifier: GPL-2.0 */
/* One device, as the parts of scull_common see it. */
#ifndef SCULL_DEVICE_H
#define SCULL_DEVICE_H

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/rwsem.h>

#include "scull.h"
#include "store.h"

/**
 * struct scull_dev - one device
 * @driver: the driver that registered it
 * @index: its number among the driver's devices
 * @io: guards the size and the order of contents: read shared, write and trim
 *	exclusive. Held while user memory is touched, so it comes before mmap_lock.
 * @size: bytes in the file; changed with @io held for writing, read anywhere
 * @store: what it holds
 */
struct scull_dev {
	struct scull_driver *driver;
	unsigned int index;
	struct rw_semaphore io;
	atomic64_t size;
	struct scull_store store;
};

struct scull_dev *scull_dev_find(dev_t devt);

/* file.c */
extern const struct file_operations scull_fops;

/* sysfs.c */
extern const struct attribute_group *scull_groups[];

/* proc.c */
struct proc_dir_entry *scull_dump_create(struct scull_driver *driver);

#endif
