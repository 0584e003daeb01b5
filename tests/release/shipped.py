"""The crates whose code is in what ships: for each library of ours and each platform, as cargo settles them."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from dataclasses import dataclass

from .platforms import ROOT

# The library in each package. Ruby and Swift share one.
LIBRARIES = ("jotgate-python", "jotgate-node", "jotgate-ffi", "jotgate-jni", "jotgate-uniffi")
FEATURES = "aws-lc"
# The module for edge runtimes in the npm package, which is for no platform and verifies with `ring`.
MODULE = "jotgate-wasm"
# Behind the version stand a folder and words about the crate; a mark at the end says that what it needs stood there before.
LINE = re.compile(r"(?P<depth>\d+) (?P<name>\S+) v(?P<version>\S+)( \(.*\))?\|(?P<licence>[^|]*)\|(?P<repository>\S*)( \(\*\))?")


@dataclass(frozen=True, order=True)
class Crate:
    name: str
    version: str
    licence: str = ""
    repository: str = ""

    @property
    def ours(self) -> bool:
        return self.name.startswith("jotgate")


def edges_of_module() -> dict[Crate, set[Crate]]:
    """The same as `edges`, for the module."""
    return edges((MODULE,), ["wasm32-unknown-unknown"], "ring")


def edges(libraries: tuple[str, ...], targets: list[str], features: str = FEATURES) -> dict[Crate, set[Crate]]:
    """Each crate in the libraries, and those that it calls itself. What runs at build time alone is in none of them."""
    words = ["cargo", "tree", "--locked", "--edges", "normal,no-proc-macro", "--features", features]
    words += [word for library in libraries for word in ("--package", library)]
    words += [word for target in targets for word in ("--target", target)]
    words += ["--prefix", "depth", "--format", " {p}|{l}|{r}"]
    shown = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found: dict[Crate, set[Crate]] = {}
    # Those on the way to the line that is read.
    above: list[Crate] = []
    for line in filter(None, shown.splitlines()):
        told = LINE.fullmatch(line)
        assert told is not None, line
        crate = Crate(told["name"], told["version"], told["licence"].replace("/", " OR "), told["repository"])
        del above[int(told["depth"]) :]
        found.setdefault(crate, set())
        if above:
            found[above[-1]].add(crate)
        above.append(crate)
    return found


def checksums() -> dict[tuple[str, str], str]:
    """The SHA-256 of each crate's file, by name and version, as the lock file has it."""
    locked = tomllib.loads((ROOT / "Cargo.lock").read_text(encoding="utf-8"))["package"]
    return {(crate["name"], crate["version"]): crate["checksum"] for crate in locked if "checksum" in crate}


def published_needs(crate: str) -> list[Crate]:
    """Those of ours that a crate needs when it is published, whatever its features."""
    words = ["cargo", "metadata", "--format-version", "1", "--locked", "--no-deps"]
    shown = subprocess.run(words, cwd=ROOT, check=True, capture_output=True).stdout
    (package,) = [package for package in json.loads(shown)["packages"] if package["name"] == crate]
    # Of dependencies for tests, those without a version stay behind.
    needed = [one for one in package["dependencies"] if one["kind"] != "dev" or one["req"] != "*"]
    return [Crate(one["name"], package["version"]) for one in needed if one["name"].startswith("jotgate")]
