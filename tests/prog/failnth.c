// SPDX-License-Identifier: GPL-2.0
/*
 * Make the kernel's 1st, 2nd, 3rd ... allocation, or copy from or to user space, fail
 * in one system call, until the call gets through: each failure that it can meet.
 *
 *	failnth PATH NODE
 *	failnth load NODE MODULE.ko [PARAMETERS]
 *
 * PATH is a name from the table below. After each failure: the call says so by a
 * documented error, or has done its part; what the file held before is still there; the
 * same call without a failure works. Prints how many failures the call met. Needs a
 * kernel with fault injection, and its failslab and fail_page_alloc set up to take
 * part (see suites/failnth.sh).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../scull_common/scull_ioctl.h"

#define MOST 20000	/* failures of one call; more is an endless retry */

static const char *node, *module, *parameters = "";
static const char *name;	/* of the node, without its folder */
static char driver[20];		/* the name without its number */
static int nth, fd, module_fd;
static unsigned int failure;	/* the number of this one */
static struct scull_info info;
static size_t quantum, page;

/* The file before each call: three quanta of 'a', then a hole of three. */
static size_t held, size;
static char *before, *buffer, *source;

static void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

static void die(const char *format, ...)
{
	va_list list;

	printf("failure %u: ", failure);
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	printf("\n");
	exit(1);
}

static char *memory(size_t bytes, int value)
{
	char *area = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (area == MAP_FAILED)
		die("no memory");
	memset(area, value, bytes);
	return area;
}

static void query(void)
{
	if (ioctl(fd, SCULL_IOC_INFO, &info))
		die("info: %s", strerror(errno));
}

/* The file as it is before each call. */
static void fill(void)
{
	if (ioctl(fd, SCULL_IOC_TRIM))
		die("trim: %s", strerror(errno));
	if (pwrite(fd, source, held, 0) != (ssize_t)held)
		die("filling: %s", strerror(errno));
	if (pwrite(fd, "z", 1, size - 1) != 1)
		die("filling the end: %s", strerror(errno));
}

static void expect_file(const char *expected, size_t bytes)
{
	ssize_t got = pread(fd, buffer, size + 4 * quantum, 0);

	if (got != (ssize_t)bytes)
		die("the file has %zd bytes, not %zu", got, bytes);
	for (size_t i = 0; i < bytes; i++)
		if (buffer[i] != expected[i])
			die("byte %zu is %d, not %d", i, buffer[i], expected[i]);
}

static void expect_error(long result, const int *errors)
{
	if (result >= 0)
		return;
	for (; *errors; errors++)
		if (errno == *errors)
			return;
	die("an undocumented error: %s", strerror(errno));
}

#define ERRORS(...) ((const int []) { __VA_ARGS__, 0 })

static void intact(void)
{
	expect_file(before, size);
}

/* open */
static long run_open(void)
{
	return open(node, O_RDONLY);
}

/* The kernel's own copy of a path may fail as well. */
static void check_open(long result)
{
	expect_error(result, ERRORS(ENOMEM, EFAULT));
	if (result >= 0)
		close(result);
	intact();
}

static long run_open_new(void)
{
	return open(node, O_WRONLY);
}

/* A failed open has not emptied the file. */
static void check_open_new(long result)
{
	if (result < 0) {
		check_open(result);
		return;
	}
	close(result);
	expect_file(before, 0);
}

/* write: over half of the data, the hole's start, and with a quantum more at the end */
static off_t write_at;
static size_t write_bytes;

static void prepare_write(void)
{
	fill();
	write_at = held - quantum / 2;
	write_bytes = quantum * 2;
}

static void prepare_append(void)
{
	fill();
	write_at = size;
	write_bytes = quantum * 2;
}

static long run_write(void)
{
	return pwrite(fd, source + held, write_bytes, write_at);
}

static long run_writev(void)
{
	struct iovec iov[2] = {
		{ source + held, write_bytes / 2 },
		{ source + held + write_bytes / 2, write_bytes - write_bytes / 2 },
	};

	return pwritev(fd, iov, 2, write_at);
}

/* As much as it says was written, and no more. */
static void check_write(long result)
{
	size_t done = result < 0 ? 0 : result, end = write_at + done;
	static char *expected;

	if (!expected)
		expected = memory(size + 4 * quantum, 0);
	expect_error(result, ERRORS(ENOMEM, EFAULT));
	memcpy(expected, before, size);
	memcpy(expected + write_at, source + held, done);
	expect_file(expected, end > size ? end : size);
	if (run_write() != (long)write_bytes)
		die("the same write, without a failure: %s", strerror(errno));
}

/* write far away: a new item, and new nodes of the index */
static long run_write_far(void)
{
	return pwrite(fd, "far", 3, 1LL << 40);
}

static void check_write_far(long result)
{
	struct stat status;

	expect_error(result, ERRORS(ENOMEM, EFAULT));
	query();
	if (info.size != (result < 0 ? size : (1ULL << 40) + result))
		die("the file's size is %llu", (unsigned long long)info.size);
	if (pread(fd, buffer, size, 0) != (ssize_t)size || memcmp(buffer, before, size))
		die("the file has changed");
	if (fstat(fd, &status) || run_write_far() != 3)
		die("the same write, without a failure: %s", strerror(errno));
}

/* read, over data and hole */
static long run_read(void)
{
	return pread(fd, buffer, size, 0);
}

static void check_read(long result)
{
	expect_error(result, ERRORS(EFAULT));
	if (result > 0 && memcmp(buffer, before, result))
		die("what was read is not what is there");
	if (result == 0)
		die("the end of the file at its start");
	intact();
}

/* splice, in both directions */
static int other;

static void prepare_splice(void)
{
	prepare_append();
	other = memfd_create("other", 0);
	if (other < 0 || write(other, source + held, write_bytes) != (ssize_t)write_bytes)
		die("a file in memory: %s", strerror(errno));
	lseek(other, 0, SEEK_SET);
}

static long run_splice_in(void)
{
	lseek(fd, size, SEEK_SET);
	return sendfile(fd, other, NULL, write_bytes);
}

static void check_splice_in(long result)
{
	close(other);
	check_write(result);
}

static long run_splice_out(void)
{
	off_t from = 0;

	return sendfile(other, fd, &from, size);
}

static void check_splice_out(long result)
{
	expect_error(result, ERRORS(ENOMEM, EFAULT));
	if (result > 0 && (pread(other, buffer, result, 0) != result ||
			   memcmp(buffer, before, result)))
		die("what was spliced is not what is there");
	close(other);
	intact();
}

/* faults */
static char *map;
static sigjmp_buf fault;

static void on_fault(int number)
{
	siglongjmp(fault, number);
}

static void prepare_map(int flags)
{
	fill();
	map = mmap(NULL, size / page * page, PROT_READ | PROT_WRITE, flags, fd, 0);
	if (map == MAP_FAILED)
		die("mmap: %s", strerror(errno));
}

static void prepare_shared(void)
{
	prepare_map(MAP_SHARED);
}

static void prepare_private(void)
{
	prepare_map(MAP_PRIVATE);
}

/* A page of the hole. */
static size_t in_hole(void)
{
	return (held + quantum + page - 1) / page * page;
}

static long access_hole(int store)
{
	volatile char *at = map + in_hole();

	if (sigsetjmp(fault, 1))
		return -1;
	if (store)
		*at = 's';
	else if (*at)
		die("the hole holds something");
	return 0;
}

static long run_store(void)
{
	return access_hole(1);
}

static long run_load(void)
{
	return access_hole(0);
}

static void check_fault(int stored)
{
	munmap(map, size / page * page);
	before[in_hole()] = stored ? 's' : 0;
	intact();
	before[in_hole()] = 0;
}

static void check_store(long result)
{
	if (!result && map[in_hole()] != 's')
		die("the store is lost");
	check_fault(!result);
}

static void check_load(long result)
{
	if (!result && map[0] != 'a')
		die("a page nearby is not right");
	check_fault(0);
}

static void check_private_store(long result)
{
	if (!result && map[in_hole()] != 's')
		die("the store is lost");
	check_fault(0);
}

/* mmap and fork */
static long run_map(void)
{
	map = mmap(NULL, held / page * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return map == MAP_FAILED ? -1 : 0;
}

static void check_map(long result)
{
	expect_error(result, ERRORS(ENOMEM));
	if (!result)
		munmap(map, held / page * page);
	query();
	if (info.mappings)
		die("%u mappings are left", info.mappings);
	intact();
}

static void prepare_fork(void)
{
	prepare_shared();
	for (size_t at = 0; at < size / page * page; at += page)
		if (map[at] != before[at])
			die("the mapping does not show the file");
}

static long run_fork(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(map[0] != 'a');
	return pid;
}

static void check_fork(long result)
{
	int status;

	expect_error(result, ERRORS(ENOMEM, EAGAIN));
	if (result > 0 && (waitpid(result, &status, 0) != result || status))
		die("the child failed");
	query();
	if (info.mappings != 1)
		die("%u mappings", info.mappings);
	check_fault(0);
}

/* ioctl */
static struct scull_info answer;

static long run_info(void)
{
	return ioctl(fd, SCULL_IOC_INFO, &answer);
}

static long run_extent(void)
{
	struct scull_extent extent = { .offset = 0 };

	return ioctl(fd, SCULL_IOC_EXTENT, &extent);
}

static void check_query(long result)
{
	expect_error(result, ERRORS(EFAULT));
	intact();
}

static long run_geometry(void)
{
	struct scull_next_geometry next = { .which = SCULL_NEXT_QSET, .qset = info.qset + 1 };

	return ioctl(fd, SCULL_IOC_GEOMETRY, &next);
}

static void check_geometry(long result)
{
	unsigned int qset = info.qset;

	expect_error(result, ERRORS(EFAULT));
	query();
	if (info.next_qset != (result < 0 ? qset : qset + 1))
		die("the next qset is %u", info.next_qset);
	if (ioctl(fd, _IO(SCULL_IOC_MAGIC, 0)) && ioctl(fd, _IO('K', 0)))
		die("reset: %s", strerror(errno));
	intact();
}

static long run_trim(void)
{
	return ioctl(fd, SCULL_IOC_TRIM);
}

static void check_trim(long result)
{
	if (result)
		die("a trim failed: %s", strerror(errno));
	expect_file(before, 0);
}

/* The dump, and an attribute. */
static const char *shown, *proc_path, *attribute_path;
static char *text;
static ssize_t text_bytes;

static long read_all(const char *path, char *to)
{
	int file = open(path, O_RDONLY);
	ssize_t got = 0;
	long sum = 0;

	if (file < 0)
		return -1;
	while (sum < (1 << 20) && (got = read(file, to + sum, (1 << 20) - sum)) > 0)
		sum += got;
	close(file);
	return got < 0 ? -1 : sum;
}

static void prepare_text(const char *path)
{
	if (text)
		return;
	fill();
	shown = path;
	text = memory(1 << 20, 0);
	text_bytes = read_all(path, text);
	if (text_bytes <= 0)
		die("cannot read %s: %s", path, strerror(errno));
}

static void prepare_dump(void)
{
	prepare_text(proc_path);
}

static void prepare_attribute(void)
{
	prepare_text(attribute_path);
}

static long run_text(void)
{
	return read_all(shown, buffer);
}

static void check_text(long result)
{
	expect_error(result, ERRORS(ENOMEM, EFAULT));
	if (result >= 0 && (result != text_bytes || memcmp(buffer, text, result)))
		die("%ld bytes of %s, and not the same", result, shown);
	intact();
}

/* Loading. What is injected may be a step that a driver does without: an event. */
static int present(const char *format)
{
	char path[100];

	snprintf(path, sizeof(path), format, driver);
	return !access(path, F_OK);
}

static void prepare_load(void)
{
}

static long run_load_module(void)
{
	return syscall(SYS_finit_module, module_fd, parameters, 0);
}

static void unload(void)
{
	if (syscall(SYS_delete_module, driver, O_NONBLOCK))
		die("unloading: %s", strerror(errno));
}

static void check_load_module(long result)
{
	/* The kernel's own copy of the parameters may fail as well. */
	expect_error(result, ERRORS(ENOMEM, EFAULT));
	if (!result) {
		if (!present("/proc/%smem") || !present("/sys/class/scull/%s0"))
			die("loaded, but it is not all there");
		unload();
	}
	if (present("/proc/%smem") || present("/sys/class/scull/%s0") ||
	    present("/dev/%s0") || present("/sys/module/%s"))
		die("something is left behind");
}

static const struct path {
	const char *name;
	void (*prepare)(void);
	long (*run)(void);
	void (*check)(long result);
} paths[] = {
	{ "open", fill, run_open, check_open },
	{ "open_new", fill, run_open_new, check_open_new },
	{ "write", prepare_write, run_write, check_write },
	{ "append", prepare_append, run_write, check_write },
	{ "writev", prepare_write, run_writev, check_write },
	{ "write_far", fill, run_write_far, check_write_far },
	{ "read", fill, run_read, check_read },
	{ "splice_in", prepare_splice, run_splice_in, check_splice_in },
	{ "splice_out", prepare_splice, run_splice_out, check_splice_out },
	{ "store", prepare_shared, run_store, check_store },
	{ "load_hole", prepare_shared, run_load, check_load },
	{ "private_store", prepare_private, run_store, check_private_store },
	{ "private_load", prepare_private, run_load, check_load },
	{ "mmap", fill, run_map, check_map },
	{ "fork", prepare_fork, run_fork, check_fork },
	{ "info", fill, run_info, check_query },
	{ "extent", fill, run_extent, check_query },
	{ "geometry", fill, run_geometry, check_geometry },
	{ "trim", fill, run_trim, check_trim },
	{ "dump", prepare_dump, run_text, check_text },
	{ "attribute", prepare_attribute, run_text, check_text },
	{ "load", prepare_load, run_load_module, check_load_module },
};

static void arm(unsigned int count)
{
	char digits[16];
	int length = snprintf(digits, sizeof(digits), "%u", count);

	if (pwrite(nth, digits, length, 0) != length)
		die("cannot write fail-nth: %s", strerror(errno));
}

/* Whether the failure came. If not, the copies made here may be what fails. */
static int disarm(void)
{
	char digits[16] = "";
	ssize_t got = pread(nth, digits, sizeof(digits) - 1, 0);

	while (pwrite(nth, "0", 1, 0) != 1 && errno == EFAULT)
		;
	return got > 0 && atoi(digits) == 0;
}

static void set_up(void)
{
	static char proc[64], attribute[64];

	fd = open(node, O_RDWR);
	if (fd < 0)
		die("%s: %s", node, strerror(errno));
	query();
	quantum = info.quantum;
	held = 3 * quantum;
	/* Pages beyond the hole, so that small quanta have one of their own. */
	size = held + 3 * quantum + 2 * page;
	before = memory(size + 4 * quantum, 0);
	memset(before, 'a', held);
	before[size - 1] = 'z';
	buffer = memory(size + 4 * quantum + (1 << 20), 0);
	source = memory(held + 4 * quantum, 'b');
	memset(source, 'a', held);
	snprintf(proc, sizeof(proc), "/proc/%smem", driver);
	snprintf(attribute, sizeof(attribute), "/sys/class/scull/%s/allocated", name);
	proc_path = proc;
	attribute_path = attribute;
}

int main(int argc, char **argv)
{
	const struct path *path = paths, *end = paths + sizeof(paths) / sizeof(*paths);
	unsigned int failed = 0;
	int met;

	if (argc < 3)
		die("usage: failnth PATH NODE [MODULE.ko [PARAMETERS]]");
	while (path < end && strcmp(path->name, argv[1]))
		path++;
	if (path == end)
		die("no such path: %s", argv[1]);
	node = argv[2];
	name = strrchr(node, '/');
	if (!name)
		die("%s: no path", node);
	name++;
	snprintf(driver, sizeof(driver), "%.*s", (int)strcspn(name, "0123456789"), name);
	page = sysconf(_SC_PAGESIZE);
	if (argc > 3) {
		module = argv[3];
		module_fd = open(module, O_RDONLY);
		if (module_fd < 0)
			die("%s: %s", module, strerror(errno));
		buffer = memory(1 << 20, 0);
	} else {
		set_up();
	}
	if (argc > 4)
		parameters = argv[4];
	nth = open("/proc/self/fail-nth", O_RDWR);
	if (nth < 0)
		die("/proc/self/fail-nth: %s", strerror(errno));
	signal(SIGBUS, on_fault);
	signal(SIGSEGV, on_fault);

	for (failure = 1; failure < MOST; failure++) {
		long result;
		int error;

		path->prepare();
		arm(failure);
		result = path->run();
		error = errno;
		met = disarm();
		errno = error;
		failed += result < 0;
		path->check(result);
		if (!met) {
			if (result < 0)
				die("failed without a failure: %s", strerror(error));
			break;
		}
	}
	if (failure == MOST)
		die("it never gets through");
	if (!module) {
		if (ioctl(fd, SCULL_IOC_TRIM))
			die("trim: %s", strerror(errno));
		query();
		if (info.allocated)
			die("%llu bytes are still held", (unsigned long long)info.allocated);
	}
	printf("%s %u failures met, %u reported\n", path->name, failure - 1, failed);
	return 0;
}
