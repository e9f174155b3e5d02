/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a driver of the scull family says about itself. A driver includes this
 * header and nothing else of the family's.
 */
#ifndef SCULL_H
#define SCULL_H

#include <linux/device/driver.h>
#include <linux/gfp_types.h>
#include <linux/module.h>
#include <linux/types.h>

#include "compat.h"

struct cdev;
struct page;
struct proc_dir_entry;
struct scull_dev;

#define SCULL_NAME_LEN	32

/* Defaults shared by the family, and the bounds that registration enforces. */
#define SCULL_DEVS	4
#define SCULL_DEVS_MAX	256
#define SCULL_QSET	500
#define SCULL_QSET_MAX	65536

/**
 * struct scull_geometry - how a device cuts its data into pieces
 * @order: pages in a quantum, as a power of two; used where the storage counts
 *	in orders, else 0
 * @quantum: bytes in a quantum; where the storage counts in orders, registration
 *	sets it to PAGE_SIZE << @order
 * @qset: quanta in an item
 */
struct scull_geometry {
	unsigned int order;
	unsigned int quantum;
	unsigned int qset;
};

/**
 * struct scull_storage - where quanta come from
 * @name: the kind of memory, for people
 * @by_order: the size of a quantum is chosen as an order of pages, not in bytes
 * @fixed: the quantum that @setup was told is the only one
 * @refcounted: each page of a quantum has a reference count, so that it can be
 *	mapped as a page (if quanta are whole pages); else only its frame can
 * @max: the largest order or quantum that @alloc can serve
 * @setup: make ready for quanta of the geometry, before the first @alloc.
 *	Optional. May sleep. Returns 0 or a negative error.
 * @cleanup: undo @setup, after the last @free. Optional. May sleep.
 * @alloc: hand out one quantum of geometry->quantum bytes, with the given flags
 *	(they ask for zeroed memory, charge the caller's memory cgroup, and forbid
 *	warnings and the OOM killer). May sleep; called with no spinlock held, by
 *	several tasks at once. Returns NULL when there is no memory. A quantum of
 *	whole pages begins on a page, so that it can be mapped.
 * @free: take back a quantum that @alloc handed out under the same geometry.
 *	May sleep.
 * @page: the page that an address inside a quantum lies in
 */
struct scull_storage {
	const char *name;
	bool by_order;
	bool fixed;
	bool refcounted;
	unsigned int max;

	int (*setup)(const struct scull_geometry *geometry);
	void (*cleanup)(void);
	void *(*alloc)(const struct scull_geometry *geometry, gfp_t gfp);
	void (*free)(void *quantum, const struct scull_geometry *geometry);
	struct page *(*page)(const void *address);
};

/**
 * struct scull_driver - one member of the family
 * @name: of the module, the nodes (followed by their number) and the dump
 *	(followed by "mem")
 * @owner: the driver's module, pinned by open nodes
 * @storage: where its quanta come from
 * @ioctl_type: the type of its classic control commands, see scull_ioctl.h
 * @devs: how many devices, 1 to SCULL_DEVS_MAX
 * @geometry: of new devices
 */
struct scull_driver {
	const char *name;
	struct module *owner;
	const struct scull_storage *storage;
	unsigned char ioctl_type;
	unsigned int devs;
	struct scull_geometry geometry;

	/* private: filled in by registration */
	dev_t region;
	struct scull_dev *dev;
	struct cdev *cdev;
	struct proc_dir_entry *dump;
};

int scull_register(struct scull_driver *driver);
void scull_unregister(struct scull_driver *driver);

/**
 * module_scull_driver() - the module's init and exit, register and unregister; its version
 * @driver: the struct scull_driver
 */
#define module_scull_driver(driver)					\
	module_driver(driver, scull_register, scull_unregister);	\
	MODULE_VERSION(SCULL_VERSION)

/**
 * SCULL_PARAM() - a load-time parameter under its plain and its classic name
 * @name: the plain name, such as qset
 * @classic: the name that it has in older drivers, such as scullp_qset
 * @variable: the unsigned int that it sets
 * @text: what it means, with its unit
 */
#define SCULL_PARAM(name, classic, variable, text)			\
	module_param_named(name, variable, uint, 0444);			\
	MODULE_PARM_DESC(name, text);					\
	module_param_named(classic, variable, uint, 0444);		\
	MODULE_PARM_DESC(classic, "Classic name of " #name)

#endif
