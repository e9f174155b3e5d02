// SPDX-License-Identifier: GPL-2.0
/* One device: its beginning, and its trim. */
#include <linux/kernel.h>
#include <linux/wait_bit.h>

#include "device.h"

/**
 * scull_dev_init() - make an empty device
 * @dev: the device, zeroed
 * @driver: the driver that it belongs to
 * @index: its number there
 */
void scull_dev_init(struct scull_dev *dev, struct scull_driver *driver, unsigned int index)
{
	dev->driver = driver;
	dev->index = index;
	snprintf(dev->name, sizeof(dev->name), "%s%u", driver->name, index);
	init_rwsem(&dev->io);
	atomic64_set(&dev->size, 0);
	dev->next = driver->geometry;
	atomic_set(&dev->maps, 0);
	mutex_init(&dev->large);
	scull_store_init(&dev->store, dev->name, driver->storage, &driver->geometry);
}

/**
 * scull_dev_trim() - give back all memory, and start anew with the next geometry
 * @dev: the device
 *
 * Context: may sleep; takes dev->io for writing.
 * Return: 0, -EBUSY (and nothing done) while the device is mapped, or -EINTR if
 * the caller was killed while waiting.
 */
int scull_dev_trim(struct scull_dev *dev)
{
	if (down_write_killable(&dev->io))
		return -EINTR;
	if (atomic_cmpxchg(&dev->maps, 0, -1)) {
		up_write(&dev->io);
		return -EBUSY;
	}
	atomic64_set(&dev->size, 0);
	scull_store_trim(&dev->store, &dev->next);
	/* Ordered before the look at who waits. */
	atomic_xchg(&dev->maps, 0);
	wake_up_var(&dev->maps);
	up_write(&dev->io);
	return 0;
}

/**
 * scull_dev_map() - count one more mapping, which keeps trims away
 * @dev: the device
 *
 * Context: may sleep, while a trim frees; so for one who holds mmap_lock, but not
 * dev->io.
 * Return: 0, or -EINTR if the caller was killed while waiting.
 */
int scull_dev_map(struct scull_dev *dev)
{
	return wait_var_event_killable(&dev->maps, atomic_inc_unless_negative(&dev->maps)) ?
	       -EINTR : 0;
}

/**
 * scull_dev_unmap() - undo scull_dev_map()
 * @dev: the device
 *
 * Context: any.
 */
void scull_dev_unmap(struct scull_dev *dev)
{
	atomic_dec(&dev->maps);
}

/**
 * scull_dev_mappings() - how many mappings a device has
 * @dev: the device
 *
 * Return: the number at this moment.
 */
unsigned int scull_dev_mappings(const struct scull_dev *dev)
{
	return max(atomic_read(&dev->maps), 0);
}
