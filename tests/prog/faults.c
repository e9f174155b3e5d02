// SPDX-License-Identifier: GPL-2.0
/*
 * faults FILE MIB MODE: map a file and touch each page of it once, in order.
 * MODE is read, write, or private (write to a private mapping). Prints the page
 * faults that this took and the nanoseconds a page.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "faults: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

static double nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

int main(int argc, char **argv)
{
	long page = sysconf(_SC_PAGESIZE), before;
	volatile char *map;
	double start, took;
	size_t size;
	int writing;
	int fd;

	if (argc != 4) {
		fprintf(stderr, "usage: faults FILE MIB read|write|private\n");
		return 2;
	}
	size = strtoul(argv[2], NULL, 0) << 20;
	writing = strcmp(argv[3], "read");
	fd = open(argv[1], O_RDWR);
	if (fd < 0)
		die(argv[1]);
	map = mmap(NULL, size, PROT_READ | PROT_WRITE,
		   strcmp(argv[3], "private") ? MAP_SHARED : MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		die("mmap");

	/* What these two need is there before they count. */
	faults();
	nanoseconds();
	before = faults();
	start = nanoseconds();
	for (size_t at = 0; at < size; at += page) {
		if (writing)
			map[at] = 'w';
		else
			(void)map[at];
	}
	took = nanoseconds() - start;
	printf("%ld %.1f\n", faults() - before, took / (size / page));
	return 0;
}
