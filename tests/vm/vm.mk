# SPDX-License-Identifier: GPL-2.0
# The guest: its kernel, its root file system and the modules built for it, all
# below build/, and the jobs that run in it.

build := $(CURDIR)/build
vm := tests/vm
guest_release = $(shell cat $(build)/kernel/release)
guest_modules = $(build)/kernel/lib/modules/$(guest_release)
guest_stage = $(build)/stage/lib/modules/$(guest_release)

## demo		put a large file through each driver in a guest, and show where it lies
.PHONY: demo
demo: guest
	@$(vm)/run --bring $(build)/kernel/image.deb 'tests/demo image.deb'

## check		run the test suites in guests; SUITES="load dump" runs only those
.PHONY: check
check: guest
	@$(vm)/check $(SUITES)

## shell		a root shell in a guest, with the modules to be loaded
.PHONY: shell
shell: guest
	@$(vm)/run --terminal 'exec setsid -c bash -il'

## style		check how the project is written: checkpatch, sparse, W=1, shellcheck
.PHONY: style
style: $(build)/kernel/release $(build)/scripts/checkpatch.pl
	@$(vm)/need sparse:sparse shellcheck:shellcheck git:git
	@tests/style $(build)/scripts $(guest_modules)/build

## distclean	remove build/, with the downloads
.PHONY: distclean
distclean:
	rm -rf $(build)

.PHONY: guest
guest: $(build)/guest.img guest-modules

$(build)/tools: $(vm)/need $(vm)/vm.mk
	@$(vm)/need gcc-12:gcc-12 g++-12:g++-12 qemu-system-x86_64:qemu-system-x86 mmdebstrap:mmdebstrap \
		mke2fs:e2fsprogs fakeroot:fakeroot depmod:kmod dpkg-deb:dpkg xz:xz-utils \
		/usr/include/stdio.h:libc6-dev /usr/lib/gcc/x86_64-linux-gnu/12/32/libgcc.a:gcc-12-multilib
	@mkdir -p $(build)
	@touch $@

$(build)/kernel/release: $(vm)/kernel | $(build)/tools
	@rm -rf $(build)/kernel
	@$(vm)/kernel $(build)/kernel

$(build)/scripts/checkpatch.pl: $(vm)/source $(build)/kernel/release
	@$(vm)/source $(guest_release) $(build)
	@touch $@

$(build)/guest.img: $(build)/kernel/release $(vm)/root $(vm)/bootstrap
	@$(vm)/root $(build)/kernel $@

# A copy of the sources is built for the guest, so that the modules that a person
# has built for another kernel stay, and installed the way that a person does it.
# depmod has to see the kernel's own modules, which the guest's image has.
.PHONY: guest-modules
guest-modules: $(build)/kernel/release
	@echo "modules: building for $(guest_release)"
	@mkdir -p $(build)/modules
	@cp -a Makefile Kbuild scull* tests tools udev docs $(build)/modules
	@$(MAKE) -s -C $(build)/modules KDIR=$(guest_modules)/build CC=gcc-12 \
		CONFIG_DEBUG_INFO_BTF_MODULES= modules tools
	@$(MAKE) -s -C $(guest_modules)/build M=$(build)/modules/tests/inject \
		CONFIG_DEBUG_INFO_BTF_MODULES= modules
	@rm -rf $(build)/stage
	@mkdir -p $(guest_stage)
	@ln -s $(guest_modules)/kernel $(guest_stage)/kernel
	@cp $(guest_modules)/modules.order $(guest_modules)/modules.builtin* $(guest_stage)
	@$(MAKE) -s -C $(build)/modules KDIR=$(guest_modules)/build DESTDIR=$(build)/stage install
	@rm $(guest_stage)/kernel
	@install -D -m 644 $(build)/modules/tests/inject/scull_inject.ko \
		$(build)/stage/scull/tests/inject/scull_inject.ko
	@$(MAKE) -s -C $(build)/modules/tests/prog
	@cp -r $(build)/modules/tests/prog $(build)/stage/scull/tests/
	@$(MAKE) -s -C $(build)/modules/docs/examples CC=gcc-12 LDFLAGS=-static \
		CFLAGS='-O2 -Wall -Wextra -Werror'
	@mkdir -p $(build)/stage/scull/docs
	@cp -r $(build)/modules/docs/examples $(build)/stage/scull/docs/
