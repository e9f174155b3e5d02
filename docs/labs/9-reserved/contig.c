// SPDX-License-Identifier: GPL-2.0
/*
 * How large a piece of memory may be that a device can use: contiguous to it, not only to
 * the processor. In /sys/kernel/debug/contig
 *
 *	size		takes a number of bytes: the buffer that was there is given back, and
 *			one of that size asked for, by the function that drivers have for
 *			it (0: none). Reading says what there is
 */
#include <linux/debugfs.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

/* A device that there is not: but memory is asked for in the name of one. */
static struct platform_device *device;

static DEFINE_MUTEX(lock);	/* guards what follows */
static void *buffer;
static size_t size;
static dma_addr_t address;

static void give_back(void)
{
	if (buffer)
		dma_free_coherent(&device->dev, size, buffer, address);
	buffer = NULL;
}

static ssize_t size_write(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	unsigned long long wanted;
	int error = kstrtoull_from_user(from, count, 0, &wanted);

	if (error)
		return error;
	if (wanted > SIZE_MAX / 2)
		return -EINVAL;
	mutex_lock(&lock);
	give_back();
	size = wanted;
	if (size) {
		buffer = dma_alloc_coherent(&device->dev, size, &address,
					    GFP_KERNEL | __GFP_NOWARN);
		if (!buffer)
			error = -ENOMEM;
	}
	mutex_unlock(&lock);
	return error ?: count;
}

static int size_show(struct seq_file *file, void *data)
{
	mutex_lock(&lock);
	if (buffer)
		seq_printf(file, "%zu bytes at %pad\n", size, &address);
	else
		seq_puts(file, "none\n");
	mutex_unlock(&lock);
	return 0;
}

static int size_open(struct inode *inode, struct file *file)
{
	return single_open(file, size_show, NULL);
}

static const struct file_operations size_fops = {
	.owner = THIS_MODULE,
	.open = size_open,
	.read = seq_read,
	.write = size_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static struct dentry *folder;

static int __init contig_init(void)
{
	struct platform_device_info info = {
		.name = "contig",
		.id = PLATFORM_DEVID_NONE,
		.dma_mask = DMA_BIT_MASK(64),
	};

	device = platform_device_register_full(&info);
	if (IS_ERR(device))
		return PTR_ERR(device);
	folder = debugfs_create_dir("contig", NULL);
	debugfs_create_file("size", 0600, folder, NULL, &size_fops);
	return 0;
}

static void __exit contig_exit(void)
{
	debugfs_remove(folder);
	give_back();
	platform_device_unregister(device);
}

module_init(contig_init);
module_exit(contig_exit);

MODULE_DESCRIPTION("Lab 9: contiguous buffers for a device");
MODULE_AUTHOR("The scull family developers");
MODULE_LICENSE("GPL");
