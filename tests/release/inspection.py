"""What must be true of a library that ships: it runs on the oldest system that is promised, names itself by no folder, has no
debug information, tells nothing of the machine that built it, and shows other programs what it is for and nothing else.

    target/release-tools/bin/python -m release.inspection PLATFORM...    in `tests`
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Set
from pathlib import Path

import lief

from . import toolchain
from .command import command
from .natives import ARCHIVE
from .platforms import ROOT, Platform, floors, named, version

# Nothing else may be needed where a library is loaded. In a library for Linux with glibc, `libgcc_s.so.1` would be one more.
SYSTEM = {
    "linux": {"ld-linux-aarch64.so.1", "ld-linux-x86-64.so.2", "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libc.so"},
    "darwin": {"/usr/lib/libSystem.B.dylib", "/usr/lib/libiconv.2.dylib", "/usr/lib/libcharset.1.dylib"},
    "windows": {
        f"{name}.dll"
        for name in (
            *("advapi32", "api-ms-win-core-synch-l1-2-0", "bcrypt", "bcryptprimitives", "kernel32", "msvcrt", "ntdll", "userenv"),
            "ws2_32",
        )
    },
}
# By one of these an extension of Python is loaded on Windows.
PYTHON = {"python3.dll", "python314t.dll"}
# Each library, and how the names begin of what it exports.
EXPORTED = {
    "jotgate": r"jotgate_",
    "jotgate_jni": r"(Java_io_jotgate_|JNI_On)",
    "jotgate_node": r"napi_register",
    "jotgate_uniffi": r"(ffi_jotgate|uniffi_jotgate|UNIFFI_META)",
}
# Of aws-lc, whose source says so for Windows; by their names they are in nobody's way.
EXPORTED_BY_OTHERS = re.compile(r"aws_lc_\w+_jent_\w+$")


def problems(platform: Platform) -> list[str]:
    """What is wrong with the libraries in the platform's folder: one line each."""
    found = []
    for library, exported in EXPORTED.items():
        path = platform.libraries / platform.shared(library)
        if not path.exists():
            found.append(f"{path.name} is not there")
            continue
        found += [f"{path.name}: {problem}" for problem in of_library(path, platform, exported)]
    # What is linked with it is made of the same objects as the shared library.
    found += [f"{ARCHIVE}: {problem}" for problem in _told(platform.libraries / ARCHIVE)]
    return found


def of_library(path: Path, platform: Platform, exported: str, loads: Set[str] = frozenset()) -> list[str]:
    """What is wrong with one, of whose exports the names match `exported` and which may need what `loads` it, too."""
    return [*_told(path), *_format(path, platform, loads), *_shown(path, exported)]


def of_wheel(wheel: Path, platform: Platform) -> list[str]:
    """What is wrong with the library in a wheel, which besides asks nothing of Python that the oldest one does not have."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(wheel) as opened:
        (library,) = [name for name in opened.namelist() if name.endswith((".so", ".pyd"))]
        found = of_library(Path(opened.extract(library, folder)), platform, r"PyInit__native$", PYTHON)
    if "-abi3-" in wheel.name:
        audit = subprocess.run([toolchain.tools() / "abi3audit", "--strict", wheel], check=False, capture_output=True, text=True)
        if audit.returncode != 0:
            found.append(f"abi3audit: {audit.stdout.strip()} {audit.stderr.strip()}")
    return found


def _told(path: Path) -> list[str]:
    """Folders of whoever built it."""
    content = path.read_bytes()
    home = os.environ.get("CARGO_HOME") or str(Path.home() / ".cargo")
    folders = (str(ROOT), home, str(Path.home() / ".rustup"))
    return [f"holds the build path {folder}" for folder in folders if folder.encode() in content]


def _shown(path: Path, exported: str) -> list[str]:
    library = lief.parse(str(path))
    exports = library.get_export().entries if isinstance(library, lief.PE.Binary) else library.exported_symbols
    names = {entry.name.removeprefix("_") if isinstance(library, lief.MachO.Binary) else entry.name for entry in exports}
    others = sorted(name for name in names if not re.match(exported, name) and not EXPORTED_BY_OTHERS.match(name))
    return [f"exports {', '.join(others[:5])} and {max(0, len(others) - 5)} more"] if others else []


def _format(path: Path, platform: Platform, loads: Set[str]) -> list[str]:
    library = lief.parse(str(path))
    needed = {str(getattr(entry, "name", entry)) for entry in library.libraries}
    if platform.system == "windows":
        needed = {name.lower() for name in needed}
    if platform.system == "darwin":
        needed.discard(_own_name(library))
    found = [f"needs {name}" for name in sorted(needed - SYSTEM[platform.system] - loads)]
    match platform.system:
        case "linux":
            return found + _elf(library, platform)
        case "darwin":
            return found + _mach(library)
    return found


def _elf(library: lief.ELF.Binary, platform: Platform) -> list[str]:
    found = []
    debug = [section.name for section in library.sections if section.name.startswith((".debug", ".symtab"))]
    if debug:
        found.append(f"is not stripped: {', '.join(debug)}")
    floor = _number(floors()["glibc"])
    for requirement in library.symbols_version_requirement:
        for asked in requirement.get_auxiliary_symbols():
            if asked.name.startswith("GLIBC_") and (platform.musl or _number(asked.name[6:]) > floor):
                found.append(f"needs {asked.name}, newer than {floors()['glibc']}")
    names = [entry.name for entry in library.dynamic_entries if isinstance(entry, lief.ELF.DynamicSharedObject)]
    found += [f"names itself {name}" for name in names if "/" in name]
    return found


def _mach(binary: lief.MachO.Binary) -> list[str]:
    found = []
    oldest = ".".join(str(part) for part in binary.build_version.minos[:2]) if binary.build_version else "unknown"
    if oldest != floors()["macOS"]:
        found.append(f"is for macOS {oldest}, not {floors()['macOS']}")
    if not binary.has_code_signature:
        found.append("has no signature, which Apple silicon asks for")
    if not _own_name(binary).startswith("@rpath/"):
        found.append(f"names itself {_own_name(binary)}")
    return found


def _own_name(binary: lief.MachO.Binary) -> str:
    """What programs that are linked with it look for."""
    kind = lief.MachO.LoadCommand.TYPE.ID_DYLIB
    return next((str(command.name) for command in binary.commands if command.command == kind), "")


def _number(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


@command
def main() -> int:
    failed = 0
    for platform in [named(name) for name in sys.argv[1:]]:
        wrong = problems(platform)
        failed += len(wrong)
        print(f"{platform.name}, jotgate {version()}: {'as it must be' if not wrong else ''}")
        for problem in wrong:
            print(f"  {problem}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
