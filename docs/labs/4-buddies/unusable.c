// SPDX-License-Identifier: GPL-2.0
/*
 * unusable ORDER [FILE]: how much of the free memory is of no use to one who needs blocks
 * of an order, since it lies in smaller ones. FILE is in the format of /proc/buddyinfo,
 * which is read without it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORDERS 32

/* Print a line for one zone, of whose free blocks there are so many of each order. */
static void tell(const char *zone, const unsigned long long *blocks, int orders, int order)
{
	unsigned long long pages = 0;		/* all that are free */
	unsigned long long large = 0;		/* those in blocks of the order, or larger */
	unsigned long long thousandths = 0;	/* of the pages: those not in such blocks */

	/* TASK 1: count the free pages. A block of order n has 2 to the nth. */
	for (int i = 0; i < orders; i++)
		pages += blocks[i] << i;
	/* END TASK 1 */

	/* TASK 2: count those in blocks that are large enough. */
	for (int i = order; i < orders; i++)
		large += blocks[i] << i;
	/* END TASK 2 */

	/*
	 * TASK 3: what share of the free pages is unusable, in thousandths, rounded down?
	 * Where nothing is free, all of it, as the kernel sees it.
	 */
	thousandths = pages ? (pages - large) * 1000 / pages : 1000;
	/* END TASK 3 */

	printf("%s: %llu pages free, %llu in blocks of order %d or more, unusable %llu.%03llu\n",
	       zone, pages, large, order, thousandths / 1000, thousandths % 1000);
}

int main(int argc, char **argv)
{
	const char *name = argc > 2 ? argv[2] : "/proc/buddyinfo";
	int order = argc > 1 ? atoi(argv[1]) : -1;
	char line[1024];
	FILE *file;

	if (order < 0 || order >= ORDERS || argc > 3) {
		fprintf(stderr, "usage: unusable ORDER [FILE]\n");
		return 2;
	}
	file = fopen(name, "r");
	if (!file) {
		fprintf(stderr, "unusable: %s: %s\n", name, strerror(errno));
		return 1;
	}
	/* "Node 0, zone    DMA32      3      1 ...": how many there are of order 0, 1, ... */
	while (fgets(line, sizeof(line), file)) {
		unsigned long long blocks[ORDERS];
		char zone[64], *at, *rest;
		int node, length, orders = 0;

		if (sscanf(line, "Node %d, zone %31s%n", &node, zone, &length) != 2)
			continue;
		for (at = line + length; orders < ORDERS; at = rest) {
			blocks[orders] = strtoull(at, &rest, 10);
			if (rest == at)
				break;
			orders++;
		}
		tell(zone, blocks, orders, order);
	}
	fclose(file);
	return 0;
}
