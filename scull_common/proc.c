// SPDX-License-Identifier: GPL-2.0
/*
 * The memory dump, /proc/scull*mem: for each device its geometry and size, then
 * each item and each quantum with its address.
 *
 * Every record is looked up afresh and copied, so no lock is held between two
 * records, and the dump neither waits for writers nor makes them wait.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/proc_fs.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/user_namespace.h>

#include "device.h"

/**
 * struct scull_dump - where an open dump is
 * @driver: whose devices are dumped
 * @exact: the opener may see kernel addresses
 * @dev: device of the current record; driver->devs at the end
 * @in_device: the current record is a quantum, not the device's heading
 * @new_item: the current record is the first of its item
 * @cursor: the quantum
 */
struct scull_dump {
	struct scull_driver *driver;
	bool exact;
	unsigned int dev;
	bool in_device;
	bool new_item;
	struct scull_cursor cursor;
};

/* The record after the heading or the quantum that the dump is at. */
static void scull_dump_advance(struct scull_dump *dump)
{
	struct scull_cursor *cursor = &dump->cursor;
	const void *last = cursor->item_at;

	if (dump->in_device)
		cursor->slot++;
	else
		*cursor = (struct scull_cursor) {};

	if (scull_store_walk(&dump->driver->dev[dump->dev].store, cursor)) {
		dump->new_item = !dump->in_device || cursor->item_at != last;
		dump->in_device = true;
	} else {
		dump->in_device = false;
		dump->dev++;
	}
}

static void *scull_dump_start(struct seq_file *seq, loff_t *pos)
{
	struct scull_dump *dump = seq->private;

	if (*pos == 0) {
		dump->dev = 0;
		dump->in_device = false;
	}
	return dump->dev < dump->driver->devs ? dump : NULL;
}

static void *scull_dump_next(struct seq_file *seq, void *record, loff_t *pos)
{
	struct scull_dump *dump = seq->private;

	/* A seek goes through all that is before it, in one call. */
	if (fatal_signal_pending(current))
		return ERR_PTR(-EINTR);
	cond_resched();

	scull_dump_advance(dump);
	++*pos;
	return dump->dev < dump->driver->devs ? dump : NULL;
}

static void scull_dump_stop(struct seq_file *seq, void *record)
{
}

static void scull_dump_address(struct seq_file *seq, const void *address)
{
	const struct scull_dump *dump = seq->private;

	if (dump->exact)
		seq_printf(seq, "%px", address);
	else
		seq_printf(seq, "%p", address);
}

static void scull_dump_device(struct seq_file *seq, const struct scull_dev *dev)
{
	const struct scull_geometry *geometry = &dev->store.geometry;

	seq_printf(seq, "\nDevice %u: qset %u, ", dev->index, geometry->qset);
	if (dev->store.storage->by_order)
		seq_printf(seq, "order %u, ", geometry->order);
	else
		seq_printf(seq, "quantum %u, ", geometry->quantum);
	seq_printf(seq, "sz %lld\n", atomic64_read(&dev->size));
}

static void scull_dump_quantum(struct seq_file *seq, const struct scull_dump *dump)
{
	if (dump->new_item) {
		seq_puts(seq, "  item at ");
		scull_dump_address(seq, dump->cursor.item_at);
		seq_puts(seq, ", qset at ");
		scull_dump_address(seq, dump->cursor.qset_at);
		seq_putc(seq, '\n');
	}
	seq_printf(seq, "    %4u:", dump->cursor.slot);
	scull_dump_address(seq, dump->cursor.quantum);
	seq_putc(seq, '\n');
}

static int scull_dump_show(struct seq_file *seq, void *record)
{
	const struct scull_dump *dump = seq->private;

	if (dump->in_device)
		scull_dump_quantum(seq, dump);
	else
		scull_dump_device(seq, &dump->driver->dev[dump->dev]);
	return 0;
}

static const struct seq_operations scull_dump_seq_ops = {
	.start = scull_dump_start,
	.next = scull_dump_next,
	.stop = scull_dump_stop,
	.show = scull_dump_show,
};

static int scull_dump_open(struct inode *inode, struct file *file)
{
	struct scull_dump *dump;

	dump = __seq_open_private(file, &scull_dump_seq_ops, sizeof(*dump));
	if (!dump)
		return -ENOMEM;
	dump->driver = pde_data(inode);
	/* Whoever opens decides what is shown, whoever reads later. */
	dump->exact = file_ns_capable(file, &init_user_ns, CAP_SYSLOG);
	return 0;
}

static const struct proc_ops scull_dump_ops = {
	.proc_open = scull_dump_open,
	.proc_read_iter = seq_read_iter,
	.proc_lseek = seq_lseek,
	.proc_release = seq_release_private,
};

/**
 * scull_dump_create() - make a driver's dump, /proc/NAMEmem
 * @driver: the driver, with its devices ready
 *
 * Context: may sleep.
 * Return: the entry, for proc_remove(), or NULL.
 */
struct proc_dir_entry *scull_dump_create(struct scull_driver *driver)
{
	char name[32];

	snprintf(name, sizeof(name), "%smem", driver->name);
	return proc_create_data(name, 0444, NULL, &scull_dump_ops, driver);
}
