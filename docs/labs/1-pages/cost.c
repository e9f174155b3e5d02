// SPDX-License-Identifier: GPL-2.0
/* cost BYTES: what so many bytes cost a process that asks for them and fills them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static long page;

/* How many page faults this process has had that needed no disk. */
static long faults(void)
{
	long count = 0;

	/* TASK 1: ask the kernel (getrusage). */
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	count = usage.ru_minflt;
	/* END TASK 1 */
	return count;
}

/* How many of its pages this process has in memory. */
static long resident(void)
{
	long kilobytes = 0;

	/* TASK 2: read it from /proc/self/smaps_rollup, the line that begins with "Rss:". */
	FILE *file = fopen("/proc/self/smaps_rollup", "r");
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "Rss: %ld", &kilobytes);
	if (file)
		fclose(file);
	/* END TASK 2 */
	return kilobytes * 1024 / page;
}

int main(int argc, char **argv)
{
	size_t bytes = argc == 2 ? strtoull(argv[1], NULL, 0) : 0;
	long faults0, faults1, faults2, pages0, pages1, pages2;
	char *block;

	if (!bytes) {
		fprintf(stderr, "usage: cost BYTES\n");
		return 2;
	}
	page = sysconf(_SC_PAGESIZE);
	/* What their first use costs is not to be counted. */
	faults();
	resident();

	faults0 = faults();
	pages0 = resident();
	block = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (block == MAP_FAILED) {
		fprintf(stderr, "cost: %zu bytes: %s\n", bytes, strerror(errno));
		return 1;
	}
	faults1 = faults();
	pages1 = resident();

	/* TASK 3: store one byte into each page of the block. */
	for (size_t at = 0; at < bytes; at += page)
		block[at] = 1;
	/* END TASK 3 */
	faults2 = faults();
	pages2 = resident();

	printf("mapped %zu bytes: %ld faults, %ld pages\n", bytes, faults1 - faults0,
	       pages1 - pages0);
	printf("touched them: %ld faults, %ld pages\n", faults2 - faults1, pages2 - pages1);
	return 0;
}
