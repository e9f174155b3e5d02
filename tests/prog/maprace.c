// SPDX-License-Identifier: GPL-2.0
/*
 * maprace TEST FILE SECONDS: several tasks map one file and use it at once. Says
 * what went wrong and fails, or counts what was done.
 *	race	processes that map, store, fork, move and unmap, that write and read, and
 *		that empty the file. Each byte seen is 0 or what belongs at its offset, and
 *		what was stored stays as long as the mapping does. (a device)
 *	own	threads that read into and write from mappings of the file itself, while
 *		others map and unmap
 *	trims	one process maps and unmaps a file that another fills and empties
 *	faults	two threads of a process fault at once next to each other
 *	growth	one stores past the end of a file while another makes it grow
 *	killed	one that may read only is killed while it writes to a private mapping as
 *		a debugger does
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../scull_common/scull_ioctl.h"

#define SPAN	(10 << 20)
#define PAGES	64
#define GARBAGE	0xee	/* belongs nowhere */

enum { MAPS, FORKS, STORES, WRITES, TRIMS, REFUSED, PAST, COUNTS };

static const char * const count_names[] = {
	"maps", "forks", "stores", "writes", "trims", "refused", "past-the-end",
};

static long *counts;	/* shared by all tasks */
static const char *path;
static time_t end;
static long page;

__attribute__((noreturn))
static void die(const char *what)
{
	fprintf(stderr, "maprace: %s: %s\n", what, errno ? strerror(errno) : "wrong");
	exit(1);
}

__attribute__((noreturn))
static void wrong(const char *what)
{
	errno = 0;
	die(what);
}

static void count(int which)
{
	__atomic_add_fetch(&counts[which], 1, __ATOMIC_RELAXED);
}

static int open_file(int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		die("open");
	return fd;
}

static unsigned char belongs_at(off_t offset)
{
	unsigned char value = offset * 2654435761u >> 13 | 1;

	return value == GARBAGE ? 1 : value;
}

static void fill(unsigned char *to, off_t offset, size_t size)
{
	for (size_t i = 0; i < size; i++)
		to[i] = belongs_at(offset + i);
}

/* All there, or with holes. */
static void check(const unsigned char *from, off_t offset, size_t size, int holes,
		  const char *what)
{
	for (size_t i = 0; i < size; i++)
		if (from[i] != belongs_at(offset + i) && !(holes && !from[i]))
			wrong(what);
}

static void check_file(int fd, off_t offset, size_t size, int holes)
{
	unsigned char buffer[PAGES * 4096];
	ssize_t got;

	if (size > sizeof(buffer))
		size = sizeof(buffer);
	got = pread(fd, buffer, size, offset);
	if (got < 0)
		die("pread");
	if (!holes && got != (ssize_t)size)
		wrong("a read cut short");
	check(buffer, offset, got, holes, "a byte that a read returned");
}

/* One mapping: where it is, and what of the file it shows. */
struct map {
	unsigned char *at;
	off_t offset;
	size_t size;
};

static sigjmp_buf past_the_end;

static void on_sigbus(int signal)
{
	siglongjmp(past_the_end, signal);
}

/* Its last page may not be in the file; if it is, nothing wrong is in it. */
static void probe_end(const struct map *map)
{
	off_t last = map->size - page;

	signal(SIGBUS, on_sigbus);
	if (sigsetjmp(past_the_end, 1))
		count(PAST);
	else
		check(map->at + last, map->offset + last, page, 1, "a byte at the end");
	signal(SIGBUS, SIG_DFL);
}

/* In a child, which inherited the mapping. */
static void in_child(int fd, const struct map *map)
{
	int status;
	pid_t child;

	count(FORKS);
	child = fork();
	if (child < 0)
		die("fork");
	if (!child) {
		check(map->at, map->offset, map->size, 0, "a byte that a child sees");
		fill(map->at, map->offset, map->size);
		check_file(fd, map->offset, map->size, 0);
		if (munmap(map->at, page))
			die("munmap in a child");
		_exit(0);
	}
	if (waitpid(child, &status, 0) != child || status)
		wrong("a child");
}

/* Another place, the first page gone, a page in the middle gone. */
static void reshape(struct map *map, unsigned int *seed)
{
	unsigned char *to;

	switch (rand_r(seed) % 5) {
	case 0:
		to = mmap(NULL, map->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		to = mremap(map->at, map->size, map->size, MREMAP_MAYMOVE | MREMAP_FIXED, to);
		if (to == MAP_FAILED)
			die("mremap");
		map->at = to;
		break;
	case 1:
		if (map->size == (size_t)page)
			break;
		if (munmap(map->at, page))
			die("munmap");
		map->at += page;
		map->offset += page;
		map->size -= page;
		break;
	case 2:
		/* All of it: the two parts would stay apart, and move no more. */
		if (mprotect(map->at, map->size, PROT_READ))
			die("mprotect");
		check(map->at, map->offset, map->size, 0, "a byte in a read-only mapping");
		if (mprotect(map->at, map->size, PROT_READ | PROT_WRITE))
			die("mprotect");
		break;
	case 3:	/* refused where the mapping is of bare frames */
		if (madvise(map->at, map->size, MADV_DONTNEED) && errno != EINVAL)
			die("madvise");
		break;
	}
}

/* While the mapping is there nobody empties the file, so all of this stays. */
static void use_shared(int fd, struct map *map, unsigned int *seed)
{
	size_t part;

	fill(map->at, map->offset, map->size);
	count(STORES);
	for (int i = 0; i < 3; i++) {
		reshape(map, seed);
		check(map->at, map->offset, map->size, 0, "a byte that was stored");
		check_file(fd, map->offset, map->size, 0);
	}
	/* The file from and into its own memory. */
	part = rand_r(seed) % map->size + 1;
	if (pwrite(fd, map->at, part, map->offset) != (ssize_t)part)
		die("pwrite from the mapping");
	if (pread(fd, map->at, part, map->offset) != (ssize_t)part)
		die("pread into the mapping");
	check(map->at, map->offset, map->size, 0, "a byte after copies on itself");
	if (rand_r(seed) % 4 == 0)
		in_child(fd, map);
}

static void use_private(int fd, const struct map *map, unsigned int *seed)
{
	size_t from = rand_r(seed) % map->size;

	memset(map->at + from, GARBAGE, map->size - from);
	check_file(fd, map->offset, map->size, 1);
	for (size_t i = from; i < map->size; i++)
		if (map->at[i] != GARBAGE)
			wrong("a byte in a private mapping");
	check(map->at, map->offset, from, 1, "a byte not stored to in a private mapping");
}

static void map_once(int fd, unsigned int *seed, int shared)
{
	struct map map = {
		.size = (rand_r(seed) % PAGES + 1) * page,
		.offset = rand_r(seed) % (SPAN / page - PAGES) * page,
	};
	unsigned char last;

	/* Now and then all of it, as large pages have it. */
	if (rand_r(seed) % 16 == 0) {
		map.offset = 0;
		map.size = SPAN;
	}
	map.at = mmap(NULL, map.size, PROT_READ | PROT_WRITE, shared ? MAP_SHARED : MAP_PRIVATE,
		      fd, map.offset);
	if (map.at == MAP_FAILED)
		die("mmap");
	count(MAPS);
	probe_end(&map);

	/* The end is in the file from here on. */
	fill(&last, map.offset + map.size - 1, 1);
	if (pwrite(fd, &last, 1, map.offset + map.size - 1) != 1)
		die("pwrite of the last byte");
	check(map.at, map.offset, map.size, 1, "a byte in a new mapping");
	if (shared)
		use_shared(fd, &map, seed);
	else
		use_private(fd, &map, seed);
	if (munmap(map.at, map.size))
		die("munmap");
}

static long long microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void map_job(unsigned int seed, int shared)
{
	int fd = open_file(O_RDWR);

	while (time(NULL) < end) {
		long long start = microseconds();

		map_once(fd, &seed, shared && rand_r(&seed) % 4);
		/* As long as that took, give or take: so now and then nobody has it mapped. */
		usleep(rand_r(&seed) % (2 * (microseconds() - start) + 10000));
	}
}

static void write_job(unsigned int seed, int shared)
{
	unsigned char buffer[100000];
	int fd = open_file(O_RDWR);

	(void)shared;
	while (time(NULL) < end) {
		off_t offset = rand_r(&seed) % (SPAN - sizeof(buffer));
		size_t size = rand_r(&seed) % sizeof(buffer);

		fill(buffer, offset, size);
		if (pwrite(fd, buffer, size, offset) != (ssize_t)size)
			die("pwrite");
		count(WRITES);
		offset = rand_r(&seed) % (SPAN - sizeof(buffer));
		check_file(fd, offset, size, 1);
		usleep(rand_r(&seed) % 3000);
	}
}

static void trim_job(unsigned int seed, int shared)
{
	int fd = open_file(O_RDWR);

	(void)shared;
	while (time(NULL) < end) {
		if (rand_r(&seed) % 2)
			close(open_file(O_WRONLY));
		if (!ioctl(fd, SCULL_IOC_TRIM))
			count(TRIMS);
		else if (errno == EBUSY)
			count(REFUSED);
		else
			die("SCULL_IOC_TRIM");
		usleep(rand_r(&seed) % 5000);
	}
}

static void test_race(void)
{
	static void (* const jobs[])(unsigned int seed, int shared) = {
		map_job, map_job, map_job, write_job, trim_job,
	};
	int status, bad = 0;
	void *map;
	int shared;
	int fd;

	fd = open_file(O_RDWR | O_TRUNC);
	map = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);
	shared = map != MAP_FAILED;
	if (shared)
		munmap(map, page);
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		switch (fork()) {
		case -1:
			die("fork");
		case 0:
			jobs[i](i + 1, shared);
			exit(0);
		}
	}
	while (wait(&status) > 0) {
		if (status)
			fprintf(stderr, "maprace: a task ended with status %#x\n", status);
		bad |= status;
	}
	if (bad)
		exit(1);
	for (int i = 0; i < COUNTS; i++)
		printf("%s=%ld ", count_names[i], counts[i]);
	printf("\n");
}

#define OWN_SIZE 1048576

static unsigned char *own_map;
static int own_fd;

static void *own_writer(void *unused)
{
	while (time(NULL) < end) {
		if (pwrite(own_fd, own_map, OWN_SIZE, 0) != OWN_SIZE)
			die("pwrite from the mapping");
		count(WRITES);
	}
	return unused;
}

static void *own_reader(void *unused)
{
	while (time(NULL) < end)
		if (pread(own_fd, own_map, OWN_SIZE, 0) != OWN_SIZE)
			die("pread into the mapping");
	return unused;
}

/* Each time the pages are gone again, so that the copies above fault. */
static void *own_mapper(void *unused)
{
	while (time(NULL) < end) {
		void *map = mmap(own_map, OWN_SIZE, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_FIXED, own_fd, 0);

		if (map == MAP_FAILED)
			die("mmap");
		map = mmap(NULL, page, PROT_READ, MAP_SHARED, own_fd, 0);
		if (map == MAP_FAILED || munmap(map, page))
			die("mmap of a page");
		count(MAPS);
	}
	return unused;
}

static void test_own(void)
{
	static void *(* const jobs[])(void *unused) = {
		own_writer, own_reader, own_mapper, own_writer, own_reader,
	};
	pthread_t threads[sizeof(jobs) / sizeof(jobs[0])];
	unsigned char *buffer = malloc(OWN_SIZE);

	own_fd = open_file(O_RDWR);
	if (!buffer)
		die("malloc");
	fill(buffer, 0, OWN_SIZE);
	if (pwrite(own_fd, buffer, OWN_SIZE, 0) != OWN_SIZE)
		die("pwrite");
	own_map = mmap(NULL, OWN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, own_fd, 0);
	if (own_map == MAP_FAILED)
		die("mmap");
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++)
		if (pthread_create(&threads[i], NULL, jobs[i], NULL))
			die("pthread_create");
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++)
		pthread_join(threads[i], NULL);
	check(own_map, 0, OWN_SIZE, 0, "a byte after copies on itself");
	printf("writes=%ld maps=%ld\n", counts[WRITES], counts[MAPS]);
}

/* Where the file is not empty, it has what was written, or a hole. */
static void look_at_page(const volatile unsigned char *map)
{
	signal(SIGBUS, on_sigbus);
	if (!sigsetjmp(past_the_end, 1)) {
		for (int i = 0; i < page; i++)
			if (map[i] && map[i] != 't')
				wrong("a byte in a mapping made during trims");
	}
}

/* A mapping that comes while the file is being emptied waits for that. */
static void test_trims(void)
{
	static unsigned char buffer[1 << 20];
	int status;
	pid_t child;
	int fd;

	fd = open_file(O_RDWR | O_TRUNC);
	child = fork();
	if (child < 0)
		die("fork");
	if (!child) {
		while (time(NULL) < end) {
			void *map = mmap(NULL, page, PROT_READ, MAP_PRIVATE, fd, 0);

			if (map == MAP_FAILED)
				die("mmap during a trim");
			count(MAPS);
			look_at_page(map);
			munmap(map, page);
		}
		_exit(0);
	}
	memset(buffer, 't', sizeof(buffer));
	while (time(NULL) < end) {
		for (int i = 0; i < 20; i++)
			if (pwrite(fd, buffer, sizeof(buffer), i * sizeof(buffer)) < 0)
				die("pwrite");
		if (!ioctl(fd, SCULL_IOC_TRIM))
			count(TRIMS);
		else if (errno != EBUSY)
			die("SCULL_IOC_TRIM");
	}
	if (wait(&status) != child || status)
		wrong("the one that maps");
	printf("trims=%ld maps=%ld\n", counts[TRIMS], counts[MAPS]);
}

#define LARGE (2 << 20)

static pthread_barrier_t barrier;
static volatile unsigned char *fault_map;
static int fault_grows, fault_over, fault_fd;

/* The other thread: a page further on, with or without growth of the file before. */
static void *fault_other(void *unused)
{
	unsigned int seed = 2;

	for (;;) {
		pthread_barrier_wait(&barrier);
		if (fault_over)
			return unused;
		usleep(rand_r(&seed) % 3 * 30);
		if (fault_grows && pwrite(fault_fd, "", 1, LARGE - 1) != 1)
			die("pwrite at the end");
		fault_map[100 * page] = 'o';
		pthread_barrier_wait(&barrier);
	}
}

static void test_faults(void)
{
	static unsigned char buffer[LARGE];
	pthread_t other;

	fault_fd = open_file(O_RDWR);
	pthread_barrier_init(&barrier, NULL, 2);
	fault_map = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pthread_create(&other, NULL, fault_other, NULL))
		die("pthread_create");
	for (unsigned int round = 0; time(NULL) < end; round++) {
		if (ioctl(fault_fd, SCULL_IOC_TRIM))
			die("SCULL_IOC_TRIM");
		/* All of it a hole, there, or to come. */
		fault_grows = round % 3 == 2;
		if (pwrite(fault_fd, "", 1, round % 3 ? LARGE - 1 - fault_grows * 2 * page :
							2 * LARGE - 1) != 1)
			die("pwrite");
		fault_map = mmap(NULL, LARGE, PROT_READ | PROT_WRITE, MAP_SHARED, fault_fd, 0);
		if (fault_map == MAP_FAILED)
			die("mmap");
		pthread_barrier_wait(&barrier);
		fault_map[5 * page + 8] = 'f';
		pthread_barrier_wait(&barrier);
		if (munmap((void *)fault_map, LARGE))
			die("munmap");
		if (pread(fault_fd, buffer, LARGE, 0) < 101 * page)
			die("pread");
		if (buffer[5 * page + 8] != 'f' || buffer[100 * page] != 'o')
			wrong("a byte that was stored");
		buffer[5 * page + 8] = 0;
		buffer[100 * page] = 0;
		for (size_t i = 0; i < LARGE; i++)
			if (buffer[i])
				wrong("a byte that nobody stored");
		count(MAPS);
	}
	fault_over = 1;
	pthread_barrier_wait(&barrier);
	pthread_join(other, NULL);
	printf("maps=%ld\n", counts[MAPS]);
}

#define GROWTH (16 << 20)

static void *grow(void *buffer)
{
	if (pwrite(fault_fd, buffer, GROWTH, 2 * page) != GROWTH)
		die("pwrite");
	return NULL;
}

/* What the device holds, which can be read while it is written to. */
static long long allocated(void)
{
	const char *name = strrchr(path, '/');
	char attribute[100];
	long long bytes;
	FILE *file;

	snprintf(attribute, sizeof(attribute), "/sys/class/scull%s/allocated", name ? name : path);
	file = fopen(attribute, "r");
	if (!file || fscanf(file, "%lld", &bytes) != 1)
		die(attribute);
	fclose(file);
	return bytes;
}

static void test_growth(void)
{
	unsigned char *buffer = calloc(1, GROWTH);
	int stores = 0;

	fault_fd = open_file(O_RDWR);
	while (time(NULL) < end) {
		unsigned char *map, seen;
		pthread_t thread;
		int in_time;

		if (ioctl(fault_fd, SCULL_IOC_TRIM))
			die("SCULL_IOC_TRIM");
		if (!buffer || pwrite(fault_fd, buffer, page + 1, 0) != page + 1)
			die("pwrite");
		map = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fault_fd, 0);
		if (map == MAP_FAILED)
			die("mmap");
		if (pthread_create(&thread, NULL, grow, buffer))
			die("pthread_create");
		/* In the middle of the write, while the end is still where it was. */
		while (allocated() < GROWTH / 4)
			;
		*(volatile unsigned char *)(map + page + 2000) = GARBAGE;
		in_time = lseek(fault_fd, 0, SEEK_END) == page + 1;
		stores += in_time;
		pthread_join(thread, NULL);
		if (pread(fault_fd, &seen, 1, page + 2000) != 1)
			die("pread");
		if (seen && in_time)
			wrong("a byte past the end became part of the file");
		munmap(map, 2 * page);
	}
	printf("stores=%d\n", stores);
}

#define KILLED_SIZE (32 << 20)

/* Write to a private mapping through /proc/self/mem until the end. */
static void debug_self(void)
{
	int mem = open("/proc/self/mem", O_RDWR);
	unsigned char *from;
	void *map;

	map = mmap(NULL, KILLED_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, open_file(O_RDONLY), 0);
	from = mmap(NULL, KILLED_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mem < 0 || map == MAP_FAILED || from == MAP_FAILED)
		die("mmap");
	memset(from, GARBAGE, KILLED_SIZE);
	count(MAPS);
	if (pwrite(mem, from, KILLED_SIZE, (uintptr_t)map) != KILLED_SIZE)
		die("/proc/self/mem");
	count(STORES);
	_exit(0);
}

static void test_killed(void)
{
	unsigned char *buffer = calloc(1, KILLED_SIZE);
	int fd = open_file(O_RDWR);
	int killed = 0;
	int status;

	if (!buffer || pwrite(fd, buffer, KILLED_SIZE, 0) != KILLED_SIZE)
		die("pwrite");
	/* On a slow machine the first may be too late. */
	for (int delay = 1000; time(NULL) < end || !killed; delay = delay * 5 / 4 % 100000) {
		long before = counts[MAPS];
		pid_t child = fork();

		if (child < 0)
			die("fork");
		if (!child)
			debug_self();
		while (((volatile long *)counts)[MAPS] == before)
			;
		usleep(delay);
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		killed += WIFSIGNALED(status);
		if (pread(fd, buffer, KILLED_SIZE, 0) != KILLED_SIZE)
			die("pread");
		for (size_t i = 0; i < KILLED_SIZE; i++)
			if (buffer[i])
				wrong("a byte of the file");
	}
	printf("killed=%d\n", killed);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} tests[] = {
		{ "race", test_race }, { "own", test_own }, { "trims", test_trims },
		{ "faults", test_faults }, { "growth", test_growth }, { "killed", test_killed },
	};

	if (argc != 4)
		die("usage: maprace TEST FILE SECONDS");
	path = argv[2];
	end = time(NULL) + atoi(argv[3]);
	page = sysconf(_SC_PAGESIZE);
	counts = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		die("mmap of the counts");
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		if (!strcmp(argv[1], tests[i].name)) {
			tests[i].run();
			return 0;
		}
	}
	wrong("no such test");
}
