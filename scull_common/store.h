/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The store: offset -> item -> quantum. It knows nothing of files; it gets its
 * memory from a storage.
 */
#ifndef SCULL_STORE_H
#define SCULL_STORE_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "scull.h"

/**
 * struct scull_item - an array of quanta, published in the store's xarray
 * @qset: length of @quantum; kept here so that a walk needs no geometry
 * @quantum: the quanta; NULL is a hole, and a quantum once set stays until the
 *	trim that frees the item
 */
struct scull_item {
	unsigned int qset;
	void *quantum[];
};

/**
 * struct scull_store - the memory of one device
 * @name: whose memory it is, for the tracepoints
 * @storage: where quanta come from
 * @geometry: fixed while anything is held
 * @items: item number -> struct scull_item
 * @held: bytes of quanta, items and the xarray's nodes, as counted against the capacity
 */
struct scull_store {
	const char *name;
	const struct scull_storage *storage;
	struct scull_geometry geometry;
	struct xarray items;
	atomic64_t held;
};

/**
 * struct scull_cursor - a place in a walk over the quanta held
 * @item: item number
 * @slot: index in the item
 * @item_at: address of the item
 * @qset_at: address of the item's array of quanta
 * @quantum: address of the quantum
 *
 * The addresses are for printing: what they name may be freed meanwhile.
 */
struct scull_cursor {
	unsigned long item;
	unsigned int slot;
	const void *item_at;
	const void *qset_at;
	const void *quantum;
};

/**
 * struct scull_iter - a place in the file, on its way to the end
 * @store: the store
 * @item: the item that the place is in; NULL if there was none at the last look
 * @number: of the item
 * @slot: index of the quantum in the item
 * @offset: of the place in the quantum
 *
 * What a request that touches many quanta does once for all of them: dividing its
 * offset by the geometry, and finding the item. It stays valid while trims are kept
 * away.
 */
struct scull_iter {
	struct scull_store *store;
	struct scull_item *item;
	unsigned long number;
	unsigned int slot;
	unsigned int offset;
};

int scull_geometry_check(const char *name, const struct scull_storage *storage,
			 struct scull_geometry *geometry);
void scull_store_init(struct scull_store *store, const char *name,
		      const struct scull_storage *storage,
		      const struct scull_geometry *geometry);
loff_t scull_store_limit(const struct scull_store *store);
bool scull_store_holds(struct scull_store *store, loff_t pos, size_t count);
loff_t scull_store_data(struct scull_store *store, loff_t pos);
loff_t scull_store_hole(struct scull_store *store, loff_t pos, loff_t end);
void scull_store_trim(struct scull_store *store, const struct scull_geometry *next);
bool scull_store_walk(struct scull_store *store, struct scull_cursor *cursor);

void scull_iter_init(struct scull_iter *iter, struct scull_store *store, loff_t pos);
void *scull_iter_alloc(struct scull_iter *iter, gfp_t zero);
void *scull_iter_publish(struct scull_iter *iter, void *quantum);
void scull_iter_discard(struct scull_iter *iter, void *quantum);
void *scull_iter_get(struct scull_iter *iter, size_t *left);

/**
 * scull_iter_find() - look up the memory at the place
 * @iter: the place
 * @left: set to the bytes from there to the end of its quantum
 *
 * Context: any; the caller keeps trims away.
 * Return: the address of the byte, or NULL where nothing was ever written.
 */
static inline void *scull_iter_find(struct scull_iter *iter, size_t *left)
{
	void *quantum;

	*left = iter->store->geometry.quantum - iter->offset;
	if (!iter->item)
		iter->item = xa_load(&iter->store->items, iter->number);
	if (!iter->item)
		return NULL;
	quantum = READ_ONCE(iter->item->quantum[iter->slot]);
	return quantum ? quantum + iter->offset : NULL;
}

/**
 * scull_iter_advance() - go on
 * @iter: the place
 * @bytes: how far; at most to the end of the quantum
 */
static inline void scull_iter_advance(struct scull_iter *iter, size_t bytes)
{
	iter->offset += bytes;
	if (iter->offset < iter->store->geometry.quantum)
		return;
	iter->offset = 0;
	if (++iter->slot < iter->store->geometry.qset)
		return;
	iter->slot = 0;
	iter->number++;
	iter->item = NULL;
}

/**
 * scull_store_find() - look up the memory behind an offset
 * @store: the store
 * @pos: the offset, below scull_store_limit()
 * @left: set to the bytes from @pos to the end of its quantum
 *
 * For one look; scull_iter_find() for more. Context and return as there.
 */
static inline void *scull_store_find(struct scull_store *store, loff_t pos, size_t *left)
{
	struct scull_iter iter;

	scull_iter_init(&iter, store, pos);
	return scull_iter_find(&iter, left);
}

/**
 * scull_store_get() - look up the memory behind an offset, filling a hole with zeros
 * @store: the store
 * @pos: the offset, below scull_store_limit()
 * @left: set to the bytes from @pos to the end of its quantum
 *
 * For one look; scull_iter_get() for more. Context and return as there.
 */
static inline void *scull_store_get(struct scull_store *store, loff_t pos, size_t *left)
{
	struct scull_iter iter;

	scull_iter_init(&iter, store, pos);
	return scull_iter_get(&iter, left);
}

/* capacity.c */
void scull_capacity_init(void);
void scull_capacity_read(u64 *most, u64 *now);
int scull_charge(u64 bytes);
void scull_uncharge(u64 bytes);

#endif
