#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# stress-ng tries hard to upset the nodes.
# subjects: each
# guest: --cpus 2
. ./lib.sh

stress() { # OPTION...
	assert_succeeds timeout 60 stress-ng --temp-path "$scratch" --timeout 4s --quiet "$@"
	echo abc >"$NODE"
	assertEquals "still a file" abc "$(cat "$NODE")"
}

test_stress_ng_dev() { stress --dev 2 --dev-file "$NODE"; }
