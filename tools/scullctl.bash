# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Completion of scullctl for bash.

_scullctl() {
	local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]-} words
	if [ "$COMP_CWORD" -eq 1 ]; then
		words="list info trim geometry dump --help"
	else
		case $command:$word in
		info:-* | dump:-*) words=--json ;;
		geometry:-*) words="--order --quantum --qset" ;;
		list:*) words="" ;;
		*) words=$(cd /sys/class/scull 2>/dev/null && echo *) ;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _scullctl scullctl
