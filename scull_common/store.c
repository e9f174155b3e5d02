// SPDX-License-Identifier: GPL-2.0
/*
 * Device -> items -> quanta: find, allocate and publish, trim, walk.
 *
 * Looking up takes no lock: an item or a quantum is complete before one cmpxchg
 * publishes it, and it stays until a trim, which the caller keeps apart from
 * every other use of the store except scull_store_walk().
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "store.h"

/* Charged to the caller's memory cgroup; fails rather than warn or kill. */
#define SCULL_GFP	(GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

/* Where a byte of the file is. */
struct scull_place {
	unsigned long item;
	unsigned int slot;
	unsigned int offset;
};

static struct scull_place scull_locate(const struct scull_store *store, loff_t pos)
{
	struct scull_place place;
	u64 quantum = div_u64_rem(pos, store->geometry.quantum, &place.offset);

	place.item = div_u64_rem(quantum, store->geometry.qset, &place.slot);
	return place;
}

/**
 * scull_geometry_check() - refuse a geometry that a storage cannot serve
 * @name: of the driver, for the log
 * @storage: the storage
 * @geometry: the geometry; its quantum is filled in where the storage counts in
 *	orders
 *
 * Return: 0, or -EINVAL after one line in the log.
 */
int scull_geometry_check(const char *name, const struct scull_storage *storage,
			 struct scull_geometry *geometry)
{
	const char *unit = storage->by_order ? "order" : "quantum";
	unsigned int value = storage->by_order ? geometry->order : geometry->quantum;
	unsigned int min = storage->by_order ? 0 : 1;

	if (value < min || value > storage->max) {
		pr_err("%s: %s=%u is not in %u..%u\n", name, unit, value, min, storage->max);
		return -EINVAL;
	}
	if (geometry->qset < 1 || geometry->qset > SCULL_QSET_MAX) {
		pr_err("%s: qset=%u is not in 1..%u\n", name, geometry->qset, SCULL_QSET_MAX);
		return -EINVAL;
	}
	if (storage->by_order)
		geometry->quantum = PAGE_SIZE << geometry->order;
	return 0;
}

/**
 * scull_store_init() - make an empty store
 * @store: the store
 * @storage: where its quanta come from
 * @geometry: checked by scull_geometry_check()
 */
void scull_store_init(struct scull_store *store, const struct scull_storage *storage,
		      const struct scull_geometry *geometry)
{
	store->storage = storage;
	store->geometry = *geometry;
	xa_init_flags(&store->items, XA_FLAGS_ACCOUNT);
	atomic64_set(&store->held, 0);
}

/**
 * scull_store_limit() - the largest size of a file in this store
 * @store: the store
 *
 * Return: bytes; what the kernel's offsets or the item numbers can express.
 */
loff_t scull_store_limit(const struct scull_store *store)
{
	u64 item = (u64)store->geometry.quantum * store->geometry.qset;
	u64 limit;

	if (check_mul_overflow(item, (u64)ULONG_MAX, &limit))
		return MAX_LFS_FILESIZE;
	return min_t(u64, limit, MAX_LFS_FILESIZE);
}

/*
 * What an object counts for: the next power of two. No allocator here sets more
 * aside for it, so the capacity bounds the memory that really goes away.
 */
static u64 scull_footprint(size_t size)
{
	return roundup_pow_of_two(size);
}

static int scull_hold(struct scull_store *store, size_t size)
{
	int err = scull_charge(scull_footprint(size));

	if (!err)
		atomic64_add(scull_footprint(size), &store->held);
	return err;
}

static void scull_unhold(struct scull_store *store, size_t size)
{
	atomic64_sub(scull_footprint(size), &store->held);
	scull_uncharge(scull_footprint(size));
}

static size_t scull_item_size(unsigned int qset)
{
	return struct_size((struct scull_item *)NULL, quantum, qset);
}

static struct scull_item *scull_item_alloc(struct scull_store *store)
{
	unsigned int qset = store->geometry.qset;
	struct scull_item *item;
	int err;

	err = scull_hold(store, scull_item_size(qset));
	if (err)
		return ERR_PTR(err);
	item = kvzalloc(scull_item_size(qset), SCULL_GFP);
	if (!item) {
		scull_unhold(store, scull_item_size(qset));
		return ERR_PTR(-ENOMEM);
	}
	item->qset = qset;
	return item;
}

/* The walk may still be reading the item: free it when that cannot be. */
static void scull_item_free(struct scull_store *store, struct scull_item *item)
{
	scull_unhold(store, scull_item_size(item->qset));
	kvfree_rcu(item, rcu);
}

static void *scull_quantum_alloc(struct scull_store *store)
{
	void *quantum;
	int err;

	err = scull_hold(store, store->geometry.quantum);
	if (err)
		return ERR_PTR(err);
	quantum = store->storage->alloc(&store->geometry, SCULL_GFP | __GFP_ZERO);
	if (!quantum) {
		scull_unhold(store, store->geometry.quantum);
		return ERR_PTR(-ENOMEM);
	}
	return quantum;
}

static void scull_quantum_free(struct scull_store *store, void *quantum)
{
	store->storage->free(quantum, &store->geometry);
	scull_unhold(store, store->geometry.quantum);
}

/**
 * scull_store_find() - look up the memory behind an offset
 * @store: the store
 * @pos: the offset, below scull_store_limit()
 * @left: set to the bytes from @pos to the end of its quantum
 *
 * Context: any; the caller keeps trims away.
 * Return: the address of the byte, or NULL where nothing was ever written.
 */
void *scull_store_find(struct scull_store *store, loff_t pos, size_t *left)
{
	struct scull_place place = scull_locate(store, pos);
	struct scull_item *item = xa_load(&store->items, place.item);
	void *quantum = item ? READ_ONCE(item->quantum[place.slot]) : NULL;

	*left = store->geometry.quantum - place.offset;
	return quantum ? quantum + place.offset : NULL;
}

/* The item of that number; made if there is none. */
static struct scull_item *scull_item_get(struct scull_store *store, unsigned long number)
{
	struct scull_item *item, *winner;

	item = xa_load(&store->items, number);
	if (item)
		return item;

	item = scull_item_alloc(store);
	if (IS_ERR(item))
		return item;
	winner = xa_cmpxchg(&store->items, number, NULL, item, SCULL_GFP);
	if (!winner)
		return item;

	scull_item_free(store, item);
	return xa_is_err(winner) ? ERR_PTR(xa_err(winner)) : winner;
}

/**
 * scull_store_get() - look up the memory behind an offset, allocating a hole
 * @store: the store
 * @pos: the offset, below scull_store_limit()
 * @left: set to the bytes from @pos to the end of its quantum
 *
 * Context: may sleep. Safe against itself; the caller keeps trims away.
 * Return: the address of the byte, -ENOSPC past the capacity or -ENOMEM.
 */
void *scull_store_get(struct scull_store *store, loff_t pos, size_t *left)
{
	struct scull_place place = scull_locate(store, pos);
	struct scull_item *item;
	void *quantum, *winner;

	item = scull_item_get(store, place.item);
	if (IS_ERR(item))
		return item;

	quantum = READ_ONCE(item->quantum[place.slot]);
	if (!quantum) {
		quantum = scull_quantum_alloc(store);
		if (IS_ERR(quantum))
			return quantum;
		winner = cmpxchg_release(&item->quantum[place.slot], NULL, quantum);
		if (winner) {
			scull_quantum_free(store, quantum);
			quantum = winner;
		}
	}
	*left = store->geometry.quantum - place.offset;
	return quantum + place.offset;
}

/**
 * scull_store_trim() - give back everything that is held
 * @store: the store
 *
 * Context: may sleep. The caller keeps away every other use of the store but
 * scull_store_walk().
 */
void scull_store_trim(struct scull_store *store)
{
	struct scull_item *item;
	unsigned long number;
	unsigned int slot;

	xa_for_each(&store->items, number, item) {
		xa_erase(&store->items, number);
		for (slot = 0; slot < item->qset; slot++) {
			if (item->quantum[slot])
				scull_quantum_free(store, item->quantum[slot]);
			cond_resched();
		}
		scull_item_free(store, item);
	}
}

/**
 * scull_store_walk() - find the next quantum that is held
 * @store: the store
 * @cursor: where to start, inclusive (all zero for the first); set to what was
 *	found
 *
 * Context: any, with no lock held against anything: quanta that come or go
 * during a walk may be in it or not, all others are in it once.
 * Return: whether there was one.
 */
bool scull_store_walk(struct scull_store *store, struct scull_cursor *cursor)
{
	unsigned int slot = cursor->slot;
	struct scull_item *item;
	unsigned long number;
	void *quantum;
	bool found = false;

	rcu_read_lock();
	xa_for_each_start(&store->items, number, item, cursor->item) {
		if (number != cursor->item)
			slot = 0;
		for (; slot < item->qset; slot++) {
			quantum = READ_ONCE(item->quantum[slot]);
			if (!quantum)
				continue;
			*cursor = (struct scull_cursor) {
				.item = number,
				.slot = slot,
				.item_at = item,
				.qset_at = item->quantum,
				.quantum = quantum,
			};
			found = true;
			goto out;
		}
	}
out:
	rcu_read_unlock();
	return found;
}
