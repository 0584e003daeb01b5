"""How programs of a platform run on Linux x86-64: the words in front of them, and the systems that they find their libraries in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import toolchain
from .command import CannotGoOn
from .platforms import ROOT, Platform

FOREIGN = ROOT / "target" / "foreign"
# What the proofs run on aarch64, by the names of Debian's packages; each brings what it needs.
ARM64_PACKAGES = ("python3", "openjdk-17-jre-headless", "libstdc++6", "libjson-c-dev", "ruby", "ruby-ffi")


class EmulatorMissing(CannotGoOn):
    """What runs programs of a platform is not here; the text says which."""


def words(platform: Platform) -> list[str]:
    """What stands in front of a program of `platform`."""
    match platform.emulator:
        case None:
            return []
        case "qemu":
            toolchain.debian("qemu-aarch64-static", "qemu-user-static")
            root = FOREIGN / platform.name
            if not root.exists():
                # The C library alone, which is enough for C and Go.
                loader = Path("/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1")
                toolchain.debian(str(loader), "libc6-arm64-cross")
                root = loader.parents[1]
            return ["qemu-aarch64-static", "-L", str(root)]
        case "wine":
            return [_wine()]
    raise EmulatorMissing(f"no emulator is called {platform.emulator}")


def debian_system(platform: Platform) -> Path:
    """A folder with Debian for aarch64 in it."""
    return debian(FOREIGN / platform.name, "bookworm", "arm64", ARM64_PACKAGES)


def debian(root: Path, release: str, processor: str, packages: tuple[str, ...]) -> Path:
    """Leaves a release of Debian in a folder: only unpacked, since nothing is to be started there but the programs themselves."""
    ready = root / "unpacked"
    if ready.exists() and ready.read_text() == " ".join(packages):
        return root
    toolchain.debian("debootstrap", "debootstrap")
    shutil.rmtree(root, ignore_errors=True)
    bootstrap = ["debootstrap", "--foreign", f"--arch={processor}", "--variant=minbase", f"--include={','.join(packages)}"]
    subprocess.run([*bootstrap, release, str(root)], check=True, stdout=sys.stderr)
    for package in sorted((root / "var" / "cache" / "apt" / "archives").glob("*.deb")):
        subprocess.run(["dpkg", "-x", str(package), str(root)], check=True)
    ready.write_text(" ".join(packages))
    return root


def npm_node(platform: Platform, version: str) -> Path:
    """Node itself for `platform`, which the npm registry has in packages of one program each."""
    folder = FOREIGN / f"node-{platform.name}"
    system = {"windows": "win"}.get(platform.system, platform.system)
    package = f"node-{system}-{platform.node['cpu']}"
    program = folder / "node_modules" / package / "bin" / ("node.exe" if platform.system == "windows" else "node")
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--prefix", str(folder), "--force", "--no-save", "--silent", f"{package}@{version}"]
        subprocess.run(install, check=True, stdout=sys.stderr)
    return program


def _wine() -> str:
    """Debian's wine, with a system of its own; `WINEDEBUG` keeps what it lacks out of the reports."""
    wine = "/usr/lib/wine/wine64"
    toolchain.debian(wine, "wine64")
    prefix = Path(os.environ.setdefault("WINEPREFIX", str(FOREIGN / "wine")))
    os.environ.setdefault("WINEDEBUG", "-all")
    # wine 8 says that it is an older Windows than Node is for.
    os.environ.setdefault("NODE_SKIP_PLATFORM_CHECK", "1")
    library = prefix / "drive_c" / "windows" / "system32" / "bcryptprimitives.dll"
    if not library.exists():
        subprocess.run([wine, "wineboot", "--init"], check=True, stdout=sys.stderr)
        # Rust and Go take their random numbers from this library of Windows 10, which wine 8 has not.
        toolchain.debian("x86_64-w64-mingw32-gcc", "gcc-mingw-w64-x86-64")
        compiler = ["x86_64-w64-mingw32-gcc", "-shared", "-O2", "-x", "c", "-", "-o", str(library), "-ladvapi32"]
        subprocess.run(compiler, input=RANDOM, text=True, check=True)
    return wine


RANDOM = """
unsigned char __stdcall SystemFunction036(void *bytes, unsigned long count);
__declspec(dllexport) int ProcessPrng(unsigned char *bytes, unsigned long long count)
{
    return SystemFunction036(bytes, (unsigned long)count);
}
"""
