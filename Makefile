# SPDX-License-Identifier: GPL-2.0
# What a person types; `make help` lists it. The kernel's own build reads Kbuild.

KDIR ?= /lib/modules/$(shell uname -r)/build
prefix ?= /usr/local
DESTDIR ?=
export prefix DESTDIR

libdir := $(DESTDIR)$(prefix)/lib
kernelrelease = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)
moduledir = $(DESTDIR)/lib/modules/$(kernelrelease)/updates/scull

.DELETE_ON_ERROR:

## all		modules and tools (what make without a word does)
.PHONY: all
all: modules tools

## modules	build the modules, for the kernel whose build folder is KDIR
.PHONY: modules
modules: need-kdir
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

## tools		build scullctl
.PHONY: tools
tools:
	$(MAKE) -C tools

## clean		remove what building here made (build/ stays: see distclean)
# Not by the kernel's clean, which would look into build/ and find its modules.
.PHONY: clean
clean:
	find . -path ./build -prune -o -path ./.git -prune -o -type f \( -name '*.ko' -o \
		-name '*.o' -o -name '*.o.d' -o -name '*.mod' -o -name '*.mod.c' -o -name '.*.cmd' -o \
		-name Module.symvers -o -name modules.order \) -exec rm -f {} +
	$(MAKE) -C tools clean
	$(MAKE) -C tests/prog clean

## install	install modules, udev's files, scullctl and the user header (as root)
.PHONY: install
install: need-kdir need-modules
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) \
		INSTALL_MOD_DIR=updates/scull CONFIG_MODULE_SIG_ALL= cmd_depmod=true modules_install
	depmod $(addprefix -b ,$(DESTDIR)) $(kernelrelease)
	$(MAKE) -C tools install
	install -D -m 644 udev/60-scull.rules $(libdir)/udev/rules.d/60-scull.rules
	install -D -m 644 udev/sysusers.conf $(libdir)/sysusers.d/scull.conf
	install -D -m 644 udev/modules-load.conf $(libdir)/modules-load.d/scull.conf
	install -D -m 644 udev/modprobe.conf $(libdir)/modprobe.d/scull.conf
	$(if $(DESTDIR),,$(call refresh))

## uninstall	remove what install installed (as root)
.PHONY: uninstall
uninstall: need-kdir
	$(MAKE) -C tools uninstall
	rm -rf $(moduledir)
	depmod $(addprefix -b ,$(DESTDIR)) $(kernelrelease)
	rm -f $(libdir)/udev/rules.d/60-scull.rules $(libdir)/sysusers.d/scull.conf
	rm -f $(libdir)/modules-load.d/scull.conf $(libdir)/modprobe.d/scull.conf
	$(if $(DESTDIR),,$(call refresh))

# Let the running system know; not every system runs systemd.
define refresh
	if command -v systemd-sysusers >/dev/null; then systemd-sysusers; fi
	if command -v udevadm >/dev/null; then udevadm control --reload; fi
endef

.PHONY: need-kdir
need-kdir:
	@test -e $(KDIR)/include/generated/utsrelease.h || { \
		echo "make: $(KDIR) is no kernel build folder: install the kernel's headers, or give KDIR=" >&2; \
		exit 1; }

.PHONY: need-modules
need-modules:
	@test -e scull_common/scull_common.ko || { \
		echo "make: the modules are not built: run make modules first" >&2; exit 1; }
	@built=$$(modinfo -F vermagic ./scull_common/scull_common.ko | cut -d ' ' -f 1); \
	test "$$built" = "$(kernelrelease)" || { \
		echo "make: the modules are built for $$built, not for $(kernelrelease)" >&2; exit 1; }

include tests/vm/vm.mk

## help		this list
.PHONY: help
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)
