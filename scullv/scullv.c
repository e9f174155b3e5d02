// SPDX-License-Identifier: GPL-2.0
/*
 * scullv: quanta of 2^order pages from vmalloc, contiguous in the kernel's
 * virtual addresses only.
 */
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "scull.h"

static void *scullv_alloc(const struct scull_geometry *geometry, gfp_t gfp)
{
	return __vmalloc(geometry->quantum, gfp);
}

static void scullv_free(void *quantum, const struct scull_geometry *geometry)
{
	vfree(quantum);
}

static struct page *scullv_page(const void *address)
{
	return vmalloc_to_page(address);
}

/* vmalloc could go further; the same bound as scullp's keeps the two comparable. */
static const struct scull_storage scullv_storage = {
	.name = "vmalloc",
	.by_order = true,
	.refcounted = true,
	.max = MAX_PAGE_ORDER,
	.alloc = scullv_alloc,
	.free = scullv_free,
	.page = scullv_page,
};

static struct scull_driver scullv = {
	.name = "scullv",
	.owner = THIS_MODULE,
	.storage = &scullv_storage,
	.ioctl_type = 'K',
	.devs = SCULL_DEVS,
	.geometry = { .order = 4, .qset = SCULL_QSET },
};

SCULL_PARAM(devs, scullv_devs, scullv.devs, "Devices (default 4)");
SCULL_PARAM(order, scullv_order, scullv.geometry.order,
	    "Pages in a quantum as a power of two (default 4)");
SCULL_PARAM(qset, scullv_qset, scullv.geometry.qset, "Quanta in an item (default 500)");

module_scull_driver(scullv);

MODULE_DESCRIPTION("Files in kernel memory from vmalloc");
MODULE_AUTHOR("The scull family developers");
MODULE_LICENSE("GPL");
