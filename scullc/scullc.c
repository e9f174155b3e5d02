// SPDX-License-Identifier: GPL-2.0
/*
 * scullc: quanta from a kmem_cache of its own, an allocator for objects of one
 * size. The cache has its own line in /proc/slabinfo.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "scull.h"

static struct kmem_cache *scullc_cache;

/*
 * The whole object is open to copies from and to user space: under hardened
 * usercopy a cache without that region stops the machine at the first read. It
 * also keeps the cache from being merged with others of its size. Whole pages begin
 * on a page, so that they can be mapped.
 */
static int scullc_setup(const struct scull_geometry *geometry)
{
	unsigned int align = PAGE_ALIGNED(geometry->quantum) ? PAGE_SIZE : 0;

	scullc_cache = kmem_cache_create_usercopy("scullc", geometry->quantum, align,
						  SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT,
						  0, geometry->quantum, NULL);
	return scullc_cache ? 0 : -ENOMEM;
}

static void scullc_cleanup(void)
{
	kmem_cache_destroy(scullc_cache);
}

static void *scullc_alloc(const struct scull_geometry *geometry, gfp_t gfp)
{
	return kmem_cache_alloc(scullc_cache, gfp);
}

static void scullc_free(void *quantum, const struct scull_geometry *geometry)
{
	kmem_cache_free(scullc_cache, quantum);
}

static struct page *scullc_page(const void *address)
{
	return virt_to_page(address);
}

static const struct scull_storage scullc_storage = {
	.name = "kmem_cache",
	.fixed = true,
	.max = KMALLOC_MAX_SIZE,
	.setup = scullc_setup,
	.cleanup = scullc_cleanup,
	.alloc = scullc_alloc,
	.free = scullc_free,
	.page = scullc_page,
};

static struct scull_driver scullc = {
	.name = "scullc",
	.owner = THIS_MODULE,
	.storage = &scullc_storage,
	.ioctl_type = 'K',
	.devs = SCULL_DEVS,
	.geometry = { .quantum = PAGE_SIZE, .qset = SCULL_QSET },
};

SCULL_PARAM(devs, scullc_devs, scullc.devs, "Devices (default 4)");
SCULL_PARAM(quantum, scullc_quantum, scullc.geometry.quantum,
	    "Bytes in a quantum (default one page)");
SCULL_PARAM(qset, scullc_qset, scullc.geometry.qset, "Quanta in an item (default 500)");

module_scull_driver(scullc);

MODULE_DESCRIPTION("Files in kernel memory from a kmem_cache");
MODULE_AUTHOR("The scull family developers");
MODULE_LICENSE("GPL");
