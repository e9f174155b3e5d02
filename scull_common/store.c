// SPDX-License-Identifier: GPL-2.0
/*
 * Device -> items -> quanta: find, allocate and publish, trim, walk.
 *
 * Looking up takes no lock: an item or a quantum is complete before one cmpxchg
 * publishes it, and it stays until a trim, which the caller keeps apart from
 * every other use of the store except scull_store_walk(). The walk looks into an
 * item under the xarray's lock, which a trim needs to take the item out.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "store.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* Charged to the caller's memory cgroup; fails rather than warn or kill. */
#define SCULL_GFP	(GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

static u64 scull_index(const struct scull_store *store, unsigned long item, unsigned int slot)
{
	return (u64)item * store->geometry.qset + slot;
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
 * @name: whose memory it is; stays with the store
 * @storage: where its quanta come from
 * @geometry: checked by scull_geometry_check()
 */
void scull_store_init(struct scull_store *store, const char *name,
		      const struct scull_storage *storage,
		      const struct scull_geometry *geometry)
{
	store->name = name;
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
 * What an object counts for: the next power of two. The allocators set no more
 * aside for it, their own bookkeeping apart, so the capacity bounds the memory
 * that really goes away.
 */
static u64 scull_footprint(size_t size)
{
	return roundup_pow_of_two(max_t(size_t, size, ARCH_KMALLOC_MINALIGN));
}

static int scull_hold(struct scull_store *store, u64 bytes)
{
	int err = scull_charge(bytes);

	if (!err)
		atomic64_add(bytes, &store->held);
	return err;
}

static void scull_unhold(struct scull_store *store, u64 bytes)
{
	atomic64_sub(bytes, &store->held);
	scull_uncharge(bytes);
}

static size_t scull_item_size(unsigned int qset)
{
	return struct_size((struct scull_item *)NULL, quantum, qset);
}

/*
 * The xarray's nodes that a new item needs beyond those that other items share
 * with it. Where items are few and far apart, these are most of what they cost.
 */
static u64 scull_index_cost(struct scull_store *store, unsigned long number)
{
	unsigned int shift = 0;
	u64 nodes = 0;

	do {
		unsigned long first, last;

		shift += XA_CHUNK_SHIFT;
		last = shift < BITS_PER_LONG ? number | (BIT(shift) - 1) : ULONG_MAX;
		first = shift < BITS_PER_LONG ? number & ~(BIT(shift) - 1) : 0;
		if (xa_find(&store->items, &first, last, XA_PRESENT))
			break;
		nodes++;
	} while (shift < BITS_PER_LONG && number >> shift);
	return nodes * sizeof(struct xa_node);
}

static struct scull_item *scull_item_alloc(struct scull_store *store)
{
	unsigned int qset = store->geometry.qset;
	size_t size = scull_item_size(qset);
	struct scull_item *item;
	int err;

	err = scull_hold(store, scull_footprint(size));
	if (err)
		return ERR_PTR(err);
	item = kvzalloc(size, SCULL_GFP);
	if (!item) {
		scull_unhold(store, scull_footprint(size));
		return ERR_PTR(-ENOMEM);
	}
	item->qset = qset;
	return item;
}

static void scull_item_free(struct scull_store *store, struct scull_item *item)
{
	scull_unhold(store, scull_footprint(scull_item_size(item->qset)));
	kvfree(item);
}

static void scull_quantum_free(struct scull_store *store, u64 index, void *quantum)
{
	trace_quantum_free(store, index, quantum);
	store->storage->free(quantum, &store->geometry);
	scull_unhold(store, scull_footprint(store->geometry.quantum));
}

/**
 * scull_iter_init() - go to an offset
 * @iter: the place
 * @store: the store
 * @pos: the offset; what is looked up there has to be below scull_store_limit()
 */
void scull_iter_init(struct scull_iter *iter, struct scull_store *store, loff_t pos)
{
	u64 quantum = div_u64_rem(pos, store->geometry.quantum, &iter->offset);

	iter->store = store;
	iter->item = NULL;
	iter->number = div_u64_rem(quantum, store->geometry.qset, &iter->slot);
}

/* The item of that number; made if there is none. */
static struct scull_item *scull_item_get(struct scull_store *store, unsigned long number)
{
	struct scull_item *item, *winner;
	u64 index_cost;
	int err;

	item = xa_load(&store->items, number);
	if (item)
		return item;

	index_cost = scull_index_cost(store, number);
	err = scull_hold(store, index_cost);
	if (err)
		return ERR_PTR(err);
	item = scull_item_alloc(store);
	if (IS_ERR(item)) {
		scull_unhold(store, index_cost);
		return item;
	}
	winner = xa_cmpxchg(&store->items, number, NULL, item, SCULL_GFP);
	if (!winner)
		return item;

	scull_unhold(store, index_cost);
	scull_item_free(store, item);
	return xa_is_err(winner) ? ERR_PTR(xa_err(winner)) : winner;
}

static u64 scull_iter_index(const struct scull_iter *iter)
{
	return scull_index(iter->store, iter->number, iter->slot);
}

/**
 * scull_iter_alloc() - take memory for the hole at the place
 * @iter: the place
 * @zero: __GFP_ZERO, or 0 if the caller is about to write all of it
 *
 * Nobody sees it before scull_iter_publish().
 *
 * Context: may sleep.
 * Return: a quantum, -ENOSPC past the capacity or -ENOMEM.
 */
void *scull_iter_alloc(struct scull_iter *iter, gfp_t zero)
{
	u64 start = trace_quantum_alloc_enabled() ? ktime_get_ns() : 0;
	struct scull_store *store = iter->store;
	void *quantum;
	int err;

	err = scull_hold(store, scull_footprint(store->geometry.quantum));
	if (err)
		return ERR_PTR(err);
	quantum = store->storage->alloc(&store->geometry, SCULL_GFP | zero);
	if (!quantum) {
		scull_unhold(store, scull_footprint(store->geometry.quantum));
		return ERR_PTR(-ENOMEM);
	}
	if (trace_quantum_alloc_enabled())
		trace_quantum_alloc(store, scull_iter_index(iter), quantum,
				    start ? ktime_get_ns() - start : 0);
	return quantum;
}

/**
 * scull_iter_publish() - fill the hole at the place
 * @iter: the place
 * @quantum: from scull_iter_alloc()
 *
 * Context: may sleep. Safe against itself; the caller keeps trims away.
 * Return: @quantum; or another quantum, if somebody filled the hole meanwhile, or
 * -ENOSPC or -ENOMEM, and then @quantum is still the caller's.
 */
void *scull_iter_publish(struct scull_iter *iter, void *quantum)
{
	struct scull_item *item = iter->item ?: scull_item_get(iter->store, iter->number);
	void *winner;

	if (IS_ERR(item))
		return item;
	iter->item = item;
	winner = cmpxchg_release(&item->quantum[iter->slot], NULL, quantum);
	return winner ?: quantum;
}

/**
 * scull_iter_discard() - give back memory that was not published
 * @iter: the place
 * @quantum: from scull_iter_alloc()
 *
 * Context: may sleep.
 */
void scull_iter_discard(struct scull_iter *iter, void *quantum)
{
	scull_quantum_free(iter->store, scull_iter_index(iter), quantum);
}

/**
 * scull_iter_get() - look up the memory at the place, filling a hole with zeros
 * @iter: the place
 * @left: set to the bytes from there to the end of its quantum
 *
 * Context: may sleep. Safe against itself; the caller keeps trims away.
 * Return: the address of the byte, -ENOSPC past the capacity or -ENOMEM.
 */
void *scull_iter_get(struct scull_iter *iter, size_t *left)
{
	void *at = scull_iter_find(iter, left);
	void *quantum, *held;

	if (at)
		return at;
	/* The quantum comes first, so that a failure leaves no empty item. */
	quantum = scull_iter_alloc(iter, __GFP_ZERO);
	if (IS_ERR(quantum))
		return quantum;
	held = scull_iter_publish(iter, quantum);
	if (held != quantum)
		scull_iter_discard(iter, quantum);
	return IS_ERR(held) ? held : held + iter->offset;
}

/**
 * scull_store_holds() - whether a range has no hole
 * @store: the store
 * @pos: where the range starts
 * @count: its bytes
 *
 * Context: may sleep; the caller keeps trims away.
 * Return: true if writing it needs no memory; false also if the caller was killed.
 */
bool scull_store_holds(struct scull_store *store, loff_t pos, size_t count)
{
	struct scull_iter iter;
	size_t left;

	scull_iter_init(&iter, store, pos);
	for (; count; count -= left) {
		if (!scull_iter_find(&iter, &left) || fatal_signal_pending(current))
			return false;
		left = min(left, count);
		scull_iter_advance(&iter, left);
		cond_resched();
	}
	return true;
}

/**
 * scull_store_data() - find the next byte that is held
 * @store: the store
 * @pos: where to start, inclusive, below scull_store_limit()
 *
 * Context: any; the caller keeps trims away.
 * Return: its offset, or -ENXIO if there is none.
 */
loff_t scull_store_data(struct scull_store *store, loff_t pos)
{
	struct scull_cursor cursor = {};
	struct scull_iter iter;

	scull_iter_init(&iter, store, pos);
	cursor.item = iter.number;
	cursor.slot = iter.slot;
	if (!scull_store_walk(store, &cursor))
		return -ENXIO;
	if (cursor.item == iter.number && cursor.slot == iter.slot)
		return pos;
	return scull_index(store, cursor.item, cursor.slot) * store->geometry.quantum;
}

/**
 * scull_store_hole() - find the next byte that is not held
 * @store: the store
 * @pos: where to start, inclusive, below scull_store_limit()
 * @end: where to stop, beyond @pos
 *
 * Context: may sleep; the caller keeps trims away.
 * Return: its offset, or @end if all is held up to there.
 */
loff_t scull_store_hole(struct scull_store *store, loff_t pos, loff_t end)
{
	struct scull_iter iter;
	size_t left;

	scull_iter_init(&iter, store, pos);
	while (scull_iter_find(&iter, &left)) {
		if (left >= end - pos)
			return end;
		pos += left;
		scull_iter_advance(&iter, left);
		cond_resched();
	}
	return pos;
}

/**
 * scull_store_trim() - give back everything that is held
 * @store: the store
 * @next: the geometry from then on
 *
 * Context: may sleep. The caller keeps away every other use of the store but
 * scull_store_walk().
 */
void scull_store_trim(struct scull_store *store, const struct scull_geometry *next)
{
	u64 held = atomic64_read(&store->held);
	struct scull_item *item;
	unsigned long number;
	unsigned int slot;

	xa_for_each(&store->items, number, item) {
		xa_erase(&store->items, number);
		for (slot = 0; slot < item->qset; slot++) {
			if (item->quantum[slot])
				scull_quantum_free(store, scull_index(store, number, slot),
						   item->quantum[slot]);
			cond_resched();
		}
		scull_item_free(store, item);
	}
	/*
	 * Nodes without an item: those that an insertion had made before it ran out
	 * of memory. What is left of the count is the other nodes'.
	 */
	xa_destroy(&store->items);
	scull_unhold(store, atomic64_read(&store->held));
	trace_trim(store, held);
	store->geometry = *next;
}

/**
 * scull_store_walk() - find the next quantum that is held
 * @store: the store
 * @cursor: where to start, inclusive (all zero for the first); set to what was
 *	found
 *
 * Context: any but atomic with the xarray's lock. Nothing is held between two
 * calls: quanta that come or go during a walk may be in it or not, all others are
 * in it once.
 * Return: whether there was one.
 */
bool scull_store_walk(struct scull_store *store, struct scull_cursor *cursor)
{
	unsigned int slot = cursor->slot;
	struct scull_item *item;
	unsigned long number;
	void *quantum;
	bool found = false;

	xa_lock(&store->items);
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
	xa_unlock(&store->items);
	return found;
}
