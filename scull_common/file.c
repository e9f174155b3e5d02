// SPDX-License-Identifier: GPL-2.0
/* What a program does with a node: open, llseek, read, write, splice, fsync. */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "device.h"

/* A writer that neither reads nor appends starts a new file, as does O_TRUNC. */
static bool scull_open_trims(const struct file *file)
{
	if (!(file->f_mode & FMODE_WRITE))
		return false;
	if (file->f_flags & O_TRUNC)
		return true;
	return !(file->f_mode & FMODE_READ) && !(file->f_flags & O_APPEND);
}

static int scull_open(struct inode *inode, struct file *file)
{
	struct scull_dev *dev = scull_dev_find(inode->i_rdev);
	int err = 0;

	if (!dev)
		return -ENXIO;
	file->private_data = dev;
	/*
	 * As for a regular file: one position for all who share the descriptor,
	 * RWF_NOWAIT, and O_DIRECT (the memory is the device).
	 */
	file->f_mode |= FMODE_ATOMIC_POS | FMODE_NOWAIT | FMODE_CAN_ODIRECT;

	if (scull_open_trims(file))
		err = scull_dev_trim(dev);
	/* What is mapped stays, and the open succeeds. */
	return err == -EBUSY ? 0 : err;
}

/* The next data or hole at or after an offset. */
static loff_t scull_seek_sparse(struct scull_dev *dev, loff_t offset, int whence)
{
	loff_t size, found = -ENXIO;

	if (down_read_killable(&dev->io))
		return -EINTR;
	size = atomic64_read(&dev->size);
	if (offset >= 0 && offset < size) {
		if (whence == SEEK_HOLE)
			found = scull_store_hole(&dev->store, offset, size);
		else
			found = scull_store_data(&dev->store, offset);
	}
	up_read(&dev->io);
	/* A quantum that a failed write left behind the end is no data. */
	return found < size || whence == SEEK_HOLE ? found : -ENXIO;
}

static loff_t scull_llseek(struct file *file, loff_t offset, int whence)
{
	struct scull_dev *dev = file->private_data;
	loff_t limit = scull_store_limit(&dev->store);

	if (whence == SEEK_DATA || whence == SEEK_HOLE) {
		offset = scull_seek_sparse(dev, offset, whence);
		return offset < 0 ? offset : vfs_setpos(file, offset, limit);
	}
	return generic_file_llseek_size(file, offset, whence, limit, atomic64_read(&dev->size));
}

/*
 * What moves the bytes of a request from a piece of the device's memory or to it.
 * Returns how many: fewer than it was to, if the program's memory cannot be accessed.
 * A plain read() or write() goes straight to the one buffer that it has, and not by an
 * iov_iter: that is a tenth of what 4 KiB cost.
 */
typedef size_t (*scull_out_fn)(void *where, const void *from, size_t count);
typedef size_t (*scull_in_fn)(void *where, void *to, size_t count);

static size_t scull_out_iter(void *where, const void *from, size_t count)
{
	return copy_to_iter(from, count, where);
}

static size_t scull_in_iter(void *where, void *to, size_t count)
{
	return copy_from_iter(to, count, where);
}

/* The kernel has seen to it that the whole buffer is in user space. */
static size_t scull_out_user(void *where, const void *from, size_t count)
{
	char __user **buffer = where;
	size_t done = count - __copy_to_user(*buffer, from, count);

	*buffer += done;
	return done;
}

/* Not copy_from_user(), which zeroes what it does not copy: the file keeps that. */
static size_t scull_in_user(void *where, void *to, size_t count)
{
	const char __user **buffer = where;
	size_t done = count - __copy_from_user(to, *buffer, count);

	*buffer += done;
	return done;
}

/*
 * A copy that ends early tells on some processors only about where it had to stop: arm64's
 * up to 63 bytes before, i386's of whole pieces of 64. At least one byte more gets
 * through until there is none; so all do, and none that went unsaid is left behind.
 */
static __always_inline size_t scull_out(scull_out_fn out, void *where, const void *from,
					size_t count)
{
	return out(where, from, count) ?: out(where, from, 1);
}

static __always_inline size_t scull_in(scull_in_fn in, void *where, void *to, size_t count)
{
	return in(where, to, count) ?: in(where, to, 1);
}

static int scull_lock_shared(struct scull_dev *dev, bool nowait)
{
	if (nowait)
		return down_read_trylock(&dev->io) ? 0 : -EAGAIN;
	return down_read_killable(&dev->io);
}

static int scull_lock_exclusive(struct scull_dev *dev, bool nowait)
{
	if (nowait)
		return down_write_trylock(&dev->io) ? 0 : -EAGAIN;
	return down_write_killable(&dev->io);
}

/*
 * Between two parts of a request: whether to stop, and why. Also where a large
 * request lets others run. A part of which not all was copied has to go on (see above).
 */
static int scull_io_error(size_t copied, size_t part)
{
	if (!copied)
		return -EFAULT;
	if (copied == part && fatal_signal_pending(current))
		return -EINTR;
	cond_resched();
	return 0;
}

static __always_inline ssize_t scull_read_at(struct scull_dev *dev, loff_t *at, size_t count,
					     bool nowait, scull_out_fn out, void *where)
{
	loff_t size, pos = *at;
	ssize_t err, done = 0;
	struct scull_iter iter;
	size_t left;

	err = scull_lock_shared(dev, nowait);
	if (err)
		return err;
	size = atomic64_read(&dev->size);
	left = pos < size ? min_t(u64, count, size - pos) : 0;
	scull_iter_init(&iter, &dev->store, pos);
	while (!err && left) {
		const void *from;
		size_t part, copied;

		from = scull_iter_find(&iter, &part);
		part = min(part, left);
		/* Zeros by copying, as that stops at the very byte that cannot be written. */
		if (!from) {
			from = page_address(ZERO_PAGE(0));
			part = min(part, PAGE_SIZE);
		}
		copied = scull_out(out, where, from, part);
		scull_iter_advance(&iter, copied);
		left -= copied;
		done += copied;
		if (left)
			err = scull_io_error(copied, part);
	}
	up_read(&dev->io);

	*at = pos + done;
	return done ?: err;
}

static ssize_t scull_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	return scull_read_at(iocb->ki_filp->private_data, &iocb->ki_pos, iov_iter_count(to),
			     iocb->ki_flags & IOCB_NOWAIT, scull_out_iter, to);
}

static ssize_t scull_read(struct file *file, char __user *to, size_t count, loff_t *at)
{
	return scull_read_at(file->private_data, at, count, false, scull_out_user, &to);
}

/*
 * Fill the hole at a place from a source. Nobody sees the memory before that; so what
 * is written whole need not be zeroed first.
 */
static __always_inline ssize_t scull_write_hole(struct scull_iter *iter, size_t part,
						scull_in_fn in, void *where)
{
	bool whole = part == iter->store->geometry.quantum;
	void *quantum, *held;
	size_t copied;

	quantum = scull_iter_alloc(iter, whole ? 0 : __GFP_ZERO);
	if (IS_ERR(quantum))
		return PTR_ERR(quantum);
	copied = scull_in(in, where, quantum + iter->offset, part);
	if (whole)
		memset(quantum + copied, 0, part - copied);

	/* A source that cannot be read must not leave an empty quantum behind. */
	held = copied ? scull_iter_publish(iter, quantum) : ERR_PTR(-EFAULT);
	if (held == quantum)
		return copied;
	/* A mapping was touched there meanwhile. */
	if (!IS_ERR(held))
		memcpy(held + iter->offset, quantum + iter->offset, copied);
	scull_iter_discard(iter, quantum);
	return IS_ERR(held) ? PTR_ERR(held) : copied;
}

/*
 * Let the file end at a new size. Up to where it was written, it reads as zeros from
 * its old end on; but a mapping may have stored there, in the file's last page.
 */
static void scull_grow(struct scull_dev *dev, loff_t written, loff_t size)
{
	loff_t pos = atomic64_read(&dev->size);
	loff_t end = min_t(loff_t, written, PAGE_ALIGN(pos));
	struct scull_iter iter;
	size_t left;

	if (pos < end)
		scull_iter_init(&iter, &dev->store, pos);
	for (; pos < end; pos += left) {
		void *at = scull_iter_find(&iter, &left);

		left = min_t(loff_t, left, end - pos);
		if (at)
			memset(at, 0, left);
		scull_iter_advance(&iter, left);
	}
	atomic64_set(&dev->size, size);
}

static __always_inline ssize_t scull_write_at(struct scull_dev *dev, loff_t *at, size_t count,
					      bool append, bool nowait, scull_in_fn in,
					      void *where)
{
	loff_t limit, size, start;
	ssize_t err, done = 0;
	struct scull_iter iter;
	size_t left;

	if (!count)
		return 0;
	err = scull_lock_exclusive(dev, nowait);
	if (err)
		return err;

	limit = scull_store_limit(&dev->store);
	size = atomic64_read(&dev->size);
	start = append ? size : *at;
	left = start < limit ? min_t(u64, count, limit - start) : 0;
	if (!left)
		err = -EFBIG;
	/* Taking memory may wait. All or nothing: a short write is no answer here. */
	else if (nowait && !scull_store_holds(&dev->store, start, left))
		err = -EAGAIN;

	scull_iter_init(&iter, &dev->store, start);
	while (!err && left) {
		size_t part;
		void *to = scull_iter_find(&iter, &part);
		ssize_t copied;

		part = min(part, left);
		copied = to ? scull_in(in, where, to, part) :
			      scull_write_hole(&iter, part, in, where);
		if (copied < 0) {
			err = copied;
			break;
		}
		scull_iter_advance(&iter, copied);
		left -= copied;
		done += copied;
		if (left)
			err = scull_io_error(copied, part);
	}
	/* The size grows by what was copied, so that a short write shows no more. */
	if (done && start + done > size)
		scull_grow(dev, start, start + done);
	up_write(&dev->io);

	if (done)
		*at = start + done;
	return done ?: err;
}

static ssize_t scull_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	return scull_write_at(iocb->ki_filp->private_data, &iocb->ki_pos, iov_iter_count(from),
			      iocb->ki_flags & IOCB_APPEND, iocb->ki_flags & IOCB_NOWAIT,
			      scull_in_iter, from);
}

static ssize_t scull_write(struct file *file, const char __user *from, size_t count, loff_t *at)
{
	return scull_write_at(file->private_data, at, count, file->f_flags & O_APPEND, false,
			      scull_in_user, &from);
}

const struct file_operations scull_fops = {
	.owner = THIS_MODULE,
	.open = scull_open,
	.llseek = scull_llseek,
	.read = scull_read,
	.write = scull_write,
	.read_iter = scull_read_iter,
	.write_iter = scull_write_iter,
	.splice_read = copy_splice_read,
	.splice_write = iter_file_splice_write,
	.fsync = noop_fsync,
	.mmap = scull_mmap,
	/* So that large pages fit, where they can be. */
	.get_unmapped_area = thp_get_unmapped_area,
	.unlocked_ioctl = scull_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
