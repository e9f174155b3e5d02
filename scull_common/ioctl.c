// SPDX-License-Identifier: GPL-2.0
/* The control commands, see scull_ioctl.h. */
#include <linux/build_bug.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>

#include "device.h"
#include "scull_ioctl.h"

/* How a classic command moves its value, in the order of their numbers. */
enum scull_verb {
	SCULL_SET, SCULL_TELL, SCULL_GET, SCULL_QUERY, SCULL_EXCHANGE, SCULL_SHIFT,
	SCULL_VERBS
};

static const struct {
	unsigned int direction;	/* of the pointer's int; none: the value itself */
	bool sets;
	bool returns;		/* the old value, as the command's result */
} scull_verbs[SCULL_VERBS] = {
	[SCULL_SET] = { _IOC_WRITE, true, false },
	[SCULL_TELL] = { _IOC_NONE, true, false },
	[SCULL_GET] = { _IOC_READ, false, false },
	[SCULL_QUERY] = { _IOC_NONE, false, true },
	[SCULL_EXCHANGE] = { _IOC_READ | _IOC_WRITE, true, false },
	[SCULL_SHIFT] = { _IOC_NONE, true, true },
};

/*
 * Take a classic command's number apart. Under the type 'k' the commands for the
 * quantum and the qset alternate; under 'K' those for the qset follow the others.
 */
static bool scull_classic_decode(unsigned char type, unsigned int cmd, enum scull_verb *verb,
				 bool *qset)
{
	unsigned int number = _IOC_NR(cmd) - 1;
	unsigned int direction;

	if (_IOC_TYPE(cmd) != type || number >= 2 * SCULL_VERBS)
		return false;
	if (type == SCULL_IOC_MAGIC) {
		*verb = number / 2;
		*qset = number % 2;
	} else {
		*verb = number % SCULL_VERBS;
		*qset = number / SCULL_VERBS;
	}
	direction = scull_verbs[*verb].direction;
	return cmd == _IOC(direction, type, number + 1, direction ? sizeof(int) : 0);
}

/* Whether a device can have this as its next geometry. */
static int scull_check_next(const struct scull_dev *dev, struct scull_geometry *next,
			    bool sets_unit)
{
	if (sets_unit && dev->store.storage->fixed)
		return -EOPNOTSUPP;
	return scull_geometry_check(dev->name, dev->store.storage, next);
}

/* The number that says how large a quantum is. */
static unsigned int *scull_unit(const struct scull_dev *dev, struct scull_geometry *geometry)
{
	return dev->store.storage->by_order ? &geometry->order : &geometry->quantum;
}

static long scull_next(struct scull_dev *dev, const struct scull_next_geometry __user *user)
{
	struct scull_next_geometry request;
	struct scull_geometry next;
	long err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (copy_from_user(&request, user, sizeof(request)))
		return -EFAULT;
	if (request.which & ~(SCULL_NEXT_UNIT | SCULL_NEXT_QSET) || request.reserved)
		return -EINVAL;

	if (down_write_killable(&dev->io))
		return -EINTR;
	next = dev->next;
	if (request.which & SCULL_NEXT_UNIT)
		*scull_unit(dev, &next) = request.unit;
	if (request.which & SCULL_NEXT_QSET)
		next.qset = request.qset;
	err = scull_check_next(dev, &next, request.which & SCULL_NEXT_UNIT);
	if (!err)
		dev->next = next;
	up_write(&dev->io);
	return err;
}

static int scull_reset(struct scull_dev *dev)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (down_write_killable(&dev->io))
		return -EINTR;
	dev->next = dev->driver->geometry;
	up_write(&dev->io);
	return 0;
}

/* With dev->io held, for writing if the command sets. A failure changes nothing. */
static long scull_classic_locked(struct scull_dev *dev, enum scull_verb verb, bool qset,
				 unsigned int new, int __user *out)
{
	struct scull_geometry next = dev->next;
	unsigned int *value = qset ? &next.qset : scull_unit(dev, &next);
	unsigned int old = *value;
	int err;

	if (scull_verbs[verb].sets) {
		*value = new;
		err = scull_check_next(dev, &next, !qset);
		if (err)
			return err;
	}
	if (scull_verbs[verb].direction & _IOC_READ && put_user((int)old, out))
		return -EFAULT;
	if (scull_verbs[verb].sets)
		dev->next = next;
	return scull_verbs[verb].returns ? old : 0;
}

static long scull_classic_set(struct scull_dev *dev, enum scull_verb verb, bool qset,
			      unsigned long arg)
{
	int __user *pointer = (int __user *)arg;
	unsigned int new = arg;
	long result;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (scull_verbs[verb].direction & _IOC_WRITE) {
		if (get_user(new, pointer))
			return -EFAULT;
	} else if (new != arg) {
		return -EINVAL;
	}
	if (down_write_killable(&dev->io))
		return -EINTR;
	result = scull_classic_locked(dev, verb, qset, new, pointer);
	up_write(&dev->io);
	return result;
}

static long scull_classic_get(struct scull_dev *dev, enum scull_verb verb, bool qset,
			      unsigned long arg)
{
	long result;

	if (down_read_killable(&dev->io))
		return -EINTR;
	result = scull_classic_locked(dev, verb, qset, 0, (int __user *)arg);
	up_read(&dev->io);
	return result;
}

static long scull_info(struct scull_dev *dev, unsigned int cmd, void __user *to)
{
	const struct scull_store *store = &dev->store;
	size_t size = min_t(size_t, _IOC_SIZE(cmd), sizeof(struct scull_info));
	struct scull_info info = {
		.version = SCULL_INFO_VERSION,
		.max = store->storage->max,
		.max_qset = SCULL_QSET_MAX,
	};

	BUILD_BUG_ON(sizeof(info) != SCULL_INFO_SIZE_1);
	if (_IOC_SIZE(cmd) < SCULL_INFO_SIZE_1)
		return -EINVAL;

	if (down_read_killable(&dev->io))
		return -EINTR;
	if (store->storage->by_order)
		info.flags |= SCULL_INFO_BY_ORDER;
	if (store->storage->fixed)
		info.flags |= SCULL_INFO_FIXED;
	info.size = atomic64_read(&dev->size);
	info.allocated = atomic64_read(&store->held);
	scull_capacity_read(&info.capacity, &info.held);
	info.quantum = store->geometry.quantum;
	info.order = store->geometry.order;
	info.qset = store->geometry.qset;
	info.next_quantum = dev->next.quantum;
	info.next_order = dev->next.order;
	info.next_qset = dev->next.qset;
	info.mappings = scull_dev_mappings(dev);
	strscpy(info.device, dev->name, sizeof(info.device));
	strscpy(info.storage, store->storage->name, sizeof(info.storage));
	up_read(&dev->io);

	if (copy_to_user(to, &info, size) || clear_user(to + size, _IOC_SIZE(cmd) - size))
		return -EFAULT;
	return 0;
}

/* How many of the bytes from an address on are physically contiguous. */
static size_t scull_contiguous(const struct scull_storage *storage, const void *from, size_t left)
{
	unsigned long frame = page_to_pfn(storage->page(from));
	size_t length = PAGE_SIZE - offset_in_page(from);

	while (length < left && page_to_pfn(storage->page(from + length)) == ++frame)
		length += PAGE_SIZE;
	return min(length, left);
}

static long scull_extent(struct scull_dev *dev, struct scull_extent __user *user)
{
	struct scull_store *store = &dev->store;
	struct scull_extent extent;
	const void *at = NULL;
	loff_t pos = -ENXIO;
	size_t left;

	if (copy_from_user(&extent, user, sizeof(extent)))
		return -EFAULT;

	if (down_read_killable(&dev->io))
		return -EINTR;
	if (extent.offset < scull_store_limit(store))
		pos = scull_store_data(store, extent.offset);
	if (pos >= 0)
		at = scull_store_find(store, pos, &left);
	extent = (struct scull_extent) { .offset = pos };
	if (at) {
		extent.length = scull_contiguous(store->storage, at, left);
		/* Not to see is no offence: nothing for the audit log. */
		if (ns_capable_noaudit(&init_user_ns, CAP_SYSLOG))
			extent.address = (unsigned long)at;
		if (ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN))
			extent.frame = page_to_pfn(store->storage->page(at));
	}
	up_read(&dev->io);

	if (!at)
		return -ENXIO;
	return copy_to_user(user, &extent, sizeof(extent)) ? -EFAULT : 0;
}

/**
 * scull_ioctl() - the unlocked_ioctl of a node
 * @file: the open node
 * @cmd: a command from scull_ioctl.h
 * @arg: its argument
 *
 * Return: what the command says, or -ENOTTY for one that the driver has not.
 */
long scull_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct scull_dev *dev = file->private_data;
	unsigned char type = dev->driver->ioctl_type;
	enum scull_verb verb;
	bool qset;

	if (cmd == _IO(type, 0))
		return scull_reset(dev);
	if (scull_classic_decode(type, cmd, &verb, &qset))
		return scull_verbs[verb].sets ? scull_classic_set(dev, verb, qset, arg) :
						scull_classic_get(dev, verb, qset, arg);

	switch (cmd) {
	case SCULL_IOC_TRIM:
		return file->f_mode & FMODE_WRITE ? scull_dev_trim(dev) : -EBADF;
	case SCULL_IOC_EXTENT:
		return scull_extent(dev, (struct scull_extent __user *)arg);
	case SCULL_IOC_GEOMETRY:
		return scull_next(dev, (const struct scull_next_geometry __user *)arg);
	}
	/* The size of the info is its version, so any size is the same command. */
	if ((cmd & ~IOCSIZE_MASK) == (SCULL_IOC_INFO & ~IOCSIZE_MASK))
		return scull_info(dev, cmd, (void __user *)arg);
	return -ENOTTY;
}
