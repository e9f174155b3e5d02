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

int scull_geometry_check(const char *name, const struct scull_storage *storage,
			 struct scull_geometry *geometry);
void scull_store_init(struct scull_store *store, const char *name,
		      const struct scull_storage *storage,
		      const struct scull_geometry *geometry);
loff_t scull_store_limit(const struct scull_store *store);
void *scull_store_find(struct scull_store *store, loff_t pos, size_t *left);
void *scull_store_get(struct scull_store *store, loff_t pos, size_t *left);
bool scull_store_holds(struct scull_store *store, loff_t pos, size_t count);
loff_t scull_store_data(struct scull_store *store, loff_t pos);
loff_t scull_store_hole(struct scull_store *store, loff_t pos, loff_t end);
void scull_store_trim(struct scull_store *store, const struct scull_geometry *next);
bool scull_store_walk(struct scull_store *store, struct scull_cursor *cursor);

/* capacity.c */
void scull_capacity_init(void);
void scull_capacity_read(u64 *most, u64 *now);
int scull_charge(u64 bytes);
void scull_uncharge(u64 bytes);

#endif
