// SPDX-License-Identifier: GPL-2.0
/*
 * scullp: quanta of 2^order whole pages from the page allocator, physically
 * contiguous.
 */
#include <linux/gfp.h>
#include <linux/mm.h>

#include "scull.h"

/*
 * Compound, so that the pages of a quantum can be told to belong together. But not in a
 * kernel without transparent huge pages: madvise(MADV_COLD) of a part of such never comes
 * back in Linux 6.12, which takes it for split.
 */
#define SCULLP_COMPOUND	IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE)

static void *scullp_alloc(const struct scull_geometry *geometry, gfp_t gfp)
{
	if (!SCULLP_COMPOUND)
		return alloc_pages_exact(geometry->quantum, gfp);
	return (void *)__get_free_pages(gfp | __GFP_COMP, geometry->order);
}

static void scullp_free(void *quantum, const struct scull_geometry *geometry)
{
	if (SCULLP_COMPOUND)
		free_pages((unsigned long)quantum, geometry->order);
	else
		free_pages_exact(quantum, geometry->quantum);
}

static struct page *scullp_page(const void *address)
{
	return virt_to_page(address);
}

static const struct scull_storage scullp_storage = {
	.name = "pages",
	.by_order = true,
	.refcounted = true,
	.max = MAX_PAGE_ORDER,
	.alloc = scullp_alloc,
	.free = scullp_free,
	.page = scullp_page,
};

static struct scull_driver scullp = {
	.name = "scullp",
	.owner = THIS_MODULE,
	.storage = &scullp_storage,
	.ioctl_type = 'K',
	.devs = SCULL_DEVS,
	.geometry = { .order = 0, .qset = SCULL_QSET },
};

SCULL_PARAM(devs, scullp_devs, scullp.devs, "Devices (default 4)");
SCULL_PARAM(order, scullp_order, scullp.geometry.order,
	    "Pages in a quantum as a power of two (default 0)");
SCULL_PARAM(qset, scullp_qset, scullp.geometry.qset, "Quanta in an item (default 500)");

module_scull_driver(scullp);

MODULE_DESCRIPTION("Files in kernel memory from whole pages");
MODULE_AUTHOR("The scull family developers");
MODULE_LICENSE("GPL");
