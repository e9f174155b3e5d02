// SPDX-License-Identifier: GPL-2.0
/*
 * parallel TEST FILE [SECONDS]: several tasks use one file at once. Says what went
 * wrong and fails, or is silent.
 *	append		records that four processes append stay whole
 *	position	two processes that share a descriptor share its position
 *	readers		a reader that waits does not keep out another one
 *	kill		a process in a huge write dies at once; instead of SECONDS, a
 *			file with a number that grows while the file is written
 *	exhaust		(a device) bytes far apart until there is no memory, and trims
 *	mix		random writes, reads and new files: each byte read is 0 or what
 *			belongs at its offset
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../scull_common/scull_ioctl.h"

#define TASKS 4

static const char *path;

__attribute__((noreturn))
static void die(const char *what)
{
	fprintf(stderr, "parallel: %s: %s\n", what, errno ? strerror(errno) : "wrong");
	exit(1);
}

static int open_file(int flags)
{
	int fd = open(path, flags, 0600);

	if (fd < 0)
		die("open");
	return fd;
}

static off_t size_of_file(void)
{
	int fd = open_file(O_RDONLY);
	off_t size = lseek(fd, 0, SEEK_END);

	close(fd);
	return size;
}

static void in_tasks(void (*job)(int task))
{
	int status, bad = 0;

	for (int task = 0; task < TASKS; task++) {
		switch (fork()) {
		case -1:
			die("fork");
		case 0:
			job(task);
			exit(0);
		}
	}
	while (wait(&status) > 0)
		bad |= status;
	if (bad)
		exit(1);
}

/* A record: its writer's letter over and over; no quantum is a multiple of it. */
#define RECORD 7001
#define RECORDS 150

static void append_job(int task)
{
	int fd = open_file(O_WRONLY | O_APPEND);
	char record[RECORD];

	memset(record, 'a' + task, sizeof(record));
	for (int i = 0; i < RECORDS; i++)
		if (write(fd, record, sizeof(record)) != sizeof(record))
			die("short record");
}

static void test_append(void)
{
	int count[TASKS] = {};
	char record[RECORD];
	ssize_t got;
	int fd;

	close(open_file(O_WRONLY | O_TRUNC));
	in_tasks(append_job);
	fd = open_file(O_RDONLY);
	errno = 0;
	while ((got = read(fd, record, sizeof(record))) == sizeof(record)) {
		for (int i = 1; i < RECORD; i++)
			if (record[i] != record[0])
				die("torn record");
		count[record[0] - 'a']++;
	}
	if (got)
		die("odd end");
	for (int task = 0; task < TASKS; task++)
		if (count[task] != RECORDS)
			die("lost records");
}

static int shared_fd;

static void position_job(int task)
{
	char piece[1000];

	memset(piece, 'a' + task, sizeof(piece));
	for (int i = 0; i < 2000; i++)
		if (write(shared_fd, piece, sizeof(piece)) != sizeof(piece))
			die("short write");
}

static void test_position(void)
{
	shared_fd = open_file(O_RDWR | O_TRUNC);
	in_tasks(position_job);
	errno = 0;
	if (size_of_file() != TASKS * 2000 * 1000)
		die("writes that overwrote each other");
}

/* A page that is not there until userfaultfd is told to bring it. */
static void *waiting_page;

static void *waiting_reader(void *unused)
{
	int fd = open_file(O_RDONLY);

	(void)unused;
	if (pread(fd, waiting_page, 100, 0) != 100)
		die("waiting read");
	return NULL;
}

static void test_readers(void)
{
	long page = sysconf(_SC_PAGESIZE);
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_zeropage zero = {};
	struct uffd_msg message;
	char text[100];
	pthread_t thread;
	int uffd, fd;

	fd = open_file(O_RDWR | O_TRUNC);
	memset(text, 'r', sizeof(text));
	if (write(fd, text, sizeof(text)) != sizeof(text))
		die("write");

	uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	waiting_page = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	range.range.start = (uintptr_t)waiting_page;
	range.range.len = page;
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api) || ioctl(uffd, UFFDIO_REGISTER, &range))
		die("userfaultfd");
	if (pthread_create(&thread, NULL, waiting_reader, NULL))
		die("pthread_create");
	if (read(uffd, &message, sizeof(message)) != sizeof(message))
		die("no fault");

	/* The first reader waits in its copy now; if it kept others out, this hangs. */
	alarm(20);
	if (pread(fd, text, sizeof(text), 0) != sizeof(text))
		die("second read");
	alarm(0);

	zero.range = range.range;
	if (ioctl(uffd, UFFDIO_ZEROPAGE, &zero))
		die("UFFDIO_ZEROPAGE");
	pthread_join(thread, NULL);
}

static const char *progress_path;

static long long progress(void)
{
	long long value = 0;
	FILE *file;

	if (!progress_path)
		return size_of_file();
	file = fopen(progress_path, "r");
	if (!file || fscanf(file, "%lld", &value) != 1)
		die(progress_path);
	fclose(file);
	return value;
}

static void test_kill(void)
{
	size_t size = 700UL << 20;
	char *buffer = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			    -1, 0);
	int fd = open_file(O_RDWR | O_TRUNC);
	int status;
	pid_t child;

	child = fork();
	if (!child) {
		if (write(fd, buffer, size) < 0)
			die("write");
		exit(0);
	}
	while (progress() < 10 << 20)
		;
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	errno = 0;
	if (!WIFSIGNALED(status))
		die("the write was over before the signal");
	if (!size_of_file() || size_of_file() >= (off_t)size)
		die("the write was not cut short");
	close(open_file(O_WRONLY | O_TRUNC));
}

#define SPAN (8 << 20)
#define CHUNK 100000

static int mix_seconds = 5;

static unsigned char belongs_at(off_t offset)
{
	return (offset * 2654435761u >> 13) | 1;
}

static void mix_once(int fd, unsigned int *seed, unsigned char *buffer)
{
	off_t offset = rand_r(seed) % SPAN;
	size_t size = rand_r(seed) % CHUNK;
	ssize_t got;

	switch (rand_r(seed) % 20) {
	case 0:
		close(open_file(O_WRONLY | O_TRUNC));
		break;
	case 1:
		if (lseek(fd, offset, SEEK_HOLE) < 0 && errno != ENXIO)
			die("SEEK_HOLE");
		break;
	case 2 ... 9:
		for (size_t i = 0; i < size; i++)
			buffer[i] = belongs_at(offset + i);
		if (pwrite(fd, buffer, size, offset) != (ssize_t)size)
			die("pwrite");
		break;
	default:
		got = pread(fd, buffer, size, offset);
		if (got < 0)
			die("pread");
		errno = 0;
		for (ssize_t i = 0; i < got; i++)
			if (buffer[i] && buffer[i] != belongs_at(offset + i))
				die("a byte that was never written there");
	}
}

static void mix_job(int task)
{
	unsigned char *buffer = malloc(CHUNK);
	unsigned int seed = task + 1;
	time_t end = time(NULL) + mix_seconds;
	int fd = open_file(O_RDWR);

	if (!buffer)
		die("malloc");
	while (time(NULL) < end)
		mix_once(fd, &seed, buffer);
}

static void test_mix(void)
{
	close(open_file(O_WRONLY | O_TRUNC));
	in_tasks(mix_job);
	close(open_file(O_WRONLY | O_TRUNC));
}

/* In a memory cgroup with a limit: what fails must leave nothing behind. */
static void test_exhaust(void)
{
	int fd = open_file(O_RDWR);
	unsigned int seed = getpid();

	/* The limit is for the device's memory, not for this program's. */
	if (mlockall(MCL_CURRENT))
		die("mlockall");
	for (int cycle = 0; cycle < 40; cycle++) {
		int failures = 0;

		while (failures < 40) {
			/* Where addresses have 32 bits, a file of small quanta ends at 32 GiB. */
			off_t high = rand_r(&seed) & (sizeof(long) == 4 ? 7 : INT_MAX);
			off_t offset = high << 32 | rand_r(&seed);

			if (pwrite(fd, "x", 1, offset) == 1)
				failures = 0;
			else if (errno == ENOMEM)
				failures++;
			else
				die("pwrite");
		}
		if (ioctl(fd, SCULL_IOC_TRIM))
			die("SCULL_IOC_TRIM");
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} tests[] = {
		{ "append", test_append }, { "position", test_position },
		{ "readers", test_readers }, { "kill", test_kill }, { "mix", test_mix },
		{ "exhaust", test_exhaust },
	};

	if (argc < 3)
		die("usage: parallel TEST FILE [SECONDS]");
	path = argv[2];
	if (argc > 3) {
		mix_seconds = atoi(argv[3]);
		progress_path = argv[3];
	}
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		if (!strcmp(argv[1], tests[i].name)) {
			tests[i].run();
			return 0;
		}
	}
	die("no such test");
}
