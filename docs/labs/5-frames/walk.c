// SPDX-License-Identifier: GPL-2.0
/*
 * walk ADDRESS...: find the frames of kernel addresses as the processor does, by way of the
 * kernel's page tables (x86-64, four levels). For root.
 *
 * All memory is read through /proc/kcore. That is a core file, as a program leaves one when
 * it dies, but of the running kernel: its headers tell which part of the file is which range
 * of the kernel's addresses and, for those that are memory as it is, of the machine's.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PRESENT		(UINT64_C(1) << 0)	/* bits of an entry: there is something */
#define WRITABLE	(UINT64_C(1) << 1)
#define HUGE		(UINT64_C(1) << 7)	/* not a table, but a large page (levels 3, 2) */
#define NO_EXECUTE	(UINT64_C(1) << 63)
#define PHYSICAL	UINT64_C(0x000ffffffffff000)	/* the address in an entry: bits 12 to 51 */

static const char *const names[] = { "", "PTE", "PMD", "PUD", "PGD" };

static int kcore;
static Elf64_Phdr ranges[256];
static int range_count;

static void die(const char *what, const char *why)
{
	fprintf(stderr, "walk: %s: %s\n", what, why);
	exit(1);
}

static void open_kcore(void)
{
	Elf64_Ehdr header;

	kcore = open("/proc/kcore", O_RDONLY);
	if (kcore < 0)
		die("/proc/kcore", strerror(errno));
	if (pread(kcore, &header, sizeof(header), 0) != sizeof(header))
		die("/proc/kcore", "cannot be read");
	for (int i = 0; i < header.e_phnum && range_count < 256; i++) {
		Elf64_Phdr *range = &ranges[range_count];

		if (pread(kcore, range, sizeof(*range), header.e_phoff + i * sizeof(*range)) !=
		    sizeof(*range))
			die("/proc/kcore", "cannot be read");
		/* Ranges of what is not memory as it is have no physical address. */
		range_count += range->p_type == PT_LOAD && range->p_paddr != UINT64_MAX;
	}
}

/* The 8 bytes at a physical address. */
static uint64_t read_physical(uint64_t physical)
{
	uint64_t value;

	for (int i = 0; i < range_count; i++) {
		uint64_t offset = physical - ranges[i].p_paddr;

		if (offset < ranges[i].p_memsz &&
		    pread(kcore, &value, sizeof(value), ranges[i].p_offset + offset) ==
		    sizeof(value))
			return value;
	}
	fprintf(stderr, "walk: no memory at physical address %#" PRIx64 "\n", physical);
	exit(1);
}

/* The physical address of the top table, for which the kernel has a name. */
static uint64_t top_table(void)
{
	FILE *symbols = fopen("/proc/kallsyms", "r");
	uint64_t address;
	char name[128];

	if (!symbols)
		die("/proc/kallsyms", strerror(errno));
	while (fscanf(symbols, "%" SCNx64 " %*c %127s%*[^\n]", &address, name) == 2)
		if (!strcmp(name, "init_top_pgt"))
			break;
	if (feof(symbols))
		die("init_top_pgt", "no such symbol");
	fclose(symbols);
	for (int i = 0; i < range_count; i++)
		if (address - ranges[i].p_vaddr < ranges[i].p_memsz)
			return address - ranges[i].p_vaddr + ranges[i].p_paddr;
	die("init_top_pgt", "only root sees where it is");
	return 0;
}

/* Which of its table's 512 entries is an address's, at a level: 4 (the top) to 1? */
static unsigned int entry_index(uint64_t address, int level)
{
	unsigned int index = 0;

	/*
	 * TASK 1: the lowest 12 bits of an address are the place in its page. The 9 above
	 * are the index at level 1, the next 9 that at level 2, and so on.
	 */
	index = address >> (12 + 9 * (level - 1)) & 511;
	/* END TASK 1 */
	return index;
}

/* Whether an entry at a level leads to a page, and not to another table. */
static int ends_here(uint64_t entry, int level)
{
	int ends = level == 1;

	/* TASK 2: at levels 3 and 2 it may be a large page's. */
	ends |= level < 4 && entry & HUGE;
	/* END TASK 2 */
	return ends;
}

/* The physical address of an address whose page has this entry at that level. */
static uint64_t physical_address(uint64_t address, uint64_t entry, int level)
{
	uint64_t physical = 0;

	/*
	 * TASK 3: of the entry take the bits that say where the page is, of the address those
	 * that say where in it. The larger the page, the fewer there are of the former: a large
	 * page's entry has bits that mean other things (bit 12) below its own address.
	 */
	uint64_t inside = (UINT64_C(1) << (12 + 9 * (level - 1))) - 1;

	physical = (entry & PHYSICAL & ~inside) | (address & inside);
	/* END TASK 3 */
	return physical;
}

static void walk(uint64_t top, uint64_t address)
{
	uint64_t table = top;
	uint64_t entry = 0, physical;
	int level = 4;

	printf("%016" PRIx64 "\n", address);
	for (;;) {
		unsigned int index = entry_index(address, level);

		/* TASK 4: read the entry from the table, which is at a physical address. */
		entry = read_physical(table + index * sizeof(entry));
		/* END TASK 4 */
		printf("  %s %3u: %016" PRIx64, names[level], index, entry);
		if (!(entry & PRESENT)) {
			printf("\n  nothing is there\n");
			return;
		}
		if (ends_here(entry, level))
			break;
		printf("\n");
		table = entry & PHYSICAL;
		level--;
	}
	printf("  page of %u KiB%s%s\n", 4U << (9 * (level - 1)),
	       entry & WRITABLE ? ", writable" : "", entry & NO_EXECUTE ? ", data" : ", code");
	physical = physical_address(address, entry, level);
	printf("  physical %016" PRIx64 ", frame %" PRIu64 "\n", physical, physical >> 12);
}

int main(int argc, char **argv)
{
	uint64_t top;

	if (argc < 2) {
		fprintf(stderr, "usage: walk ADDRESS...\n");
		return 2;
	}
	open_kcore();
	top = top_table();
	for (int i = 1; i < argc; i++)
		walk(top, strtoull(argv[i], NULL, 16));
	return 0;
}
