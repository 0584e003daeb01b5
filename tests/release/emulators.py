"""How programs of a platform run on Linux x86-64: the words in front of them, and the systems that they find their libraries in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import toolchain
from .platforms import ROOT, Platform

FOREIGN = ROOT / "target" / "foreign"
# What the proofs run on aarch64, by the names of Debian's packages; each brings what it needs.
ARM64_PACKAGES = ("python3", "openjdk-17-jre-headless", "libstdc++6")


class EmulatorMissing(Exception):
    """What runs programs of a platform is not here; the text says which."""


def words(platform: Platform) -> list[str]:
    """What stands in front of a program of `platform`."""
    match platform.emulator:
        case None:
            return []
        case "qemu":
            toolchain.debian("qemu-aarch64-static", "qemu-user-static")
            root = FOREIGN / platform.name
            return ["qemu-aarch64-static", "-L", str(root)] if root.exists() else ["qemu-aarch64-static"]
        case "wine":
            return [_wine()]
    raise EmulatorMissing(f"no emulator is called {platform.emulator}")


def debian_system(platform: Platform) -> Path:
    """A folder with Debian for aarch64 in it: only unpacked, since nothing is to be started there but the programs themselves."""
    root = FOREIGN / platform.name
    ready = root / "unpacked"
    if ready.exists() and ready.read_text() == " ".join(ARM64_PACKAGES):
        return root
    toolchain.debian("debootstrap", "debootstrap")
    shutil.rmtree(root, ignore_errors=True)
    bootstrap = ["debootstrap", "--foreign", "--arch=arm64", "--variant=minbase", f"--include={','.join(ARM64_PACKAGES)}"]
    subprocess.run([*bootstrap, "bookworm", str(root)], check=True, stdout=sys.stderr)
    for package in sorted((root / "var" / "cache" / "apt" / "archives").glob("*.deb")):
        subprocess.run(["dpkg", "-x", str(package), str(root)], check=True)
    ready.write_text(" ".join(ARM64_PACKAGES))
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
    """Debian's wine, with a prefix of its own; `WINEDEBUG` keeps what it lacks out of the reports."""
    os.environ.setdefault("WINEPREFIX", str(FOREIGN / "wine"))
    os.environ.setdefault("WINEDEBUG", "-all")
    for program in ("wine64", "wine", "/usr/lib/wine/wine64"):
        if found := shutil.which(program):
            return found
    toolchain.debian("/usr/lib/wine/wine64", "wine64")
    return "/usr/lib/wine/wine64"
