// SPDX-License-Identifier: GPL-2.0
/*
 * Faults on demand, to see that the net of "make check-debug" catches them.
 *
 *	insmod scull_fish.ko fish=leak
 *
 * does the wrong thing of that name, each as plainly as it would be in a driver.
 */
#include <linux/gfp.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

static char *fish = "";
module_param(fish, charp, 0444);
MODULE_PARM_DESC(fish, "use_after_free, beyond_vmalloc, leak, page_leak, inversion or overflow");

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static int bits = 40;

static int use_after_free(void)
{
	char *object = kmalloc(100, GFP_KERNEL);

	kfree(object);
	/* A pointer that the compiler cannot see through. */
	OPTIMIZER_HIDE_VAR(object);
	return READ_ONCE(object[7]);
}

static int beyond_vmalloc(void)
{
	char *area = vmalloc(100);
	int byte;

	OPTIMIZER_HIDE_VAR(area);
	byte = READ_ONCE(area[100]);
	vfree(area);
	return byte;
}

static int leak(void)
{
	return kmalloc(100, GFP_KERNEL) ? 0 : -ENOMEM;
}

static int page_leak(void)
{
	return __get_free_pages(GFP_KERNEL, 2) ? 0 : -ENOMEM;
}

/* Each order alone does no harm, nor is there a deadlock: but there could be. */
static int inversion(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
	return 0;
}

static int overflow(void)
{
	OPTIMIZER_HIDE_VAR(bits);
	return 1 << bits;
}

static const struct {
	const char *name;
	int (*swim)(void);
} fishes[] = {
	{ "use_after_free", use_after_free },
	{ "beyond_vmalloc", beyond_vmalloc },
	{ "leak", leak },
	{ "page_leak", page_leak },
	{ "inversion", inversion },
	{ "overflow", overflow },
};

static int __init fish_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(fishes); i++) {
		if (!strcmp(fish, fishes[i].name)) {
			pr_info("%s: %d\n", fish, fishes[i].swim());
			return 0;
		}
	}
	return -EINVAL;
}

static void __exit fish_exit(void)
{
}

module_init(fish_init);
module_exit(fish_exit);

MODULE_DESCRIPTION("Faults on demand, for the scull family's tests");
MODULE_AUTHOR("The scull family developers");
MODULE_LICENSE("GPL");
