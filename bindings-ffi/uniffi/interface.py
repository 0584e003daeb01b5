#!/usr/bin/env python3
"""Prints a digest of the interface that a library has for UniFFI: `interface.py FOLDER`, where the
library is. With `--check FILE...` it says which of
these files, that were generated of such a library, were made of another interface.

The generator takes minutes to build, and writes from nothing but what UniFFI has put into the library: functions, types, fields
and comments. So the files carry its digest, and are as the generator would write them as long as that stays the same.
"""

import ctypes
import hashlib
import re
import subprocess
import sys
from pathlib import Path


def digest(library: Path) -> str:
    listed = subprocess.run(["nm", "-S", library], check=True, capture_output=True, text=True).stdout
    found = re.findall(r"^[0-9a-f]+ ([0-9a-f]+) \w (UNIFFI_META_\w+)$", listed, re.MULTILINE)
    if not found:
        raise SystemExit(f"interface.py: {library} has no interface for UniFFI")
    loaded = ctypes.CDLL(str(library.resolve()))
    told = hashlib.sha256()
    for size, name in sorted(found, key=lambda symbol: symbol[1]):
        told.update(name.encode() + bytes((ctypes.c_ubyte * int(size, 16)).in_dll(loaded, name)))
    return told.hexdigest()


def main(folder: str, *arguments: str) -> int:
    of_library = digest(next(Path(folder).glob("libjotgate_uniffi.[sd][oy]*")))
    if not arguments:
        print(of_library)
        return 0
    old = [name for name in arguments[1:] if of_library not in Path(name).read_text(encoding="utf-8")]
    for name in old:
        print(f"interface.py: {name} was made of another interface: run bindings-ffi/uniffi/generate.sh", file=sys.stderr)
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
