/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PAINT_H
#define PAINT_H

/*
 * How much of its kernel stack a task takes for a call: what is free of the stack is
 * painted before the call, and after it one sees how far down the paint is gone. What an
 * interrupt pushes in between is counted as well.
 */
#include <linux/compiler.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>

#define PAINT 0x7061696e74UL

/* The stack's last word but one: in the last the kernel keeps a mark of its own. */
static inline unsigned long *stack_floor(void)
{
	return end_of_stack(current) + 1;
}

/* How many bytes are left for the calls of who asks. */
static inline unsigned long stack_left(void)
{
	return (unsigned long)__builtin_frame_address(0) - (unsigned long)stack_floor();
}

/* Paint what is free; the result is for stack_used. */
static noinline unsigned long *stack_paint(void)
{
	unsigned long *top = __builtin_frame_address(0);
	unsigned long *at;

	/* This function's own frame stays as it is. */
	for (at = stack_floor(); at < top - 16; at++)
		WRITE_ONCE(*at, PAINT);
	return top;
}

/* How many bytes below there have been written since. */
static noinline unsigned long stack_used(const unsigned long *top)
{
	const unsigned long *at = stack_floor();

	while (at < top && READ_ONCE(*at) == PAINT)
		at++;
	return (top - at) * sizeof(*at);
}

#endif
