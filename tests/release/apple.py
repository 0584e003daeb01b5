"""Linking for macOS on another system: Rust's own linker, lld, and the lists of what the system's libraries offer, which zig has.

zig links for macOS too, but leaves every function of a library visible, since it has no lists of exported symbols.
"""

from __future__ import annotations

import re
import stat
import sys
from pathlib import Path

# A processor that lld does not know yet stands in zig's lists.
UNKNOWN_TARGET = re.compile(r"arm64e\.x1-\w+,?\s*")
# The libc crate names it, and nothing of it is called.
ICONV = """--- !tapi-tbd
tbd-version: 4
targets: [ x86_64-macos, arm64-macos ]
install-name: '/usr/lib/libiconv.2.dylib'
...
"""
LINKER = """#!{python}
# The linker as rustc calls it for macOS. Options that are meant for a compiler are taken apart, and a library has its name,
# and not the folder that it was made in, as what programs look for.
import os, sys
words = [part for word in sys.argv[1:] if word != "-Wl" for part in (word[4:].split(",") if word.startswith("-Wl,") else [word])]
if "-dylib" in words and "-install_name" not in words:
    words += ["-install_name", "@rpath/" + os.path.basename(words[words.index("-o") + 1])]
words.append("-adhoc_codesign")  # asked for by Apple silicon, and of no harm elsewhere
# A library's number is a hash of it as it is linked, before it is stripped: without the paths of the objects for debuggers.
words.append("-S")
os.execv({lld!r}, [{lld!r}, *words])
"""


COMPILER = """#!{python}
# zig as a C compiler for macOS. It has been told the target in its own words, and does not know Apple's.
# Where nothing is optimised it checks what programs do while they run, which takes a library of its own.
import os, sys
words = [word for word in sys.argv[1:] if not word.startswith(("--target=", "-mmacosx-version-min="))]
os.execv({zig!r}, [{zig!r}, "cc", "-target", {target!r}, "-fno-sanitize=all", *words])
"""


def compiler(tools: Path, target: str) -> Path:
    """The C compiler for `target`, in zig's words such as `aarch64-macos.11.0`."""
    program = tools / f"cc-{target}"
    program.write_text(COMPILER.format(python=sys.executable, zig=str(tools / "bin" / "zig"), target=target))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def linker(tools: Path, zig: Path, lld: Path) -> tuple[Path, Path]:
    """The linker and the folder that stands for the system, made in `tools` where they are missing."""
    system = tools / "macos"
    libraries = system / "usr" / "lib"
    if not (libraries / "libiconv.tbd").exists():
        libraries.mkdir(parents=True, exist_ok=True)
        offered = UNKNOWN_TARGET.sub("", (zig / "lib" / "libc" / "darwin" / "libSystem.tbd").read_text())
        offered = re.sub(r",\s*\]", " ]", offered)
        for name in ("System", "c", "m"):
            (libraries / f"lib{name}.tbd").write_text(offered)
        (libraries / "libiconv.tbd").write_text(ICONV)
    program = tools / "ld-macos"
    program.write_text(LINKER.format(python=sys.executable, lld=str(lld)))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program, system
