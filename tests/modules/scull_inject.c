// SPDX-License-Identifier: GPL-2.0
/*
 * For tests only: make one call of a kernel function fail, so that each step of
 * loading a driver can be seen to fail on a stock kernel.
 *
 *	insmod scull_inject.ko function=cdev_add skip=0 value=-12
 *
 * makes the call number skip (from 0) that modprobe makes return the value,
 * without running the function.
 */
#include <linux/atomic.h>
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/string.h>

static char *function;
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "The function that fails");

static int skip;
module_param(skip, int, 0444);
MODULE_PARM_DESC(skip, "Calls to let pass first");

static long value;
module_param(value, long, 0444);
MODULE_PARM_DESC(value, "What the call returns");

static atomic_t calls = ATOMIC_INIT(0);

/* Run in place of the function: returns, and leaves the value where it is. */
static noinline notrace void inject_return(void)
{
}

static int inject_handler(struct kprobe *probe, struct pt_regs *regs)
{
	if (strcmp(current->comm, "modprobe") || atomic_inc_return(&calls) - 1 != skip)
		return 0;

	regs_set_return_value(regs, value);
	instruction_pointer_set(regs, (unsigned long)inject_return);
	return 1;
}

/* A probe that has one may change where the function goes on. */
static void inject_after(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe inject_probe = {
	.pre_handler = inject_handler,
	.post_handler = inject_after,
};

static int __init inject_init(void)
{
	int err;

	inject_probe.symbol_name = function;
	err = register_kprobe(&inject_probe);
#ifdef MCOUNT_INSN_SIZE
	/* A function begins with room for the tracer, where riscv lets nobody else in. */
	if (err == -EINVAL) {
		inject_probe.addr = NULL;
		inject_probe.flags = 0;
		inject_probe.offset = MCOUNT_INSN_SIZE;
		err = register_kprobe(&inject_probe);
	}
#endif
	return err;
}

static void __exit inject_exit(void)
{
	unregister_kprobe(&inject_probe);
}

module_init(inject_init);
module_exit(inject_exit);

MODULE_DESCRIPTION("Failures on demand, for the scull family's tests");
MODULE_AUTHOR("The scull family developers");
MODULE_LICENSE("GPL");
