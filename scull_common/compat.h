/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only file that asks for the kernel's version: it gives older kernels the
 * names of the newest one, so that no other file has to know.
 */
#ifndef SCULL_COMPAT_H
#define SCULL_COMPAT_H

#include <linux/device/class.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/version.h>
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#include <linux/pfn_t.h>
#endif

/* 6.4 made MAX_ORDER inclusive, 6.8 renamed it. */
#ifndef MAX_PAGE_ORDER
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define MAX_PAGE_ORDER (MAX_ORDER - 1)
#else
#define MAX_PAGE_ORDER MAX_ORDER
#endif
#endif

/* 6.3 made a mapping's flags read-only but for these. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags |= flags;
}
#endif

/* 6.4 took the owner away from a class. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#undef class_create
#define class_create(name)			\
({						\
	static struct lock_class_key key;	\
						\
	__class_create(THIS_MODULE, name, &key);	\
})
#endif

/* 6.5 replaced the general one by one that copies; both call read_iter. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define copy_splice_read generic_file_splice_read
#endif

/*
 * Map a compound page by one entry of the level above the pages, in a mapping that has
 * entries for single pages too. Before 6.12 a bare frame could be mapped so and still be
 * pinned. vmf_insert_folio_pmd() of 6.15 is not for this: it counts the folio as mapped,
 * and the end of a mixed mapping does not count it back.
 */
static inline vm_fault_t scull_insert_pmd(struct vm_fault *vmf, struct page *page)
{
#if defined(CONFIG_TRANSPARENT_HUGEPAGE) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
	/* Not every processor has what the kernel has been built for. */
	if (has_transparent_hugepage())
		return vmf_insert_pfn_pmd(vmf, pfn_to_pfn_t(page_to_pfn(page)), false);
#endif
	return VM_FAULT_FALLBACK;
}

#endif
