// SPDX-License-Identifier: GPL-2.0
/*
 * mapdump FILE [OFFSET [LENGTH]]: write a part of a file to standard output, by way
 * of a mapping: no read() of it, the bytes come right out of the device's memory.
 * Without LENGTH, to the end of the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void die(const char *what, const char *why)
{
	fprintf(stderr, "mapdump: %s: %s\n", what, why);
	exit(2);
}

/* "4096" -> bytes. Octal and hexadecimal numbers are numbers too. */
static off_t number(const char *text)
{
	char *rest;
	off_t value;

	errno = 0;
	value = strtoll(text, &rest, 0);
	if (errno || rest == text || *rest || value < 0)
		die(text, "that is no count of bytes");
	return value;
}

static void put(const char *from, size_t size)
{
	while (size) {
		ssize_t done = write(STDOUT_FILENO, from, size);

		if (done < 0)
			die("standard output", strerror(errno));
		from += done;
		size -= done;
	}
}

int main(int argc, char **argv)
{
	off_t size, offset, start;
	size_t length;
	char *map;
	int fd;

	if (argc < 2 || argc > 4)
		die("usage", "mapdump FILE [OFFSET [LENGTH]]");
	fd = open(argv[1], O_RDONLY);
	if (fd < 0)
		die(argv[1], strerror(errno));
	size = lseek(fd, 0, SEEK_END);
	if (size < 0)
		die(argv[1], strerror(errno));

	offset = argc > 2 ? number(argv[2]) : 0;
	/* An access past the end would be a SIGBUS. */
	if (offset > size)
		die(argv[2], "past the end of the file");
	length = size - offset;
	if (argc > 3 && (size_t)number(argv[3]) < length)
		length = number(argv[3]);
	if (!length)
		return 0;

	/* A mapping begins at a whole page. */
	start = offset - offset % sysconf(_SC_PAGESIZE);
	map = mmap(NULL, offset - start + length, PROT_READ, MAP_SHARED, fd, start);
	if (map == MAP_FAILED && errno == ENODEV)
		die(argv[1], "its quanta are no whole pages, so it cannot be mapped shared");
	if (map == MAP_FAILED)
		die(argv[1], strerror(errno));
	put(map + (offset - start), length);
	return 0;
}
