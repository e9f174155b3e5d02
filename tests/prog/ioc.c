// SPDX-License-Identifier: GPL-2.0
/*
 * ioc DEVICE COMMAND [VALUE]...: do control commands by their classic names, as
 * old lab programs do, and print the result of each: a number, or an error's name.
 * For G and X the number is what came back through the pointer; with a colon and
 * the number behind an error where the command changed it nevertheless.
 *
 * Besides: GEOMETRY WHICH UNIT QSET RESERVED; INFO SIZE (the command with a struct of
 * so many bytes); EXTENT OFFSET (prints where the extent starts). With -r first, the
 * device is opened to read only.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../../scull_common/scull_ioctl.h"

#define COMMAND(name) { #name, name }
#define SIX(prefix, unit) \
	COMMAND(prefix##S##unit), COMMAND(prefix##T##unit), COMMAND(prefix##G##unit), \
	COMMAND(prefix##Q##unit), COMMAND(prefix##X##unit), COMMAND(prefix##H##unit)
#define THIRTEEN(prefix, unit) COMMAND(prefix##RESET), SIX(prefix, unit), SIX(prefix, QSET)

static const struct {
	const char *name;
	unsigned long number;
} commands[] = {
	THIRTEEN(SCULL_IOC, QUANTUM),
	THIRTEEN(SCULLC_IOC, QUANTUM),
	THIRTEEN(SCULLP_IOC, ORDER),
	THIRTEEN(SCULLV_IOC, ORDER),
	COMMAND(SCULL_IOC_TRIM),
	{ "NONSENSE", _IO('K', 99) },
	{ "WRONG_SIZE", _IOR('K', 3, char) },
	{ "OTHER_TYPE", _IO('X', 0) },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* The commands that take a pointer, an argument, neither. */
static int takes_pointer(unsigned long number)
{
	return _IOC_DIR(number) != _IOC_NONE;
}

static int takes_value(const char *name)
{
	const char *verb = strstr(name, "IOC");

	return verb && strchr("STXH", verb[3]) && verb[3] != '_';
}

/* The commands with a struct; returns how many words they took, 0 for others. */
static int structured(int fd, char **word)
{
	struct scull_next_geometry next = {};
	struct scull_extent extent = {};
	char info[1 << 14];
	long long result;
	int words;

	if (!strcmp(word[0], "GEOMETRY") && word[1] && word[2] && word[3] && word[4]) {
		next.which = strtoul(word[1], NULL, 0);
		next.unit = strtoul(word[2], NULL, 0);
		next.qset = strtoul(word[3], NULL, 0);
		next.reserved = strtoul(word[4], NULL, 0);
		result = ioctl(fd, SCULL_IOC_GEOMETRY, &next);
		words = 5;
	} else if (!strcmp(word[0], "INFO") && word[1]) {
		result = ioctl(fd, _IOC(_IOC_READ, SCULL_IOC_COMMON, _IOC_NR(SCULL_IOC_INFO),
					strtoul(word[1], NULL, 0)), info);
		words = 2;
	} else if (!strcmp(word[0], "EXTENT") && word[1]) {
		extent.offset = strtoull(word[1], NULL, 0);
		result = ioctl(fd, SCULL_IOC_EXTENT, &extent);
		if (!result)
			result = extent.offset;
		words = 2;
	} else {
		return 0;
	}
	if (result < 0)
		printf("%s ", strerrorname_np(errno));
	else
		printf("%lld ", result);
	return words;
}

int main(int argc, char **argv)
{
	int flags = O_RDWR;
	int fd;

	if (argc > 1 && !strcmp(argv[1], "-r")) {
		flags = O_RDONLY;
		argc--;
		argv++;
	}
	fd = argc > 2 ? open(argv[1], flags) : -1;
	if (fd < 0) {
		perror("ioc");
		return 1;
	}
	for (int i = 2; i < argc; i++) {
		size_t c = 0;
		int number = 0, sent, result;
		int words = structured(fd, argv + i);

		if (words) {
			i += words - 1;
			continue;
		}
		while (c < COMMANDS && strcmp(commands[c].name, argv[i]))
			c++;
		if (c == COMMANDS) {
			fprintf(stderr, "ioc: no command %s\n", argv[i]);
			return 1;
		}
		if (takes_value(argv[i]) && argv[i + 1])
			number = strtol(argv[++i], NULL, 0);
		sent = number;
		if (takes_pointer(commands[c].number))
			result = ioctl(fd, commands[c].number, &number);
		else
			result = ioctl(fd, commands[c].number, number);
		if (result < 0 && number != sent)
			printf("%s:%d ", strerrorname_np(errno), number);
		else if (result < 0)
			printf("%s ", strerrorname_np(errno));
		else
			printf("%d ", _IOC_DIR(commands[c].number) & _IOC_READ ? number : result);
	}
	printf("\n");
	return 0;
}
