// SPDX-License-Identifier: GPL-2.0
/*
 * once FILE read|write|touch BYTES: one call on a file, between two labels that a
 * debugger can look for (see bench/profile); for touch the load of a byte from its
 * mapping, so many bytes behind one that was loaded before. Before a call come others,
 * so that all is as it is in the middle of many.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "once: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void touch(int fd, long bytes)
{
	/* Where faults map aligned pieces, all of one is to be new. */
	const char *map = mmap((void *)(1L << 32), 2 * bytes, PROT_READ,
			       MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);

	if (map == MAP_FAILED)
		die("mmap");
	(void)*(const volatile char *)map;
	asm volatile("touch_begin: movb (%0), %%al\n"
		     "touch_end: nop" : : "r"(map + bytes) : "rax", "memory");
}

static void call(int fd, long number, long bytes)
{
	register long offset asm("r10") = bytes;
	char *buffer = malloc(bytes);
	long result;

	if (!buffer)
		die("malloc");
	memset(buffer, 'x', bytes);
	for (int i = 0; i < 3; i++)
		if (syscall(number, fd, buffer, bytes, 0L) != bytes)
			die("the call");
	asm volatile("call_begin: syscall\n"
		     "call_end: nop"
		     : "=a"(result)
		     : "0"(number), "D"((long)fd), "S"(buffer), "d"(bytes), "r"(offset)
		     : "rcx", "r11", "memory");
	if (result != bytes)
		die("the last call");
	free(buffer);
}

int main(int argc, char **argv)
{
	long bytes = argc == 4 ? atol(argv[3]) : 0;
	int fd;

	if (bytes <= 0 || (strcmp(argv[2], "read") && strcmp(argv[2], "write") &&
			   strcmp(argv[2], "touch"))) {
		fprintf(stderr, "usage: once FILE read|write|touch BYTES\n");
		return 2;
	}
	fd = open(argv[1], O_RDWR);
	if (fd < 0)
		die(argv[1]);
	if (!strcmp(argv[2], "touch"))
		touch(fd, bytes);
	else
		call(fd, strcmp(argv[2], "read") ? SYS_pwrite64 : SYS_pread64, bytes);
	return 0;
}
