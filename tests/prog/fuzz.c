// SPDX-License-Identifier: GPL-2.0
/*
 * Do random things to a device from several processes, and check each result against a
 * model of what a file has to be.
 *
 *	fuzz NODE SEED STEPS
 *
 * A step is one operation of one process, with its own descriptors, position and
 * mappings; or a round in which all of them read, write, load and store at once, each
 * in bytes of its own next to those of others. The same seed gives the same steps. The
 * first result that differs from the model's ends it, with the steps before it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../scull_common/scull_ioctl.h"

#define WORKERS 4
#define MAPS 3			/* of one worker */
#define WINDOWS 3		/* pieces of the file that are used */
#define DATA (1 << 20)		/* most bytes of one operation */
#define LOG 24			/* steps shown before a failure */

static const char *path;
static uint64_t seed, step;
static size_t page, quantum;
static bool counted, shareable;	/* pages have counts; a quantum can be mapped shared */
static int own;			/* the coordinator's descriptor */

static uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint64_t rnd(uint64_t bound)
{
	return random_next(&seed) % bound;
}

/* What was done, for a failure's report. */
static char log_text[LOG][200];

static void log_step(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

static void log_step(const char *format, ...)
{
	char *line = log_text[step % LOG];
	va_list list;
	int length = snprintf(line, sizeof(log_text[0]), "step %llu: ", (unsigned long long)step);

	va_start(list, format);
	vsnprintf(line + length, sizeof(log_text[0]) - length, format, list);
	va_end(list);
}

static void fail(const char *format, ...)
{
	va_list list;

	for (uint64_t i = step < LOG ? 0 : step - LOG + 1; i <= step; i++)
		printf("%s\n", log_text[i % LOG]);
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	printf("\n");
	exit(1);
}

static void *must(void *pointer)
{
	if (!pointer || pointer == MAP_FAILED)
		fail("no memory");
	return pointer;
}

/*
 * The model of the file: its size, and its bytes and held quanta in the windows, which
 * are all that is ever written. Bytes past the size are those in the file's last page.
 */
struct window {
	uint64_t base, length;
	uint8_t *bytes;
	uint8_t *held;		/* by quantum, the first of which begins at base */
};

static struct window windows[WINDOWS];
static uint64_t size, limit;
static unsigned int maps_total;

static struct window *window_of(uint64_t pos)
{
	for (int i = 0; i < WINDOWS; i++)
		if (pos >= windows[i].base && pos - windows[i].base < windows[i].length)
			return &windows[i];
	return NULL;
}

/* Whether the quantum at an offset is held. The last one may end beyond its window. */
static uint8_t *held_at(uint64_t pos)
{
	struct window *window = window_of(pos / quantum * quantum);

	return window ? &window->held[(pos - window->base) / quantum] : NULL;
}

/* The quanta that the window touches. */
static uint64_t quanta_of(const struct window *window)
{
	return window->length / quantum + 2;
}

static uint8_t *model_at(uint64_t pos)
{
	struct window *window = window_of(pos);

	return window ? &window->bytes[pos - window->base] : NULL;
}

static uint8_t model_byte(uint64_t pos)
{
	const uint8_t *byte = model_at(pos);

	return byte ? *byte : 0;
}

static void model_hold(uint64_t pos, uint64_t count)
{
	for (uint64_t at = pos; at < pos + count; at += quantum - at % quantum) {
		uint8_t *held = held_at(at);

		if (!held)
			fail("the model is asked to hold %llu", (unsigned long long)at);
		*held = 1;
	}
}

static void model_write(uint64_t pos, const uint8_t *from, uint64_t count)
{
	if (!count)
		return;
	/* What a mapping stored past the end is gone when the file grows over it. */
	for (uint64_t at = size; at < pos && at % page; at++)
		if (model_at(at))
			*model_at(at) = 0;
	memcpy(model_at(pos), from, count);
	model_hold(pos, count);
	if (pos + count > size)
		size = pos + count;
}

static void model_trim(void)
{
	for (int i = 0; i < WINDOWS; i++) {
		memset(windows[i].bytes, 0, windows[i].length);
		memset(windows[i].held, 0, quanta_of(&windows[i]));
	}
	size = 0;
}

static bool model_holds(uint64_t pos, uint64_t count)
{
	for (uint64_t at = pos; at < pos + count; at += quantum - at % quantum) {
		uint8_t *held = held_at(at);

		if (!held || !*held)
			return false;
	}
	return true;
}

/* What SEEK_DATA finds; -1 for none. */
static int64_t model_data(uint64_t pos)
{
	if (pos >= size)
		return -1;
	for (int i = 0; i < WINDOWS; i++) {
		struct window *window = &windows[i];
		uint64_t at = pos > window->base ? pos : window->base;

		for (; at < window->base + window->length; at += quantum - at % quantum) {
			uint64_t start = at / quantum * quantum;

			if (!*held_at(at))
				continue;
			if (start < pos)
				start = pos;
			return start < size ? (int64_t)start : -1;
		}
	}
	return -1;
}

static int64_t model_hole(uint64_t pos)
{
	if (pos >= size)
		return -1;
	while (pos < size) {
		uint8_t *held = held_at(pos);

		if (!held || !*held)
			return pos;
		pos += quantum - pos % quantum;
	}
	return size;
}

/* The workers. */
enum operation {
	OP_PREAD, OP_PWRITE, OP_READ, OP_WRITE, OP_APPEND, OP_READV, OP_WRITEV, OP_NOWAIT_READ,
	OP_NOWAIT_WRITE, OP_HALF_WRITE, OP_SEEK, OP_REOPEN, OP_TRIM, OP_INFO, OP_NEXT,
	OP_MAP, OP_UNMAP, OP_LOAD, OP_STORE, OP_ADVISE, OP_PROTECT, OP_MOVE, OP_FORK,
	OP_WRITE_MAP, OP_READ_MAP, OP_PEEK, OP_ROUND, OPERATIONS
};

struct page_state {
	bool gone;		/* unmapped */
	uint8_t *copy;		/* a private one */
};

struct map {
	size_t pages;		/* none: not in use */
	uint64_t offset;
	bool shared, writable, whole;
	struct page_state *state;
	uint8_t *at;		/* in the worker */
};

struct worker {
	pid_t pid;
	int to, from;		/* pipes, one byte a turn */
	uint64_t pos;		/* of its descriptor */
	uint64_t append_pos;	/* of the one that appends */
	struct map map[MAPS];
	struct shared {
		enum operation op;
		uint64_t arg[4];
		void *at;
		struct scull_info info;
		int64_t result;
		int error, signal;
		char text[200];
		uint8_t data[DATA];
	} *shared;
};

static struct worker workers[WORKERS];

/* In a worker: do what is asked. */
static int fd, fd_append;
static sigjmp_buf fault;

static void on_fault(int number)
{
	siglongjmp(fault, number);
}

/* A buffer of which only the first bytes can be read. */
static uint8_t *half_there(const uint8_t *from, size_t count)
{
	size_t whole = (count + page - 1) / page * page;
	uint8_t *area = must(mmap(NULL, whole + page, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	mprotect(area + whole, page, PROT_NONE);
	return memcpy(area + whole - count, from, count);
}

static int64_t do_vector(struct shared *shared, bool writing)
{
	struct iovec iov[8];
	size_t left = shared->arg[1], at = 0;
	int count = 0;

	while (left && count < 8) {
		size_t part = count < 7 ? left / 3 + (count & 1) : left;

		iov[count].iov_base = shared->data + at;
		iov[count].iov_len = part > left ? left : part;
		at += iov[count].iov_len;
		left -= iov[count++].iov_len;
	}
	return writing ? pwritev(fd, iov, count, shared->arg[0]) :
			 preadv(fd, iov, count, shared->arg[0]);
}

static int64_t do_nowait(struct shared *shared, bool writing)
{
	struct iovec iov = { shared->data, shared->arg[1] };

	return writing ? pwritev2(fd, &iov, 1, shared->arg[0], RWF_NOWAIT) :
			 preadv2(fd, &iov, 1, shared->arg[0], RWF_NOWAIT);
}

static int64_t do_half_write(struct shared *shared)
{
	uint8_t *area = half_there(shared->data, shared->arg[2]);
	int64_t result = pwrite(fd, area, shared->arg[1], shared->arg[0]);
	int error = errno;
	size_t whole = (shared->arg[2] + page - 1) / page * page;

	munmap(area + shared->arg[2] - whole, whole + page);
	errno = error;
	return result;
}

static int64_t do_reopen(struct shared *shared)
{
	int again = open(path, shared->arg[0]);

	return again < 0 ? again : close(again);
}

static int64_t do_fork(struct shared *shared)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		signal(SIGBUS, SIG_DFL);
		signal(SIGSEGV, SIG_DFL);
		volatile uint8_t byte = shared->at ? *(volatile uint8_t *)shared->at : 0;

		_exit(byte != shared->arg[0]);
	}
	if (pid < 0)
		return pid;
	return waitpid(pid, &status, 0) == pid ? status : -1;
}

/* Keep the addresses, so that no other mapping comes to lie there; or give up all of them. */
static int64_t do_unmap(struct shared *shared)
{
	uint64_t *arg = shared->arg;
	void *kept;

	if (munmap(shared->at, arg[0]))
		return -1;
	if (arg[2])
		return munmap((void *)(uintptr_t)arg[1], arg[2]);
	kept = mmap(shared->at, arg[0], PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	return kept == MAP_FAILED ? -1 : 0;
}

static int64_t do_peek(struct shared *shared)
{
	struct iovec to = { shared->data, shared->arg[1] };
	struct iovec from = { shared->at, shared->arg[1] };

	return process_vm_readv(shared->arg[0], &to, 1, &from, 1, 0);
}

static int64_t round_fail(struct shared *shared, const char *what, uint64_t pos, int got,
			  int wanted)
{
	snprintf(shared->text, sizeof(shared->text), "%s at %llu: %d instead of %d", what,
		 (unsigned long long)pos, got, wanted);
	return -1;
}

/*
 * Read, write, load and store bytes arg[0] up to arg[1], whose content is in data; nobody
 * else touches them. arg[2] is this worker's seed, arg[3] whether it can map.
 */
static int64_t do_round(struct shared *shared)
{
	uint64_t first = shared->arg[0], last = shared->arg[1], state = shared->arg[2];
	uint64_t map_first = first / page * page;
	size_t map_bytes = (last - map_first + page - 1) / page * page;
	static uint8_t bytes[DATA];
	uint8_t *map = NULL;

	if (shared->arg[3]) {
		map = mmap(NULL, map_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, map_first);
		if (map == MAP_FAILED)
			return round_fail(shared, "mmap", first, errno, 0);
	}
	for (int turn = 0; turn < 60; turn++) {
		uint64_t pos = first + random_next(&state) % (last - first);
		size_t count = 1 + random_next(&state) % (last - pos);
		uint8_t value = random_next(&state);
		uint8_t *model = shared->data + (pos - first);
		uint8_t *mapped = map ? map + (pos - map_first) : NULL;
		int64_t done;

		if (count > 8192 && turn % 4)
			count = count % 8192 + 1;
		switch (random_next(&state) % (map ? 5 : 3)) {
		case 0:
			done = pread(fd, bytes, count, pos);
			if (done != (int64_t)count)
				return round_fail(shared, "read", pos, done, count);
			for (size_t i = 0; i < count; i++)
				if (bytes[i] != model[i])
					return round_fail(shared, "read", pos + i, bytes[i],
							  model[i]);
			break;
		case 1:
			memset(model, value, count);
			done = pwrite(fd, model, count, pos);
			if (done != (int64_t)count)
				return round_fail(shared, "write", pos, done, count);
			break;
		case 2:
			done = lseek(fd_append, pos, value & 1 ? SEEK_DATA : SEEK_HOLE);
			if (done < (int64_t)pos && errno != ENXIO)
				return round_fail(shared, "seek", pos, done, pos);
			break;
		case 3:
			for (size_t i = 0; i < count; i++)
				if (mapped[i] != model[i])
					return round_fail(shared, "load", pos + i, mapped[i],
							  model[i]);
			break;
		case 4:
			memset(mapped, value, count);
			memset(model, value, count);
			break;
		}
	}
	lseek(fd_append, 0, SEEK_SET);
	return map ? munmap(map, map_bytes) : 0;
}

static int64_t do_access(struct shared *shared)
{
	volatile uint8_t *at = shared->at;

	for (uint64_t i = 0; i < shared->arg[0]; i++) {
		if (shared->op == OP_LOAD)
			shared->data[i] = at[i];
		else
			at[i] = shared->data[i];
	}
	return shared->arg[0];
}

static int64_t perform(struct shared *shared)
{
	uint64_t *arg = shared->arg;

	switch (shared->op) {
	case OP_PREAD: return pread(fd, shared->data, arg[1], arg[0]);
	case OP_PWRITE: return pwrite(fd, shared->data, arg[1], arg[0]);
	case OP_READ: return read(fd, shared->data, arg[1]);
	case OP_WRITE: return write(fd, shared->data, arg[1]);
	case OP_APPEND: return write(fd_append, shared->data, arg[1]);
	case OP_READV: return do_vector(shared, false);
	case OP_WRITEV: return do_vector(shared, true);
	case OP_NOWAIT_READ: return do_nowait(shared, false);
	case OP_NOWAIT_WRITE: return do_nowait(shared, true);
	case OP_HALF_WRITE: return do_half_write(shared);
	case OP_SEEK: return lseek(fd, arg[0], arg[1]);
	case OP_REOPEN: return do_reopen(shared);
	case OP_TRIM: return ioctl(fd, SCULL_IOC_TRIM);
	case OP_INFO: return ioctl(fd, SCULL_IOC_INFO, &shared->info);
	case OP_NEXT:
		return ioctl(fd, SCULL_IOC_GEOMETRY, &(struct scull_next_geometry) {
			.which = SCULL_NEXT_QSET, .qset = arg[0] });
	case OP_MAP:
		shared->at = mmap(NULL, arg[1], PROT_READ | PROT_WRITE, arg[2], fd, arg[0]);
		return shared->at == MAP_FAILED ? -1 : 0;
	case OP_UNMAP: return do_unmap(shared);
	case OP_LOAD:
	case OP_STORE: return do_access(shared);
	case OP_ADVISE: return madvise(shared->at, arg[0], MADV_DONTNEED);
	case OP_PROTECT: return mprotect(shared->at, arg[0], arg[1]);
	case OP_MOVE:
		shared->at = mremap(shared->at, arg[0], arg[0], MREMAP_MAYMOVE | MREMAP_FIXED,
				    mmap(NULL, arg[0], PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
					 -1, 0));
		return shared->at == MAP_FAILED ? -1 : 0;
	case OP_FORK: return do_fork(shared);
	case OP_WRITE_MAP: return pwrite(fd, shared->at, arg[1], arg[0]);
	case OP_READ_MAP: return pread(fd, shared->at, arg[1], arg[0]);
	case OP_PEEK: return do_peek(shared);
	case OP_ROUND: return do_round(shared);
	case OPERATIONS: break;
	}
	return -1;
}

static void work(struct worker *worker, int from, int to)
{
	struct shared *shared = worker->shared;
	char turn;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = open(path, O_RDWR);
	fd_append = open(path, O_RDWR | O_APPEND);
	signal(SIGBUS, on_fault);
	signal(SIGSEGV, on_fault);
	while (read(from, &turn, 1) == 1) {
		shared->signal = sigsetjmp(fault, 1);
		if (!shared->signal) {
			/* Each operation ends, or the process does. */
			alarm(300);
			errno = 0;
			shared->result = perform(shared);
			shared->error = errno;
			alarm(0);
		}
		if (write(to, &turn, 1) != 1)
			break;
	}
	_exit(0);
}

static void hire(struct worker *worker)
{
	int there[2], back[2];

	worker->shared = must(mmap(NULL, sizeof(*worker->shared), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	if (pipe(there) || pipe(back))
		fail("pipe: %s", strerror(errno));
	worker->pid = fork();
	if (worker->pid < 0)
		fail("fork: %s", strerror(errno));
	if (!worker->pid) {
		close(there[1]);
		close(back[0]);
		work(worker, there[0], back[1]);
	}
	close(there[0]);
	close(back[1]);
	worker->to = there[1];
	worker->from = back[0];
}

static void begin(struct worker *worker, enum operation op)
{
	worker->shared->op = op;
	if (write(worker->to, "g", 1) != 1)
		fail("a worker is gone: %s", strerror(errno));
}

static void end(struct worker *worker)
{
	char turn;

	if (read(worker->from, &turn, 1) != 1)
		fail("a worker died");
}

static int64_t ask(struct worker *worker, enum operation op)
{
	begin(worker, op);
	end(worker);
	return worker->shared->result;
}

/* What is wrong with a worker's answer. */
static void expect(const struct worker *worker, int64_t result, int error)
{
	const struct shared *shared = worker->shared;

	if (shared->signal)
		fail("a signal: %s", strsignal(shared->signal));
	if (shared->result != result || (result < 0 && shared->error != error))
		fail("%lld (%s) instead of %lld (%s)", (long long)shared->result,
		     shared->result < 0 ? strerrorname_np(shared->error) : "-", (long long)result,
		     result < 0 ? strerrorname_np(error) : "-");
}

static void expect_bytes(const uint8_t *got, uint64_t pos, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		if (got[i] != model_byte(pos + i))
			fail("byte %llu is %d instead of %d", (unsigned long long)(pos + i), got[i],
			     model_byte(pos + i));
}

/* Where things happen: in a window, often at a border. */
static uint64_t pick_pos(void)
{
	struct window *window = &windows[rnd(12) < 10 ? 0 : 1 + rnd(WINDOWS - 1)];
	uint64_t pos = rnd(window->length), border;

	switch (rnd(5)) {
	case 0: border = (window->base + pos) / quantum * quantum; break;
	case 1: border = (window->base + pos) / page * page; break;
	case 2: border = size; break;
	default: return window->base + pos;
	}
	border += (int64_t)rnd(5) - 2;
	return window_of(border) ? border : window->base + pos;
}

static uint64_t pick_count(uint64_t pos)
{
	struct window *window = window_of(pos);
	uint64_t room = window->length - (pos - window->base), count;

	switch (rnd(5)) {
	case 0: count = 1 + rnd(16); break;
	case 1: count = 1 + rnd(2 * page); break;
	case 2: count = quantum - pos % quantum + rnd(3); break;
	case 3: count = 1 + rnd(3 * quantum); break;
	default: count = 1 + rnd(DATA); break;
	}
	if (count > DATA)
		count = DATA;
	return count < room ? count : room;
}

static void random_bytes(uint8_t *to, uint64_t count)
{
	uint8_t value = rnd(256), increment = rnd(8);

	for (uint64_t i = 0; i < count; i++, value += increment)
		to[i] = value;
}

static void step_read(struct worker *worker, enum operation op)
{
	struct shared *shared = worker->shared;
	uint64_t pos = op == OP_READ ? worker->pos : pick_pos(), count = pick_count(pick_pos());
	uint64_t there = pos < size ? size - pos : 0;

	shared->arg[0] = pos;
	shared->arg[1] = count;
	log_step("read %d: %llu bytes at %llu", op, (unsigned long long)count,
		 (unsigned long long)pos);
	ask(worker, op);
	/* The kernel's own rule, for every file. */
	if (count > INT64_MAX - pos) {
		expect(worker, -1, EINVAL);
		return;
	}
	expect(worker, there < count ? there : count, 0);
	expect_bytes(shared->data, pos, shared->result);
	if (op == OP_READ)
		worker->pos += shared->result;
}

static void step_write(struct worker *worker, enum operation op)
{
	struct shared *shared = worker->shared;
	uint64_t pos = op == OP_WRITE ? worker->pos : op == OP_APPEND ? size : pick_pos();
	uint64_t count, readable;

	/* Only what is in a window is in the model. */
	if (!window_of(pos))
		return;
	count = pick_count(pos);
	readable = op == OP_HALF_WRITE ? rnd(count + 1) : count;
	random_bytes(shared->data, count);
	shared->arg[0] = pos;
	shared->arg[1] = count;
	shared->arg[2] = readable;
	log_step("write %d: %llu bytes (%llu readable) at %llu", op, (unsigned long long)count,
		 (unsigned long long)readable, (unsigned long long)pos);
	ask(worker, op);
	/* The kernel's own rule looks at the position, though the write appends. */
	if (op == OP_APPEND && count > INT64_MAX - worker->append_pos) {
		expect(worker, -1, EINVAL);
		return;
	}
	if (op == OP_NOWAIT_WRITE && !model_holds(pos, count)) {
		expect(worker, -1, EAGAIN);
		return;
	}
	if (!readable)
		expect(worker, -1, EFAULT);
	else if (readable == count)
		expect(worker, count, 0);
	else if (shared->result <= 0 || (uint64_t)shared->result > readable)
		expect(worker, readable, 0);
	if (shared->result > 0) {
		model_write(pos, shared->data, shared->result);
		if (op == OP_WRITE)
			worker->pos += shared->result;
		if (op == OP_APPEND)
			worker->append_pos = pos + shared->result;
	}
}

static void step_seek(struct worker *worker)
{
	struct shared *shared = worker->shared;
	int whence = rnd(5);
	int64_t offset = whence == SEEK_CUR || whence == SEEK_END ? (int64_t)rnd(10000) - 5000 :
								     (int64_t)pick_pos();
	int64_t expected;

	switch (whence) {
	case SEEK_SET: expected = offset; break;
	case SEEK_CUR: expected = worker->pos + offset; break;
	case SEEK_END: expected = size + offset; break;
	case SEEK_DATA: expected = model_data(offset); break;
	default: expected = model_hole(offset); break;
	}
	shared->arg[0] = offset;
	shared->arg[1] = whence;
	log_step("seek %lld, whence %d", (long long)offset, whence);
	ask(worker, OP_SEEK);
	if (expected < 0 || (uint64_t)expected > limit) {
		expect(worker, -1, whence == SEEK_DATA || whence == SEEK_HOLE ? ENXIO :
		       EINVAL);
	} else {
		expect(worker, expected, 0);
		worker->pos = expected;
	}
}

static void step_reopen(struct worker *worker)
{
	static const struct {
		int flags;
		bool trims;
	} how[] = {
		{ O_RDONLY, false }, { O_RDWR, false }, { O_WRONLY | O_APPEND, false },
		{ O_WRONLY, true }, { O_RDWR | O_TRUNC, true },
		{ O_WRONLY | O_TRUNC | O_APPEND, true },
	};
	int which = rnd(6);

	/* An empty file every time would be a dull one. */
	if (how[which].trims && rnd(4))
		which = 0;
	worker->shared->arg[0] = how[which].flags;
	log_step("open with flags %#x, %u mappings", how[which].flags, maps_total);
	ask(worker, OP_REOPEN);
	expect(worker, 0, 0);
	if (how[which].trims && !maps_total)
		model_trim();
}

static void step_trim(struct worker *worker)
{
	if (rnd(4))
		return;
	log_step("trim, %u mappings", maps_total);
	ask(worker, OP_TRIM);
	if (maps_total) {
		expect(worker, -1, EBUSY);
	} else {
		expect(worker, 0, 0);
		model_trim();
	}
}

static void step_next(struct worker *worker)
{
	static const unsigned int qsets[] = { 0, 1, 2, 7, 1000, 65536, 65537 };
	unsigned int qset = qsets[rnd(7)];

	/* Where numbers of items have 32 bits, the largest size would change. */
	if (sizeof(long) == 4)
		return;
	worker->shared->arg[0] = qset;
	log_step("next qset %u", qset);
	ask(worker, OP_NEXT);
	if (qset < 1 || qset > 65536)
		expect(worker, -1, EINVAL);
	else
		expect(worker, 0, 0);
}

static void step_info(struct worker *worker)
{
	const struct scull_info *info = &worker->shared->info;
	uint64_t held = 0;

	log_step("info");
	ask(worker, OP_INFO);
	expect(worker, 0, 0);
	for (int i = 0; i < WINDOWS; i++)
		for (uint64_t j = 0; j < quanta_of(&windows[i]); j++)
			held += windows[i].held[j] * quantum;
	if (info->size != size)
		fail("size %llu instead of %llu", (unsigned long long)info->size,
		     (unsigned long long)size);
	if (!info->mappings != !maps_total)
		fail("%u mappings instead of %u", info->mappings, maps_total);
	if (held ? info->allocated < held : info->allocated)
		fail("%llu bytes are held instead of at least %llu",
		     (unsigned long long)info->allocated, (unsigned long long)held);
}

static struct map *pick_map(struct worker *worker)
{
	struct map *map = &worker->map[rnd(MAPS)];

	return map->pages ? map : NULL;
}

static void forget_copy(struct page_state *state)
{
	free(state->copy);
	state->copy = NULL;
}

static void step_map(struct worker *worker)
{
	struct shared *shared = worker->shared;
	struct map *map = &worker->map[rnd(MAPS)];
	/* Where addresses have 32 bits, the kernel maps no device as far on as window 1. */
	struct window *window = &windows[rnd(8) || sizeof(long) == 4 ? 0 : 1];
	size_t pages;

	if (map->pages)
		return;
	pages = 1 + rnd(rnd(3) ? 20 : 2 * quantum / page + 20);
	map->shared = rnd(3);
	map->offset = (window->base + rnd(window->length)) / page * page;
	if (!rnd(3))
		map->offset = map->offset / quantum * quantum / page * page;
	if (map->offset < window->base)
		map->offset += page;
	if (map->offset + pages * page > window->base + window->length)
		pages = (window->base + window->length - map->offset) / page;
	if (!pages)
		return;
	shared->arg[0] = map->offset;
	shared->arg[1] = pages * page;
	shared->arg[2] = map->shared ? MAP_SHARED : MAP_PRIVATE;
	log_step("map %zu pages at %llu, %s", pages, (unsigned long long)map->offset,
		 map->shared ? "shared" : "private");
	ask(worker, OP_MAP);
	if (map->shared && !shareable) {
		expect(worker, -1, ENODEV);
		return;
	}
	expect(worker, 0, 0);
	map->pages = pages;
	map->at = shared->at;
	map->writable = true;
	map->whole = true;
	map->state = must(calloc(pages, sizeof(*map->state)));
	maps_total++;
}

static void step_unmap(struct worker *worker)
{
	struct map *map = pick_map(worker);
	size_t first, count, left = 0;

	if (!map)
		return;
	first = rnd(2) ? rnd(map->pages) : 0;
	count = rnd(2) ? 1 + rnd(map->pages - first) : map->pages - first;
	for (size_t i = 0; i < map->pages; i++) {
		if (i >= first && i < first + count) {
			map->state[i].gone = true;
			forget_copy(&map->state[i]);
		}
		left += !map->state[i].gone;
	}
	worker->shared->at = map->at + first * page;
	worker->shared->arg[0] = count * page;
	worker->shared->arg[1] = (uintptr_t)map->at;
	worker->shared->arg[2] = left ? 0 : map->pages * page;
	log_step("unmap %zu pages from %zu of those at %llu", count, first,
		 (unsigned long long)map->offset);
	ask(worker, OP_UNMAP);
	expect(worker, 0, 0);
	map->whole = false;
	if (!left) {
		free(map->state);
		map->pages = 0;
		maps_total--;
	}
}

/* The page as a private mapping's copy of it; where it is made here, it ends at the end. */
static void make_copy(struct map *map, size_t number)
{
	struct page_state *state = &map->state[number];
	uint64_t pos = map->offset + number * page;

	state->copy = must(malloc(page));
	for (size_t i = 0; i < page; i++)
		state->copy[i] = counted || pos + i < size ? model_byte(pos + i) : 0;
}

/* The signal that an access to a page gets. */
static int signal_of(const struct map *map, size_t number, bool storing)
{
	const struct page_state *state = &map->state[number];

	if (state->gone || (storing && !map->writable))
		return SIGSEGV;
	return state->copy || map->offset + number * page < size ? 0 : SIGBUS;
}

/* What an access does to the pages that it touches. */
static void touch(struct map *map, size_t at, uint64_t count, bool storing)
{
	for (size_t number = at / page; number <= (at + count - 1) / page; number++) {
		if (map->state[number].copy)
			continue;
		/* Pages that have counts come from the device, which fills its hole. */
		if (map->shared || counted)
			model_hold(map->offset + number * page, 1);
		if (!map->shared && (storing || !counted))
			make_copy(map, number);
	}
}

static uint8_t mapped_byte(const struct map *map, size_t at)
{
	const struct page_state *state = &map->state[at / page];

	return state->copy ? state->copy[at % page] : model_byte(map->offset + at);
}

static void store_byte(struct map *map, size_t at, uint8_t value)
{
	struct page_state *state = &map->state[at / page];

	if (state->copy)
		state->copy[at % page] = value;
	else
		*model_at(map->offset + at) = value;
}

/* A place in a mapping, and how far one can go there without a signal, or which it gets. */
static size_t pick_place(const struct map *map, uint64_t *count, bool storing, int *signal)
{
	size_t at = rnd(map->pages * page), room = map->pages * page - at, good = 0;
	int later = 0;

	*count = 1 + rnd(rnd(2) ? 64 : 3 * page);
	if (*count > room)
		*count = room;
	*signal = signal_of(map, at / page, storing);
	while (good < *count && !later) {
		good += page - (at + good) % page;
		if (good < *count)
			later = signal_of(map, (at + good) / page, storing);
	}
	if (good < *count)
		*count = good;
	return at;
}

static void step_access(struct worker *worker, bool storing)
{
	struct shared *shared = worker->shared;
	struct map *map = pick_map(worker);
	uint64_t count;
	int signal;
	size_t at;

	if (!map)
		return;
	at = pick_place(map, &count, storing, &signal);
	random_bytes(shared->data, count);
	shared->at = map->at + at;
	shared->arg[0] = count;
	log_step("%s %llu bytes at %zu of the %s mapping of %llu", storing ? "store" : "load",
		 (unsigned long long)count, at, map->shared ? "shared" : "private",
		 (unsigned long long)map->offset);
	ask(worker, storing ? OP_STORE : OP_LOAD);
	if (shared->signal != signal)
		fail("signal %d instead of %d", shared->signal, signal);
	if (signal)
		return;
	touch(map, at, count, storing);
	for (uint64_t i = 0; i < count; i++) {
		if (storing)
			store_byte(map, at + i, shared->data[i]);
		else if (shared->data[i] != mapped_byte(map, at + i))
			fail("byte %llu of the mapping is %d instead of %d",
			     (unsigned long long)(at + i), shared->data[i],
			     mapped_byte(map, at + i));
	}
}

static void step_advise(struct worker *worker)
{
	struct map *map = pick_map(worker);
	size_t first, count;

	if (!map || !map->whole)
		return;
	first = rnd(map->pages);
	count = 1 + rnd(map->pages - first);
	worker->shared->at = map->at + first * page;
	worker->shared->arg[0] = count * page;
	log_step("forget %zu pages from %zu of the mapping of %llu", count, first,
		 (unsigned long long)map->offset);
	ask(worker, OP_ADVISE);
	/* Bare frames are not to be forgotten. */
	if (worker->shared->result < 0 && map->shared && !counted) {
		expect(worker, -1, EINVAL);
		return;
	}
	expect(worker, 0, 0);
	for (size_t i = first; i < first + count; i++)
		forget_copy(&map->state[i]);
}

static void step_protect(struct worker *worker)
{
	struct map *map = pick_map(worker);

	if (!map || !map->whole)
		return;
	map->writable = rnd(2);
	worker->shared->at = map->at;
	worker->shared->arg[0] = map->pages * page;
	worker->shared->arg[1] = PROT_READ | (map->writable ? PROT_WRITE : 0);
	log_step("protect the mapping of %llu: %s", (unsigned long long)map->offset,
		 map->writable ? "writable" : "read only");
	ask(worker, OP_PROTECT);
	expect(worker, 0, 0);
}

static void step_move(struct worker *worker)
{
	struct map *map = pick_map(worker);

	if (!map || !map->whole)
		return;
	worker->shared->at = map->at;
	worker->shared->arg[0] = map->pages * page;
	log_step("move the mapping of %llu", (unsigned long long)map->offset);
	ask(worker, OP_MOVE);
	expect(worker, 0, 0);
	map->at = worker->shared->at;
}

static void step_fork(struct worker *worker)
{
	struct map *map = pick_map(worker);

	worker->shared->at = NULL;
	worker->shared->arg[0] = 0;
	if (map && !signal_of(map, 0, false)) {
		/* What the child copies, it copies for itself. */
		if (map->shared || counted)
			touch(map, 0, 1, false);
		worker->shared->at = map->at;
		worker->shared->arg[0] = mapped_byte(map, 0);
	}
	log_step("fork");
	ask(worker, OP_FORK);
	expect(worker, 0, 0);
}

/* Whether a range of a mapping shares bytes of the file with one of the file. */
static bool overlaps(const struct map *map, size_t at, uint64_t count, uint64_t pos)
{
	uint64_t from = map->offset + at;

	/* Pages on their way in or out count whole. */
	return from / page * page < pos + count + page && pos < from + count + page;
}

/* Write to the file from a mapping of it, or read into one; elsewhere than they overlap. */
static void step_transfer(struct worker *worker, enum operation op)
{
	struct shared *shared = worker->shared;
	struct map *map = pick_map(worker);
	bool storing = op == OP_READ_MAP;
	uint64_t pos = pick_pos(), count, room;
	static uint8_t bytes[DATA];
	int signal;
	size_t at;

	if (!map || (storing && pos >= size))
		return;
	room = storing ? size - pos : window_of(pos)->length - (pos - window_of(pos)->base);
	at = pick_place(map, &count, storing, &signal);
	if (count > room)
		count = room;
	if (signal || overlaps(map, at, count, pos))
		return;
	touch(map, at, count, storing);
	for (uint64_t i = 0; i < count; i++)
		bytes[i] = storing ? model_byte(pos + i) : mapped_byte(map, at + i);
	shared->at = map->at + at;
	shared->arg[0] = pos;
	shared->arg[1] = count;
	log_step("%s %llu bytes at %llu %s %zu of the %s mapping of %llu",
		 storing ? "read" : "write", (unsigned long long)count,
		 (unsigned long long)pos, storing ? "to" : "from", at,
		 map->shared ? "shared" : "private", (unsigned long long)map->offset);
	ask(worker, op);
	expect(worker, count, 0);
	if (!storing)
		model_write(pos, bytes, count);
	for (uint64_t i = 0; storing && i < count; i++)
		store_byte(map, at + i, bytes[i]);
}

/* One worker looks into the mapping of another. */
static void step_peek(struct worker *worker)
{
	struct shared *shared = worker->shared;
	struct worker *whose = &workers[rnd(WORKERS)];
	struct map *map = pick_map(whose);
	uint64_t count;
	int signal;
	size_t at;

	/* The kernel does not get hold of bare frames for another process. */
	if (!map || (map->shared && !counted))
		return;
	at = pick_place(map, &count, false, &signal);
	if (signal)
		return;
	shared->at = map->at + at;
	shared->arg[0] = whose->pid;
	shared->arg[1] = count;
	log_step("peek at %llu bytes of a mapping of %llu", (unsigned long long)count,
		 (unsigned long long)map->offset);
	touch(map, at, count, false);
	ask(worker, OP_PEEK);
	expect(worker, count, 0);
	for (uint64_t i = 0; i < count; i++)
		if (shared->data[i] != mapped_byte(map, at + i))
			fail("byte %llu is %d instead of %d", (unsigned long long)(at + i),
			     shared->data[i], mapped_byte(map, at + i));
}

/* All at once, next to each other. What holes they fill is read off afterwards. */
static void step_round(void)
{
	uint64_t most = size < windows[0].length ? size : windows[0].length;
	uint64_t first, bytes, part, at;

	if (most < 4 * WORKERS || rnd(10))
		return;
	first = rnd(most - 2 * WORKERS);
	bytes = 2 * WORKERS + rnd(most - first - 2 * WORKERS + 1);
	if (bytes > WORKERS * 100000)
		bytes = WORKERS * 100000;
	part = bytes / WORKERS;
	log_step("a round in %llu bytes at %llu", (unsigned long long)bytes,
		 (unsigned long long)first);
	for (int i = 0; i < WORKERS; i++) {
		struct shared *shared = workers[i].shared;

		shared->arg[0] = first + i * part;
		shared->arg[1] = first + (i + 1) * part;
		shared->arg[2] = rnd(UINT64_MAX);
		shared->arg[3] = shareable && rnd(2);
		memcpy(shared->data, windows[0].bytes + shared->arg[0], part);
	}
	for (int i = 0; i < WORKERS; i++)
		begin(&workers[i], OP_ROUND);
	for (int i = 0; i < WORKERS; i++)
		end(&workers[i]);
	for (int i = 0; i < WORKERS; i++) {
		struct shared *shared = workers[i].shared;

		if (shared->signal || shared->result)
			fail("worker %d: signal %d, %s", i, shared->signal, shared->text);
		memcpy(windows[0].bytes + shared->arg[0], shared->data, part);
		workers[i].append_pos = 0;
	}
	for (at = first; at < first + bytes; at += quantum - at % quantum) {
		bool held = lseek(own, at, SEEK_DATA) == (int64_t)at;

		if (*held_at(at) && !held)
			fail("what was held at %llu no longer is", (unsigned long long)at);
		*held_at(at) = held;
	}
}

static void one_step(void)
{
	struct worker *worker = &workers[rnd(WORKERS)];
	enum operation op = rnd(OPERATIONS);

	switch (op) {
	case OP_PREAD: case OP_READ: case OP_READV: case OP_NOWAIT_READ:
		step_read(worker, op);
		break;
	case OP_PWRITE: case OP_WRITE: case OP_APPEND: case OP_WRITEV: case OP_NOWAIT_WRITE:
	case OP_HALF_WRITE:
		step_write(worker, op);
		break;
	case OP_SEEK: step_seek(worker); break;
	case OP_REOPEN: step_reopen(worker); break;
	case OP_TRIM: step_trim(worker); break;
	case OP_INFO: step_info(worker); break;
	case OP_NEXT: step_next(worker); break;
	case OP_MAP: step_map(worker); break;
	case OP_UNMAP: step_unmap(worker); break;
	case OP_LOAD: step_access(worker, false); break;
	case OP_STORE: step_access(worker, true); break;
	case OP_ADVISE: step_advise(worker); break;
	case OP_PROTECT: step_protect(worker); break;
	case OP_MOVE: step_move(worker); break;
	case OP_FORK: step_fork(worker); break;
	case OP_WRITE_MAP: case OP_READ_MAP: step_transfer(worker, op); break;
	case OP_PEEK: step_peek(worker); break;
	case OP_ROUND: step_round(); break;
	case OPERATIONS: break;
	}
}

static void set_windows(void)
{
	uint64_t near = 24 * quantum;

	if (near < 1 << 18)
		near = 1 << 18;
	if (near > 48 << 20)
		near = 48 << 20;
	windows[0].length = near + 777;
	windows[1].base = (limit >> 41 ? 1ULL << 40 : limit / 2) / quantum * quantum;
	windows[1].length = 3 * quantum + 100;
	windows[2].base = (limit - 5 * page) / quantum * quantum;
	windows[2].length = limit - windows[2].base;
	for (int i = 0; i < WINDOWS; i++) {
		windows[i].bytes = must(calloc(1, windows[i].length));
		windows[i].held = must(calloc(1, quanta_of(&windows[i])));
	}
}

int main(int argc, char **argv)
{
	struct scull_info info;
	uint64_t steps;

	if (argc != 4) {
		fprintf(stderr, "usage: fuzz NODE SEED STEPS\n");
		return 2;
	}
	path = argv[1];
	seed = strtoull(argv[2], NULL, 0);
	steps = strtoull(argv[3], NULL, 0);
	page = sysconf(_SC_PAGESIZE);
	own = open(path, O_RDWR);
	if (own < 0 || ioctl(own, SCULL_IOC_TRIM) || ioctl(own, SCULL_IOC_INFO, &info))
		fail("%s: %s", path, strerror(errno));
	quantum = info.quantum;
	counted = !strcmp(info.storage, "pages") || !strcmp(info.storage, "vmalloc");
	shareable = counted || quantum % page == 0;
	limit = lseek(own, 0, SEEK_SET);
	/* The largest position is the limit of the file. */
	for (uint64_t bit = 1ULL << 62; bit; bit >>= 1)
		if (lseek(own, limit + bit, SEEK_SET) >= 0)
			limit += bit;
	set_windows();

	for (int i = 0; i < WORKERS; i++)
		hire(&workers[i]);
	for (step = 1; step <= steps; step++) {
		/* A step that had nothing to do stays as the one before. */
		log_step("nothing");
		one_step();
	}
	step--;
	/* Each has the ends of those before it open, so that the last one ends first. */
	for (int i = 0; i < WORKERS; i++)
		close(workers[i].to);
	for (int i = 0; i < WORKERS; i++)
		waitpid(workers[i].pid, NULL, 0);
	if (ioctl(own, SCULL_IOC_TRIM) || ioctl(own, SCULL_IOC_INFO, &info) || info.allocated)
		fail("%llu bytes are held after a trim: %s", (unsigned long long)info.allocated,
		     strerror(errno));
	return 0;
}
