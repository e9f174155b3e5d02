// SPDX-License-Identifier: GPL-2.0
/* What a program does with a node: open, llseek, read, write, splice, fsync. */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
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

static int scull_lock_shared(struct scull_dev *dev, const struct kiocb *iocb)
{
	if (iocb->ki_flags & IOCB_NOWAIT)
		return down_read_trylock(&dev->io) ? 0 : -EAGAIN;
	return down_read_killable(&dev->io);
}

static int scull_lock_exclusive(struct scull_dev *dev, const struct kiocb *iocb)
{
	if (iocb->ki_flags & IOCB_NOWAIT)
		return down_write_trylock(&dev->io) ? 0 : -EAGAIN;
	return down_write_killable(&dev->io);
}

/*
 * Between two parts of a request: whether to stop, and why. Also where a large
 * request lets others run.
 */
static int scull_io_error(size_t copied, size_t part)
{
	if (copied < part)
		return -EFAULT;
	if (fatal_signal_pending(current))
		return -EINTR;
	cond_resched();
	return 0;
}

static ssize_t scull_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct scull_dev *dev = iocb->ki_filp->private_data;
	loff_t pos = iocb->ki_pos;
	ssize_t done, err;
	loff_t size;

	err = scull_lock_shared(dev, iocb);
	if (err)
		return err;
	size = atomic64_read(&dev->size);
	while (!err && iov_iter_count(to) && pos < size) {
		const void *from;
		size_t left, part, copied;

		from = scull_store_find(&dev->store, pos, &left);
		part = min_t(u64, min(left, iov_iter_count(to)), size - pos);
		copied = from ? copy_to_iter(from, part, to) : iov_iter_zero(part, to);
		pos += copied;
		err = scull_io_error(copied, part);
	}
	up_read(&dev->io);

	done = pos - iocb->ki_pos;
	iocb->ki_pos = pos;
	return done ?: err;
}

/* The memory to write to at an offset, or an error; allocates in a hole. */
static void *scull_write_at(struct scull_dev *dev, loff_t pos, size_t *left,
			    const struct iov_iter *from)
{
	void *to = scull_store_find(&dev->store, pos, left);

	if (to)
		return to;
	/* A source that cannot be read must not leave an empty quantum behind. */
	if (fault_in_iov_iter_readable(from, 1))
		return ERR_PTR(-EFAULT);
	return scull_store_get(&dev->store, pos, left);
}

/*
 * Let the file end at a new size. Up to where it was written, it reads as zeros from
 * its old end on; but a mapping may have stored there, in the file's last page.
 */
static void scull_grow(struct scull_dev *dev, loff_t written, loff_t size)
{
	loff_t pos = atomic64_read(&dev->size);
	loff_t end = min_t(loff_t, written, PAGE_ALIGN(pos));
	size_t left;

	for (; pos < end; pos += left) {
		void *at = scull_store_find(&dev->store, pos, &left);

		left = min_t(loff_t, left, end - pos);
		if (at)
			memset(at, 0, left);
	}
	atomic64_set(&dev->size, size);
}

static ssize_t scull_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct scull_dev *dev = iocb->ki_filp->private_data;
	loff_t limit, size, start, pos;
	ssize_t done, err;

	if (!iov_iter_count(from))
		return 0;
	err = scull_lock_exclusive(dev, iocb);
	if (err)
		return err;

	limit = scull_store_limit(&dev->store);
	size = atomic64_read(&dev->size);
	start = iocb->ki_flags & IOCB_APPEND ? size : iocb->ki_pos;
	if (start >= limit)
		err = -EFBIG;
	else
		iov_iter_truncate(from, limit - start);
	/* Taking memory may wait. All or nothing: a short write is no answer here. */
	if (!err && (iocb->ki_flags & IOCB_NOWAIT) &&
	    !scull_store_holds(&dev->store, start, iov_iter_count(from)))
		err = -EAGAIN;

	for (pos = start; !err && iov_iter_count(from); ) {
		size_t left, part, copied;
		void *to;

		to = scull_write_at(dev, pos, &left, from);
		if (IS_ERR(to)) {
			err = PTR_ERR(to);
			break;
		}
		part = min(left, iov_iter_count(from));
		copied = copy_from_iter(to, part, from);
		pos += copied;
		err = scull_io_error(copied, part);
	}
	/* The size grows by what was copied, so that a short write shows no more. */
	if (pos > start && pos > size)
		scull_grow(dev, start, pos);
	up_write(&dev->io);

	done = pos - start;
	if (done)
		iocb->ki_pos = pos;
	return done ?: err;
}

const struct file_operations scull_fops = {
	.owner = THIS_MODULE,
	.open = scull_open,
	.llseek = scull_llseek,
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
