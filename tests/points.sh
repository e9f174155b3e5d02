# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What the marking of a lab's exercise begins with. It runs in the guest, as root, in the
# folder with the student's work.
set -u
export LC_ALL=C.UTF-8

passed=0 points=0

# A point for the student if the command succeeds; else what it said is shown.
point() { # TEXT COMMAND...
	local text=$1 said
	shift
	points=$((points + 1))
	if said=$("$@" 2>&1 </dev/null); then
		passed=$((passed + 1))
		echo "ok   $text"
	else
		echo "FAIL $text"
		[ -z "$said" ] || echo "       ${said//$'\n'/$'\n'       }"
	fi
}

# Whether a command says this, and succeeds.
says() { # TEXT COMMAND...
	local expected=$1 said
	shift
	said=$("$@" 2>&1) || { echo "$* failed, with status $? (above 128 a signal's number and 128): $said"; return 1; }
	[ "$said" = "$expected" ] || { printf '%s said:\n%s\nwhere it should say:\n%s\n' "$*" "$said" "$expected"; return 1; }
}

# Whether a line of what a command says matches.
matches() { # PATTERN COMMAND...
	local pattern=$1 said
	shift
	said=$("$@" 2>&1)
	grep -qE -- "$pattern" <<<"$said" || { printf '%s said:\n%s\nwhere a line should match: %s\n' "$*" "$said" "$pattern"; return 1; }
}

# The sum, and the status of the whole.
marks() {
	echo "$passed of $points points"
	[ "$passed" -eq "$points" ]
}
