# SPDX-License-Identifier: GPL-2.0
"""Run by gdb, with the kernel as its program, to attach it to a guest (see gdb).

As a module is loaded, its symbols are read. The environment variables: BUILD, where the
modules were built, and SOCKET, where the guest listens.
"""

import glob
import os

import gdb

BUILD = os.environ["BUILD"]


class ModuleLoaded(gdb.Breakpoint):
    """Where the kernel is about to call a module's init; it does not stop there."""

    def __init__(self):
        super().__init__("do_init_module", internal=True)
        self.silent = True

    def stop(self):
        module = gdb.parse_and_eval("(struct module *)$rdi")
        name = module["name"].string()
        for path in glob.glob(f"{BUILD}/modules/**/{name}.ko", recursive=True):
            self.read_symbols(path, module["sect_attrs"])
        return False

    @staticmethod
    def read_symbols(path, sections):
        command = f"add-symbol-file {path}"
        for i in range(int(sections["nsections"])):
            section = sections["attrs"][i]
            name = section["battr"]["attr"]["name"].string()
            if name.startswith((".text", ".data", ".bss", ".rodata", ".init.text")):
                command += f" -s {name} {int(section['address']):#x}"
        gdb.execute(command, to_string=True)


for command in (
    "set confirm off",
    "set breakpoint pending on",
    "set filename-display basename",
    "set sysroot /",
    "set print pretty on",
    "set print symbol off",
    "set architecture i386:x86-64",
    f"directory {BUILD}/source",
    "target remote " + os.environ["SOCKET"],
):
    gdb.execute(command, to_string=True)
ModuleLoaded()
gdb.execute("break scull_fault", to_string=True)
