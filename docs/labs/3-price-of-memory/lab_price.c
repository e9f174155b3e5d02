// SPDX-License-Identifier: GPL-2.0
/*
 * lab_price: what the kernel's allocators give, and what they take for it. Each file in
 * debugfs's folder lab_price is an experiment, done anew whenever it is read:
 *	largest		how large a block each allocator gives, by doubling until it refuses
 *	time		nanoseconds to take and give back a block, by its size, at best
 *	pressure	what can still be had when no memory is free, by what one may do for it
 *	krealloc	where a block is while it grows
 * All memory is given back before the read ends. Never more is taken than can be had
 * without harm to others: nothing here calls the OOM killer.
 */
#include <linux/debugfs.h>
#include <linux/gfp.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

/* May wait and may make the kernel tidy up, but not at any price. */
#define PRICE_GFP	(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN)

/* One experiment at a time. */
static DEFINE_MUTEX(price_lock);

struct price_allocator {
	const char *name;
	size_t end;		/* larger ones are not asked for */
	void *(*alloc)(size_t size);
	void (*free)(void *block, size_t size);
};

static void *price_kmalloc(size_t size)
{
	return kmalloc(size, PRICE_GFP);
}

static void price_kfree(void *block, size_t size)
{
	kfree(block);
}

static void *price_pages(size_t size)
{
	void *block = NULL;

	/*
	 * TASK 1: take whole pages, 2^order of them, by __get_free_pages(); get_order() says
	 * the order for a size. Ask with PRICE_GFP: by GFP_KERNEL alone the kernel warns of
	 * what is too large, and the guest dies. You get the address as a number: cast it.
	 */
	block = (void *)__get_free_pages(PRICE_GFP, get_order(size));
	/* END TASK 1 */
	return block;
}

static void price_free_pages(void *block, size_t size)
{
	/* TASK 2: give them back, by free_pages(). */
	free_pages((unsigned long)block, get_order(size));
	/* END TASK 2 */
}

/* A cache for blocks of one size, made for one of them. */
static struct kmem_cache *price_cache;

static void *price_cache_alloc(size_t size)
{
	void *block = NULL;

	price_cache = kmem_cache_create("lab_price", size, 0, 0, NULL);
	if (price_cache)
		block = kmem_cache_alloc(price_cache, PRICE_GFP);
	if (!block)
		kmem_cache_destroy(price_cache);
	return block;
}

static void price_cache_free(void *block, size_t size)
{
	kmem_cache_free(price_cache, block);
	kmem_cache_destroy(price_cache);
}

static void *price_vmalloc(size_t size)
{
	return __vmalloc(size, PRICE_GFP);
}

static void price_vfree(void *block, size_t size)
{
	vfree(block);
}

static const struct price_allocator price_allocators[] = {
	{ "kmalloc", SIZE_MAX / 2, price_kmalloc, price_kfree },
	{ "__get_free_pages", SIZE_MAX / 2, price_pages, price_free_pages },
	/* A cache of larger objects cannot be made: the kernel would say so, loudly. */
	{ "kmem_cache", KMALLOC_MAX_SIZE, price_cache_alloc, price_cache_free },
	{ "vmalloc", SIZE_MAX / 2, price_vmalloc, price_vfree },
};

/* The largest block that the allocator gives; 0 if none. */
static size_t price_largest(const struct price_allocator *allocator)
{
	size_t largest = 0;

	/*
	 * TASK 3: from one page on, double the size until the allocator refuses, but do not
	 * go beyond allocator->end. Free each block before you ask for the next.
	 */
	size_t size;

	for (size = PAGE_SIZE; size <= allocator->end; size *= 2) {
		void *block = allocator->alloc(size);

		if (!block)
			break;
		allocator->free(block, size);
		largest = size;
	}
	/* END TASK 3 */
	return largest;
}

static int largest_show(struct seq_file *out, void *unused)
{
	unsigned int i;

	mutex_lock(&price_lock);
	for (i = 0; i < ARRAY_SIZE(price_allocators); i++)
		seq_printf(out, "%-16s %10zu KiB\n", price_allocators[i].name,
			   price_largest(&price_allocators[i]) / SZ_1K);
	mutex_unlock(&price_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(largest);

/* Nanoseconds to take and give back one block, the least of some; 0 if refused. */
static u64 price_time(const struct price_allocator *allocator, size_t size)
{
	u64 least = U64_MAX;
	unsigned int i;

	for (i = 0; i < 50; i++) {
		u64 start = ktime_get_ns();
		void *block = allocator->alloc(size);

		if (!block)
			return 0;
		allocator->free(block, size);
		least = min(least, ktime_get_ns() - start);
	}
	return least;
}

static int time_show(struct seq_file *out, void *unused)
{
	const struct price_allocator *kmem_cache = &price_allocators[2];
	size_t size;
	unsigned int i;

	seq_printf(out, "%10s", "bytes");
	for (i = 0; i < ARRAY_SIZE(price_allocators); i++)
		if (&price_allocators[i] != kmem_cache)
			seq_printf(out, " %17s", price_allocators[i].name);
	seq_puts(out, "\n");
	mutex_lock(&price_lock);
	for (size = 64; size <= SZ_4M; size *= 4) {
		seq_printf(out, "%10zu", size);
		for (i = 0; i < ARRAY_SIZE(price_allocators); i++)
			if (&price_allocators[i] != kmem_cache)
				seq_printf(out, " %17llu", price_time(&price_allocators[i], size));
		seq_puts(out, "\n");
		cond_resched();
	}
	mutex_unlock(&price_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(time);

/* Take pages until none is given, or so many. */
static unsigned long price_take(struct list_head *pages, gfp_t gfp, unsigned long most)
{
	unsigned long count;

	for (count = 0; count < most; count++) {
		struct page *page = alloc_page(gfp | __GFP_NOWARN);

		if (!page)
			break;
		list_add(&page->lru, pages);
		if (count % 1024 == 0)
			cond_resched();
	}
	return count;
}

static int pressure_show(struct seq_file *out, void *unused)
{
	unsigned long nowait, atomic, kernel;
	struct page *page, *next;
	LIST_HEAD(pages);

	mutex_lock(&price_lock);
	nowait = price_take(&pages, GFP_NOWAIT, ULONG_MAX);
	kernel = price_take(&pages, GFP_KERNEL | __GFP_RETRY_MAYFAIL, SZ_16M / PAGE_SIZE);
	atomic = price_take(&pages, GFP_ATOMIC, ULONG_MAX);
	list_for_each_entry_safe(page, next, &pages, lru)
		__free_page(page);
	mutex_unlock(&price_lock);

	seq_printf(out, "GFP_NOWAIT until refused      %7lu pages\n", nowait);
	seq_printf(out, "then GFP_KERNEL               %7lu pages of the %lu asked for\n", kernel,
		   SZ_16M / PAGE_SIZE);
	seq_printf(out, "then GFP_ATOMIC until refused %7lu pages\n", atomic);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(pressure);

static int krealloc_show(struct seq_file *out, void *unused)
{
	static const size_t sizes[] = { 100, 120, 128, 129, 190, 200, 4000, 4096, 4097, 8192 };
	void *block = NULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		void *old = block;

		block = krealloc(old, sizes[i], GFP_KERNEL);
		if (!block) {
			kfree(old);
			return -ENOMEM;
		}
		seq_printf(out, "%5zu bytes, of %5zu: %s\n", sizes[i], ksize(block),
			   !old ? "new" : block == old ? "stays" : "moves");
	}
	kfree(block);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(krealloc);

static struct dentry *price_folder;

static int __init price_init(void)
{
	price_folder = debugfs_create_dir("lab_price", NULL);
	debugfs_create_file("largest", 0400, price_folder, NULL, &largest_fops);
	debugfs_create_file("time", 0400, price_folder, NULL, &time_fops);
	debugfs_create_file("pressure", 0400, price_folder, NULL, &pressure_fops);
	debugfs_create_file("krealloc", 0400, price_folder, NULL, &krealloc_fops);
	return 0;
}

static void __exit price_exit(void)
{
	debugfs_remove(price_folder);
}

module_init(price_init);
module_exit(price_exit);

MODULE_DESCRIPTION("What the kernel's allocators give and take, for a lab");
MODULE_AUTHOR("The scull family developers");
MODULE_LICENSE("GPL");
