/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The control commands of the scull family, for user programs (C and C++) and the
 * kernel alike. Installed as <scull/ioctl.h>.
 *
 * Classic commands. Each driver has thirteen, under the names and numbers that
 * they always had. The letter says how the value travels:
 *	S	set: from an int that the argument points to
 *	T	tell: from the argument itself
 *	G	get: into an int that the argument points to
 *	Q	query: as the return value
 *	X	exchange: set as S, and get the old value as G
 *	H	shift: tell as T, and query the old value as Q
 * and the rest what it is: QUANTUM (bytes) or ORDER (of pages) of a quantum, QSET
 * (quanta in an item). IOCRESET goes back to the values that the driver was
 * loaded with.
 *
 * They set the device's next geometry, which applies from its next trim on: what
 * is held stays readable. Setting needs CAP_SYS_ADMIN (else EPERM); a value out of
 * range is EINVAL and changes nothing; scullc's quantum is fixed when it is loaded
 * (EOPNOTSUPP).
 */
#ifndef SCULL_IOCTL_H
#define SCULL_IOCTL_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define SCULL_IOC_MAGIC		'k'
#define SCULL_IOCRESET		_IO(SCULL_IOC_MAGIC, 0)
#define SCULL_IOCSQUANTUM	_IOW(SCULL_IOC_MAGIC, 1, int)
#define SCULL_IOCSQSET		_IOW(SCULL_IOC_MAGIC, 2, int)
#define SCULL_IOCTQUANTUM	_IO(SCULL_IOC_MAGIC, 3)
#define SCULL_IOCTQSET		_IO(SCULL_IOC_MAGIC, 4)
#define SCULL_IOCGQUANTUM	_IOR(SCULL_IOC_MAGIC, 5, int)
#define SCULL_IOCGQSET		_IOR(SCULL_IOC_MAGIC, 6, int)
#define SCULL_IOCQQUANTUM	_IO(SCULL_IOC_MAGIC, 7)
#define SCULL_IOCQQSET		_IO(SCULL_IOC_MAGIC, 8)
#define SCULL_IOCXQUANTUM	_IOWR(SCULL_IOC_MAGIC, 9, int)
#define SCULL_IOCXQSET		_IOWR(SCULL_IOC_MAGIC, 10, int)
#define SCULL_IOCHQUANTUM	_IO(SCULL_IOC_MAGIC, 11)
#define SCULL_IOCHQSET		_IO(SCULL_IOC_MAGIC, 12)

#define SCULLC_IOC_MAGIC	'K'
#define SCULLC_IOCRESET		_IO(SCULLC_IOC_MAGIC, 0)
#define SCULLC_IOCSQUANTUM	_IOW(SCULLC_IOC_MAGIC, 1, int)
#define SCULLC_IOCTQUANTUM	_IO(SCULLC_IOC_MAGIC, 2)
#define SCULLC_IOCGQUANTUM	_IOR(SCULLC_IOC_MAGIC, 3, int)
#define SCULLC_IOCQQUANTUM	_IO(SCULLC_IOC_MAGIC, 4)
#define SCULLC_IOCXQUANTUM	_IOWR(SCULLC_IOC_MAGIC, 5, int)
#define SCULLC_IOCHQUANTUM	_IO(SCULLC_IOC_MAGIC, 6)
#define SCULLC_IOCSQSET		_IOW(SCULLC_IOC_MAGIC, 7, int)
#define SCULLC_IOCTQSET		_IO(SCULLC_IOC_MAGIC, 8)
#define SCULLC_IOCGQSET		_IOR(SCULLC_IOC_MAGIC, 9, int)
#define SCULLC_IOCQQSET		_IO(SCULLC_IOC_MAGIC, 10)
#define SCULLC_IOCXQSET		_IOWR(SCULLC_IOC_MAGIC, 11, int)
#define SCULLC_IOCHQSET		_IO(SCULLC_IOC_MAGIC, 12)

#define SCULLP_IOC_MAGIC	'K'
#define SCULLP_IOCRESET		_IO(SCULLP_IOC_MAGIC, 0)
#define SCULLP_IOCSORDER	_IOW(SCULLP_IOC_MAGIC, 1, int)
#define SCULLP_IOCTORDER	_IO(SCULLP_IOC_MAGIC, 2)
#define SCULLP_IOCGORDER	_IOR(SCULLP_IOC_MAGIC, 3, int)
#define SCULLP_IOCQORDER	_IO(SCULLP_IOC_MAGIC, 4)
#define SCULLP_IOCXORDER	_IOWR(SCULLP_IOC_MAGIC, 5, int)
#define SCULLP_IOCHORDER	_IO(SCULLP_IOC_MAGIC, 6)
#define SCULLP_IOCSQSET		_IOW(SCULLP_IOC_MAGIC, 7, int)
#define SCULLP_IOCTQSET		_IO(SCULLP_IOC_MAGIC, 8)
#define SCULLP_IOCGQSET		_IOR(SCULLP_IOC_MAGIC, 9, int)
#define SCULLP_IOCQQSET		_IO(SCULLP_IOC_MAGIC, 10)
#define SCULLP_IOCXQSET		_IOWR(SCULLP_IOC_MAGIC, 11, int)
#define SCULLP_IOCHQSET		_IO(SCULLP_IOC_MAGIC, 12)

#define SCULLV_IOC_MAGIC	'K'
#define SCULLV_IOCRESET		_IO(SCULLV_IOC_MAGIC, 0)
#define SCULLV_IOCSORDER	_IOW(SCULLV_IOC_MAGIC, 1, int)
#define SCULLV_IOCTORDER	_IO(SCULLV_IOC_MAGIC, 2)
#define SCULLV_IOCGORDER	_IOR(SCULLV_IOC_MAGIC, 3, int)
#define SCULLV_IOCQORDER	_IO(SCULLV_IOC_MAGIC, 4)
#define SCULLV_IOCXORDER	_IOWR(SCULLV_IOC_MAGIC, 5, int)
#define SCULLV_IOCHORDER	_IO(SCULLV_IOC_MAGIC, 6)
#define SCULLV_IOCSQSET		_IOW(SCULLV_IOC_MAGIC, 7, int)
#define SCULLV_IOCTQSET		_IO(SCULLV_IOC_MAGIC, 8)
#define SCULLV_IOCGQSET		_IOR(SCULLV_IOC_MAGIC, 9, int)
#define SCULLV_IOCQQSET		_IO(SCULLV_IOC_MAGIC, 10)
#define SCULLV_IOCXQSET		_IOWR(SCULLV_IOC_MAGIC, 11, int)
#define SCULLV_IOCHQSET		_IO(SCULLV_IOC_MAGIC, 12)

/* Commands that all drivers have in common: type 'K', numbers from 32 up. */
#define SCULL_IOC_COMMON	'K'

#define SCULL_INFO_VERSION	1
#define SCULL_INFO_SIZE_1	128	/* sizeof(struct scull_info) in version 1 */

/* scull_info.flags */
#define SCULL_INFO_BY_ORDER	(1U << 0)	/* quanta are chosen by order */
#define SCULL_INFO_FIXED	(1U << 1)	/* the quantum is fixed at load */

/**
 * struct scull_info - what a device is and holds
 * @version: SCULL_INFO_VERSION of the kernel's side. Later versions only append
 *	fields: a program compiled against another version gets the fields that
 *	both know, and zeros for those that only it knows.
 * @flags: SCULL_INFO_*
 * @size: bytes in the file
 * @allocated: bytes of memory held, quanta and items
 * @capacity: most bytes that all devices of the family may hold together
 * @held: bytes that they hold now
 * @quantum: bytes in a quantum
 * @order: of a quantum's pages, with SCULL_INFO_BY_ORDER, else 0
 * @qset: quanta in an item
 * @next_quantum: as @quantum, from the next trim on
 * @next_order: as @order, from the next trim on
 * @next_qset: as @qset, from the next trim on
 * @max: the largest order, or quantum in bytes, that can be set
 * @max_qset: the largest qset that can be set
 * @mappings: how many mappings of the device there are
 * @reserved: 0
 * @device: its name, such as scullp0
 * @storage: the kind of memory: kmalloc, kmem_cache, pages or vmalloc
 */
struct scull_info {
	__u32 version;
	__u32 flags;
	__aligned_u64 size;
	__aligned_u64 allocated;
	__aligned_u64 capacity;
	__aligned_u64 held;
	__u32 quantum;
	__u32 order;
	__u32 qset;
	__u32 next_quantum;
	__u32 next_order;
	__u32 next_qset;
	__u32 max;
	__u32 max_qset;
	__u32 mappings;
	__u32 reserved;
	char device[32];
	char storage[16];
};

/**
 * struct scull_extent - a physically contiguous piece of a device's memory
 * @offset: where to look, in bytes; set to the start of the piece, the first that
 *	is held at or after it
 * @length: bytes in the piece, which does not go beyond its quantum
 * @address: of the piece in the kernel; 0 without CAP_SYSLOG
 * @frame: number of the page frame it starts in; 0 without CAP_SYS_ADMIN
 */
struct scull_extent {
	__aligned_u64 offset;
	__aligned_u64 length;
	__aligned_u64 address;
	__aligned_u64 frame;
};

/**
 * struct scull_next_geometry - a device's geometry from its next trim on
 * @which: what is set, SCULL_NEXT_*; the rest stays
 * @unit: the order, with SCULL_INFO_BY_ORDER, else the quantum in bytes
 * @qset: quanta in an item
 * @reserved: 0
 */
struct scull_next_geometry {
	__u32 which;
	__u32 unit;
	__u32 qset;
	__u32 reserved;
};

#define SCULL_NEXT_UNIT		(1U << 0)
#define SCULL_NEXT_QSET		(1U << 1)

/*
 * Give back all memory and set the size to 0; the next geometry applies. Needs a
 * descriptor that may write (EBADF); EBUSY while the device is mapped.
 */
#define SCULL_IOC_TRIM		_IO(SCULL_IOC_COMMON, 32)
#define SCULL_IOC_INFO		_IOR(SCULL_IOC_COMMON, 33, struct scull_info)
/* ENXIO where nothing is held at or after the offset. */
#define SCULL_IOC_EXTENT	_IOWR(SCULL_IOC_COMMON, 34, struct scull_extent)
/* As the classic commands set, for every driver and all at once or not at all. */
#define SCULL_IOC_GEOMETRY	_IOW(SCULL_IOC_COMMON, 35, struct scull_next_geometry)

#endif
