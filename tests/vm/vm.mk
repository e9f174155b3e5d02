# SPDX-License-Identifier: GPL-2.0
# The guest: its kernel, its root file system and the modules built for it, all
# below build/, and the jobs that run in it.

build := $(CURDIR)/build
vm := tests/vm
# The kernel of the guest: this Debian's for this machine, or KERNEL's for ARCH's; each
# has its own folder. What the stock ones are is known to vm/kernel and vm/machine.
guest_arch := $(or $(if $(filter command line,$(origin ARCH)),$(ARCH)),x86_64)
guest_name := $(filter-out x86_64,$(guest_arch)) $(KERNEL)
guest_name := $(subst $() ,-,$(strip $(guest_name)))
guest_dir := $(build)$(addprefix /,$(guest_name))
ifneq ($(filter demo check check-deb bench report check-report profile shell,$(MAKECMDGOALS)),)
ifneq ($(filter-out x86_64 i386 arm64 s390 riscv,$(guest_arch)),)
$(error there is no ARCH=$(ARCH), but x86_64, i386, arm64, s390 and riscv)
endif
ifneq ($(filter-out 6.12 6.12-rt 6.12-16k newest,$(KERNEL)),)
$(error there is no KERNEL=$(KERNEL), but 6.12, 6.12-rt, 6.12-16k and newest; without one it is this Debian's own)
endif
ifneq ($(filter-out x86_64:6.12-rt arm64:6.12-16k,$(filter %-rt %-16k,$(guest_arch):$(KERNEL))),)
$(error there is no KERNEL=$(KERNEL) for $(guest_arch): Debian has 6.12-rt for x86_64 here, and 6.12-16k for arm64)
endif
endif
ifneq ($(and $(filter check-deb,$(MAKECMDGOALS)),$(filter-out x86_64 x86_64-6.12,$(guest_arch)$(addprefix -,$(KERNEL)))),)
$(error the packages are tried on x86_64, with this Debian's own kernel or KERNEL=6.12)
endif
ifneq ($(filter command line,$(origin SUITE)),)
$(error it is SUITES=, not SUITE=)
endif
suites := $(basename $(notdir $(wildcard tests/suites/*.sh)))
ifneq ($(filter-out $(suites),$(SUITES)),)
$(error there is no suite $(filter-out $(suites),$(SUITES)); there are: $(suites))
endif
ifneq ($(and $(guest_name),$(filter check-debug check-net check-shell fuzz gdb matrix style,$(MAKECMDGOALS))),)
$(error $(MAKECMDGOALS) takes neither KERNEL= nor ARCH=)
endif
ifneq ($(and $(filter check,$(MAKECMDGOALS)),$(FEW)),)
$(error FEW= is what check does without a word now: ALL=1 takes all geometries)
endif
guest_release = $(shell cat $(guest_dir)/kernel/release)
guest_modules = $(guest_dir)/kernel/lib/modules/$(guest_release)

## demo		put a large file through each driver in a guest, and show where it lies;
## 		ARCH=arm64 on another machine (i386, s390, riscv), where addresses differ
.PHONY: demo
demo: guest
	@$(vm)/run --build $(guest_dir) --bring $(guest_dir)/kernel/image.deb 'tests/demo image.deb'
	@echo "(A guest's speeds: compare the drivers with each other only.)"

## check		run the test suites in guests; SUITES="load dump" runs only those,
## 		ALL=1 takes all geometries; KERNEL=6.12 (6.12-rt, 6.12-16k, newest) another
## 		kernel, ARCH=arm64 (i386, s390, riscv) another machine, as for demo and shell
.PHONY: check
check: guest
	@$(vm)/check --build $(guest_dir) $(if $(filter-out 0,$(ALL)),--all) $(SUITES)

## check-harness	see that no failure gets lost on its way to the count that check prints
.PHONY: check-harness
check-harness: guest
	@tests/harness $(guest_dir)

## check-debug	run them with a kernel full of sanitizers, and what only that can run
.PHONY: check-debug
check-debug: debug-guest
	@$(vm)/need gcovr:gcovr
	@$(vm)/check --build $(build)/debug $(SUITES); status=$$?; \
		$(vm)/coverage $(build)/debug && exit $$status

## check-net	see that the debug kernel's reports fail a run
.PHONY: check-net
check-net: debug-guest
	@$(vm)/net $(build)/debug

## check-deb	make install and uninstall; install, upgrade, boot with and remove the
## 		Debian packages; KERNEL=6.12 on Debian trixie
.PHONY: check-deb
check-deb: deb guest-modules
	@$(vm)/need lintian:lintian openssl:openssl
	@$(vm)/install $(guest_dir)
	@$(vm)/deb $(build) $(KERNEL)

## matrix		check on all kernels and machines, two to four hours; TARGETS="arm64 i386
## 		x86_64:6.12" only those; FEW=1 takes the fewer geometries of check everywhere
.PHONY: matrix
matrix:
	@$(vm)/matrix $(if $(filter-out 0,$(FEW)),--few) $(build) $(TARGETS)

## fuzz		random operations on the debug kernel, for SECONDS=600; SEED=n repeats
.PHONY: fuzz
fuzz: SECONDS ?= 600
fuzz: debug-guest
	@case "$(SECONDS)" in '' | *[!0-9]*) echo "make: SECONDS=$(SECONDS) is no number" >&2; exit 2 ;; esac
	@tests/count --again fuzz $(vm)/run --build $(build)/debug --timeout $$(($(SECONDS) + 900)) \
		'tests/fuzz $(SECONDS) $(SEED)'

## bench		what moving bytes costs, beside tmpfs, a RAM disk and memcpy; ROUNDS=3;
## 		NATIVE=1 takes this machine, with the modules installed (as root)
bench_out := $(build)/bench/out
ROUNDS ?= 3
ifneq ($(filter-out 0,$(NATIVE)),)
bench_unit := nanoseconds
bench_kernel = $(shell uname -r)
.PHONY: measure
measure:
	@$(MAKE) -s -C tests/prog CC=$(CC) bench
	@mkdir -p $(bench_out)
	@for mode in alone together; do tests/bench/run $$mode $(ROUNDS) >$(bench_out)/$$mode || exit; done
else
bench_unit := instructions
bench_kernel = $(guest_release)
.PHONY: measure
measure: guest
	@$(vm)/run --build $(guest_dir) --instructions --memory 4096 --timeout 3600 --fetch $(bench_out) \
		'tests/bench/run alone $(ROUNDS) >out/alone'
	@$(vm)/run --build $(guest_dir) --memory 4096 --fetch $(bench_out) 'tests/bench/run together $(ROUNDS) >out/together'
endif

.PHONY: bench
bench: measure
	@$(vm)/need jq:jq gnuplot:gnuplot-nox
	@jq -n --arg kernel "Linux $(bench_kernel)" --arg unit $(bench_unit) --rawfile alone $(bench_out)/alone \
		--rawfile together $(bench_out)/together -f tests/bench/figures.jq >$(build)/bench/figures.json
	@tests/bench/report $(build)/bench/figures.json $(build)/bench

## report		a page of pictures: where each driver's memory lies, and what it costs
report := $(guest_dir)/report
.PHONY: report
report: guest
	@$(vm)/need jq:jq gnuplot:gnuplot-nox json_pp:perl
	@rm -rf $(report)
	@$(vm)/run --build $(guest_dir) --instructions --memory 1024 --timeout 3600 --fetch $(report)/data \
		'tests/report/collect out'
	@commit=$$(git describe --always --dirty 2>/dev/null) && printf 'commit\t%s\n' $$commit >>$(report)/data/about || :
	@tests/report/draw $(report)
	@echo "report: $(report)/index.html"

## check-report	see that the report is complete, and that it would be noticed if not
.PHONY: check-report
check-report: report
	@$(vm)/need tidy:tidy
	@tests/report/damage $(report)

## profile		which functions of the kernel take the instructions of one call;
## 		CALL="write 65536", or touch (a page fault); SUBJECTS="scullp order=3,tmpfs"
CALL ?= read 4096
.PHONY: profile
profile: guest
	@$(vm)/need gdb:gdb nm:binutils
	@tests/bench/profile $(guest_dir) $(CALL) "$(SUBJECTS)"

## shell		a root shell in a guest, with the modules and the project's folder; LAB=3 for
## 		a lab, with PAGE= if it is not the lab's first
.PHONY: shell
ifdef LAB
shell:
	@$(vm)/lab shell $(LAB) $(PAGE)
else
shell: guest
	@$(vm)/run --build $(guest_dir) --terminal --fetch $(build)/out 'exec tests/vm/shell'
endif

## gdb		a guest under a debugger, which stops where a page fault comes to the drivers:
## 		docs/gdb.md; RUN="COMMAND" says what the guest does
RUN ?= modprobe scullp && cp README.md /dev/scullp0 && docs/examples/mapcmp /dev/scullp0 README.md
.PHONY: gdb check-shell
gdb: guest $(build)/source/Makefile
	@$(vm)/need gdb:gdb
	@$(vm)/gdb $(build) "$(RUN)"

## check-shell	see that make shell is as a person wants it, and make gdb as docs/gdb.md says
check-shell: guest $(build)/source/Makefile
	@$(vm)/need gdb:gdb expect:expect
	@$(vm)/check-shell $(build) "$(RUN)"

## lab		lay out the exercise of LAB=3 in lab/3: see docs/labs
.PHONY: lab lab-check
lab:
	@$(vm)/lab give $(or $(LAB),$(error LAB= says which lab))

## lab-check	build what is in lab/3, run it in a guest, and give points
lab-check:
	@$(vm)/lab mark $(or $(LAB),$(error LAB= says which lab))

## check-labs	run every command that the labs tell, and mark their solutions; LABS="1 3"
.PHONY: check-labs
check-labs:
	@$(vm)/lab check $(LABS)

## style		check how the project is written: checkpatch, sparse, W=1, shellcheck
.PHONY: style
style: $(build)/kernel/release $(build)/source/Makefile
	@$(vm)/need sparse:sparse spatch:coccinelle shellcheck:shellcheck git:git mandoc:mandoc man:man-db
	@tests/style $(build)/source/scripts $(guest_modules)/build

## distclean	remove build/, with the downloads
.PHONY: distclean
distclean:
	@$(vm)/as-root rm -rf $(build)

.PHONY: print-guest
print-guest:
	@echo $(guest_dir)

.PHONY: guest
guest: guest-root guest-modules

$(build)/tools: $(vm)/need $(vm)/vm.mk
	@$(vm)/need gcc-12:gcc-12 g++-12:g++-12 qemu-system-x86_64:qemu-system-x86 mmdebstrap:mmdebstrap \
		mke2fs:e2fsprogs sfdisk:fdisk cpio:cpio fakeroot:fakeroot depmod:kmod dpkg-deb:dpkg xz:xz-utils \
		/usr/include/stdio.h:libc6-dev /usr/lib/gcc/x86_64-linux-gnu/12/32/libgcc.a:gcc-12-multilib
	@mkdir -p $(build)
	@touch $@

$(guest_dir)/kernel/release: $(vm)/kernel $(vm)/machine | $(build)/tools
	@rm -rf $(guest_dir)/kernel
	@$(vm)/compiler $(guest_arch)
	@$(vm)/kernel $(guest_dir)/kernel $(guest_arch) $(KERNEL)
	@$(if $(guest_name),$(vm)/qemu $(build) $(guest_arch))

$(build)/source/Makefile: $(vm)/source $(build)/kernel/release
	@$(vm)/source $(guest_release) $(build)/source
	@touch $@

# A disk, where the kernel can read one without modules.
.PHONY: guest-root
guest-root: $(guest_dir)/kernel/release
	@$(MAKE) -s $(guest_dir)/guest.$$(if grep -q /nvme.ko $(guest_modules)/modules.builtin && \
		[ $(guest_arch) = x86_64 ]; then echo img; else echo cpio; fi)

$(guest_dir)/guest.img $(guest_dir)/guest.cpio: $(guest_dir)/kernel/release $(vm)/root $(vm)/image $(vm)/bootstrap
	@$(vm)/root $(guest_dir)/kernel $@

.PHONY: guest-modules
guest-modules: $(guest_dir)/kernel/release
	@$(vm)/modules $(guest_dir)

# The same with the debug kernel; its modules count which of their lines run.
$(build)/debug/kernel/release: $(vm)/debug $(vm)/debug.config $(build)/source/Makefile
	@$(vm)/need flex:flex bison:bison bc:bc /usr/include/libelf.h:libelf-dev
	@rm -rf $(build)/debug
	@$(vm)/debug $(build)/source $(build)/debug/kernel

.PHONY: debug-guest
debug-guest: $(build)/guest.img $(build)/debug/kernel/release
	@ln -sfn ../guest.img $(build)/debug/guest.img
	@$(vm)/modules $(build)/debug GCOV_PROFILE=y UBSAN_SANITIZE=y
