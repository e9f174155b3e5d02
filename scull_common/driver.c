// SPDX-License-Identifier: GPL-2.0
/*
 * A driver of the family comes and goes: its devices, their nodes and its dump.
 *
 * The class, the devices in sysfs and the cdev are the kernel's own objects, freed
 * by the kernel whenever their last user lets go; nothing of ours is needed or freed
 * by a release function, as that can run after its module is gone.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kdev_t.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>

#include "device.h"

static struct class *scull_class;

/**
 * scull_dev_find() - the device of a node that is being opened
 * @devt: the node's number
 *
 * Context: may sleep. The caller pins the driver's module, and so the device.
 * Return: the device, or NULL.
 */
struct scull_dev *scull_dev_find(dev_t devt)
{
	struct device *device = class_find_device_by_devt(scull_class, devt);
	struct scull_dev *dev;

	if (!device)
		return NULL;
	dev = dev_get_drvdata(device);
	put_device(device);
	return dev;
}

static int scull_devs_alloc(struct scull_driver *driver)
{
	unsigned int i;

	driver->dev = kvcalloc(driver->devs, sizeof(*driver->dev), GFP_KERNEL);
	if (!driver->dev)
		return -ENOMEM;

	for (i = 0; i < driver->devs; i++)
		scull_dev_init(&driver->dev[i], driver, i);
	return 0;
}

static void scull_devs_free(struct scull_driver *driver)
{
	unsigned int i;

	for (i = 0; i < driver->devs; i++)
		scull_store_trim(&driver->dev[i].store, &driver->geometry);
	kvfree(driver->dev);
}

/* Take away the first so many nodes, the last one first. */
static void scull_nodes_remove(struct scull_driver *driver, unsigned int nodes)
{
	while (nodes--)
		device_destroy(scull_class, driver->region + nodes);
}

static int scull_nodes_create(struct scull_driver *driver)
{
	unsigned int i;

	for (i = 0; i < driver->devs; i++) {
		struct device *node;

		node = device_create_with_groups(scull_class, NULL, driver->region + i,
						 &driver->dev[i], scull_groups,
						 "%s", driver->dev[i].name);
		if (IS_ERR(node)) {
			scull_nodes_remove(driver, i);
			return PTR_ERR(node);
		}
	}
	return 0;
}

/* From here on nodes can be opened: the last step of loading. */
static int scull_cdev_add(struct scull_driver *driver)
{
	int err;

	driver->cdev = cdev_alloc();
	if (!driver->cdev)
		return -ENOMEM;
	driver->cdev->owner = driver->owner;
	driver->cdev->ops = &scull_fops;

	err = cdev_add(driver->cdev, driver->region, driver->devs);
	if (err)
		kobject_put(&driver->cdev->kobj);
	return err;
}

/**
 * scull_register() - bring a driver's devices to life
 * @driver: the driver; must stay until scull_unregister()
 *
 * Makes /dev/NAME0.. and /proc/NAMEmem. On an error nothing is left behind.
 *
 * Context: may sleep; for a module's init.
 * Return: 0, -EINVAL (after one line in the log) for parameters out of range, or
 * the error of the step that failed.
 */
int scull_register(struct scull_driver *driver)
{
	const struct scull_storage *storage = driver->storage;
	int err;

	if (driver->devs < 1 || driver->devs > SCULL_DEVS_MAX) {
		pr_err("%s: devs=%u is not in 1..%u\n", driver->name, driver->devs,
		       SCULL_DEVS_MAX);
		return -EINVAL;
	}
	err = scull_geometry_check(driver->name, storage, &driver->geometry);
	if (err)
		return err;

	if (storage->setup) {
		err = storage->setup(&driver->geometry);
		if (err)
			return err;
	}
	err = scull_devs_alloc(driver);
	if (err)
		goto err_cleanup;
	err = alloc_chrdev_region(&driver->region, 0, driver->devs, driver->name);
	if (err)
		goto err_free_devs;
	err = scull_nodes_create(driver);
	if (err)
		goto err_unregister_region;
	driver->dump = scull_dump_create(driver);
	if (!driver->dump) {
		err = -ENOMEM;
		goto err_remove_nodes;
	}
	err = scull_cdev_add(driver);
	if (err)
		goto err_remove_dump;
	return 0;

err_remove_dump:
	proc_remove(driver->dump);
err_remove_nodes:
	scull_nodes_remove(driver, driver->devs);
err_unregister_region:
	unregister_chrdev_region(driver->region, driver->devs);
err_free_devs:
	scull_devs_free(driver);
err_cleanup:
	if (storage->cleanup)
		storage->cleanup();
	return err;
}
EXPORT_SYMBOL_GPL(scull_register);

/**
 * scull_unregister() - undo scull_register(), and free all that the devices hold
 * @driver: the driver
 *
 * Context: may sleep; for a module's exit, when no node is open.
 */
void scull_unregister(struct scull_driver *driver)
{
	cdev_del(driver->cdev);
	proc_remove(driver->dump);
	scull_nodes_remove(driver, driver->devs);
	unregister_chrdev_region(driver->region, driver->devs);
	scull_devs_free(driver);
	if (driver->storage->cleanup)
		driver->storage->cleanup();
}
EXPORT_SYMBOL_GPL(scull_unregister);

static int __init scull_common_init(void)
{
	scull_capacity_init();
	scull_class = class_create("scull");
	return PTR_ERR_OR_ZERO(scull_class);
}

static void __exit scull_common_exit(void)
{
	class_destroy(scull_class);
}

module_init(scull_common_init);
module_exit(scull_common_exit);

MODULE_DESCRIPTION("Core of the scull family: files in kernel memory");
MODULE_AUTHOR("The scull family developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(SCULL_VERSION);
