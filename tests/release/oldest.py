"""Uses the packages of `make packages` on the oldest systems and languages that can be had.

    python3 -m release.oldest [PACKAGE...]    in `tests`; PACKAGE is c, go, maven, npm or python

The system is Debian 11, with glibc 2.31, gcc 10 and Java 17, unpacked in a folder; Node.js 20.0 comes from the npm registry and Go
1.24.0 from the module proxy. Python is the `python3.10` of this machine: Debian has had 3.9 and then 3.11.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from . import emulators, place, smoke, toolchain
from .command import REASONS, CannotGoOn, command, why
from .go_links import MODULE
from .platforms import PACKAGES, ROOT, floors, host, version

DEBIAN = ("gcc", "libc6-dev", "libstdc++6", "openjdk-17-jdk-headless")


class NotHere(CannotGoOn):
    """What the package would be tried on cannot be had; the text says what that is."""


def c(project: Path) -> str:
    smoke.c(PACKAGES, project, host().name, inside())
    return "gcc 10, glibc 2.31"


def go(project: Path) -> str:
    """The program of a stranger: its dependencies are vendored, so that the old system asks nobody."""
    release = f"go{floors()['Go']}.0"
    proxy = project / "proxy"
    smoke.run(["go", "run", "./internal/modzip", ".", str(ROOT), f"v{version()}", str(proxy)], place.GO)
    shutil.copytree(place.GO / "testdata" / "stranger", project / "stranger")
    others = subprocess.run(["go", "env", "GOPROXY"], check=True, capture_output=True, text=True).stdout.strip()
    told = os.environ | {"GOTOOLCHAIN": release, "GOPROXY": f"file://{proxy},{others}", "GONOSUMDB": MODULE, "GOWORK": "off"}
    told |= {"GOMODCACHE": str(project / "cache"), "GOFLAGS": "-modcacherw"}
    where = project / "stranger"
    for words in ("mod init example.com/stranger", f"get {MODULE}@v{version()}", "mod vendor"):
        smoke.run(["go", *words.split()], where, told)
    compiler = Path(smoke.run(["go", "env", "GOROOT"], where, told).strip())
    there = inside(path=[compiler / "bin"], told={"HOME": str(where), "GOTOOLCHAIN": "local", "GOPROXY": "off", "GOROOT": str(compiler)})
    there(["go", "build", "-o", "stranger", "."], where)
    printed = there(["./stranger"], where).strip()
    if printed != f"alice, jotgate {version()}":
        raise smoke.Failed(f"the program in Go printed {printed!r}")
    return f"{release}, gcc 10, glibc 2.31"


def maven(project: Path) -> str:
    smoke.maven(PACKAGES, project, "", inside())
    return f"Java {floors()['Java']}, glibc 2.31"


def npm(project: Path) -> str:
    release = f"{floors()['Node.js']}.0.0"
    program = emulators.npm_node(host(), release)
    smoke.npm(PACKAGES, project, "", inside(path=[program.parent]))
    return f"Node.js {release}, glibc 2.31"


def python(project: Path) -> str:
    """On the system of this machine, for which its Python was made."""
    interpreter = f"python{floors()['Python']}"
    found = shutil.which(interpreter)
    if found is None or subprocess.run([found, "--version"], check=False, capture_output=True).returncode != 0:
        raise NotHere(interpreter)
    smoke.python(PACKAGES, project, "", interpreter=found)
    return interpreter


def inside(path: Sequence[Path] = (), told: dict[str, str] | None = None) -> smoke.Run:
    """What runs programs with nothing in reach but the old system, the folder that they run in, and the programs of `path`."""
    toolchain.debian("bwrap", "bubblewrap")
    system = ["bwrap", "--bind", str(_system()), "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--unshare-net"]
    for folder in path:
        system += ["--ro-bind", str(folder.parent), str(folder.parent)]
    environment = {**(told or {}), "PATH": os.pathsep.join([*map(str, path), "/usr/bin", "/bin"])}
    settings = [word for name, value in environment.items() for word in ("--setenv", name, value)]

    def run(words: list[str], where: Path, _: object = None) -> str:
        return smoke.run([*system, "--bind", str(where), str(where), "--chdir", str(where), "--clearenv", *settings, "--", *words], where)

    return run


def _system() -> Path:
    """The folder of the old system, with the names that programs would get when it is installed."""
    root = emulators.debian(emulators.FOREIGN / "oldest", "bullseye", "amd64", DEBIAN)
    for name, program in {"cc": "gcc", "java": f"../lib/jvm/java-{floors()['Java']}-openjdk-amd64/bin/java"}.items():
        link = root / "usr" / "bin" / name
        if not link.is_symlink():
            link.symlink_to(program)
    return root


USES = {"c": c, "go": go, "maven": maven, "npm": npm, "python": python}


@command
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=", ".join(USES))
    asked = parser.parse_args().packages
    if unknown := set(asked) - set(USES):
        parser.error(f"no package is called {', '.join(sorted(unknown))}; there are {', '.join(USES)}")
    if not PACKAGES.exists():
        raise CannotGoOn("there are no packages yet: make packages")
    failed = False
    for name in asked or USES:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as project:
            try:
                print(f"oldest: {name}: works with {USES[name](Path(project))}", flush=True)
            except NotHere as missing:
                print(f"oldest: {name}: NOT TESTED: no {missing} here", flush=True)
            except (*REASONS, OSError) as wrong:
                failed = True
                print(f"oldest: {name}: {why(wrong)}", file=sys.stderr, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
