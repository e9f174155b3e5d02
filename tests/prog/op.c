// SPDX-License-Identifier: GPL-2.0
/*
 * op FILE FLAGS OPERATION...: open a file, do one system call after the other on
 * it, print the result of each on one line: a number, or an error's name.
 *
 * FLAGS are r, w or rw, then any of a (append), t (truncate), c (create), d (direct).
 * Operations (N, OFF in bytes; whence is set, cur, end, data or hole):
 *	read N			show N (prints what was read instead)
 *	pread OFF N		pshow OFF N
 *	write TEXT		fill N (N times x, in one call)
 *	pwrite OFF TEXT		pfill OFF N
 *	writev A,B,...		readv N,N,... (prints the pieces, with commas)
 *	pwrite2 OFF RWF TEXT	pread2 OFF RWF N (RWF: nowait, append, dsync, none)
 *	seek OFF whence		copy_from FILE (sendfile of all of it)
 *	badwrite N		badread N (N bytes from, to an address that is not there)
 *	halfwrite		halfread (two pages, the second not there)
 *	fsync  fdatasync  poll
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#define PIECES 16

static char **next;
static int fd;

static void die(const char *what, const char *name)
{
	fprintf(stderr, "op: %s: %s\n", what, name);
	exit(2);
}

static const char *word(void)
{
	if (!*next)
		die("an argument is missing after", next[-1]);
	return *next++;
}

static long long number(void)
{
	return strtoll(word(), NULL, 0);
}

static void *memory(size_t size)
{
	void *buffer = calloc(1, size + 1);

	if (!buffer)
		die("no memory", "");
	return buffer;
}

static void result(long long value)
{
	if (value < 0)
		printf("%s ", strerrorname_np(errno));
	else
		printf("%lld ", value);
}

#define POSITION (-2LL)	/* for an offset: the file's position */

static void op_read(long long offset, size_t size, int show)
{
	char *buffer = memory(size);
	ssize_t count;

	if (offset == POSITION)
		count = read(fd, buffer, size);
	else
		count = pread(fd, buffer, size, offset);
	if (show && count >= 0)
		printf("%.*s ", (int)count, buffer);
	else
		result(count);
	free(buffer);
}

static void op_write(long long offset, const char *text, size_t size)
{
	char *buffer = memory(size);

	if (text)
		memcpy(buffer, text, size);
	else
		memset(buffer, 'x', size);
	result(offset == POSITION ? write(fd, buffer, size) : pwrite(fd, buffer, size, offset));
	free(buffer);
}

static void op_vector(int writing)
{
	struct iovec iov[PIECES];
	char *list = strdup(word());
	int count = 0;
	ssize_t done;

	for (char *piece = strtok(list, ","); piece; piece = strtok(NULL, ",")) {
		if (count == PIECES)
			die("too many pieces", list);
		iov[count].iov_len = writing ? strlen(piece) : strtoul(piece, NULL, 0);
		iov[count].iov_base = writing ? piece : memory(iov[count].iov_len);
		count++;
	}
	done = writing ? writev(fd, iov, count) : readv(fd, iov, count);
	if (writing || done < 0) {
		result(done);
		return;
	}
	for (int i = 0; i < count; i++)
		printf("%s%s", i ? "," : "", (char *)iov[i].iov_base);
	printf(" ");
}

static void op_flagged(int writing)
{
	long long offset = number();
	const char *name = word();
	int flags = !strcmp(name, "nowait") ? RWF_NOWAIT : !strcmp(name, "append") ? RWF_APPEND :
		    !strcmp(name, "dsync") ? RWF_DSYNC : 0;
	struct iovec iov;

	if (writing) {
		iov.iov_base = (void *)word();
		iov.iov_len = strlen(iov.iov_base);
		result(pwritev2(fd, &iov, 1, offset, flags));
	} else {
		iov.iov_len = number();
		iov.iov_base = memory(iov.iov_len);
		result(preadv2(fd, &iov, 1, offset, flags));
	}
}

static void op_seek(void)
{
	static const char * const names[] = { "set", "cur", "end", "data", "hole" };
	long long offset = number();
	const char *name = word();
	int whence;

	for (whence = 0; whence < 5 && strcmp(name, names[whence]); whence++)
		;
	result(lseek(fd, offset, whence));
}

static void op_copy_from(void)
{
	const char *name = word();
	int from = open(name, O_RDONLY);
	long long sum = 0;
	ssize_t count;

	if (from < 0)
		die(strerror(errno), name);
	while ((count = sendfile(fd, from, NULL, 1 << 20)) > 0)
		sum += count;
	result(count < 0 ? count : sum);
	close(from);
}

/* Two pages of which only the first is there. */
static char *half_there(void)
{
	long page = sysconf(_SC_PAGESIZE);
	char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		die("mmap", strerror(errno));
	memset(pages, 'h', page);
	munmap(pages + page, page);
	return pages;
}

static int open_flags(const char *text)
{
	int flags = !strncmp(text, "rw", 2) ? O_RDWR : *text == 'w' ? O_WRONLY : O_RDONLY;

	for (text += flags == O_RDWR ? 2 : 1; *text; text++)
		flags |= *text == 'a' ? O_APPEND : *text == 't' ? O_TRUNC : *text == 'c' ? O_CREAT :
			 *text == 'd' ? O_DIRECT : 0;
	return flags;
}

static void operation(const char *name)
{
	long page = sysconf(_SC_PAGESIZE);
	struct pollfd pollfd = { .fd = fd, .events = POLLIN | POLLOUT };
	long long offset;
	const char *text;

	if (!strcmp(name, "read")) {
		op_read(POSITION, number(), 0);
	} else if (!strcmp(name, "show")) {
		op_read(POSITION, number(), 1);
	} else if (!strcmp(name, "pread") || !strcmp(name, "pshow")) {
		offset = number();
		op_read(offset, number(), name[1] == 's');
	} else if (!strcmp(name, "write")) {
		text = word();
		op_write(POSITION, text, strlen(text));
	} else if (!strcmp(name, "fill")) {
		op_write(POSITION, NULL, number());
	} else if (!strcmp(name, "pwrite")) {
		offset = number();
		text = word();
		op_write(offset, text, strlen(text));
	} else if (!strcmp(name, "pfill")) {
		offset = number();
		op_write(offset, NULL, number());
	} else if (!strcmp(name, "writev") || !strcmp(name, "readv")) {
		op_vector(name[0] == 'w');
	} else if (!strcmp(name, "pwrite2") || !strcmp(name, "pread2")) {
		op_flagged(name[1] == 'w');
	} else if (!strcmp(name, "seek")) {
		op_seek();
	} else if (!strcmp(name, "copy_from")) {
		op_copy_from();
	} else if (!strcmp(name, "badwrite")) {
		result(write(fd, (void *)8, number()));
	} else if (!strcmp(name, "badread")) {
		result(read(fd, (void *)8, number()));
	} else if (!strcmp(name, "halfwrite")) {
		result(write(fd, half_there(), 2 * page));
	} else if (!strcmp(name, "halfread")) {
		result(read(fd, half_there(), 2 * page));
	} else if (!strcmp(name, "fsync")) {
		result(fsync(fd));
	} else if (!strcmp(name, "fdatasync")) {
		result(fdatasync(fd));
	} else if (!strcmp(name, "poll")) {
		result(poll(&pollfd, 1, 0) == 1 ? pollfd.revents & (POLLIN | POLLOUT) : 0);
	} else {
		die("no such operation", name);
	}
}

int main(int argc, char **argv)
{
	if (argc < 3)
		die("usage", "op FILE FLAGS OPERATION...");
	fd = open(argv[1], open_flags(argv[2]), 0600);
	if (fd < 0) {
		result(fd);
		printf("\n");
		return 1;
	}
	next = argv + 3;
	while (*next)
		operation(word());
	printf("\n");
	return 0;
}
