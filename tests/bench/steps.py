# SPDX-License-Identifier: GPL-2.0
"""Run by gdb, attached to a guest: go through what a program does from its label
BEGIN to its label END, instruction by instruction, TIMES times; write the address of
each instruction to the file OUT, a line each, and "end" after each time.

All of these are environment variables, as is SOCKET, where the guest listens.
"""

import os

import gdb

begin, end = (int(os.environ[name], 16) for name in ("BEGIN", "END"))

gdb.execute("set architecture i386:x86-64")
gdb.execute("target remote " + os.environ["SOCKET"])
gdb.execute(f"hbreak *{begin:#x}")
with open(os.environ["OUT"], "w", encoding="ascii") as out:
    for _ in range(int(os.environ["TIMES"])):
        gdb.execute("continue", to_string=True)
        while True:
            gdb.execute("stepi", to_string=True)
            pc = int(gdb.parse_and_eval("(unsigned long)$pc"))
            if pc == end:
                break
            out.write(f"{pc:x}\n")
        out.write("end\n")
gdb.execute("delete")
gdb.execute("detach")
