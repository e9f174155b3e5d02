/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: when memory is taken and given back, for perf and trace-cmd. See
 * docs/tracing.md.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM scull

#if !defined(SCULL_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define SCULL_TRACE_H

#include <linux/string.h>
#include <linux/tracepoint.h>

#include "store.h"

/* A quantum came from the storage; ns is how long that took. */
TRACE_EVENT(quantum_alloc,
	TP_PROTO(const struct scull_store *store, u64 index, const void *quantum, u64 ns),
	TP_ARGS(store, index, quantum, ns),
	TP_STRUCT__entry(
		__array(char, device, SCULL_NAME_LEN)
		__field(u64, index)
		__field(unsigned long, address)
		__field(unsigned int, bytes)
		__field(u64, ns)
	),
	TP_fast_assign(
		strscpy(__entry->device, store->name, SCULL_NAME_LEN);
		__entry->index = index;
		__entry->address = (unsigned long)quantum;
		__entry->bytes = store->geometry.quantum;
		__entry->ns = ns;
	),
	TP_printk("device=%s index=%llu address=0x%lx bytes=%u ns=%llu",
		  __entry->device, __entry->index, __entry->address, __entry->bytes,
		  __entry->ns)
);

/* A quantum goes back to the storage. */
TRACE_EVENT(quantum_free,
	TP_PROTO(const struct scull_store *store, u64 index, const void *quantum),
	TP_ARGS(store, index, quantum),
	TP_STRUCT__entry(
		__array(char, device, SCULL_NAME_LEN)
		__field(u64, index)
		__field(unsigned long, address)
		__field(unsigned int, bytes)
	),
	TP_fast_assign(
		strscpy(__entry->device, store->name, SCULL_NAME_LEN);
		__entry->index = index;
		__entry->address = (unsigned long)quantum;
		__entry->bytes = store->geometry.quantum;
	),
	TP_printk("device=%s index=%llu address=0x%lx bytes=%u",
		  __entry->device, __entry->index, __entry->address, __entry->bytes)
);

/* A device gave back all that it held: so many bytes, quanta and items. */
TRACE_EVENT(trim,
	TP_PROTO(const struct scull_store *store, u64 bytes),
	TP_ARGS(store, bytes),
	TP_STRUCT__entry(
		__array(char, device, SCULL_NAME_LEN)
		__field(u64, bytes)
	),
	TP_fast_assign(
		strscpy(__entry->device, store->name, SCULL_NAME_LEN);
		__entry->bytes = bytes;
	),
	TP_printk("device=%s bytes=%llu", __entry->device, __entry->bytes)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
