// SPDX-License-Identifier: GPL-2.0
/*
 * mapcmp FILE1 FILE2: compare two files byte by byte, both of them mapped: two
 * devices, whose memory may come from two allocators, or a device and a file.
 * Silent and 0 if they are the same; else 1, after a line as cmp prints it.
 *
 * The mappings are private, so that quanta of any size will do.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct mapped {
	const char *name;
	const char *at;
	off_t size;
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "mapcmp: %s: %s\n", what, why);
	exit(2);
}

static struct mapped map_whole(const char *name)
{
	struct mapped file = { .name = name, .at = "" };
	int fd = open(name, O_RDONLY);

	if (fd < 0)
		die(name, strerror(errno));
	file.size = lseek(fd, 0, SEEK_END);
	if (file.size < 0)
		die(name, strerror(errno));
	if (file.size)
		file.at = mmap(NULL, file.size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (file.at == MAP_FAILED)
		die(name, strerror(errno));
	/* The mapping keeps the device open. */
	close(fd);
	return file;
}

int main(int argc, char **argv)
{
	struct mapped one, two;
	off_t common, at = 0;

	if (argc != 3)
		die("usage", "mapcmp FILE1 FILE2");
	one = map_whole(argv[1]);
	two = map_whole(argv[2]);
	common = one.size < two.size ? one.size : two.size;

	/* The library's comparison is fast, but does not say where. */
	if (memcmp(one.at, two.at, common)) {
		while (one.at[at] == two.at[at])
			at++;
		printf("%s %s differ: byte %lld\n", one.name, two.name, (long long)at + 1);
		return 1;
	}
	if (one.size != two.size) {
		printf("mapcmp: EOF on %s after byte %lld\n",
		       one.size < two.size ? one.name : two.name, (long long)common);
		return 1;
	}
	return 0;
}
