# SPDX-License-Identifier: GPL-2.0
# Turn what shunit2 prints of one suite into one line a test, with what a failed
# test said below it, and what any test has to show. After it comes a line
# "#status N", the suite's exit status.

function finish() {
	if (test == "")
		return
	printf "%s %s: %s (%s)\n", bad ? "FAIL" : why ? "skip" : "ok  ", title, test,
		why ? why : sprintf("%.1f s", took / 1000)
	printf "%s%s", shown, bad ? said : ""
	if (bad)
		failed++
	else if (why)
		skipped++
	else
		passed++
	test = said = shown = why = ""
	bad = 0
	fflush()
}

/^#test / {
	finish()
	test = substr($2, length("test_") + 1)
	gsub("_", " ", test)
	next
}
/^#took / {
	took = $2
	next
}
/^#skipped / {
	why = substr($0, length("#skipped ") + 1)
	next
}
/^#shown / {
	shown = shown "       " substr($0, length("#shown ") + 1) "\n"
	next
}
/^#status / {
	status = $2
	next
}
/^Ran [0-9]+ tests?\.$/ {
	finish()
	ran = $2
	next
}
/ASSERT:|shunit2:(ERROR|FATAL)/ { bad = 1 }
test != "" || (ran == "" && NF) { said = said "       " $0 "\n" }

END {
	finish()
	if (status == "" || (status != 0 && !failed) || ran == 0 || ran != passed + failed + skipped)
		printf "FAIL %s: the suite did not run to its end\n%s", title, said
}
