// SPDX-License-Identifier: GPL-2.0
/*
 * scull: quanta from kmalloc(), the kernel's general-purpose allocator. The
 * baseline that the rest of the family is compared with.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "scull.h"

static void *scull_alloc(const struct scull_geometry *geometry, gfp_t gfp)
{
	return kmalloc(geometry->quantum, gfp);
}

static void scull_free(void *quantum, const struct scull_geometry *geometry)
{
	kfree(quantum);
}

static struct page *scull_page(const void *address)
{
	return virt_to_page(address);
}

static const struct scull_storage scull_storage = {
	.name = "kmalloc",
	.max = KMALLOC_MAX_SIZE,
	.alloc = scull_alloc,
	.free = scull_free,
	.page = scull_page,
};

static struct scull_driver scull = {
	.name = "scull",
	.owner = THIS_MODULE,
	.storage = &scull_storage,
	.ioctl_type = 'k',
	.devs = SCULL_DEVS,
	.geometry = { .quantum = 4000, .qset = 1000 },
};

SCULL_PARAM(devs, scull_nr_devs, scull.devs, "Devices (default 4)");
SCULL_PARAM(quantum, scull_quantum, scull.geometry.quantum, "Bytes in a quantum (default 4000)");
SCULL_PARAM(qset, scull_qset, scull.geometry.qset, "Quanta in an item (default 1000)");

module_scull_driver(scull);

MODULE_DESCRIPTION("Files in kernel memory from kmalloc");
MODULE_AUTHOR("The scull family developers");
MODULE_LICENSE("GPL");
