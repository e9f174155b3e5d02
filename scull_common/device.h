/* SPDX-License-Identifier: GPL-2.0 */
/* One device, as the parts of scull_common see it. */
#ifndef SCULL_DEVICE_H
#define SCULL_DEVICE_H

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>

#include "scull.h"
#include "store.h"

/**
 * struct scull_dev - one device
 * @driver: the driver that registered it
 * @index: its number among the driver's devices
 * @name: of its node, such as scullp0
 * @io: guards the size and the order of contents: read shared, write and trim
 *	exclusive. Held while user memory is touched, so it comes before mmap_lock.
 * @size: bytes in the file; changed with @io held for writing, read anywhere
 * @next: the geometry from the next trim on; guarded by @io
 * @maps: how many mappings there are; -1 while a trim keeps them out
 * @large: held while a fault decides how to map a quantum that one entry of the
 *	level above the pages can map. Comes after mmap_lock.
 * @store: what it holds
 */
struct scull_dev {
	struct scull_driver *driver;
	unsigned int index;
	char name[SCULL_NAME_LEN];
	struct rw_semaphore io;
	atomic64_t size;
	struct scull_geometry next;
	atomic_t maps;
	struct mutex large;	/* a fault's choice: one entry, or a table */
	struct scull_store store;
};

void scull_dev_init(struct scull_dev *dev, struct scull_driver *driver, unsigned int index);
int scull_dev_trim(struct scull_dev *dev);
int scull_dev_map(struct scull_dev *dev);
void scull_dev_unmap(struct scull_dev *dev);
unsigned int scull_dev_mappings(const struct scull_dev *dev);

/* driver.c */
struct scull_dev *scull_dev_find(dev_t devt);

/* file.c */
extern const struct file_operations scull_fops;

/* mmap.c */
int scull_mmap(struct file *file, struct vm_area_struct *vma);

/* ioctl.c */
long scull_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

/* sysfs.c */
extern const struct attribute_group *scull_groups[];

/* proc.c */
struct proc_dir_entry *scull_dump_create(struct scull_driver *driver);

#endif
