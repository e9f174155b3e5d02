// SPDX-License-Identifier: GPL-2.0
/*
 * ioc DEVICE COMMAND [VALUE]...: do control commands by their classic names, as
 * old lab programs do, and print the result of each: a number, or an error's name.
 * For G and X the number is what came back through the pointer.
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

int main(int argc, char **argv)
{
	int fd = argc > 2 ? open(argv[1], O_RDWR) : -1;

	if (fd < 0) {
		perror("ioc");
		return 1;
	}
	for (int i = 2; i < argc; i++) {
		size_t c = 0;
		int number = 0, result;

		while (c < COMMANDS && strcmp(commands[c].name, argv[i]))
			c++;
		if (c == COMMANDS) {
			fprintf(stderr, "ioc: no command %s\n", argv[i]);
			return 1;
		}
		if (takes_value(argv[i]) && argv[i + 1])
			number = strtol(argv[++i], NULL, 0);
		if (takes_pointer(commands[c].number))
			result = ioctl(fd, commands[c].number, &number);
		else
			result = ioctl(fd, commands[c].number, number);
		if (result < 0)
			printf("%s ", strerrorname_np(errno));
		else
			printf("%d ", _IOC_DIR(commands[c].number) & _IOC_READ ? number : result);
	}
	printf("\n");
	return 0;
}
