# SPDX-License-Identifier: GPL-2.0
# The guest: its kernel, its root file system and the modules built for it, all
# below build/, and the jobs that run in it.

build := $(CURDIR)/build
vm := tests/vm

guest_goals := demo check check-harness check-debug check-net deb check-deb matrix fuzz bench measure report \
	check-report profile shell gdb check-shell lab lab-check check-labs check-hosts style guest \
	guest-kernel guest-modules debug-guest debug-guest-kernel print-guest
goals := $(filter $(guest_goals),$(MAKECMDGOALS))
ifneq ($(goals),)

# What these take comes from the command line alone: in the environment the same names may
# be other programs'.
taken := ARCH KERNEL SUITE SUITES ALL FEW SECONDS SEED ROUNDS NATIVE CALL SUBJECTS RUN LAB LABS PAGE TARGETS HOSTS COMMANDS KVM IN
$(foreach v,$(taken),$(if $(filter environment%,$(origin $v)),$(eval override undefine $v)))

# KVM=0 emulates guests all the same.
export SCULL_KVM := $(KVM)

# Neither do shells have further commands to begin with.
unexport BASH_ENV ENV SHELLOPTS BASHOPTS

# What a script answers; or, before anything is fetched, what is in the way.
ask = $(or $(shell LC_ALL=C MIRROR='$(MIRROR)' sh $1 2>/dev/null),$(error \
	$(shell LC_ALL=C MIRROR='$(MIRROR)' sh $1 2>&1 | tail -n 1)))
where := $(call ask,$(vm)/where $(IN))
ifeq ($(where),here)
guest := $(call ask,$(vm)/host $(build) "$(ARCH)" "$(KERNEL)")
guest_arch := $(firstword $(guest))
guest_name := $(subst $() ,-,$(guest))
guest_dir := $(build)/$(guest_name)
debug_dir := $(build)/debug
endif

ifneq ($(where),here)
# The same in a container.
.PHONY: $(goals)
$(goals):
	@$(vm)/container $(where) $@ $(foreach v,$(filter-out IN,$(taken)),$(if $($v),$v='$($v)'))
else
ifneq ($(and $(filter check-deb,$(goals)),$(filter-out x86_64-6.1 x86_64-6.12,$(guest_name))),)
$(error the packages are tried on x86_64, with KERNEL=6.1 or 6.12)
endif
ifneq ($(SUITE),)
$(error it is SUITES=, not SUITE=)
endif
suites := $(basename $(notdir $(wildcard tests/suites/*.sh)))
ifneq ($(filter-out $(suites),$(SUITES)),)
$(error there is no suite $(filter-out $(suites),$(SUITES)); there are: $(suites))
endif
ifneq ($(and $(KERNEL)$(ARCH),$(filter check-debug check-harness check-net check-shell fuzz gdb matrix style lab lab-check check-labs,$(goals))),)
$(error $(goals) takes neither KERNEL= nor ARCH=)
endif
ifneq ($(and $(filter check,$(goals)),$(FEW)),)
$(error FEW= is what check does without a word now: ALL=1 takes all geometries)
endif
guest_release = $(shell cat $(guest_dir)/kernel/release)
# What the guest in a folder is, and how long it takes where it is emulated.
say = $(vm)/run --build $1 --about '$2'
guest_modules = $(guest_dir)/kernel/lib/modules/$(guest_release)

## demo		put a large file through each driver in a guest, and show where it lies;
## 		ARCH=arm64 on another machine (i386, s390, riscv), where addresses differ
.PHONY: demo
demo: guest
	@$(vm)/run --build $(guest_dir) --about 'a minute' tests/demo
	@echo "(A guest's speeds: compare the drivers with each other only.)"

## check		run the test suites in guests; SUITES="load dump" runs only those,
## 		ALL=1 takes all geometries; KERNEL=6.1 (6.12, 6.12-rt, 6.12-16k, newest) another
## 		kernel, ARCH=arm64 (x86_64, i386, s390, riscv) another machine, as for demo and
## 		shell. All that runs guests takes IN=podman (or docker), KVM=0 and MIRROR=URL
.PHONY: check
check: guest
	@$(call say,$(guest_dir),$(if $(SUITES),a minute a suite,$(if $(filter-out 0,$(ALL)),half an hour,ten minutes)))
	@$(vm)/check --build $(guest_dir) $(if $(filter-out 0,$(ALL)),--all) $(SUITES)

## check-harness	see that no failure gets lost on its way to the count that check prints
.PHONY: check-harness
check-harness: guest
	@tests/harness $(guest_dir)

## check-debug	run them with a kernel full of sanitizers, and what only that can run
.PHONY: check-debug
check-debug: needs-check-debug debug-guest
	@$(call say,$(debug_dir),$(if $(SUITES),some minutes a suite,an hour and a half))
	@$(vm)/check --build $(debug_dir) $(SUITES); status=$$?; \
		$(vm)/coverage $(debug_dir) && exit $$status

## check-net	see that the debug kernel's reports fail a run
.PHONY: check-net
check-net: debug-guest
	@$(vm)/net $(build)/debug

## check-deb	make install and uninstall; install, upgrade, boot with and remove the
## 		Debian packages; KERNEL=6.1 on Debian bookworm
.PHONY: check-deb
check-deb: deb guest-modules
	@$(vm)/need lintian:lintian openssl:openssl
	@$(vm)/install $(guest_dir)
	@$(vm)/deb $(build) $(guest_name)

## deb		Debian packages of what is committed, in build/deb: scull-dkms, scull-tools
.PHONY: deb
deb:
	@tests/vm/need cc:gcc dpkg-buildpackage:dpkg-dev dh:debhelper dh_dkms:dh-dkms git:git
	@debian/build build/deb

## matrix		check on all kernels and machines, two to four hours; TARGETS="arm64 i386
## 		x86_64:6.1" only those; FEW=1 takes the fewer geometries of check everywhere
.PHONY: matrix
matrix:
	@$(vm)/matrix $(if $(filter-out 0,$(FEW)),--few) $(build) $(TARGETS)

## fuzz		random operations on the debug kernel, for SECONDS=600; SEED=n repeats
.PHONY: fuzz
fuzz: SECONDS ?= 600
fuzz: needs-number debug-guest
	@$(call say,$(debug_dir),$(SECONDS) seconds)
	@tests/count --again fuzz $(vm)/run --build $(debug_dir) --timeout $$(($(SECONDS) + 900)) \
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
	@$(call say,$(guest_dir),five minutes)
	@$(vm)/run --build $(guest_dir) --instructions --memory 4096 --timeout 3600 --fetch $(bench_out) \
		'tests/bench/run alone $(ROUNDS) >out/alone'
	@$(vm)/run --build $(guest_dir) --memory 4096 --fetch $(bench_out) 'tests/bench/run together $(ROUNDS) >out/together'
endif

.PHONY: bench
bench: needs-bench measure
	@jq -n --arg kernel "Linux $(bench_kernel)" --arg unit $(bench_unit) --rawfile alone $(bench_out)/alone \
		--rawfile together $(bench_out)/together -f tests/bench/figures.jq >$(build)/bench/figures.json
	@tests/bench/report $(build)/bench/figures.json $(build)/bench

## report		a page of pictures: where each driver's memory lies, and what it costs
report := $(guest_dir)/report
.PHONY: report
report: needs-report guest
	@rm -rf $(report)
	@$(vm)/run --build $(guest_dir) --about 'two minutes' --instructions --memory 1024 --timeout 3600 --fetch $(report)/data \
		'tests/report/collect out'
	@commit=$$(git describe --always --dirty 2>/dev/null) && printf 'commit\t%s\n' $$commit >>$(report)/data/about || :
	@tests/report/draw $(report)
	@echo "report: $(report)/index.html"

## check-report	see that the report is complete, and that it would be noticed if not
.PHONY: check-report
check-report: needs-check-report report
	@tests/report/damage $(report)

## profile		which functions of the kernel take the instructions of one call;
## 		CALL="write 65536", or touch (a page fault); SUBJECTS="scullp order=3,tmpfs"
CALL ?= read 4096
.PHONY: profile
profile: needs-profile guest
	@tests/bench/profile $(guest_dir) $(CALL) "$(SUBJECTS)"

## shell		a root shell in a guest, with the modules and the project's folder; LAB=3 for
## 		a lab, with PAGE= if it is not the lab's first
.PHONY: shell
ifdef LAB
shell:
	@$(vm)/lab shell $(LAB) $(PAGE)
else
shell: needs-terminal guest
	@$(vm)/run --build $(guest_dir) --terminal --fetch $(build)/out 'exec tests/vm/shell'
endif

## gdb		a guest under a debugger, which stops where a page fault comes to the drivers:
## 		docs/gdb.md; RUN="COMMAND" says what the guest does
RUN ?= modprobe scullp && cp README.md /dev/scullp0 && docs/examples/mapcmp /dev/scullp0 README.md
.PHONY: gdb check-shell
gdb: needs-gdb guest $(guest_dir)/source/Makefile
	@$(vm)/gdb $(guest_dir) "$(RUN)"

## check-shell	see that make shell is as a person wants it, and make gdb as docs/gdb.md says
check-shell: needs-check-shell guest $(guest_dir)/source/Makefile
	@$(vm)/check-shell $(guest_dir) "$(RUN)"

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

## check-hosts	see that demo, check, shell, report, labs, deb and style work on other hosts
## 		(as root): HOSTS="trixie bookworm-german", COMMANDS="demo check"
HOSTS ?= bookworm bookworm-root bookworm-german bookworm-confined trixie trixie-root trixie-confined trixie-podman sid
COMMANDS ?= demo check shell report lab deb style
.PHONY: check-hosts
check-hosts:
	@$(vm)/check-hosts $(build) "$(HOSTS)" "$(COMMANDS)"

## style		check how the project is written: checkpatch, sparse, W=1, shellcheck
.PHONY: style
style: $(guest_dir)/kernel/release $(guest_dir)/source/Makefile
	@$(vm)/tools sparse coccinelle python3 python3-minimal libpython3-dev shellcheck mandoc
	@$(vm)/need git:git man:man-db
	@tests/style $(guest_dir)

# What these take of the host is asked for before anything else.
.PHONY: needs-number needs-check-debug needs-bench needs-report needs-check-report needs-profile needs-gdb needs-check-shell needs-terminal
needs-check-debug:
	@$(vm)/need gcovr:gcovr
needs-bench:
	@$(vm)/need jq:jq gnuplot:gnuplot-nox
needs-report:
	@$(vm)/need jq:jq gnuplot:gnuplot-nox json_pp:perl
needs-check-report:
	@$(vm)/need tidy:tidy
needs-profile:
	@$(vm)/need gdb:gdb nm:binutils
needs-gdb:
	@$(vm)/need gdb:gdb
needs-check-shell:
	@$(vm)/need gdb:gdb expect:expect
needs-number:
	@case "$(SECONDS)" in '' | *[!0-9]*) echo "make: SECONDS=$(SECONDS) is no number" >&2; exit 2 ;; esac
needs-terminal:
	@[ -t 0 ] || { echo "make: there is no terminal, which a shell in a guest needs" >&2; exit 1; }

.PHONY: print-guest
print-guest:
	@echo $(guest_dir)

.PHONY: guest
guest: guest-kernel $(guest_dir)/root guest-modules

.PHONY: guest-kernel debug-guest-kernel
guest-kernel: guest-tools $(guest_dir)/kernel/release

# What makes a guest: the same on every host.
.PHONY: guest-tools
guest-tools:
	@$(vm)/guest-tools $(guest)

$(guest_dir)/kernel/release: $(vm)/kernel $(vm)/machine | guest-tools
	@rm -rf $(guest_dir)
	@$(vm)/kernel $(guest_dir)/kernel $(guest)

$(guest_dir)/source/Makefile: $(vm)/source $(guest_dir)/kernel/release
	@$(vm)/source $$(cat $(guest_dir)/kernel/suite) \
		$(shell echo $(guest_release) | sed 's/^\([0-9]*\.[0-9]*\).*/\1/') $(guest_dir)/source

$(guest_dir)/root: $(guest_dir)/kernel/release $(vm)/root $(vm)/image $(vm)/bootstrap
	@$(vm)/root $(guest_dir)
	@touch $@

.PHONY: guest-modules
guest-modules: $(guest_dir)/kernel/release
	@$(vm)/modules $(guest_dir)

# The same with the debug kernel; its modules count which of their lines run.
.PHONY: debug-guest debug-tools
debug-tools:
	@$(vm)/guest-tools x86_64 6.1

$(debug_dir)/kernel/release: $(vm)/debug $(vm)/debug.config | debug-tools
	@rm -rf $(debug_dir)
	@$(vm)/debug $(debug_dir)/kernel

$(debug_dir)/root: $(debug_dir)/kernel/release $(vm)/root $(vm)/image $(vm)/bootstrap
	@$(vm)/root $(debug_dir)
	@touch $@

debug-guest-kernel: debug-tools $(debug_dir)/kernel/release

debug-guest: debug-guest-kernel $(debug_dir)/root
	@$(vm)/modules $(debug_dir) GCOV_PROFILE=y UBSAN_SANITIZE=y
endif
endif

## distclean	remove build/, with the downloads
.PHONY: distclean
distclean:
	rm -rf $(build)
