// SPDX-License-Identifier: GPL-2.0
/*
 * scullx: quanta of any number of whole pages, physically contiguous. The page
 * allocator has blocks of 2^order pages; alloc_pages_exact() gives back at once what
 * is too much.
 */
#include <linux/gfp.h>
#include <linux/mm.h>

#include "scull.h"

static void *scullx_alloc(const struct scull_geometry *geometry, gfp_t gfp)
{
	return alloc_pages_exact(geometry->quantum, gfp);
}

static void scullx_free(void *quantum, const struct scull_geometry *geometry)
{
	free_pages_exact(quantum, geometry->quantum);
}

static struct page *scullx_page(const void *address)
{
	return virt_to_page(address);
}

static const struct scull_storage scullx_storage = {
	.name = "exact pages",
	.refcounted = true,
	.max = PAGE_SIZE << MAX_PAGE_ORDER,
	.alloc = scullx_alloc,
	.free = scullx_free,
	.page = scullx_page,
};

static struct scull_driver scullx = {
	.name = "scullx",
	.owner = THIS_MODULE,
	.storage = &scullx_storage,
	.ioctl_type = 'K',
	.devs = SCULL_DEVS,
	.geometry = { .quantum = 3 * PAGE_SIZE, .qset = SCULL_QSET },
};

SCULL_PARAM(devs, scullx_devs, scullx.devs, "Devices (default 4)");
SCULL_PARAM(quantum, scullx_quantum, scullx.geometry.quantum,
	    "Bytes in a quantum (default three pages)");
SCULL_PARAM(qset, scullx_qset, scullx.geometry.qset, "Quanta in an item (default 500)");

module_scull_driver(scullx);

MODULE_DESCRIPTION("Files in kernel memory from exactly so many pages");
MODULE_AUTHOR("The scull family developers");
MODULE_LICENSE("GPL");
