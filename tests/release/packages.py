"""Makes what a release publishes, for all platforms or for those that are named: target/packages, laid out as `release.artefacts` says.

    target/release-tools/bin/python -m release.packages [--profile dev] [PLATFORM...]    in `tests`, with `make packages` before it
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from . import archives, artefacts, gems, inspection, java, natives, npm, place, sbom, toolchain, wheels
from .command import CannotGoOn, command
from .platforms import PACKAGES, ROOT, Platform, every, named


class NotFitToShip(CannotGoOn):
    """A library has what it must not have; the text says what."""


def make(platforms: list[Platform], profile: str) -> None:
    """Everything, in the order in which one thing needs the other."""
    shutil.rmtree(PACKAGES, ignore_errors=True)
    (PACKAGES / "python").mkdir(parents=True)
    steps: list[tuple[str, Callable[[], object]]] = []
    for platform in platforms:
        steps += [
            (f"libraries for {platform.title}", lambda row=platform: _libraries(row, profile)),
            (f"wheels for {platform.title}", lambda row=platform: _wheels(row, profile)),
            (f"C archive for {platform.title}", lambda row=platform: archives.make(row, [_bill(row, "jotgate-ffi")])),
        ]
    steps += [
        ("source distribution and Arrow columns for Python", _python),
        ("npm packages", lambda: _npm(platforms)),
        ("what Go modules have inside", lambda: _go(platforms)),
        ("JARs", lambda: java.make(platforms, [_bill(row, "jotgate-jni", row.java) for row in platforms])),
        ("gems", lambda: gems.make(platforms, lambda row: [_bill(row, "jotgate-uniffi")])),
        ("crates", _crates),
    ]
    for number, (title, step) in enumerate(steps, 1):
        started = time.monotonic()
        print(f"== [{number}/{len(steps)}] {title}", flush=True)
        step()
        print(f"== [{number}/{len(steps)}] {title}: {time.monotonic() - started:.0f} s", flush=True)


def _libraries(platform: Platform, profile: str) -> None:
    natives.build(platform, profile)
    _fit_to_ship(platform.name, inspection.problems(platform))
    for package in place.PACKAGES:
        place.place(package, platform, place.built(package, platform))


def _wheels(platform: Platform, profile: str) -> None:
    for wheel in wheels.make(platform, profile=profile):
        _fit_to_ship(wheel.name, inspection.of_wheel(wheel, platform))


def _fit_to_ship(what: str, wrong: list[str]) -> None:
    if wrong:
        raise NotFitToShip(f"{what}: {'; '.join(wrong)}")


def _bill(platform: Platform, crate: str, mark: str = "") -> Path:
    """The bill of materials of a library, as a file; with `mark` in its name where several lie side by side."""
    folder = platform.libraries / "bills" / crate
    folder.mkdir(parents=True, exist_ok=True)
    before, after = sbom.NAME.split(".", 1)
    file = folder / (f"{before}-{mark}.{after}" if mark else sbom.NAME)
    file.write_text(sbom.text(platform.name, crate))
    return file


def _python() -> None:
    maturin = [toolchain.tools() / "maturin", "sdist", "--manifest-path", ROOT / "bindings-python" / "Cargo.toml"]
    subprocess.run([*maturin, "--out", PACKAGES / "python"], check=True)
    wheel = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", PACKAGES / "python"]
    subprocess.run([*wheel, ROOT / "bindings-python" / "arrow"], check=True)


def _npm(platforms: list[Platform]) -> None:
    node = ROOT / "bindings-node"
    if not (node / "node_modules").exists():
        subprocess.run(["npm", "ci"], cwd=node, check=True)
    subprocess.run(["npm", "run", "--silent", "build:js"], cwd=node, check=True)
    subprocess.run([node / "wasm" / "build.sh"], env=os.environ | {"CI": "true"}, check=True)
    npm.make(platforms, lambda row: [_bill(row, "jotgate-node")])


def _go(platforms: list[Platform]) -> None:
    """What the tagged commit has beside the sources, below the module's folder."""
    for platform in platforms:
        there = PACKAGES / "go" / "native" / platform.go.folder
        there.mkdir(parents=True, exist_ok=True)
        shutil.copy2(place.placed("go", platform), there)
        shutil.copy2(_bill(platform, "jotgate-ffi"), there)
    shutil.copy2(place.GO / "library.h", PACKAGES / "go")
    (PACKAGES / "go" / "native" / "include").mkdir()
    shutil.copy2(place.GO / "native" / "include" / "jotgate.h", PACKAGES / "go" / "native" / "include")


def _crates() -> None:
    (PACKAGES / "crates").mkdir()
    words = ["cargo", "package", "--quiet", "--locked", "--allow-dirty", "--no-verify"]
    for crate in artefacts.CRATES:
        words += ["-p", crate]
    subprocess.run(words, cwd=ROOT, check=True)
    for crate in artefacts.CRATES:
        file = max((ROOT / "target" / "package").glob(f"{crate}-[0-9]*.crate"), key=lambda path: path.stat().st_mtime)
        shutil.copy2(file, PACKAGES / "crates")


@command
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("platforms", nargs="*", metavar="PLATFORM")
    parser.add_argument("--profile", default="release")
    asked = parser.parse_args()
    make([named(name) for name in asked.platforms] or every(), asked.profile)
    for file in sorted(path for path in PACKAGES.rglob("*") if path.is_file()):
        print(f"{file.stat().st_size:>12,}  {file.relative_to(PACKAGES)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
