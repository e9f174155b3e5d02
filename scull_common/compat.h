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
#include <linux/pfn_t.h>
#include <linux/version.h>

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
 * 6.15 maps a folio by one entry of the level above the pages. Before 6.12 a bare
 * frame could be mapped so and still be pinned; in between, nothing does both.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
static inline vm_fault_t vmf_insert_folio_pmd(struct vm_fault *vmf, struct folio *folio, bool write)
{
#if defined(CONFIG_TRANSPARENT_HUGEPAGE) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
	return vmf_insert_pfn_pmd(vmf, pfn_to_pfn_t(folio_pfn(folio)), write);
#else
	return VM_FAULT_FALLBACK;
#endif
}
#endif

#endif
