// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the store alone: a copy of it, over a storage that counts, fails and
 * waits as a test says.
 */
#include "../../scull_common/store.c"
#include "../../scull_common/capacity.c"

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/sizes.h>

/* The storage: what it has handed out and not got back, and what is to go wrong. */
static atomic_t quanta;
static atomic_t wrong_geometry;
static int fail_after;		/* allocations until one fails; negative: none does */
static atomic_t waiting;	/* allocations that wait for each other, when positive */

static void *test_alloc(const struct scull_geometry *geometry, gfp_t gfp)
{
	void *quantum;

	if (fail_after >= 0 && fail_after-- == 0)
		return NULL;
	quantum = kvmalloc(geometry->quantum + sizeof(unsigned int), gfp);
	if (!quantum)
		return NULL;
	/* Which geometry it was allocated under is written behind it. */
	memcpy(quantum + geometry->quantum, &geometry->quantum, sizeof(geometry->quantum));
	atomic_inc(&quanta);

	/* Let nobody go on before all are here: each has found a hole, none has filled it. */
	if (atomic_dec_if_positive(&waiting) >= 0) {
		unsigned long end = jiffies + 10 * HZ;

		while (atomic_read(&waiting) > 0 && time_before(jiffies, end))
			cond_resched();
	}
	return quantum;
}

static void test_free(void *quantum, const struct scull_geometry *geometry)
{
	if (memcmp(quantum + geometry->quantum, &geometry->quantum, sizeof(geometry->quantum)))
		atomic_inc(&wrong_geometry);
	atomic_dec(&quanta);
	kvfree(quantum);
}

static struct page *test_page(const void *address)
{
	return is_vmalloc_addr(address) ? vmalloc_to_page(address) : virt_to_page(address);
}

static const struct scull_storage test_storage = {
	.name = "test",
	.max = SZ_4M,
	.alloc = test_alloc,
	.free = test_free,
	.page = test_page,
};

static const struct scull_storage test_ordered = {
	.name = "test by order",
	.by_order = true,
	.max = 10,
	.alloc = test_alloc,
	.free = test_free,
	.page = test_page,
};

static struct scull_store store;

static void make_store(unsigned int quantum, unsigned int qset)
{
	struct scull_geometry geometry = { .quantum = quantum, .qset = qset };

	scull_store_init(&store, "test", &test_storage, &geometry);
}

static u64 charged(void)
{
	u64 most, now;

	scull_capacity_read(&most, &now);
	return now;
}

static int store_test_init(struct kunit *test)
{
	atomic_set(&quanta, 0);
	atomic_set(&wrong_geometry, 0);
	atomic_set(&waiting, 0);
	fail_after = -1;
	atomic64_set(&capacity, SZ_64M);
	make_store(4000, 3);
	return 0;
}

/* Whatever a test did: a trim gives everything back. */
static void store_test_exit(struct kunit *test)
{
	struct scull_geometry geometry = store.geometry;

	scull_store_trim(&store, &geometry);
	KUNIT_EXPECT_EQ(test, atomic_read(&quanta), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&wrong_geometry), 0);
	KUNIT_EXPECT_EQ(test, atomic64_read(&store.held), 0);
	KUNIT_EXPECT_EQ(test, charged(), 0);
	KUNIT_EXPECT_TRUE(test, xa_empty(&store.items));
}

/* Write a byte; make a hole a quantum. */
static void put(struct kunit *test, loff_t pos, u8 byte)
{
	size_t left;
	u8 *at = scull_store_get(&store, pos, &left);

	KUNIT_ASSERT_FALSE(test, IS_ERR(at));
	*at = byte;
}

static int byte_at(loff_t pos)
{
	size_t left;
	u8 *at = scull_store_find(&store, pos, &left);

	return at ? *at : -1;
}

static void expect_place(struct kunit *test, loff_t pos, unsigned long item, unsigned int slot,
			 unsigned int offset)
{
	struct scull_iter iter;

	scull_iter_init(&iter, &store, pos);
	KUNIT_EXPECT_EQ_MSG(test, iter.number, item, "at %lld", pos);
	KUNIT_EXPECT_EQ_MSG(test, iter.slot, slot, "at %lld", pos);
	KUNIT_EXPECT_EQ_MSG(test, iter.offset, offset, "at %lld", pos);
}

static void locates_at_borders(struct kunit *test)
{
	expect_place(test, 0, 0, 0, 0);
	expect_place(test, 3999, 0, 0, 3999);
	expect_place(test, 4000, 0, 1, 0);
	expect_place(test, 11999, 0, 2, 3999);
	expect_place(test, 12000, 1, 0, 0);
	expect_place(test, 12000 * 5LL - 1, 4, 2, 3999);

	make_store(1, 1);
	expect_place(test, 0, 0, 0, 0);
	expect_place(test, 1, 1, 0, 0);

	make_store(SZ_4M, SCULL_QSET_MAX);
	expect_place(test, SZ_4M - 1, 0, 0, SZ_4M - 1);
	expect_place(test, (loff_t)SZ_4M * SCULL_QSET_MAX - 1, 0, SCULL_QSET_MAX - 1, SZ_4M - 1);
	expect_place(test, (loff_t)SZ_4M * SCULL_QSET_MAX, 1, 0, 0);
	expect_place(test, MAX_LFS_FILESIZE - 1, (MAX_LFS_FILESIZE - 1) >> 38, SCULL_QSET_MAX - 1,
		     SZ_4M - 2);
}

/* Step by step or at once: the same places, with the same in them. */
static void advances_as_it_locates(struct kunit *test)
{
	static const unsigned int steps[] = {
		1, 3999, 4000, 2000, 1999, 1, 4000, 3998, 2, 4000, 4000
	};
	struct scull_iter iter, fresh;
	loff_t pos = 0;
	int i;

	put(test, 4000, 'a');
	put(test, 12000, 'b');
	put(test, 24000, 'c');
	scull_iter_init(&iter, &store, pos);
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		size_t left, fresh_left;

		scull_iter_init(&fresh, &store, pos);
		KUNIT_EXPECT_PTR_EQ(test, scull_iter_find(&iter, &left),
				    scull_iter_find(&fresh, &fresh_left));
		KUNIT_EXPECT_EQ(test, left, fresh_left);
		KUNIT_ASSERT_LE(test, steps[i], (unsigned int)left);
		scull_iter_advance(&iter, steps[i]);
		pos += steps[i];
		expect_place(test, pos, iter.number, iter.slot, iter.offset);
	}
	KUNIT_EXPECT_EQ(test, pos, 28000);
}

/* What comes after a look at a hole is seen by the next look from there. */
static void sees_what_comes_later(struct kunit *test)
{
	struct scull_iter iter;
	size_t left;

	scull_iter_init(&iter, &store, 8000);
	KUNIT_EXPECT_NULL(test, scull_iter_find(&iter, &left));
	put(test, 4000, 'a');
	KUNIT_EXPECT_NULL(test, scull_iter_find(&iter, &left));
	put(test, 8000, 'b');
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, scull_iter_find(&iter, &left));
}

static void the_first_to_publish_wins(struct kunit *test)
{
	struct scull_iter one, other;
	void *first, *second;
	size_t left;
	u64 held;

	scull_iter_init(&one, &store, 4001);
	scull_iter_init(&other, &store, 4002);
	first = scull_iter_alloc(&one, __GFP_ZERO);
	second = scull_iter_alloc(&other, 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, first);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, second);
	KUNIT_EXPECT_EQ(test, atomic_read(&quanta), 2);
	/* Nobody sees them yet. */
	KUNIT_EXPECT_NULL(test, scull_iter_find(&one, &left));

	KUNIT_EXPECT_PTR_EQ(test, scull_iter_publish(&one, first), first);
	held = charged();
	KUNIT_EXPECT_PTR_EQ(test, scull_iter_publish(&other, second), first);
	KUNIT_EXPECT_PTR_EQ(test, scull_iter_find(&other, &left), first + 2);
	KUNIT_EXPECT_EQ(test, left, 3998);
	scull_iter_discard(&other, second);
	KUNIT_EXPECT_EQ(test, charged(), held - 4096);
	KUNIT_EXPECT_EQ(test, atomic_read(&quanta), 1);
}

static void says_what_is_left_of_a_quantum(struct kunit *test)
{
	size_t left;

	KUNIT_EXPECT_NULL(test, scull_store_find(&store, 0, &left));
	KUNIT_EXPECT_EQ(test, left, 4000);
	KUNIT_EXPECT_NULL(test, scull_store_find(&store, 3999, &left));
	KUNIT_EXPECT_EQ(test, left, 1);
	KUNIT_EXPECT_FALSE(test, IS_ERR(scull_store_get(&store, 11999, &left)));
	KUNIT_EXPECT_EQ(test, left, 1);
	KUNIT_EXPECT_FALSE(test, IS_ERR(scull_store_get(&store, 12000, &left)));
	KUNIT_EXPECT_EQ(test, left, 4000);
}

static void keeps_what_is_written(struct kunit *test)
{
	static const loff_t at[] = { 0, 1, 3999, 4000, 7999, 8000, 11999, 12000, 119999, 120000 };
	int i;

	for (i = 0; i < ARRAY_SIZE(at); i++)
		put(test, at[i], i + 1);
	for (i = 0; i < ARRAY_SIZE(at); i++)
		KUNIT_EXPECT_EQ_MSG(test, byte_at(at[i]), i + 1, "at %lld", at[i]);
	/* Around them: zeros in the quanta held, nothing elsewhere. */
	KUNIT_EXPECT_EQ(test, byte_at(2), 0);
	KUNIT_EXPECT_EQ(test, byte_at(12001), 0);
	KUNIT_EXPECT_EQ(test, byte_at(16000), -1);
	KUNIT_EXPECT_EQ(test, atomic_read(&quanta), 6);
}

static void ends_where_offsets_end(struct kunit *test)
{
	static const unsigned int geometries[][2] = {
		{ 1, 1 }, { 4000, 1 }, { SZ_64K, 1000 }, { SZ_4M, SCULL_QSET_MAX },
	};
	size_t left;
	int i;

	for (i = 0; i < ARRAY_SIZE(geometries); i++) {
		unsigned int quantum = geometries[i][0], qset = geometries[i][1];
		struct scull_geometry geometry;
		loff_t last;

		make_store(quantum, qset);
		geometry = store.geometry;
		last = scull_store_limit(&store) - 1;
		if (sizeof(long) == 8)
			KUNIT_EXPECT_EQ(test, last, MAX_LFS_FILESIZE - 1);
		KUNIT_EXPECT_LE(test, last, MAX_LFS_FILESIZE - 1);

		KUNIT_EXPECT_EQ(test, scull_store_data(&store, last), -ENXIO);
		KUNIT_EXPECT_EQ(test, scull_store_hole(&store, last, last + 1), last);
		put(test, last, 'z');
		KUNIT_EXPECT_EQ(test, byte_at(last), 'z');
		KUNIT_EXPECT_EQ(test, scull_store_data(&store, last), last);
		KUNIT_EXPECT_EQ(test, scull_store_hole(&store, last, last + 1), last + 1);
		KUNIT_EXPECT_TRUE(test, scull_store_holds(&store, last, 1));
		scull_store_find(&store, last, &left);
		KUNIT_EXPECT_EQ(test, scull_store_data(&store, 0), last - (quantum - left));
		scull_store_trim(&store, &geometry);
		KUNIT_EXPECT_EQ(test, charged(), 0);
	}
}

static void finds_data_and_holes(struct kunit *test)
{
	/* D . D | . . . | D D D | . . . | D */
	static const loff_t data[] = { 0, 8000, 24000, 28000, 32000, 48000 };
	int i;

	for (i = 0; i < ARRAY_SIZE(data); i++)
		put(test, data[i], 'd');
	KUNIT_EXPECT_EQ(test, scull_store_data(&store, 17), 17);
	KUNIT_EXPECT_EQ(test, scull_store_data(&store, 4000), 8000);
	KUNIT_EXPECT_EQ(test, scull_store_data(&store, 12000), 24000);
	KUNIT_EXPECT_EQ(test, scull_store_data(&store, 36000), 48000);
	KUNIT_EXPECT_EQ(test, scull_store_data(&store, 52000), -ENXIO);
	KUNIT_EXPECT_EQ(test, scull_store_hole(&store, 0, 60000), 4000);
	KUNIT_EXPECT_EQ(test, scull_store_hole(&store, 5000, 60000), 5000);
	KUNIT_EXPECT_EQ(test, scull_store_hole(&store, 8000, 60000), 12000);
	KUNIT_EXPECT_EQ(test, scull_store_hole(&store, 24001, 60000), 36000);
	KUNIT_EXPECT_EQ(test, scull_store_hole(&store, 24001, 35999), 35999);
	KUNIT_EXPECT_TRUE(test, scull_store_holds(&store, 24000, 12000));
	KUNIT_EXPECT_FALSE(test, scull_store_holds(&store, 24000, 12001));
	KUNIT_EXPECT_FALSE(test, scull_store_holds(&store, 23999, 2));
	KUNIT_EXPECT_TRUE(test, scull_store_holds(&store, 4000, 0));
}

static void walks_in_order(struct kunit *test)
{
	static const loff_t data[] = { 4000, 8000, 12000 * 7, 12000 * 4000LL, 12000LL << 30 };
	struct scull_cursor cursor = {};
	int i;

	KUNIT_EXPECT_FALSE(test, scull_store_walk(&store, &cursor));
	for (i = 0; i < ARRAY_SIZE(data); i++)
		put(test, data[i], i);
	for (i = 0; scull_store_walk(&store, &cursor); i++, cursor.slot++) {
		size_t left;

		KUNIT_ASSERT_LT(test, i, (int)ARRAY_SIZE(data));
		expect_place(test, data[i], cursor.item, cursor.slot, 0);
		KUNIT_EXPECT_PTR_EQ(test, cursor.quantum,
				    (const void *)scull_store_find(&store, data[i], &left));
	}
	KUNIT_EXPECT_EQ(test, i, (int)ARRAY_SIZE(data));

	cursor = (struct scull_cursor) { .item = 8 };
	KUNIT_EXPECT_TRUE(test, scull_store_walk(&store, &cursor));
	KUNIT_EXPECT_EQ(test, cursor.item, 4000);
}

/* Two who fill the same holes, in step: each hole is filled once. */
struct filler {
	unsigned int holes;
	void **found;
	struct completion done;
};

static int fill(void *data)
{
	struct filler *filler = data;
	unsigned int i;
	size_t left;

	for (i = 0; i < filler->holes; i++)
		filler->found[i] = scull_store_get(&store, 4000LL * i, &left);
	complete(&filler->done);
	return 0;
}

static void two_may_fill_one_hole(struct kunit *test)
{
	const unsigned int holes = 300;
	struct filler filler[2];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		filler[i] = (struct filler) { .holes = holes };
		filler[i].found = kunit_kcalloc(test, holes, sizeof(void *), GFP_KERNEL);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, filler[i].found);
		init_completion(&filler[i].done);
	}
	/* Both have a quantum for the first hole before either publishes it. */
	atomic_set(&waiting, 2);
	for (i = 0; i < 2; i++)
		KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(fill, &filler[i], "scull_fill")));
	for (i = 0; i < 2; i++)
		wait_for_completion(&filler[i].done);

	KUNIT_EXPECT_EQ(test, atomic_read(&waiting), 0);
	for (i = 0; i < holes; i++) {
		size_t left;
		void *at = scull_store_find(&store, 4000LL * i, &left);

		KUNIT_EXPECT_PTR_EQ(test, filler[0].found[i], at);
		KUNIT_EXPECT_PTR_EQ(test, filler[1].found[i], at);
		KUNIT_EXPECT_NOT_NULL(test, at);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&quanta), (int)holes);
}

/* One reads while another fills: what is found is whole, and zero. */
static void what_is_published_is_whole(struct kunit *test)
{
	struct filler filler = { .holes = 2000 };
	unsigned int i, seen = 0;
	size_t left;

	filler.found = kunit_kcalloc(test, filler.holes, sizeof(void *), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, filler.found);
	init_completion(&filler.done);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(fill, &filler, "scull_fill")));
	do {
		for (i = 0; i < filler.holes; i++) {
			u8 *at = scull_store_find(&store, 4000LL * i, &left);

			if (!at)
				continue;
			seen++;
			if (*at || at[3999])
				KUNIT_FAIL(test, "hole %u holds old memory", i);
		}
		cond_resched();
	} while (!try_wait_for_completion(&filler.done));
	KUNIT_EXPECT_GT(test, seen, 0);
}

static void a_trim_changes_the_geometry(struct kunit *test)
{
	struct scull_geometry next = { .quantum = 100, .qset = 7 };

	put(test, 0, 'a');
	put(test, 50000, 'b');
	scull_store_trim(&store, &next);
	KUNIT_EXPECT_EQ(test, atomic_read(&wrong_geometry), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&quanta), 0);
	KUNIT_EXPECT_EQ(test, byte_at(0), -1);
	expect_place(test, 700, 1, 0, 0);
	put(test, 699, 'c');
	KUNIT_EXPECT_EQ(test, byte_at(699), 'c');
	next = (struct scull_geometry) { .quantum = SZ_64K, .qset = 1 };
	scull_store_trim(&store, &next);
	expect_place(test, SZ_64K, 1, 0, 0);
}

static void a_trim_frees_what_is_far_apart(struct kunit *test)
{
	loff_t pos;

	for (pos = 1; pos < MAX_LFS_FILESIZE / 2; pos *= 2)
		put(test, pos, 1);
	put(test, scull_store_limit(&store) - 1, 1);
	KUNIT_EXPECT_GT(test, atomic_read(&quanta), 50);
	/* The exit sees to the rest. */
}

static void what_is_held_is_charged(struct kunit *test)
{
	u64 empty = charged(), one, two;

	put(test, 0, 1);
	one = charged() - empty;
	KUNIT_EXPECT_EQ(test, atomic64_read(&store.held), (s64)one);
	/* A quantum of 4000 counts 4096; the item and the xarray's node come on top. */
	KUNIT_EXPECT_GE(test, one, 4096 + sizeof(struct scull_item) + 3 * sizeof(void *));
	put(test, 4000, 1);
	two = charged() - empty;
	KUNIT_EXPECT_EQ(test, two - one, 4096);
	put(test, 4001, 1);
	KUNIT_EXPECT_EQ(test, charged() - empty, two);
}

static void nothing_is_held_past_the_capacity(struct kunit *test)
{
	size_t left;
	u64 before;
	int i;

	atomic64_set(&capacity, 10 * 4096);
	for (i = 0; i < 10; i++) {
		void *at;

		before = charged();
		at = scull_store_get(&store, 12000LL * i, &left);
		if (!IS_ERR(at))
			continue;
		KUNIT_EXPECT_EQ(test, PTR_ERR(at), (long)-ENOSPC);
		KUNIT_EXPECT_EQ(test, charged(), before);
		break;
	}
	KUNIT_EXPECT_GT(test, i, 5);
	KUNIT_EXPECT_LT(test, i, 10);
	KUNIT_EXPECT_EQ(test, atomic_read(&quanta), i);
	/* What is held still is. */
	KUNIT_EXPECT_EQ(test, byte_at(0), 0);
	KUNIT_EXPECT_EQ(test, scull_store_hole(&store, 12000LL * i, 1LL << 40), 12000LL * i);

	/* At every point between nothing and enough, a refusal takes nothing. */
	for (i = 0; i < 3 * 4096; i += 64) {
		struct scull_geometry geometry = store.geometry;
		void *at;

		scull_store_trim(&store, &geometry);
		atomic64_set(&capacity, i);
		at = scull_store_get(&store, 1LL << 40, &left);
		if (IS_ERR(at))
			KUNIT_EXPECT_EQ_MSG(test, charged(), 0, "at a capacity of %d", i);
	}
	KUNIT_EXPECT_EQ(test, byte_at(1LL << 40), 0);
}

static void a_failed_allocation_leaves_nothing(struct kunit *test)
{
	size_t left;
	void *at;

	fail_after = 0;
	at = scull_store_get(&store, 0, &left);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(at), -ENOMEM);
	KUNIT_EXPECT_EQ(test, charged(), 0);
	KUNIT_EXPECT_TRUE(test, xa_empty(&store.items));

	fail_after = 2;
	put(test, 0, 'a');
	put(test, 4000, 'b');
	at = scull_store_get(&store, 8000, &left);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(at), -ENOMEM);
	KUNIT_EXPECT_EQ(test, byte_at(0), 'a');
	KUNIT_EXPECT_EQ(test, byte_at(8000), -1);
	put(test, 8000, 'c');
	KUNIT_EXPECT_EQ(test, byte_at(8000), 'c');
}

static void expect_geometry(struct kunit *test, const struct scull_storage *storage, int result,
			    unsigned int unit, unsigned int qset)
{
	struct scull_geometry geometry = { .qset = qset };

	*(storage->by_order ? &geometry.order : &geometry.quantum) = unit;
	KUNIT_EXPECT_EQ_MSG(test, scull_geometry_check("test", storage, &geometry), result,
			    "unit %u, qset %u", unit, qset);
	if (!result && storage->by_order)
		KUNIT_EXPECT_EQ(test, geometry.quantum, PAGE_SIZE << unit);
}

static void refuses_geometries_out_of_range(struct kunit *test)
{
	expect_geometry(test, &test_storage, 0, 1, 1);
	expect_geometry(test, &test_storage, 0, SZ_4M, SCULL_QSET_MAX);
	expect_geometry(test, &test_storage, -EINVAL, 0, 1);
	expect_geometry(test, &test_storage, -EINVAL, SZ_4M + 1, 1);
	expect_geometry(test, &test_storage, -EINVAL, UINT_MAX, 1);
	expect_geometry(test, &test_storage, -EINVAL, 1, 0);
	expect_geometry(test, &test_storage, -EINVAL, 1, SCULL_QSET_MAX + 1);
	expect_geometry(test, &test_ordered, 0, 0, 1);
	expect_geometry(test, &test_ordered, 0, 10, 1);
	expect_geometry(test, &test_ordered, -EINVAL, 11, 1);
}

static void expect_size(struct kunit *test, int result, const char *text, u64 bytes)
{
	u64 parsed = 0;

	KUNIT_EXPECT_EQ_MSG(test, capacity_parse(text, &parsed), result, "%s", text);
	if (!result)
		KUNIT_EXPECT_EQ_MSG(test, parsed, bytes, "%s", text);
}

static void reads_sizes(struct kunit *test)
{
	expect_size(test, 0, "1", 1);
	expect_size(test, 0, "64M\n", SZ_64M);
	expect_size(test, 0, "3k", 3 * SZ_1K);
	expect_size(test, 0, "0x10K", 16 * SZ_1K);
	expect_size(test, 0, "8191P", 8191ULL << 50);
	expect_size(test, -EINVAL, "8192P", 0);
	expect_size(test, -EINVAL, "", 0);
	expect_size(test, -EINVAL, "\n", 0);
	expect_size(test, -EINVAL, "0", 0);
	expect_size(test, -EINVAL, "M", 0);
	expect_size(test, -EINVAL, "1MM", 0);
	expect_size(test, -EINVAL, "-1", 0);
	expect_size(test, -ERANGE, "18446744073709551616", 0);
	expect_size(test, -EINVAL, "1000000000000000000000000000", 0);
}

static struct kunit_case store_test_cases[] = {
	KUNIT_CASE(locates_at_borders),
	KUNIT_CASE(advances_as_it_locates),
	KUNIT_CASE(sees_what_comes_later),
	KUNIT_CASE(the_first_to_publish_wins),
	KUNIT_CASE(says_what_is_left_of_a_quantum),
	KUNIT_CASE(keeps_what_is_written),
	KUNIT_CASE(ends_where_offsets_end),
	KUNIT_CASE(finds_data_and_holes),
	KUNIT_CASE(walks_in_order),
	KUNIT_CASE(two_may_fill_one_hole),
	KUNIT_CASE(what_is_published_is_whole),
	KUNIT_CASE(a_trim_changes_the_geometry),
	KUNIT_CASE(a_trim_frees_what_is_far_apart),
	KUNIT_CASE(what_is_held_is_charged),
	KUNIT_CASE(nothing_is_held_past_the_capacity),
	KUNIT_CASE(a_failed_allocation_leaves_nothing),
	KUNIT_CASE(refuses_geometries_out_of_range),
	KUNIT_CASE(reads_sizes),
	{}
};

static struct kunit_suite store_test_suite = {
	.name = "scull_store",
	.init = store_test_init,
	.exit = store_test_exit,
	.test_cases = store_test_cases,
};

kunit_test_suite(store_test_suite);

MODULE_DESCRIPTION("Tests of the scull family's store");
MODULE_AUTHOR("The scull family developers");
MODULE_LICENSE("GPL");
