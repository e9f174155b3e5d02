// SPDX-License-Identifier: GPL-2.0
/* scullctl: see and control the devices of the scull family. See scullctl(1). */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "../scull_common/scull_ioctl.h"

#define CLASS "/sys/class/scull"

enum { EXIT_USAGE = 2 };

static const char usage_text[] =
	"usage: scullctl list\n"
	"       scullctl info [--json] DEV\n"
	"       scullctl trim DEV\n"
	"       scullctl geometry DEV [--order N | --quantum N] [--qset N]\n"
	"       scullctl dump [--json] DEV\n"
	"       scullctl --help | --version\n"
	"DEV is a device such as scullp0 or /dev/scullp0. See scullctl(1).\n";

struct options {
	bool json;
	const char *order;
	const char *quantum;
	const char *qset;
};

/* An open device and what it says of itself. */
struct device {
	const char *name;
	int fd;
	struct scull_info info;
};

__attribute__((format(printf, 1, 2), noreturn))
static void usage_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("scullctl: ", stderr);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n%s", usage_text);
	exit(EXIT_USAGE);
}

__attribute__((noreturn))
static void fail(const char *device, const char *doing)
{
	fprintf(stderr, "scullctl: %s: %s: %s\n", device, doing, strerror(errno));
	exit(EXIT_FAILURE);
}

__attribute__((noreturn))
static void not_ours(const char *name)
{
	fprintf(stderr, "scullctl: %s: not a device of the scull family\n", name);
	exit(EXIT_FAILURE);
}

/*
 * Whether a device number is one of the family's. To open another device may do
 * something by itself, such as rewind a tape or load a driver.
 */
static bool is_ours(dev_t number)
{
	char path[PATH_MAX], subsystem[PATH_MAX] = "";
	const char *name;

	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/subsystem", major(number),
		 minor(number));
	if (readlink(path, subsystem, sizeof(subsystem) - 1) < 0)
		return false;
	name = strrchr(subsystem, '/');
	return name && !strcmp(name, "/scull");
}

static void device_open(struct device *device, const char *name, int flags)
{
	char path[PATH_MAX];
	struct stat status;

	if (snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : "/dev/", name) >=
	    (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		fail(name, "cannot open it");
	}
	device->name = name;
	if (stat(path, &status))
		fail(name, "cannot open it");
	if (access("/sys/dev/char", X_OK))
		fail(name, "cannot look it up in /sys");
	if (!S_ISCHR(status.st_mode) || !is_ours(status.st_rdev))
		not_ours(name);
	device->fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (device->fd < 0)
		fail(name, "cannot open it");
	if (ioctl(device->fd, SCULL_IOC_INFO, &device->info))
		fail(name, "cannot get its info");
}

/* The geometry as a person gives it: "order 4" or "quantum 4000". */
static const char *unit_name(const struct scull_info *info)
{
	return info->flags & SCULL_INFO_BY_ORDER ? "order" : "quantum";
}

static unsigned int unit(const struct scull_info *info)
{
	return info->flags & SCULL_INFO_BY_ORDER ? info->order : info->quantum;
}

static unsigned int next_unit(const struct scull_info *info)
{
	return info->flags & SCULL_INFO_BY_ORDER ? info->next_order : info->next_quantum;
}

/* One attribute from sysfs, which everybody may read. */
static const char *attribute(const char *device, const char *name, char *text, int size)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), CLASS "/%s/%s", device, name);
	file = fopen(path, "re");
	if (!file || !fgets(text, size, file))
		fail(device, path);
	fclose(file);
	text[strcspn(text, "\n")] = '\0';
	return text;
}

#define LIST_COLUMNS 6

static void print_list_line(const char *device)
{
	static const char * const names[LIST_COLUMNS] = {
		"storage", "size", "allocated", "quantum", "qset", "mappings"
	};
	static const int widths[LIST_COLUMNS] = { -11, 16, 16, 10, 8, 8 };
	char text[64];

	printf("%-10s", device);
	for (int i = 0; i < LIST_COLUMNS; i++)
		printf(" %*s", widths[i], attribute(device, names[i], text, sizeof(text)));
	printf("\n");
}

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int command_list(void)
{
	struct dirent **entries;
	int count = scandir(CLASS, &entries, not_hidden, versionsort);

	if (count < 0 && errno != ENOENT)
		fail(CLASS, "cannot list it");
	if (count <= 0) {
		fprintf(stderr, "scullctl: no driver of the scull family is loaded\n");
		return EXIT_FAILURE;
	}
	printf("%-10s %-11s %16s %16s %10s %8s %8s\n", "DEVICE", "STORAGE", "SIZE", "ALLOCATED",
	       "QUANTUM", "QSET", "MAPPINGS");
	for (int i = 0; i < count; i++)
		print_list_line(entries[i]->d_name);
	return EXIT_SUCCESS;
}

static int command_info(const char *name, const struct options *options)
{
	struct device device;
	const struct scull_info *info = &device.info;
	bool by_order;

	device_open(&device, name, O_RDONLY);
	by_order = info->flags & SCULL_INFO_BY_ORDER;
	if (options->json) {
		printf("{\"device\": \"%s\", \"storage\": \"%s\", \"size\": %" PRIu64
		       ", \"allocated\": %" PRIu64 ", \"quantum\": %u, \"qset\": %u, ",
		       info->device, info->storage, (uint64_t)info->size,
		       (uint64_t)info->allocated, info->quantum, info->qset);
		if (by_order)
			printf("\"order\": %u, \"next_order\": %u, ", info->order,
			       info->next_order);
		printf("\"next_quantum\": %u, \"next_qset\": %u, \"mappings\": %u, \"capacity\": %"
		       PRIu64 ", \"held\": %" PRIu64 "}\n", info->next_quantum, info->next_qset,
		       info->mappings, (uint64_t)info->capacity, (uint64_t)info->held);
		return EXIT_SUCCESS;
	}
	printf("device      %s\n", info->device);
	printf("storage     %s\n", info->storage);
	printf("size        %" PRIu64 " bytes\n", (uint64_t)info->size);
	printf("allocated   %" PRIu64 " bytes\n", (uint64_t)info->allocated);
	printf("quantum     %u bytes", info->quantum);
	if (by_order)
		printf(" (order %u)", info->order);
	printf("%s\n", info->flags & SCULL_INFO_FIXED ? ", fixed while the driver is loaded" : "");
	printf("qset        %u quanta\n", info->qset);
	if (unit(info) != next_unit(info) || info->qset != info->next_qset)
		printf("next        %s %u, qset %u: from the next trim on\n", unit_name(info),
		       next_unit(info), info->next_qset);
	printf("mappings    %u\n", info->mappings);
	printf("capacity    %" PRIu64 " of %" PRIu64 " bytes in use by all devices\n",
	       (uint64_t)info->held, (uint64_t)info->capacity);
	return EXIT_SUCCESS;
}

static int command_trim(const char *name)
{
	struct device device;

	/* Opening to read and write trims nothing by itself. */
	device_open(&device, name, O_RDWR);
	if (ioctl(device.fd, SCULL_IOC_TRIM))
		fail(name, errno == EBUSY ? "cannot trim it while it is mapped" : "cannot trim it");
	return EXIT_SUCCESS;
}

/* A number as a person gives it, in decimal or 0x, in a range that the device told. */
static unsigned int number_in(const char *device, const char *what, const char *text,
			      unsigned int min, unsigned int max)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, strncmp(text, "0x", 2) ? 10 : 16);
	if (!isdigit((unsigned char)*text) || *end)
		usage_error("%s '%s' is not a number", what, text);
	if (errno || value < min || value > max) {
		fprintf(stderr, "scullctl: %s: %s %s is not in %u..%u\n", device, what, text, min,
			max);
		exit(EXIT_FAILURE);
	}
	return value;
}

static int command_geometry(const char *name, const struct options *options)
{
	struct scull_next_geometry next = {};
	struct device device;
	const struct scull_info *info = &device.info;
	const char *text, *wrong;
	bool by_order;

	device_open(&device, name, O_RDONLY);
	by_order = info->flags & SCULL_INFO_BY_ORDER;
	text = by_order ? options->order : options->quantum;
	wrong = by_order ? options->quantum : options->order;
	if (wrong) {
		fprintf(stderr, "scullctl: %s: its quanta are chosen by --%s\n", name,
			unit_name(info));
		return EXIT_FAILURE;
	}
	if (text) {
		next.unit = number_in(name, unit_name(info), text, by_order ? 0 : 1, info->max);
		next.which |= SCULL_NEXT_UNIT;
	}
	if (options->qset) {
		next.qset = number_in(name, "qset", options->qset, 1, info->max_qset);
		next.which |= SCULL_NEXT_QSET;
	}
	if (next.which && ioctl(device.fd, SCULL_IOC_GEOMETRY, &next))
		fail(name, errno == EOPNOTSUPP ? "its quantum is fixed while the driver is loaded" :
		     "cannot set its geometry");

	if (ioctl(device.fd, SCULL_IOC_INFO, &device.info))
		fail(name, "cannot get its info");
	printf("now   %s %u, qset %u\n", unit_name(info), unit(info), info->qset);
	printf("next  %s %u, qset %u\n", unit_name(info), next_unit(info), info->next_qset);
	return EXIT_SUCCESS;
}

/* One line of the dump: adjacent pieces of memory that hold adjacent data. */
static void print_run(const struct scull_extent *run, unsigned int quantum, bool json, bool *first)
{
	uint64_t from = run->offset / quantum;
	uint64_t to = (run->offset + run->length - 1) / quantum;

	if (json) {
		printf("%s\n  {\"quantum\": %" PRIu64 ", \"last_quantum\": %" PRIu64,
		       *first ? "" : ",", from, to);
		printf(", \"offset\": %" PRIu64 ", \"length\": %" PRIu64,
		       (uint64_t)run->offset, (uint64_t)run->length);
		if (run->address)
			printf(", \"address\": \"0x%" PRIx64 "\"", (uint64_t)run->address);
		if (run->frame)
			printf(", \"frame\": %" PRIu64, (uint64_t)run->frame);
		printf("}");
	} else {
		char range[48], address[24] = "-", frame[24] = "-";

		snprintf(range, sizeof(range), from == to ? "%" PRIu64 : "%" PRIu64 "-%" PRIu64,
			 from, to);
		if (run->address)
			snprintf(address, sizeof(address), "%016" PRIx64, (uint64_t)run->address);
		if (run->frame)
			snprintf(frame, sizeof(frame), "%" PRIu64, (uint64_t)run->frame);
		printf("%-20s %16" PRIu64 " %12" PRIu64 "  %-16s  %s\n", range,
		       (uint64_t)run->offset, (uint64_t)run->length, address, frame);
	}
	*first = false;
}

/* Whether a piece goes on where a run ends: in the file, and in memory as shown. */
static bool continues(const struct scull_extent *run, const struct scull_extent *piece)
{
	uint64_t page = sysconf(_SC_PAGESIZE);
	uint64_t end = run->address % page + run->length; /* from where its frame begins */

	if (piece->offset != run->offset + run->length)
		return false;
	if (run->address && piece->address != run->address + run->length)
		return false;
	/* By frames alone only whole pages can be told to be adjacent. */
	if (!run->address && (run->length % page || piece->length % page))
		return false;
	/* Addresses of vmalloc can be adjacent where frames are not. */
	return run->frame ? piece->frame == run->frame + end / page : run->address;
}

static int command_dump(const char *name, const struct options *options)
{
	struct scull_extent run = {}, piece = {};
	struct device device;
	bool first = true;

	device_open(&device, name, O_RDONLY);
	if (options->json)
		printf("{\"device\": \"%s\", \"quantum_bytes\": %u, \"extents\": [",
		       device.info.device, device.info.quantum);
	else
		printf("%-20s %16s %12s  %-16s  %s\n", "QUANTUM", "OFFSET", "LENGTH", "ADDRESS",
		       "FRAME");

	while (!ioctl(device.fd, SCULL_IOC_EXTENT, &piece)) {
		if (run.length && continues(&run, &piece)) {
			run.length += piece.length;
		} else {
			if (run.length)
				print_run(&run, device.info.quantum, options->json, &first);
			run = piece;
		}
		piece.offset += piece.length;
	}
	if (errno != ENXIO)
		fail(name, "cannot dump it");
	if (run.length)
		print_run(&run, device.info.quantum, options->json, &first);
	if (options->json)
		printf("%s]}\n", first ? "" : "\n");
	return EXIT_SUCCESS;
}

static int run_command(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ "order", required_argument, NULL, 'o' },
		{ "quantum", required_argument, NULL, 'q' },
		{ "qset", required_argument, NULL, 's' },
		{ "version", no_argument, NULL, 'V' },
		{}
	};
	struct options options = {};
	const char *command, *name;
	bool sets;
	int option;

	while ((option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		switch (option) {
		case 'h':
			fputs(usage_text, stdout);
			return EXIT_SUCCESS;
		case 'V':
			puts("scullctl " SCULL_VERSION);
			return EXIT_SUCCESS;
		case 'j':
			options.json = true;
			break;
		case 'o':
			options.order = optarg;
			break;
		case 'q':
			options.quantum = optarg;
			break;
		case 's':
			options.qset = optarg;
			break;
		default:
			fputs(usage_text, stderr);
			return EXIT_USAGE;
		}
	}
	if (options.order && options.quantum)
		usage_error("--order and --quantum exclude each other");
	if (optind == argc)
		usage_error("a command is missing");
	command = argv[optind++];
	name = optind < argc ? argv[optind++] : NULL;
	if (optind < argc)
		usage_error("%s is one word too many", argv[optind]);

	sets = options.order || options.quantum || options.qset;
	if (sets && strcmp(command, "geometry"))
		usage_error("%s takes no geometry", command);
	if (options.json && strcmp(command, "info") && strcmp(command, "dump"))
		usage_error("%s takes no --json", command);
	if (!strcmp(command, "list")) {
		if (name)
			usage_error("list takes no device");
		return command_list();
	}
	if (!strcmp(command, "info") || !strcmp(command, "trim") || !strcmp(command, "geometry") ||
	    !strcmp(command, "dump")) {
		if (!name || !*name)
			usage_error("%s needs a device", command);
	}
	if (!strcmp(command, "info"))
		return command_info(name, &options);
	if (!strcmp(command, "trim"))
		return command_trim(name);
	if (!strcmp(command, "geometry"))
		return command_geometry(name, &options);
	if (!strcmp(command, "dump"))
		return command_dump(name, &options);
	usage_error("there is no command %s", command);
}

int main(int argc, char **argv)
{
	int status = run_command(argc, argv);

	/* What could not be printed was not done. */
	if (fflush(stdout) || ferror(stdout))
		fail("standard output", "cannot write to it");
	return status;
}
