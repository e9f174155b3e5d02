# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Completion of scullctl for bash.

_scullctl() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]-} words="" node i
	if [ "$COMP_CWORD" -eq 1 ]; then
		words="list info trim geometry dump --help --version"
	else
		case $command:$before:$word in
		*:--order:* | *:--quantum:* | *:--qset:*) ;;
		info:*:-* | dump:*:-*) words=--json ;;
		geometry:*:-*) words="--order --quantum --qset" ;;
		info:* | trim:* | geometry:* | dump:*)
			# One device is enough.
			for ((i = 2; i < COMP_CWORD; i++)); do
				[[ ${COMP_WORDS[i]} == *scull* ]] && return
			done
			for node in /sys/class/scull/*; do
				[ -e "$node" ] || continue
				[[ $word == /* ]] && words+=" /dev/${node##*/}" || words+=" ${node##*/}"
			done
			;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _scullctl scullctl
