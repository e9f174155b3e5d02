// SPDX-License-Identifier: GPL-2.0
/*
 * bench [-d] FILE BYTES OPERATION[:BLOCK[:STRIDE]]...: time one operation after the
 * other on a file of so many bytes (-d: by O_DIRECT); print a line for each: its words,
 * how many blocks were moved, and the nanoseconds that took.
 *
 *	first	empty the file, then write it from its start to its end
 *	write	write it over	read	read it		random	read blocks all over it
 *	touch	map it, load a byte of each page	again	load them once more
 *	trim	empty it
 *	pair	read it, and have another process read it as well, at the same time
 *	mixed	read it, and have another process write it over at the same time
 *
 * BLOCK is what one call moves (1 MiB unless told); with a STRIDE only the first block of
 * each stride is. Sizes are bytes, with a suffix K, M, G or T. FILE "memory" stands for
 * this program's own memory, moved by memcpy(): what no file can be faster than.
 *
 * What is read is what was written, or this ends.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../scull_common/scull_ioctl.h"

#define RANDOM_READS 8192

static const char *path;
static bool in_memory;
static uint64_t size, block, stride;
static uint8_t *data, *buffer;	/* what is written, what is read */
static uint8_t *memory;		/* the file, if it is "memory" */
static volatile uint8_t *map;	/* the file's mapping, if it is mapped */
static uint64_t moved;		/* blocks, by the operation that runs */
static int fd = -1;

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s: %s\n", path, what, strerror(errno));
	exit(1);
}

static uint64_t parse(const char *text)
{
	static const char suffixes[] = "KMGT";
	const char *suffix;
	char *end;
	uint64_t value = strtoull(text, &end, 0);

	suffix = *end ? strchr(suffixes, *end) : NULL;
	if (suffix) {
		value <<= 10 * (suffix - suffixes + 1);
		end++;
	}
	if (end == text || (*end && *end != ':') || !value) {
		fprintf(stderr, "bench: %s is no size\n", text);
		exit(2);
	}
	return value;
}

static void *take(uint64_t bytes)
{
	void *area = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (area == MAP_FAILED)
		die("memory");
	return area;
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static void write_block(uint64_t pos)
{
	if (in_memory)
		memcpy(memory + pos, data, block);
	else if (pwrite(fd, data, block, pos) != (ssize_t)block)
		die("write");
	moved++;
}

static void read_block(uint64_t pos)
{
	if (in_memory)
		memcpy(buffer, memory + pos, block);
	else if (pread(fd, buffer, block, pos) != (ssize_t)block)
		die("read");
	moved++;
}

static void check_block(void)
{
	if (memcmp(buffer, data, block)) {
		errno = EILSEQ;
		die("other bytes than were written");
	}
}

static void whole(void (*block_at)(uint64_t pos))
{
	for (uint64_t pos = 0; pos + block <= size; pos += stride)
		block_at(pos);
}

static void unmap(void)
{
	if (map)
		munmap((void *)map, size);
	map = NULL;
}

static void empty(void)
{
	if (in_memory) {
		if (memory)
			munmap(memory, size);
		memory = take(size);
	} else if (ioctl(fd, SCULL_IOC_TRIM) && ftruncate(fd, 0)) {
		/* A disk cannot be emptied. */
		if (errno != EINVAL)
			die("cannot be emptied");
	}
}

static void random_reads(void)
{
	uint64_t blocks = size / stride, state = 1;

	for (int i = 0; i < RANDOM_READS; i++) {
		state = state * 6364136223846793005 + 1442695040888963407;
		read_block((state >> 33) % blocks * stride);
	}
}

static void touch(void)
{
	const volatile uint8_t *from = in_memory ? memory : map;
	long page = sysconf(_SC_PAGESIZE);

	for (uint64_t pos = 0; pos < size; pos += page, moved++)
		(void)from[pos];
}

static void beside(void (*mine)(uint64_t pos), void (*other)(uint64_t pos))
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		whole(other);
		_exit(0);
	}
	whole(mine);
	if (waitpid(pid, &status, 0) != pid || status)
		die("the other process");
}

static void operate(const char *operation)
{
	const char *colon = strchr(operation, ':');
	size_t length = colon ? (size_t)(colon - operation) : strlen(operation);
	uint64_t start, took;
	char name[16];

	snprintf(name, sizeof(name), "%.*s", (int)length, operation);
	block = colon ? parse(colon + 1) : 1 << 20;
	colon = colon ? strchr(colon + 1, ':') : NULL;
	stride = colon ? parse(colon + 1) : block;
	data = take(block);
	buffer = take(block);
	/* The same at any block's start, of whatever size. */
	for (uint64_t i = 0; i < block; i++)
		data[i] = i % 512 * 37 + i % 512 / 251;
	memset(buffer, 0, block);
	if (strcmp(name, "again"))
		unmap();
	if (!strcmp(name, "first"))
		empty();

	moved = 0;
	start = now();
	if (!strcmp(name, "first") || !strcmp(name, "write")) {
		whole(write_block);
	} else if (!strcmp(name, "read")) {
		whole(read_block);
	} else if (!strcmp(name, "random")) {
		random_reads();
	} else if (!strcmp(name, "touch")) {
		if (!in_memory)
			map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (map == MAP_FAILED)
			die("mmap");
		touch();
	} else if (!strcmp(name, "again") && (map || in_memory)) {
		touch();
	} else if (!strcmp(name, "trim")) {
		empty();
		moved = 1;
	} else if (!strcmp(name, "pair")) {
		beside(read_block, read_block);
	} else if (!strcmp(name, "mixed")) {
		beside(read_block, write_block);
	} else {
		fprintf(stderr, "bench: %s is no operation\n", name);
		exit(2);
	}
	took = now() - start;
	if (!strcmp(name, "read") || !strcmp(name, "random") || !strcmp(name, "pair"))
		check_block();
	printf("%s %llu %llu %llu %llu\n", name, (unsigned long long)block,
	       (unsigned long long)stride, (unsigned long long)moved, (unsigned long long)took);
	munmap(data, block);
	munmap(buffer, block);
}

int main(int argc, char **argv)
{
	bool direct = argc > 1 && !strcmp(argv[1], "-d");

	if (argc < 4 + direct) {
		fprintf(stderr, "usage: bench [-d] FILE BYTES OPERATION[:BLOCK[:STRIDE]]...\n");
		return 2;
	}
	argv += direct;
	path = argv[1];
	size = parse(argv[2]);
	in_memory = !strcmp(path, "memory");
	if (in_memory) {
		empty();
	} else {
		fd = open(path, O_RDWR | O_CREAT | (direct ? O_DIRECT : 0), 0600);
		if (fd < 0)
			die("cannot be opened");
	}
	for (argv += 3; *argv; argv++)
		operate(*argv);
	return 0;
}
