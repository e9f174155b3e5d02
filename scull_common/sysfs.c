// SPDX-License-Identifier: GPL-2.0
/* The attributes of a device in sysfs, see docs/ABI/sysfs-class-scull. */
#include <linux/device.h>
#include <linux/sysfs.h>

#include "device.h"

static ssize_t size_show(struct device *node, struct device_attribute *attr, char *text)
{
	struct scull_dev *dev = dev_get_drvdata(node);

	return sysfs_emit(text, "%lld\n", atomic64_read(&dev->size));
}
static DEVICE_ATTR_RO(size);

static ssize_t allocated_show(struct device *node, struct device_attribute *attr, char *text)
{
	struct scull_dev *dev = dev_get_drvdata(node);

	return sysfs_emit(text, "%lld\n", atomic64_read(&dev->store.held));
}
static DEVICE_ATTR_RO(allocated);

static struct attribute *scull_attrs[] = {
	&dev_attr_size.attr,
	&dev_attr_allocated.attr,
	NULL
};

static const struct attribute_group scull_group = {
	.attrs = scull_attrs,
};

const struct attribute_group *scull_groups[] = {
	&scull_group,
	NULL
};
