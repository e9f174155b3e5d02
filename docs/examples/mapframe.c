// SPDX-License-Identifier: GPL-2.0
/*
 * mapframe [-p] DEVICE [OFFSET]: show that a mapping of a device is the device's
 * memory and no copy of it; or, with -p, that a private one is a copy once it has been
 * stored to. For root. Four witnesses are heard about one byte:
 *	/proc/self/pagemap	in which page frame this program's mapping has it (of scull and
 *				scullc, whose pages cannot be counted, it says nothing)
 *	/proc/NAMEmem		at which address the kernel has its quantum
 *	SCULL_IOC_EXTENT	in which page frame that address is
 *	/proc/kcore		what is at that address, while this program changes it
 * 0 if they say that it is the same memory, 1 if not. The byte is as it was afterwards.
 */
#include <link.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <scull/ioctl.h>

static void die(const char *what, const char *why)
{
	fprintf(stderr, "mapframe: %s: %s\n", what, why);
	exit(2);
}

static int open_or_die(const char *name, int flags)
{
	int fd = open(name, flags);

	if (fd < 0)
		die(name, strerror(errno));
	return fd;
}

/*
 * The frame of a page of this program, which must have been accessed before; 0 if
 * it is not listed.
 */
static uint64_t frame_of(const volatile void *at)
{
	int fd = open_or_die("/proc/self/pagemap", O_RDONLY);
	uint64_t entry;

	if (pread(fd, &entry, sizeof(entry),
		  (uintptr_t)at / sysconf(_SC_PAGESIZE) * sizeof(entry)) != sizeof(entry))
		die("/proc/self/pagemap", "cannot be read");
	close(fd);
	if (!(entry >> 63))
		return 0;
	/* Hidden from others than root. */
	if (!(entry & ((UINT64_C(1) << 55) - 1)))
		die("/proc/self/pagemap", "hides page frames: only root sees them");
	return entry & ((UINT64_C(1) << 55) - 1);
}

/*
 * The address of a quantum, as the dump has it. Items are listed in order, but not
 * numbered, so the quantum is found by its slot and the address that it should have;
 * 0 if it is not there.
 */
static uint64_t in_dump(const struct scull_info *info, unsigned int slot, uint64_t address)
{
	char name[64], line[128], driver[32];
	unsigned int number, device, found;
	uint64_t quantum = 0;
	int inside = 0;
	FILE *dump;

	if (sscanf(info->device, "%31[a-z]%u", driver, &number) != 2)
		die(info->device, "not a device's name");
	snprintf(name, sizeof(name), "/proc/%smem", driver);
	dump = fopen(name, "r");
	if (!dump)
		die(name, strerror(errno));
	while (fgets(line, sizeof(line), dump)) {
		if (sscanf(line, "Device %u:", &device) == 1)
			inside = device == number;
		else if (inside && sscanf(line, "%u:%" SCNx64, &found, &quantum) == 2 &&
			 found == slot && quantum == address)
			break;
		quantum = 0;
	}
	fclose(dump);
	return quantum;
}

/*
 * Where /proc/kcore has a byte of the device: where it has its address. riscv's addresses for
 * vmalloc come before those that the file begins with, and cannot be read; there it is the
 * address that the byte's frame has among those of all memory.
 */
static off_t place_of(int kcore, const struct scull_extent *extent)
{
	ElfW(Ehdr) header;
	ElfW(Phdr) part;
	uint64_t page = sysconf(_SC_PAGESIZE);
	uint64_t physical = extent->frame * page + extent->address % page;
	off_t begin, place = -1;

	if (pread(kcore, &header, sizeof(header), 0) != sizeof(header))
		die("/proc/kcore", "cannot be read");
	for (int i = 0; i < header.e_phnum; i++) {
		if (pread(kcore, &part, sizeof(part), header.e_phoff + i * sizeof(part)) !=
		    sizeof(part))
			die("/proc/kcore", "cannot be read");
		begin = part.p_offset;
		if (part.p_type != PT_LOAD || begin < 0)
			continue;
		if (extent->address - part.p_vaddr < part.p_memsz)
			return begin + (off_t)(extent->address - part.p_vaddr);
		/* -1 where it is not memory as it is. */
		if (part.p_paddr + 1 != 0 && physical - part.p_paddr < part.p_memsz)
			place = begin + (off_t)(physical - part.p_paddr);
	}
	if (place < 0)
		die("/proc/kcore", "does not have the address");
	return place;
}

static unsigned char byte_at(int kcore, off_t place)
{
	unsigned char byte;

	if (pread(kcore, &byte, 1, place) != 1)
		die("/proc/kcore", "cannot be read at the address");
	return byte;
}

/* Whether the kernel sees at once what is stored through the mapping. */
static int seen_by_kernel(volatile unsigned char *at, const struct scull_extent *extent)
{
	int kcore = open_or_die("/proc/kcore", O_RDONLY);
	off_t place = place_of(kcore, extent);
	int same = byte_at(kcore, place) == *at;

	*at ^= 0xff;
	same &= byte_at(kcore, place) == *at;
	*at ^= 0xff;
	close(kcore);
	return same;
}

int main(int argc, char **argv)
{
	struct scull_extent extent = {};
	struct scull_info info;
	uint64_t offset, quantum, frame, listed;
	volatile unsigned char *map;
	int flags = MAP_SHARED;
	int fd, seen;
	long page;

	if (argc > 1 && !strcmp(argv[1], "-p")) {
		flags = MAP_PRIVATE;
		argc--;
		argv++;
	}
	if (argc < 2 || argc > 3)
		die("usage", "mapframe [-p] DEVICE [OFFSET]");
	offset = argc > 2 ? strtoull(argv[2], NULL, 0) : 0;
	fd = open_or_die(argv[1], O_RDWR);
	if (ioctl(fd, SCULL_IOC_INFO, &info))
		die(argv[1], errno == ENOTTY ? "no scull device" : strerror(errno));
	if (offset >= info.size)
		die(argv[1], "the offset is past the end of the file");

	/* The access brings the page in, and memory for it if there was none. */
	page = sysconf(_SC_PAGESIZE);
	map = mmap(NULL, page, PROT_READ | PROT_WRITE, flags, fd, offset - offset % page);
	if (map == MAP_FAILED)
		die(argv[1], errno == ENODEV ? "its quanta are no whole pages" : strerror(errno));
	map += offset % page;
	(void)*map;

	extent.offset = offset;
	if (ioctl(fd, SCULL_IOC_EXTENT, &extent))
		die("SCULL_IOC_EXTENT", strerror(errno));
	if (!extent.address)
		die("SCULL_IOC_EXTENT", "hides addresses: only root sees them");
	quantum = offset / info.quantum;
	listed = in_dump(&info, quantum % info.qset, extent.address - offset % info.quantum);
	seen = seen_by_kernel(map, &extent);
	frame = frame_of(map);

	printf("%s, byte %" PRIu64 ", in quantum %" PRIu64 "\n", argv[1], offset, quantum);
	printf("  this program  at %#18" PRIxPTR "  ", (uintptr_t)map);
	if (frame)
		printf("frame %#" PRIx64 "  (pagemap)\n", frame);
	else
		printf("frame not listed in pagemap\n");
	printf("  the kernel    at %#18" PRIx64 "  frame %#" PRIx64 "  (SCULL_IOC_EXTENT)\n",
	       (uint64_t)extent.address, (uint64_t)extent.frame);
	if (listed)
		printf("  the dump has the quantum at %#" PRIx64 "\n", listed);
	else
		printf("  the dump has no such quantum\n");
	printf("  what the program stores, the kernel %s there\n", seen ? "sees" : "does not see");
	if ((frame == extent.frame || !frame) && listed && seen) {
		printf("One and the same memory: nothing was copied.\n");
		return 0;
	}
	printf("Two memories: the program has a copy.\n");
	return 1;
}
