// SPDX-License-Identifier: GPL-2.0
/*
 * entry LEVEL ENTRY [ADDRESS]: what walk.c makes of an entry that this machine's page tables
 * need not have: whether it is a table's or a page's, and the physical address.
 */
#define main walk_main
#include "walk.c"
#undef main

int main(int argc, char **argv)
{
	uint64_t entry;
	int level;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: entry LEVEL ENTRY [ADDRESS]\n");
		return 2;
	}
	level = atoi(argv[1]);
	entry = strtoull(argv[2], NULL, 16);
	printf("%s", ends_here(entry, level) ? "page" : "table");
	if (argc == 4)
		printf(", physical %016" PRIx64,
		       physical_address(strtoull(argv[3], NULL, 16), entry, level));
	printf("\n");
	return 0;
}
