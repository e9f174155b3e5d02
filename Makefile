# SPDX-License-Identifier: GPL-2.0
# What a person types; `make help` lists it. The kernel's own build reads Kbuild.

KDIR ?= /lib/modules/$(shell uname -r)/build
prefix ?= /usr/local
DESTDIR ?=

# Where depmod and modinfo are, which is in the PATH of root alone.
export PATH := $(PATH):/usr/sbin:/sbin

# What a person has set for builds of kernels would lead these elsewhere; with CDPATH cd speaks.
unexport KBUILD_OUTPUT KBUILD_EXTMOD KBUILD_EXTMOD_OUTPUT CDPATH

# Neither make nor the kernel's build takes such paths.
open := (
close := )
comma := ,
hash := \#
marks := $$ & $(hash) ; : < > | * ? [ ] = $(open) $(close) $(comma) %
odd = $(word 2,$1)$(foreach c,' " ` \ $(marks),$(findstring $(c),$1))
refuse_odd = $(foreach path,$1,$(if $(strip $(call odd,$($(path)))),$(error \
	$(path)=$($(path)): a path cannot have blanks, quotes or one of $(marks) \ in it)))
$(call refuse_odd,CURDIR DESTDIR prefix KDIR $(if $(filter command,$(origin MO)),MO))
$(if $(filter-out /%,$(prefix)),$(error prefix=$(prefix): it has to begin with /))
$(if $(filter command,$(origin O)),$(error O=$(O): KDIR= is the folder that the kernel was built in, MO= the one to build in))

# Where make runs commands elsewhere, it has to be the same folder. / is no folder to pack.
override DESTDIR := $(patsubst /,,$(abspath $(DESTDIR)))
# Where all that is built goes, if not beside its source; as in the kernel's build it counts
# on the command line only.
override MO := $(if $(filter command,$(origin MO)),$(abspath $(MO)))
export prefix DESTDIR

modules := $(foreach m,scull_common scull scullc scullp scullv,$(addsuffix /,$(MO))$(m)/$(m).ko)
libdir = $(DESTDIR)$(prefix)/lib
kernelrelease = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h 2>/dev/null)
updates = $(DESTDIR)/lib/modules/$(kernelrelease)/updates

# What built the kernel builds its modules, unless LLVM= or CC= says otherwise (of the
# environment the kernel's build takes LLVM alone): clang with LLVM's linker or GNU's, or the
# gcc of the version that it names. Debian's headers name theirs themselves.
built_by = $(shell sed -n 's/^CONFIG_CC_IS_CLANG=y/clang/p; s/^CONFIG_LD_IS_LLD=y/lld/p; \
	s/^CONFIG_CC_VERSION_TEXT="*[^ ]*\(gcc-[0-9]*\) .*/\1/p' $(KDIR)/include/config/auto.conf 2>/dev/null)
gcc = $(if $(wildcard $(KDIR)/.kernelvariables),,$(addprefix $(CROSS_COMPILE),$(filter gcc-%,$(built_by))))
compiler :=
ifeq ($(filter-out undefined,$(origin LLVM))$(filter command,$(origin CC)),)
compiler = $(if $(filter clang,$(built_by)),$(if $(filter lld,$(built_by)),LLVM=1,CC=clang),$(if \
	$(shell command -v $(gcc) 2>/dev/null),CC=$(gcc)))
endif
kbuild = $(strip -C $(KDIR) M=$(CURDIR) $(addprefix MO=,$(MO)) $(compiler))
# With ARCH= a kernel's clang builds for another machine; so it has to for the tools.
tools = $(strip -C tools $(addprefix MO=,$(MO)) $(if $(ARCH),$(filter LLVM=%,$(compiler))))

.DELETE_ON_ERROR:

## all		modules and tools (what make without a word does)
.PHONY: all
all: modules tools

## modules	build the modules, for the kernel whose build folder is KDIR; LLVM= or CC= if
## 		not by what built it, ARCH= and CROSS_COMPILE= for another machine, MO= in
## 		another folder (Linux 6.13 and newer; for tools, install and clean as well)
.PHONY: modules
modules: need-compiler
	$(MAKE) $(kbuild) modules

## tools		build scullctl
.PHONY: tools
tools:
	$(MAKE) $(tools)

## clean		remove what building here made (build/ stays: see distclean)
# Not by the kernel's clean, which would look into build/ and find its modules.
.PHONY: clean
clean:
	find $(or $(MO),.) -path ./build -prune -o -path ./.git -prune -o -type f \( -name '*.ko' -o \
		-name '*.o' -o -name '*.o.d' -o -name '*.mod' -o -name '*.mod.c' -o -name '.*.cmd' -o \
		-name Module.symvers -o -name modules.order \) -exec rm -f {} +
	$(MAKE) $(tools) clean
	$(if $(MO),,$(MAKE) -C tests/prog clean)
	$(if $(MO),,$(MAKE) -C docs/examples clean)

## sign		sign the modules, for Secure Boot; KEY= and CERT= if not DKMS's own
KEY ?= /var/lib/dkms/mok.key
CERT ?= /var/lib/dkms/mok.pub
.PHONY: sign
sign: need-modules
	$(call refuse_odd,KEY CERT)
	@for file in "$(KEY)" "$(CERT)"; do test -f "$$file" && test -r "$$file" || { \
		echo "make: '$$file' cannot be read: see docs/secure-boot.md" >&2; exit 1; }; done
	@serial=$$(openssl x509 -in $(CERT) -noout -serial) || exit; \
	for module in $(modules); do \
		by=$$(modinfo -F sig_key $$module | tr -d :); \
		if [ -z "$$by" ]; then \
			$(KDIR)/scripts/sign-file sha256 $(KEY) $(CERT) $$module || exit; \
		elif [ "serial=$$by" != "$$serial" ]; then \
			echo "make: $$module is signed by another key ($$(modinfo -F signer $$module)): run make clean, then make, then make sign" >&2; \
			exit 1; \
		else \
			echo "make: $$module is signed already"; \
		fi; \
	done

## install	install modules, udev's files, scullctl and the user header (as root);
## 		prefix=/usr/local, DESTDIR= for a folder to be packed
.PHONY: install
install: install-modules install-tools install-system
	$(if $(DESTDIR),,$(call make_group))
	$(if $(DESTDIR),,$(call reload_rules))

## uninstall	remove what install installed, for whatever kernels (as root)
.PHONY: uninstall
uninstall:
	$(MAKE) -C tools uninstall DESTDIR=$(DESTDIR)
	for modules in $(DESTDIR)/lib/modules/*/updates/scull; do \
		test -d $$modules || continue; \
		rm -r $$modules; \
		rmdir --ignore-fail-on-non-empty $${modules%/scull}; \
		release=$${modules%/updates/scull}; \
		$(if $(DESTDIR),:,depmod $${release##*/}); \
	done
	rm -f $(libdir)/udev/rules.d/60-scull.rules $(libdir)/sysusers.d/scull.conf
	rm -f $(libdir)/modules-load.d/scull.conf $(libdir)/modprobe.d/scull.conf
	$(if $(DESTDIR),,$(call reload_rules))

# A folder to be packed gets no index of its modules: it would be taken for the index of all
# modules, there where it is unpacked. The kernel's build copies modules with the modes that the
# builder's umask gave them. They are not compressed, whatever the kernel's own are: what does
# that may be missing here.
.PHONY: install-modules
install-modules: need-modules
	@! ls $(updates)/dkms/scull_common.ko* >/dev/null 2>&1 || { \
		echo "make: the package scull-dkms is installed: its modules would go before these" >&2; exit 1; }
	@[ "$$(for module in $(modules); do modinfo -F sig_key $$module | grep . || echo none; done | uniq | wc -l)" = 1 ] || { \
		echo "make: some modules are signed and some are not, or by another key: run make sign" >&2; exit 1; }
	rm -rf $(updates)/scull
	umask 022 && $(MAKE) $(kbuild) INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates/scull cmd_depmod=true \
		CONFIG_MODULE_SIG_ALL= $(foreach by,GZIP XZ ZSTD,CONFIG_MODULE_COMPRESS_$(by)=) modules_install
	chmod -R u=rwX,go=rX $(updates)/scull
	$(if $(DESTDIR),,umask 022 && depmod $(kernelrelease))

.PHONY: install-tools
install-tools:
	$(MAKE) $(tools) install DESTDIR=$(DESTDIR)

.PHONY: install-system
install-system:
	install -D -m 644 udev/60-scull.rules $(libdir)/udev/rules.d/60-scull.rules
	install -D -m 644 udev/sysusers.conf $(libdir)/sysusers.d/scull.conf
	install -D -m 644 udev/modules-load.conf $(libdir)/modules-load.d/scull.conf
	install -D -m 644 udev/modprobe.conf $(libdir)/modprobe.d/scull.conf

# Let the running system know; not every one runs systemd, or udev.
define make_group
	@if command -v systemd-sysusers >/dev/null; then \
		systemd-sysusers $(libdir)/sysusers.d/scull.conf; \
	else \
		echo "make: there is no systemd-sysusers: groupadd --system scull makes the group"; \
	fi
endef
define reload_rules
	@if [ -S /run/udev/control ]; then udevadm control --reload; fi
endef

.PHONY: need-kdir
need-kdir:
	@test -e $(KDIR)/include/generated/utsrelease.h || { \
		echo "make: $(KDIR) is no kernel build folder: install the kernel's headers, or give KDIR=" >&2; \
		exit 1; }
	@$(if $(filter 2.% 3.% 4.% 5.% 6.0.%,$(kernelrelease)), \
		echo "make: KDIR is Linux $(kernelrelease): the drivers need 6.1 or newer" >&2; exit 1)
	@$(if $(and $(MO),$(filter $(foreach minor,1 2 3 4 5 6 7 8 9 10 11 12,6.$(minor).%),$(kernelrelease))), \
		echo "make: KDIR is Linux $(kernelrelease): MO= needs 6.13 or newer" >&2; exit 1)

.PHONY: need-compiler
need-compiler: need-kdir
	@for command in $(patsubst CC=%,%,$(subst LLVM=1,clang ld.lld llvm-nm,$(compiler))); do \
		command -v $$command >/dev/null || { \
			echo "make: the kernel of KDIR was built by clang, and there is no $$command: install clang, lld and llvm, or say by LLVM= (LLVM=-19 is clang-19) or CC= what is to build for it" >&2; \
			exit 1; }; \
	done

.PHONY: need-modules
need-modules: need-kdir
	@command -v modinfo >/dev/null || { echo "make: there is no modinfo: install kmod" >&2; exit 1; }
	@for module in $(modules); do \
		test -s $$module || { echo "make: $$module is not built: run make modules first" >&2; exit 1; }; \
		built=$$(modinfo -F vermagic $$module | cut -d ' ' -f 1); \
		test "$$built" = "$(kernelrelease)" || { \
			echo "make: $$module is built for $$built, not for $(kernelrelease): run make clean, then make modules" >&2; \
			exit 1; }; \
	done

include tests/vm/vm.mk

## help		this list
.PHONY: help
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)
