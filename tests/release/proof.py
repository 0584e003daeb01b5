"""Runs the vectors of `tests/vectors` through packages for platforms that this machine is none of.

    python3 -m release.proof [--quick] [--profile dev] [PROOF...]    in `tests`; without names, all of them

Each takes the libraries that `release.natives` has left in target/platforms, or builds them. The reports, one line for each case, go
to target/conformance/foreign/PROOF, and `proved.json` there says how many cases passed. `--quick` takes some files alone.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import emulators, natives, toolchain, wheels
from . import place as puts
from .command import command
from .platforms import PACKAGES, ROOT, Platform, named

REPORTS = ROOT / "target" / "conformance" / "foreign"
# Each algorithm, what is no token at all, and the rules of time: what a compiler or a processor could get wrong.
QUICK = ("rsa", "ecdsa", "eddsa", "hmac", "alg_none", "time", "json")


@dataclass(frozen=True)
class Proof:
    """One binding on one platform."""

    platform: str
    binding: str
    # Makes what has to be there, of libraries that are built by a profile of cargo if they are missing, and says by what the
    # runner's interpreter, its first word, is replaced.
    prepare: Callable[[Platform, str], list[str]]

    @property
    def name(self) -> str:
        return f"{self.binding}-{self.platform}"


def go(platform: Platform, profile: str) -> list[str]:
    """The runner, linked by a compiler for the platform. With musl it is one file that needs nothing of the system."""
    place("go", platform, profile)
    program = REPORTS / "programs" / f"go-{platform.name}{'.exe' if platform.system == 'windows' else ''}"
    told = {"CGO_ENABLED": "1", "GOOS": platform.go.os, "GOARCH": platform.go.arch, "CGO_LDFLAGS": "-O2 -g"}
    flags = []
    if platform.linker == "mingw":
        told["CC"] = "x86_64-w64-mingw32-gcc"
    else:
        # zig has no libgcc, from which the archive takes what unwinds the stack.
        told |= {"CC": " ".join(toolchain.c_compiler(platform)), "CGO_LDFLAGS": "-O2 -g -lunwind"}
    if platform.musl:
        flags = ["-tags", "musl,netgo,osusergo", "-ldflags", "-s -w -linkmode external -extldflags -static"]
    words = ["go", "build", *flags, "-o", program, "./conformance"]
    subprocess.run(words, cwd=ROOT / "bindings-ffi" / "go", env=os.environ | told, check=True)
    return [*emulators.words(platform), str(program)]


def c(platform: Platform, profile: str) -> list[str]:
    """The runner, linked with the archive and with Debian's json-c. With musl it is one file that needs nothing of the system."""
    build("jotgate-ffi", natives.ARCHIVE, platform, profile)
    root = Path("/")
    if platform.emulator is None:
        toolchain.debian("/usr/include/json-c/json.h", "libjson-c-dev")
    else:
        # Debian's processor is enough for musl as well, which finds nothing there.
        root = emulators.debian_system(named(platform.name.replace("musl", "gnu")))
    # Beside no headers of glibc.
    headers = REPORTS / "programs" / "json-c" / platform.go.arch
    shutil.copytree(root / "usr" / "include" / "json-c", headers / "json-c", dirs_exist_ok=True)
    (json_c,) = root.glob(f"usr/lib/{platform.rust.split('-')[0]}-linux-gnu/libjson-c.a")
    sources = sorted((ROOT / "bindings-ffi" / "conformance").glob("*.c"))
    program = REPORTS / "programs" / f"c-{platform.name}"
    # json-c wants the C library of its Debian.
    words = [*toolchain.c_compiler(platform, "2.36"), "-std=c11", "-O2", *sources]
    words += ["-I", ROOT / "bindings-ffi" / "include", "-isystem", headers]
    words += [Path(__file__).with_name("for_json_c.c"), *(["-static"] if platform.musl else [])]
    words += [json_c, platform.libraries / natives.ARCHIVE, "-lunwind", *platform.go.libraries.split(), "-o", program]
    subprocess.run(words, check=True)
    return [*emulators.words(platform), str(program)]


def python(platform: Platform, profile: str) -> list[str]:
    """The wheel and what its runner stands on, unpacked by pip for a Python that is Debian's."""
    root = emulators.debian_system(platform)
    tag = platform.wheel.split(".")[-1]
    ours = list((PACKAGES / "python").glob(f"jotgate-*abi3*{tag}*.whl"))
    ours = ours or wheels.make(platform, free_threaded=False, profile=profile)
    site = REPORTS / "programs" / f"python-{platform.name}"
    shutil.rmtree(site, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", site, "--only-binary=:all:", "--python-version", "3.11"]
    # What Debian's C library is new enough for, as well.
    newer = [word for minor in range(17, 37) for word in ("--platform", tag.replace("2014", f"_2_{minor}"))]
    needed = tomllib.loads((ROOT / "bindings-python" / "arrow" / "pyproject.toml").read_text())["project"]["dependencies"]
    others = [name for name in needed if not name.startswith("jotgate")]
    subprocess.run([*pip, "--platform", tag, *newer, "--no-deps", *ours, *others], check=True)
    shutil.copytree(ROOT / "bindings-python" / "arrow" / "python", site, dirs_exist_ok=True)
    start = [*emulators.words(platform), str(root / "usr" / "bin" / "python3.11")]
    return script(f"python-{platform.name}.sh", f'PYTHONPATH={site} exec {" ".join(start)} "$@"')


def node(platform: Platform, profile: str) -> list[str]:
    """The package as it lies in the tree, with the addon of the platform, in a Node of the platform."""
    place("node", platform, profile)
    if platform.emulator == "qemu":
        emulators.debian_system(platform)
    # The oldest that is promised, which for Windows has no package.
    program = emulators.npm_node(platform, "22" if platform.system == "windows" else "20")
    return [*emulators.words(platform), str(program)]


def java(platform: Platform, profile: str) -> list[str]:
    """The classes of the tree, with the library of the platform among them, in a Java of the platform."""
    root = emulators.debian_system(platform)
    place("java", platform, profile)
    library = ROOT / "bindings-ffi" / "java" / "target" / "classes" / "native" / platform.java
    library.mkdir(parents=True, exist_ok=True)
    shutil.copy2(platform.libraries / platform.shared("jotgate_jni"), library)
    virtual_machine = next(root.glob("usr/lib/jvm/java-17-openjdk-*/bin/java"))
    (start,) = script(f"java-{platform.name}/java", f'exec {" ".join(emulators.words(platform))} {virtual_machine} "$@"')
    # The runner is a script that starts what it finds by this name.
    return script(f"java-{platform.name}.sh", f'PATH={Path(start).parent}:$PATH exec sh "$@"')


def ruby(platform: Platform, profile: str) -> list[str]:
    """The files of the gem and the runner, in a folder of their own with the library of the platform."""
    root = emulators.debian_system(platform)
    library = platform.shared("jotgate_uniffi")
    build("jotgate-uniffi", library, platform, profile)
    copy = REPORTS / "programs" / f"ruby-{platform.name}"
    shutil.rmtree(copy, ignore_errors=True)
    for part in ("lib", "conformance"):
        shutil.copytree(ROOT / "bindings-ffi" / "ruby" / part, copy / part, ignore=shutil.ignore_patterns("*.so"))
    shutil.copy2(platform.libraries / library, copy / "lib" / "jotgate")
    start = [*emulators.words(platform), str(root / "usr" / "bin" / "ruby3.1"), "-I", str(copy / "lib")]
    # In place of the runner in the tree.
    return script(f"ruby-{platform.name}.sh", f'shift; exec {" ".join(start)} {copy}/conformance/runner.rb "$@"')


def script(name: str, line: str) -> list[str]:
    """The word that runs this line of a shell."""
    file = REPORTS / "programs" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{line}\n")
    file.chmod(0o755)
    return [str(file)]


def place(package: str, platform: Platform, profile: str) -> None:
    """Puts the libraries of the platform where the package has them."""
    wanted = puts.PACKAGES[package]
    build(wanted.crate, wanted.file(platform), platform, profile)
    subprocess.run([sys.executable, "-m", "release.place", package, platform.name], cwd=ROOT / "tests", check=True)


def build(crate: str, file: str, platform: Platform, profile: str) -> None:
    """Sees to it that the libraries of a crate for the platform are there."""
    if not (platform.libraries / file).exists():
        natives.build(platform, profile, (crate,))


PROOFS = (
    Proof("linux-x64-musl", "c", c),
    Proof("linux-x64-musl", "go", go),
    Proof("linux-arm64-musl", "c", c),
    Proof("linux-arm64-musl", "go", go),
    Proof("linux-arm64-gnu", "c", c),
    Proof("linux-arm64-gnu", "go", go),
    Proof("win32-x64", "go", go),
    Proof("linux-arm64-gnu", "python", python),
    Proof("linux-arm64-gnu", "node", node),
    Proof("win32-x64", "node", node),
    Proof("linux-arm64-gnu", "java", java),
    Proof("linux-arm64-gnu", "ruby", ruby),
)


def run(proof: Proof, profile: str, *, quick: bool) -> bool:
    """Whether every case has the verdict that it must have; writes down how many did."""
    started = time.monotonic()
    runner = proof.prepare(named(proof.platform), profile)
    reports = REPORTS / proof.name
    shutil.rmtree(reports, ignore_errors=True)
    # An emulated program is many times slower: it is given up when nothing came of it for that long.
    words = [sys.executable, "run.py", "--binding", proof.binding, "--patience", "600"]
    told = os.environ | {f"JOTGATE_RUNNER_{proof.binding.upper()}": " ".join(runner)}
    where = ROOT / "tests" / "conformance"
    if quick:
        vectors = [ROOT / "tests" / "vectors" / "tokens" / f"{name}.json" for name in QUICK]
        each = [[*words, "--vectors", path, "--report", reports / proof.binding / f"{path.stem}.jsonl"] for path in vectors]
    else:
        each = [[*words, "--all", "--reports", reports]]
    good = all([subprocess.run(command, cwd=where, env=told, check=False).returncode == 0 for command in each])
    lines = [json.loads(line) for report in sorted(reports.rglob("*.jsonl")) for line in report.read_text().splitlines()]
    passed = sum(line["pass"] for line in lines)
    print(f"proof {proof.name}: {passed} of {len(lines)} cases passed, {time.monotonic() - started:.0f} s", flush=True)
    reports.mkdir(parents=True, exist_ok=True)
    (reports / "proved.json").write_text(json.dumps({"passed": passed, "cases": len(lines), "quick": quick}) + "\n")
    return good and bool(lines) and passed == len(lines)


@command
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [proof.name for proof in PROOFS]
    parser.add_argument("proofs", nargs="*", metavar="PROOF", help=", ".join(names))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--profile", default="release", help="how libraries are built that are not there yet")
    asked = parser.parse_args()
    if unknown := set(asked.proofs) - set(names):
        parser.error(f"no proof is called {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    chosen = [proof for proof in PROOFS if proof.name in (asked.proofs or names)]
    failed = [proof.name for proof in chosen if not run(proof, asked.profile, quick=asked.quick)]
    if failed:
        print(f"proof: FAILED: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
