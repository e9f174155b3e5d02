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
 *	edgeread N		edgereadv N (two pages, with N bytes before the first fault)
 *	fsync  fdatasync  poll
 *	open FLAGS (again, and close)		trim		get PATH (a number in a file)
 * and with a mapping, in which AT is an offset; a fatal signal is a result too:
 *	map OFF LEN MODE (s or p, then any of r, w, x, f for MAP_POPULATE)
 *	store AT TEXT		load AT N	check AT LEN CHARACTER (that it is all there)
 *	touch AT LEN (reads a byte of each page)	dirty AT LEN (writes one)
 *	unmap AT LEN		resize LEN	move		protect AT LEN MODE
 *	advise AT LEN ADVICE (its number)	sync		lock
 *	wmap AT N		rmap AT N (write it to the file, read from the file into it)
 *	present AT LEN (pages that /proc/self/pagemap has)
 *	look (reads smaps and numa_maps)	huge (KiB that entries for many pages map)
 *	pipe AT N (gives the pages to a pipe by vmsplice)	drain N (reads the pipe)
 *	inspect AT N	alter AT TEXT (as a debugger does, through /proc/self/mem)
 *	peek AT N (by process_vm_readv, from the process that mapped it)
 *	watch AT LEN (has userfaultfd note the next write to it)
 *	direct AT N FILE (write it there by O_DIRECT)
 *	from_direct AT N FILE (read it from there by O_DIRECT)
 *	fork OPERATION... exit (done by a child; the parent waits, then goes on behind)
 *	close (the file; what is mapped stays)	pause (until a signal)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../scull_common/scull_ioctl.h"

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

/* A number, or so many pages and bytes: 3p, 2p-1, 1p+904. */
static long long number(void)
{
	char *end;
	long long value = strtoll(word(), &end, 0);

	if (*end == 'p')
		value = value * sysconf(_SC_PAGESIZE) + strtoll(end + 1, NULL, 0);
	return value;
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

static int protection(const char *mode)
{
	return (strchr(mode, 'r') ? PROT_READ : 0) | (strchr(mode, 'w') ? PROT_WRITE : 0) |
	       (strchr(mode, 'x') ? PROT_EXEC : 0);
}

static int open_flags(const char *text)
{
	int flags = !strncmp(text, "rw", 2) ? O_RDWR : *text == 'w' ? O_WRONLY : O_RDONLY;

	for (text += flags == O_RDWR ? 2 : 1; *text; text++)
		flags |= *text == 'a' ? O_APPEND : *text == 't' ? O_TRUNC : *text == 'c' ? O_CREAT :
			 *text == 'd' ? O_DIRECT : 0;
	return flags;
}

static const char *path;

static void op_open(void)
{
	int again = open(path, open_flags(word()));

	result(again < 0 ? again : close(again));
}

static void op_get(void)
{
	const char *name = word();
	FILE *file = fopen(name, "r");
	long long value;

	if (!file || fscanf(file, "%lld", &value) != 1)
		die("cannot read", name);
	fclose(file);
	printf("%lld ", value);
}

static char *map;
static size_t map_size;
static pid_t mapper;

static void op_map(void)
{
	off_t offset = number();
	const char *mode;
	int flags = 0;

	map_size = number();
	mode = word();
	flags = *mode == 's' ? MAP_SHARED : MAP_PRIVATE;
	if (strchr(mode, 'f'))
		flags |= MAP_POPULATE;
	map = mmap(NULL, map_size, protection(mode), flags, fd, offset);
	mapper = getpid();
	result(map == MAP_FAILED ? -1 : 0);
}

static void op_resize(size_t size, int flags, void *to)
{
	char *moved = mremap(map, map_size, size, flags, to);

	result(moved == MAP_FAILED ? -1 : 0);
	if (moved != MAP_FAILED) {
		map = moved;
		map_size = size;
	}
}

static void op_move(void)
{
	void *to = mmap(NULL, map_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	op_resize(map_size, MREMAP_MAYMOVE | MREMAP_FIXED, to);
}

static void op_present(void)
{
	long page = sysconf(_SC_PAGESIZE);
	char *at = map + number();
	long long size = number(), present = 0;
	int pagemap = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry;

	for (; size > 0; size -= page, at += page) {
		if (pread(pagemap, &entry, sizeof(entry), (uintptr_t)at / page * sizeof(entry)) !=
		    sizeof(entry))
			die("cannot read", "/proc/self/pagemap");
		present += entry >> 63;
	}
	close(pagemap);
	result(present);
}

static void op_look(void)
{
	static const char * const names[] = { "/proc/self/smaps", "/proc/self/numa_maps" };
	char buffer[65536];
	ssize_t got, sum;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int file = open(names[i], O_RDONLY);

		/* Not every kernel has the second. */
		if (file < 0 && errno == ENOENT)
			continue;
		for (sum = 0; (got = read(file, buffer, sizeof(buffer))) > 0; sum += got)
			;
		if (got < 0 || !sum)
			die("cannot read", names[i]);
		close(file);
	}
	result(0);
}

static void op_huge(void)
{
	FILE *file = fopen("/proc/self/smaps", "r");
	long long value, sum = 0;
	char line[256];

	if (!file)
		die("cannot read", "/proc/self/smaps");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "FilePmdMapped: %lld kB", &value) == 1)
			sum += value;
	fclose(file);
	result(sum);
}

static void op_peek(void)
{
	struct iovec from = { .iov_base = map + number() };
	struct iovec to;

	from.iov_len = number();
	to.iov_len = from.iov_len;
	to.iov_base = memory(to.iov_len);
	if (process_vm_readv(mapper, &to, 1, &from, 1, 0) < 0)
		result(-1);
	else
		printf("%s ", (char *)to.iov_base);
}

/* Pages in a pipe stay what they were, whatever becomes of the mapping. */
static int pipe_ends[2] = { -1, -1 };

static void op_pipe(void)
{
	struct iovec from = { .iov_base = map + number() };

	from.iov_len = number();
	if (pipe_ends[0] < 0 && pipe(pipe_ends))
		die("pipe", strerror(errno));
	result(vmsplice(pipe_ends[1], &from, 1, 0));
}

static void op_drain(void)
{
	size_t size = number();
	char *buffer = memory(size);

	if (read(pipe_ends[0], buffer, size) < 0)
		result(-1);
	else
		printf("%s ", buffer);
	free(buffer);
}

static void op_memory(int writing)
{
	char *at = map + number();
	const char *text = word();
	int mem = open("/proc/self/mem", O_RDWR);
	char *buffer;

	if (writing) {
		result(pwrite(mem, text, strlen(text), (uintptr_t)at));
	} else {
		buffer = memory(strtoul(text, NULL, 0));
		if (pread(mem, buffer, strtoul(text, NULL, 0), (uintptr_t)at) < 0)
			result(-1);
		else
			printf("%s ", buffer);
		free(buffer);
	}
	close(mem);
}

#ifndef UFFD_FEATURE_WP_ASYNC
#define UFFD_FEATURE_WP_ASYNC (1 << 15)
#endif

static void op_watch(void)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_WP_ASYNC };
	struct uffdio_range range = { .start = (uintptr_t)map + number(), .len = number() };
	struct uffdio_register watched = { .range = range, .mode = UFFDIO_REGISTER_MODE_WP };
	struct uffdio_writeprotect protect = {
		.range = range, .mode = UFFDIO_WRITEPROTECT_MODE_WP,
	};
	int watcher = syscall(SYS_userfaultfd, UFFD_USER_MODE_ONLY);

	if (watcher < 0 || ioctl(watcher, UFFDIO_API, &api) ||
	    ioctl(watcher, UFFDIO_REGISTER, &watched))
		result(-1);
	else
		result(ioctl(watcher, UFFDIO_WRITEPROTECT, &protect));
}

static void op_direct(int writing)
{
	char *at = map + number();
	size_t size = number();
	const char *name = word();
	int flags = writing ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY;
	int other = open(name, flags | O_DIRECT, 0600);

	if (other < 0)
		die(strerror(errno), name);
	result(writing ? write(other, at, size) : read(other, at, size));
	close(other);
}

static void op_fork(void)
{
	int status, depth = 1;
	const char *name;

	fflush(stdout);
	switch (fork()) {
	case -1:
		die("fork", strerror(errno));
	case 0:
		return;
	}
	wait(&status);
	if (status)
		die("the child failed", "");
	while (depth) {
		name = word();
		depth += !strcmp(name, "fork") - !strcmp(name, "exit");
	}
}

/* A signal that an access to the mapping got. */
static sigjmp_buf fault;

static void on_fault(int signal)
{
	siglongjmp(fault, signal);
}

/* Accesses to the mapping. */
static void op_access(const char *name)
{
	long page = sysconf(_SC_PAGESIZE);
	volatile char *at = map + number();
	long long done = 0, size = 0;
	const char *text = word();
	int signal;

	if (strcmp(name, "store"))
		size = strtoll(text, NULL, 0);
	else
		size = strlen(text);
	if (!strcmp(name, "check"))
		text = word();
	signal = sigsetjmp(fault, 1);
	if (signal) {
		printf("SIG%s ", sigabbrev_np(signal));
		return;
	}
	if (!strcmp(name, "store")) {
		for (; done < size; done++)
			at[done] = text[done];
	} else if (!strcmp(name, "load")) {
		char *buffer = memory(size);

		for (; done < size; done++)
			buffer[done] = at[done];
		printf("%s ", buffer);
		return;
	} else if (!strcmp(name, "check")) {
		while (done < size && at[done] == *text)
			done++;
	} else {
		for (; done * page < size; done++) {
			if (*name == 'd')
				at[done * page] = 'd';
			else
				(void)at[done * page];
		}
	}
	result(done);
}

/* Operations on the mapping; whether it was one. */
static int map_operation(const char *name)
{
	char *at;
	size_t size;

	if (!strcmp(name, "map")) {
		op_map();
	} else if (!strcmp(name, "store") || !strcmp(name, "load") || !strcmp(name, "check") ||
		   !strcmp(name, "touch") || !strcmp(name, "dirty")) {
		op_access(name);
	} else if (!strcmp(name, "unmap")) {
		at = map + number();
		result(munmap(at, number()));
	} else if (!strcmp(name, "resize")) {
		op_resize(number(), MREMAP_MAYMOVE, NULL);
	} else if (!strcmp(name, "move")) {
		op_move();
	} else if (!strcmp(name, "protect")) {
		at = map + number();
		size = number();
		result(mprotect(at, size, protection(word())));
	} else if (!strcmp(name, "advise")) {
		at = map + number();
		size = number();
		result(madvise(at, size, number()));
	} else if (!strcmp(name, "sync")) {
		result(msync(map, map_size, MS_SYNC));
	} else if (!strcmp(name, "lock")) {
		result(mlock(map, map_size));
	} else if (!strcmp(name, "wmap")) {
		at = map + number();
		result(write(fd, at, number()));
	} else if (!strcmp(name, "rmap")) {
		at = map + number();
		result(read(fd, at, number()));
	} else if (!strcmp(name, "present")) {
		op_present();
	} else if (!strcmp(name, "look")) {
		op_look();
	} else if (!strcmp(name, "huge")) {
		op_huge();
	} else if (!strcmp(name, "pipe")) {
		op_pipe();
	} else if (!strcmp(name, "drain")) {
		op_drain();
	} else if (!strcmp(name, "inspect") || !strcmp(name, "alter")) {
		op_memory(*name == 'a');
	} else if (!strcmp(name, "peek")) {
		op_peek();
	} else if (!strcmp(name, "watch")) {
		op_watch();
	} else if (!strcmp(name, "direct") || !strcmp(name, "from_direct")) {
		op_direct(*name == 'd');
	} else {
		return 0;
	}
	return 1;
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
	} else if (!strcmp(name, "edgeread")) {
		result(read(fd, half_there() + page - number(), 2 * page));
	} else if (!strcmp(name, "edgereadv")) {
		struct iovec edge = {
			.iov_base = half_there() + page - number(),
			.iov_len = 2 * page,
		};

		result(readv(fd, &edge, 1));
	} else if (!strcmp(name, "fsync")) {
		result(fsync(fd));
	} else if (!strcmp(name, "fdatasync")) {
		result(fdatasync(fd));
	} else if (!strcmp(name, "poll")) {
		result(poll(&pollfd, 1, 0) == 1 ? pollfd.revents & (POLLIN | POLLOUT) : 0);
	} else if (!strcmp(name, "open")) {
		op_open();
	} else if (!strcmp(name, "trim")) {
		result(ioctl(fd, SCULL_IOC_TRIM));
	} else if (!strcmp(name, "get")) {
		op_get();
	} else if (!strcmp(name, "fork")) {
		op_fork();
	} else if (!strcmp(name, "close")) {
		result(close(fd));
	} else if (!strcmp(name, "pause")) {
		fflush(stdout);
		pause();
	} else if (!strcmp(name, "exit")) {
		fflush(stdout);
		_exit(0);
	} else if (!map_operation(name)) {
		die("no such operation", name);
	}
}

int main(int argc, char **argv)
{
	if (argc < 3)
		die("usage", "op FILE FLAGS OPERATION...");
	path = argv[1];
	fd = open(path, open_flags(argv[2]), 0600);
	if (fd < 0) {
		result(fd);
		printf("\n");
		return 1;
	}
	/* A fault that is never over must not be waited for. */
	alarm(300);
	signal(SIGBUS, on_fault);
	signal(SIGSEGV, on_fault);
	next = argv + 3;
	while (*next)
		operation(word());
	printf("\n");
	return 0;
}
