// SPDX-License-Identifier: GPL-2.0
/*
 * peek [-p] DEVICE OFFSET...: print bytes of a device, out of a mapping of it. With -p the
 * mapping is private: each byte has 1 added to it there, and what the device then holds is
 * printed as well.
 *
 * An access that ends in a bus error is said to, and the next offset is looked at.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static sigjmp_buf before_access;

static void die(const char *what, const char *why)
{
	fprintf(stderr, "peek: %s: %s\n", what, why);
	exit(1);
}

/* Map the first so many bytes of a device, to load and to store. */
static void *map_device(int fd, size_t length, int private)
{
	void *map = MAP_FAILED;

	errno = EOPNOTSUPP;
	/* TASK 1: map them, shared or private. */
	map = mmap(NULL, length, PROT_READ | PROT_WRITE, private ? MAP_PRIVATE : MAP_SHARED, fd, 0);
	/* END TASK 1 */
	return map;
}

/* What is called at a bus error. */
static void on_bus_error(int number)
{
	/* TASK 2: go back to where before_access was set (siglongjmp); do not return. */
	siglongjmp(before_access, number);
	/* END TASK 2 */
}

/*
 * Load a byte. 0, or -1 if that was a bus error: a signal (SIGBUS), which ends a program
 * that has not told what to do about it.
 */
static int load(const volatile unsigned char *at, unsigned char *byte)
{
	/*
	 * TASK 3: note where to go back to (sigsetjmp), and load the byte. A second bus error
	 * is to end as the first: while a signal is handled it is blocked, so have that undone.
	 */
	if (sigsetjmp(before_access, 1))
		return -1;
	*byte = *at;
	/* END TASK 3 */
	return 0;
}

/* Add 1 to the byte in a private mapping; the device's byte is what a read finds there. */
static void change(volatile unsigned char *at, int fd, off_t offset, unsigned char *device)
{
	/* TASK 4: do that. Where the file ends before, the device's byte is 0. */
	*at += 1;
	if (pread(fd, device, 1, offset) != 1)
		*device = 0;
	/* END TASK 4 */
}

int main(int argc, char **argv)
{
	int private = argc > 1 && !strcmp(argv[1], "-p");
	const char *name = argv[1 + private];
	volatile unsigned char *map;
	off_t last = 0;
	int fd;

	if (argc < 3 + private) {
		fprintf(stderr, "usage: peek [-p] DEVICE OFFSET...\n");
		return 2;
	}
	fd = open(name, O_RDWR);
	if (fd < 0)
		die(name, strerror(errno));
	for (int i = 2 + private; i < argc; i++)
		if (strtoll(argv[i], NULL, 0) > last)
			last = strtoll(argv[i], NULL, 0);
	map = map_device(fd, last + 1, private);
	if (map == MAP_FAILED)
		die(name, strerror(errno));

	signal(SIGBUS, on_bus_error);
	for (int i = 2 + private; i < argc; i++) {
		off_t offset = strtoll(argv[i], NULL, 0);
		unsigned char byte = 0, device = 0;

		if (load(map + offset, &byte)) {
			printf("%lld: bus error\n", (long long)offset);
		} else if (private) {
			change(map + offset, fd, offset, &device);
			printf("%lld: was 0x%02x, is 0x%02x here, 0x%02x in the device\n",
			       (long long)offset, byte, map[offset], device);
		} else {
			printf("%lld: 0x%02x\n", (long long)offset, byte);
		}
	}
	return 0;
}
