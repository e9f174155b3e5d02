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

static ssize_t mappings_show(struct device *node, struct device_attribute *attr, char *text)
{
	return sysfs_emit(text, "%u\n", scull_dev_mappings(dev_get_drvdata(node)));
}
static DEVICE_ATTR_RO(mappings);

static ssize_t storage_show(struct device *node, struct device_attribute *attr, char *text)
{
	struct scull_dev *dev = dev_get_drvdata(node);

	return sysfs_emit(text, "%s\n", dev->store.storage->name);
}
static DEVICE_ATTR_RO(storage);

/* The geometry now in force, and under next_ the one from the next trim on. */
#define SCULL_GEOMETRY_ATTRS(field)						\
static ssize_t field##_show(struct device *node, struct device_attribute *attr,	\
			    char *text)						\
{										\
	struct scull_dev *dev = dev_get_drvdata(node);				\
										\
	return sysfs_emit(text, "%u\n", READ_ONCE(dev->store.geometry.field));	\
}										\
static DEVICE_ATTR_RO(field);							\
static ssize_t next_##field##_show(struct device *node,				\
				   struct device_attribute *attr, char *text)	\
{										\
	struct scull_dev *dev = dev_get_drvdata(node);				\
										\
	return sysfs_emit(text, "%u\n", READ_ONCE(dev->next.field));		\
}										\
static DEVICE_ATTR_RO(next_##field)

SCULL_GEOMETRY_ATTRS(quantum);
SCULL_GEOMETRY_ATTRS(order);
SCULL_GEOMETRY_ATTRS(qset);

static struct attribute *scull_attrs[] = {
	&dev_attr_size.attr,
	&dev_attr_allocated.attr,
	&dev_attr_mappings.attr,
	&dev_attr_storage.attr,
	&dev_attr_quantum.attr,
	&dev_attr_order.attr,
	&dev_attr_qset.attr,
	&dev_attr_next_quantum.attr,
	&dev_attr_next_order.attr,
	&dev_attr_next_qset.attr,
	NULL
};

/* An order is for storages that count in orders. */
static umode_t scull_attr_visible(struct kobject *kobj, struct attribute *attr, int index)
{
	struct scull_dev *dev = dev_get_drvdata(kobj_to_dev(kobj));

	if (attr == &dev_attr_order.attr || attr == &dev_attr_next_order.attr)
		return dev->store.storage->by_order ? attr->mode : 0;
	return attr->mode;
}

static const struct attribute_group scull_group = {
	.attrs = scull_attrs,
	.is_visible = scull_attr_visible,
};

const struct attribute_group *scull_groups[] = {
	&scull_group,
	NULL
};
