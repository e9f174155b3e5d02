/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only file that asks for the kernel's version: it gives older kernels the
 * names of the newest one, so that no other file has to know.
 */
#ifndef SCULL_COMPAT_H
#define SCULL_COMPAT_H

#include <linux/fs.h>
#include <linux/mmzone.h>
#include <linux/version.h>

/* 6.4 made MAX_ORDER inclusive, 6.8 renamed it. */
#ifndef MAX_PAGE_ORDER
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define MAX_PAGE_ORDER (MAX_ORDER - 1)
#else
#define MAX_PAGE_ORDER MAX_ORDER
#endif
#endif

/* 6.5 replaced the general one by one that copies; both call read_iter. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define copy_splice_read generic_file_splice_read
#endif

#endif
