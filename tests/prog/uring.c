// SPDX-License-Identifier: GPL-2.0
/*
 * uring FILE SIZE TO: map so many bytes of a file, register the mapping with io_uring
 * as a fixed buffer, and write the buffer to TO. Prints the bytes written, or the
 * name of the error that the registration got.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "uring: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void *map(int fd, size_t size, off_t offset)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	if (at == MAP_FAILED)
		die("mmap");
	return at;
}

int main(int argc, char **argv)
{
	struct io_uring_params params = {};
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;
	unsigned char *sq, *cq;
	struct iovec buffer;
	int ring, file, to;

	if (argc != 4) {
		fprintf(stderr, "usage: uring FILE SIZE TO\n");
		return 2;
	}
	file = open(argv[1], O_RDWR);
	to = open(argv[3], O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (file < 0 || to < 0)
		die("open");
	buffer.iov_len = strtoul(argv[2], NULL, 0);
	buffer.iov_base = map(file, buffer.iov_len, 0);

	ring = syscall(SYS_io_uring_setup, 1, &params);
	if (ring < 0)
		die("io_uring_setup");
	if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &buffer, 1)) {
		printf("%s\n", strerrorname_np(errno));
		return 0;
	}
	sq = map(ring, params.sq_off.array + sizeof(uint32_t), IORING_OFF_SQ_RING);
	cq = map(ring, params.cq_off.cqes + 2 * sizeof(*cqe), IORING_OFF_CQ_RING);
	sqe = map(ring, sizeof(*sqe), IORING_OFF_SQES);

	*sqe = (struct io_uring_sqe) {
		.opcode = IORING_OP_WRITE_FIXED,
		.fd = to,
		.addr = (uintptr_t)buffer.iov_base,
		.len = buffer.iov_len,
	};
	*(uint32_t *)(sq + params.sq_off.array) = 0;
	__atomic_store_n((uint32_t *)(sq + params.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		die("io_uring_enter");
	cqe = (struct io_uring_cqe *)(cq + params.cq_off.cqes);
	printf("%d\n", cqe->res);
	return 0;
}
