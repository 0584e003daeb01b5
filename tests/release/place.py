"""Puts native libraries where a package picks them up.

    python3 -m release.place [--build] PACKAGE [PLATFORM...]    in `tests`; PACKAGE is go, java, node or ruby

Without a platform, and for `host`, it is the library for this machine: plain cargo builds it, or with JOTGATE_LIBRARIES=FOLDER it
is taken from there, such as that of the demo and the tests. A platform by its name has its libraries in target/platforms/NAME,
where `release.natives` leaves them; `--build` lets it do so first.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import natives
from .command import CannotGoOn, command
from .platforms import ROOT, Platform, host, named

GO = ROOT / "bindings-ffi" / "go"


class LibraryMissing(CannotGoOn):
    """There is no library to put anywhere; the text says which, and what makes it."""


@dataclass(frozen=True)
class Package:
    """What a package takes: of which crate, and by which name cargo knows the library."""

    crate: str
    library: str

    def file(self, platform: Platform) -> str:
        """The name that cargo gives it for `platform`."""
        return natives.ARCHIVE if self.crate == "jotgate-ffi" else platform.shared(self.library)


PACKAGES = {
    "go": Package("jotgate-ffi", "jotgate"),
    "java": Package("jotgate-jni", "jotgate_jni"),
    "node": Package("jotgate-node", "jotgate_node"),
    "ruby": Package("jotgate-uniffi", "jotgate_uniffi"),
}


def placed(package: str, platform: Platform) -> Path:
    """Where the package has its library for `platform`."""
    name = PACKAGES[package].file(platform)
    return {
        "go": GO / "native" / platform.go.folder / name,
        "java": ROOT / "bindings-ffi" / "java" / "target" / "native" / platform.java / name,
        "node": ROOT / "bindings-node" / "native" / f"jotgate.{platform.name}.node",
        "ruby": ROOT / "bindings-ffi" / "ruby" / "native" / platform.ruby / name,
    }[package]


def found(package: str, platform: Platform) -> Path:
    """The library that lies there, for those who pack it."""
    library = placed(package, platform)
    if not library.exists():
        made = f"`python3 -m release.place {package} {platform.name}` in tests puts it there"
        raise LibraryMissing(f"there is no {library.relative_to(ROOT)}: {made}")
    return library


def place(package: str, platform: Platform, library: Path, *, strip: bool = False) -> None:
    """Puts `library` there. With `strip` without what debuggers want of the standard library: a third of the download."""
    put(library, placed(package, platform), strip=strip)
    if package == "go":
        put(ROOT / "bindings-ffi" / "include" / "jotgate.h", GO / "native" / "include" / "jotgate.h")
        _tell_go()
    if package == "ruby" and platform == host():
        # Where the gem has it, so that the tests and whoever works on it need no gem.
        put(library, ROOT / "bindings-ffi" / "ruby" / "lib" / "jotgate" / library.name)


def put(source: Path, target: Path, *, strip: bool = False) -> None:
    """Copies it beside the place and renames it: a process that has loaded what lies there would crash if that changed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f"{target.name}.new")
    shutil.copyfile(source, beside)
    if strip:
        subprocess.run(["strip", "-S", beside], check=True)
    beside.chmod(0o755 if target.suffix in {".so", ".dylib", ".dll", ".node"} else 0o644)
    beside.replace(target)


def built(package: str, platform: Platform) -> Path:
    """The library that `release.natives` has left for `platform`."""
    library = platform.libraries / PACKAGES[package].file(platform)
    if not library.exists():
        made = f"`python3 -m release.natives {platform.name}` in tests makes it, and so does --build"
        raise LibraryMissing(f"there is no {library.relative_to(ROOT)}: {made}")
    return library


def ours(package: str) -> Path:
    """The library for this machine, of the folder that JOTGATE_LIBRARIES names, or else built by plain cargo."""
    wanted, folder = PACKAGES[package], os.environ.get("JOTGATE_LIBRARIES")
    library = Path(folder, wanted.file(host())) if folder else _cargo(wanted)
    if not library.exists():
        raise LibraryMissing(f"there is no {library.name} in JOTGATE_LIBRARIES, which is {folder}")
    return library


def _cargo(wanted: Package) -> Path:
    """What cargo says that it made: where that lies depends on the environment and on cargo's configuration."""
    words = ["cargo", "build", "--release", "--package", wanted.crate, "--features", "aws-lc"]
    words += ["--message-format", "json-render-diagnostics"]
    said = subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    name = wanted.file(host())
    # One object a line.
    for line in said.splitlines():
        for file in json.loads(line).get("filenames", []):
            if Path(file).name == name:
                return Path(file)
    raise LibraryMissing(f"cargo has built no {name}, which is what {host().title} has")


def _tell_go() -> None:
    """The go command does not look at what cgo links. This text ends in the package's object (core.go), so that programs are
    linked and tests run anew."""
    files = [*sorted((GO / "native").glob("*/libjotgate.a")), GO / "native" / "include" / "jotgate.h"]
    digests = []
    for file in files:
        with file.open("rb") as opened:
            digests.append(f"{hashlib.file_digest(opened, 'sha256').hexdigest()} {file.relative_to(GO)}")
    text = " ".join(digests)
    (GO / "library.h").write_text(
        f'/* Made by tests/release/place.py: changes with the library. */\n#define JOTGATE_GO_LIBRARY "{text}"\n'
    )


@command
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", action="store_true", help="builds the libraries of named platforms first")
    parser.add_argument("package", choices=sorted(PACKAGES))
    parser.add_argument("platforms", nargs="*", metavar="PLATFORM", default=["host"])
    asked = parser.parse_args()
    for name in asked.platforms:
        platform = named(name)
        if asked.build and name != "host":
            natives.build(platform)
        library = ours(asked.package) if name == "host" else built(asked.package, platform)
        # What `release.natives` builds has been stripped.
        place(asked.package, platform, library, strip=asked.package == "go" and name == "host")
        print(placed(asked.package, platform).relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
