// SPDX-License-Identifier: GPL-2.0
/*
 * mmap: a program's loads and stores go to the device's memory itself.
 *
 * Nothing here takes dev->io: a read or write holds it while its copy may fault,
 * so the fault comes after it. No trim runs while there is a mapping (the count
 * in dev->maps), so a fault races only other allocations in the same hole.
 *
 * Where pages have a reference count (storage->refcounted) a mapping is made of
 * pages: they can be pinned, and a private mapping copies them on its first write.
 * Slab memory has none, so it is shared as bare page frames; and as those cannot
 * be copied on write, a private mapping of it is copied page by page at once. So is one
 * of quanta that are not whole pages: those cannot be shared at all.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/page_table_check.h>
#include <linux/pagemap.h>
#include <linux/sizes.h>

#include "device.h"

/*
 * A fault maps its whole quantum, and where that is small and held already, as much
 * as the kernel does around a fault in a file: a page more costs a fifth of a fault.
 */
#define SCULL_AROUND_MIN	((unsigned int)SZ_64K)
#define SCULL_AROUND_MAX	((unsigned int)SZ_2M)

/* Pages that are mapped at once. */
#define SCULL_BATCH	32U

/* Where a module can set an entry of a page table; elsewhere the kernel does, one by one. */
#define SCULL_SETS_ENTRIES	(IS_ENABLED(CONFIG_X86) || IS_ENABLED(CONFIG_ARM64))

/* Whether a page of the mapping has no byte of the file; counted in pages, as bytes overflow. */
static bool scull_past_end(u64 size, pgoff_t pgoff)
{
	return pgoff >= PAGE_ALIGN(size) >> PAGE_SHIFT;
}

static u64 scull_fault_pos(const struct vm_fault *vmf)
{
	return (u64)vmf->pgoff << PAGE_SHIFT;
}

/* A piece of the file, and where it is mapped. */
struct scull_run {
	struct vm_area_struct *vma;
	struct scull_iter iter;
	unsigned long address;
	unsigned long end;
};

/* The page at the run's place, or NULL in a hole; goes on to the next. */
static struct page *scull_run_next(struct scull_run *run)
{
	size_t left;
	const void *at = scull_iter_find(&run->iter, &left);

	scull_iter_advance(&run->iter, PAGE_SIZE);
	run->address += PAGE_SIZE;
	return at ? run->iter.store->storage->page(at) : NULL;
}

/* Map as pages, as many at a time as are known to lie behind each other. */
static int scull_map_counted(struct scull_run *run)
{
	struct page *pages[SCULL_BATCH];

	while (run->address < run->end) {
		unsigned long address = run->address;
		unsigned long done, left, count = 0;

		while (count < SCULL_BATCH && run->address < run->end) {
			pages[count] = scull_run_next(run);
			if (!pages[count])
				break;
			count++;
		}
		for (done = 0; done < count; done = count - left) {
			int err;

			left = count - done;
			err = vm_insert_pages(run->vma, address + done * PAGE_SIZE, pages + done,
					      &left);
			/* What another task has mapped meanwhile is fine. */
			if (err == -EBUSY)
				left--;
			/* So is a table that it took away: there will be another fault. */
			else if (err == -EFAULT)
				return 0;
			else if (err)
				return err;
		}
	}
	return 0;
}

/* Map one bare frame. Called with the page table locked. */
static int scull_set_frame(pte_t *pte, unsigned long address, void *data)
{
	struct scull_run *run = data;
	struct vm_area_struct *vma = run->vma;
	struct page *page = scull_run_next(run);

	if (page && pte_none(ptep_get(pte)))
		set_pte_at(vma->vm_mm, address, pte,
			   pte_mkspecial(pfn_pte(page_to_pfn(page), vma->vm_page_prot)));
	return 0;
}

/* Map as bare frames. */
static int scull_map_frames(struct scull_run *run)
{
	if (SCULL_SETS_ENTRIES)
		return apply_to_page_range(run->vma->vm_mm, run->address,
					   run->end - run->address, scull_set_frame, run);
	while (run->address < run->end) {
		unsigned long address = run->address;
		struct page *page = scull_run_next(run);
		vm_fault_t ret = VM_FAULT_NOPAGE;

		if (page)
			ret = vmf_insert_pfn(run->vma, address, page_to_pfn(page));
		if (ret != VM_FAULT_NOPAGE)
			return vm_fault_to_errno(ret, 0);
	}
	return 0;
}

/*
 * Map the piece of the file that a fault is in: what is held of it, as far as the
 * mapping and the file go.
 */
static vm_fault_t scull_map_piece(struct vm_fault *vmf, unsigned int piece)
{
	struct vm_area_struct *vma = vmf->vma;
	struct scull_dev *dev = vma->vm_private_data;
	u64 size = PAGE_ALIGN((u64)atomic64_read(&dev->size));
	u64 first = (u64)vma->vm_pgoff << PAGE_SHIFT;
	struct scull_run run = { .vma = vma };
	unsigned int offset;
	u64 start, end;
	int err;

	piece = min(piece, SCULL_AROUND_MAX);
	div_u64_rem(scull_fault_pos(vmf), piece, &offset);
	start = scull_fault_pos(vmf) - offset;
	end = min3(start + piece, size, first + (vma->vm_end - vma->vm_start));
	start = max(start, first);

	scull_iter_init(&run.iter, &dev->store, start);
	run.address = vma->vm_start + (start - first);
	run.end = vma->vm_start + (end - first);
	if (dev->store.storage->refcounted)
		err = scull_map_counted(&run);
	else
		err = scull_map_frames(&run);
	return err ? vmf_error(err) : VM_FAULT_NOPAGE;
}

/* Whether one entry of the level above the pages can map the quantum of a fault. */
static bool scull_fits_huge(const struct vm_fault *vmf)
{
	const struct vm_area_struct *vma = vmf->vma;
	struct scull_dev *dev = vma->vm_private_data;
	unsigned long start = ALIGN_DOWN(vmf->address, PMD_SIZE);
	u64 pos = scull_fault_pos(vmf) - (vmf->address - start);

	/* All of it in file and mapping, where the addresses are as the offsets are. */
	if (!IS_ALIGNED(pos, PMD_SIZE) || start < vma->vm_start ||
	    start + PMD_SIZE > vma->vm_end ||
	    pos + PMD_SIZE > PAGE_ALIGN((u64)atomic64_read(&dev->size)))
		return false;
	/* Where a first write is to be noticed (a node on a disk), it goes by pages. */
	return !(vmf->flags & FAULT_FLAG_WRITE) ||
	       pgprot_val(vma->vm_page_prot) == pgprot_val(vm_get_page_prot(vma->vm_flags));
}

/*
 * Map a quantum as large as one entry of the level above the pages maps: by that
 * entry, or by pages. An entry for the whole must not be taken for a table of
 * pages; so one at a time decides which it is to be.
 */
static vm_fault_t scull_map_large(struct vm_fault *vmf, struct page *first, unsigned int piece)
{
	struct scull_dev *dev = vmf->vma->vm_private_data;
	vm_fault_t ret = VM_FAULT_FALLBACK;

	mutex_lock(&dev->large);
	if (pmd_trans_huge(READ_ONCE(*vmf->pmd)))
		ret = VM_FAULT_NOPAGE;
	else if (pmd_none(READ_ONCE(*vmf->pmd)) && scull_fits_huge(vmf))
		ret = scull_insert_pmd(vmf, first);
	if (ret & VM_FAULT_FALLBACK)
		ret = scull_map_piece(vmf, piece);
	mutex_unlock(&dev->large);
	return ret;
}

/* Whether the entry is not empty, though there is no page. */
static bool scull_noted(const struct vm_fault *vmf)
{
	return vmf->flags & FAULT_FLAG_ORIG_PTE_VALID && !pte_none(vmf->orig_pte);
}

static vm_fault_t scull_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct scull_dev *dev = vma->vm_private_data;
	const struct scull_storage *storage = dev->store.storage;
	unsigned int piece = dev->store.geometry.quantum;
	struct scull_iter iter;
	size_t left;
	void *at;

	if (scull_past_end(atomic64_read(&dev->size), vmf->pgoff))
		return VM_FAULT_SIGBUS;
	scull_iter_init(&iter, &dev->store, scull_fault_pos(vmf));
	at = scull_iter_find(&iter, &left);
	if (at) {
		piece = max(piece, rounddown(SCULL_AROUND_MIN, piece));
	} else {
		at = scull_iter_get(&iter, &left);
		/* What is said to be out of memory is retried for ever. */
		if (IS_ERR(at))
			return VM_FAULT_SIGBUS;
	}
	/* What the storage promises; else a neighbour's memory would be shown. */
	if (WARN_ON_ONCE(!PAGE_ALIGNED(at)))
		return VM_FAULT_SIGBUS;

	/*
	 * The kernel copies the page for a private mapping's write. And where it keeps a note
	 * in the entry (userfaultfd's), nobody else may replace that.
	 */
	if ((vmf->flags & FAULT_FLAG_WRITE && !(vma->vm_flags & VM_SHARED)) || scull_noted(vmf)) {
		if (!storage->refcounted)
			return VM_FAULT_SIGBUS;
		vmf->page = storage->page(at);
		get_page(vmf->page);
		return 0;
	}
	if (storage->refcounted) {
		struct page *first = compound_head(storage->page(at));

		if (page_size(first) == PMD_SIZE)
			return scull_map_large(vmf, first, piece);
	}
	return scull_map_piece(vmf, piece);
}

/* A fresh page that holds what the device holds there now. */
static vm_fault_t scull_fault_copy(struct vm_fault *vmf)
{
	struct scull_dev *dev = vmf->vma->vm_private_data;
	u64 size = atomic64_read(&dev->size);
	u64 pos = scull_fault_pos(vmf);
	size_t count, done, left;
	struct scull_iter iter;
	struct page *page;
	void *to;

	if (scull_past_end(size, vmf->pgoff))
		return VM_FAULT_SIGBUS;
	page = alloc_page(GFP_HIGHUSER | __GFP_ACCOUNT);
	if (!page)
		return VM_FAULT_OOM;

	to = kmap_local_page(page);
	count = min_t(u64, size - pos, PAGE_SIZE);
	scull_iter_init(&iter, &dev->store, pos);
	for (done = 0; done < count; done += left) {
		const void *from = scull_iter_find(&iter, &left);

		left = min(left, count - done);
		scull_iter_advance(&iter, left);
		if (from)
			memcpy(to + done, from, left);
		else
			memset(to + done, 0, left);
	}
	memset(to + count, 0, PAGE_SIZE - count);
	kunmap_local(to);
	flush_dcache_page(page);
	vmf->page = page;
	return 0;
}

/* A mapping was split, moved, or copied by a fork: there is one more. */
static void scull_vm_open(struct vm_area_struct *vma)
{
	struct scull_dev *dev = vma->vm_private_data;

	atomic_inc(&dev->maps);
}

/* The last of it is unmapped, and no processor knows it any more. */
static void scull_vm_close(struct vm_area_struct *vma)
{
	scull_dev_unmap(vma->vm_private_data);
}

/*
 * A debugger's look at bare frames, which it cannot get hold of otherwise. Not for
 * mappings of pages: what is tried last there has failed for a reason.
 */
static int scull_vm_access(struct vm_area_struct *vma, unsigned long address, void *buffer,
			   int length, int write)
{
	struct scull_dev *dev = vma->vm_private_data;
	u64 pos = ((u64)vma->vm_pgoff << PAGE_SHIFT) + (address - vma->vm_start);
	u64 size = atomic64_read(&dev->size);
	size_t left;
	void *at;

	if (scull_past_end(size, linear_page_index(vma, address)) || pos >= size ||
	    (write && !(vma->vm_flags & VM_WRITE)))
		return -EFAULT;
	at = write ? scull_store_get(&dev->store, pos, &left) :
		     scull_store_find(&dev->store, pos, &left);
	if (IS_ERR(at))
		return -EFAULT;

	/* What is asked for may go on behind the mapping. */
	left = min(left, vma->vm_end - address);
	length = min3((u64)length, (u64)left, size - pos);
	if (write)
		memcpy(at, buffer, length);
	else if (at)
		memcpy(buffer, at, length);
	else
		memset(buffer, 0, length);
	return length;
}

static const struct vm_operations_struct scull_page_ops = {
	.open = scull_vm_open,
	.close = scull_vm_close,
	.fault = scull_fault,
};

static const struct vm_operations_struct scull_frame_ops = {
	.open = scull_vm_open,
	.close = scull_vm_close,
	.fault = scull_fault,
	.access = scull_vm_access,
};

static const struct vm_operations_struct scull_copy_ops = {
	.open = scull_vm_open,
	.close = scull_vm_close,
	.fault = scull_fault_copy,
};

/* Whether this kernel stops at a slab's page in a page table: a check of its, if it is on. */
static bool scull_slab_pages_checked(void)
{
#ifdef CONFIG_PAGE_TABLE_CHECK
	return !static_branch_likely(&page_table_check_disabled);
#else
	return false;
#endif
}

/* How to map a device; its geometry stays, as it counts as mapped already. */
static int scull_map(struct scull_dev *dev, struct vm_area_struct *vma)
{
	unsigned int quantum = dev->store.geometry.quantum;

	if (dev->store.storage->refcounted && PAGE_ALIGNED(quantum)) {
		vm_flags_set(vma, VM_MIXEDMAP);
		vma->vm_ops = &scull_page_ops;
	} else if (!(vma->vm_flags & VM_MAYSHARE)) {
		/* So that a fork copies what was mapped, and not only what was stored to. */
		vm_flags_set(vma, VM_MIXEDMAP);
		vma->vm_ops = &scull_copy_ops;
	} else if (scull_slab_pages_checked()) {
		pr_info_ratelimited("%s: page_table_check lets no slab memory be mapped shared\n",
				    dev->name);
		return -ENODEV;
	} else if (PAGE_ALIGNED(quantum)) {
		vm_flags_set(vma, VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
		vma->vm_ops = &scull_frame_ops;
	} else {
		pr_info_ratelimited("%s: quanta of %u bytes cannot be mapped shared, but of %lu could\n",
				    dev->name, quantum, PAGE_ALIGN((unsigned long)quantum));
		return -ENODEV;
	}
	vma->vm_private_data = dev;
	return 0;
}

/**
 * scull_mmap() - the mmap of a node
 * @file: the open node
 * @vma: the new mapping
 *
 * Context: mmap_lock is held; waits while a trim frees the device's memory.
 * Return: 0, -ENODEV (after one line in the log) where a shared mapping would need
 * another quantum, or -EINTR if the caller was killed while waiting.
 */
int scull_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct scull_dev *dev = file->private_data;
	int err;

	err = scull_dev_map(dev);
	if (err)
		return err;
	err = scull_map(dev, vma);
	if (err)
		scull_dev_unmap(dev);
	return err;
}
