"""The rows of `platforms.json`, the one list of what the packages are built for."""

from __future__ import annotations

import json
import platform as machine
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .command import CannotGoOn

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "platforms.json"
PACKAGES = ROOT / "target" / "packages"


class UnknownPlatform(CannotGoOn):
    """No row has this name; the text lists those that there are."""


@dataclass(frozen=True)
class Go:
    """Where the Go module has its archive of this platform, when it is linked, and with what, as the archive in C is."""

    folder: str
    os: str
    arch: str
    libraries: str
    tag: str | None = None


@dataclass(frozen=True)
class Platform:
    """One row: a platform and what each ecosystem calls it."""

    name: str
    title: str
    rust: str
    # `zig`, `lld` or `mingw`: what links for it on Linux.
    linker: str
    wheel: str
    node: dict[str, str]
    go: Go
    java: str
    ruby: str
    # Where the workflow runs what was built.
    runner: str
    # What runs its programs on Linux x86-64: `qemu`, `wine`, or nothing.
    emulator: str | None
    # 1: what is wrong there holds up a release; 2: it is mended in the next one.
    tier: int

    @property
    def system(self) -> str:
        """`linux`, `darwin` or `windows`."""
        return self.go.os

    @property
    def musl(self) -> bool:
        return self.node.get("libc") == "musl"

    @property
    def libraries(self) -> Path:
        """The folder of what `natives.py` builds for it."""
        return ROOT / "target" / "platforms" / self.name

    def shared(self, crate: str) -> str:
        """The name that cargo gives a shared library of this platform."""
        before, after = {"linux": ("lib", ".so"), "darwin": ("lib", ".dylib"), "windows": ("", ".dll")}[self.system]
        return f"{before}{crate}{after}"


def floors() -> dict[str, str]:
    """The oldest versions that are supported: of systems and of what the packages run on."""
    return _document()["floors"]


def every() -> list[Platform]:
    return [Platform(**{**row, "go": Go(**row["go"])}) for row in _document()["platforms"]]


def named(name: str) -> Platform:
    """The row of this name, or that of this machine for `host`."""
    if name == "host":
        return host()
    rows = every()
    for row in rows:
        if row.name == name:
            return row
    raise UnknownPlatform(f"no platform {name} in platforms.json; there are {', '.join(row.name for row in rows)}")


def host() -> Platform:
    """The row of the machine that this runs on."""
    system = {"linux": "linux", "darwin": "darwin", "win32": "windows"}.get(sys.platform, sys.platform)
    arch = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64"}.get(machine.machine(), machine.machine())
    # Of the interpreter, which is that of the system.
    musl = system == "linux" and machine.libc_ver()[0] != "glibc"
    for row in every():
        if (row.system, row.go.arch, row.musl) == (system, arch, musl):
            return row
    raise UnknownPlatform(f"platforms.json has no row for {system} on {arch}{' with musl' if musl else ''}")


def version() -> str:
    """The one version of everything, which Cargo.toml has."""
    return tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]


def _document() -> dict:
    return json.loads(DOCUMENT.read_text(encoding="utf-8"))
