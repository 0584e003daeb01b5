"""What `make test` has built, in the folders of a release, so that the scripts of a release can be tried on real packages.

    cd tests && python3 -m release.built FOLDER

The packages are those of this machine. `make packages` makes those of all platforms.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path

from . import npm, place, platforms
from .command import CannotGoOn, command
from .platforms import ROOT
from .versions import the_version

JAVA = ROOT / "bindings-ffi" / "java"


class NotBuilt(CannotGoOn):
    """A package is not there; the text says which command makes it."""


def gather(folder: Path) -> None:
    version = the_version()
    put(folder / "crates", (ROOT / "target" / "package").glob(f"*-{version}.crate"), "make test-packages")
    put(folder / "python", (ROOT / "target" / "wheels").glob("*.whl"), "make build-python")
    put(folder / "ruby", (ROOT / "target" / "gems").glob("*.gem"), "make build-ruby")
    component = folder / "maven" / "io" / "jotgate" / "jotgate" / version
    ends = ("", "-sources", "-javadoc")
    put(component, [JAVA / "target" / f"jotgate-{version}{end}.jar" for end in ends], "make build-java test-java")
    shutil.copyfile(JAVA / "pom.xml", component / f"jotgate-{version}.pom")
    put(folder / "go" / "native" / platforms.host().go.folder, [place.placed("go", platforms.host())], "make build-go")
    put(folder / "go" / "native" / "include", [place.GO / "native" / "include" / "jotgate.h"], "make build-go")
    put(folder / "go", [place.GO / "library.h"], "make build-go")
    archive(folder / "c", f"jotgate-{version}-{platforms.host().name}")
    try:
        npm.make([platforms.host()], folder=folder / "npm")
    except (OSError, place.LibraryMissing) as missing:
        raise NotBuilt(f"nothing for npm: make build-node ({missing})") from missing


def archive(folder: Path, name: str) -> None:
    """What `make install` installs."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as stage:
        libraries = os.environ.get("JOTGATE_LIBRARIES", str(ROOT / "target" / "debug"))
        told = os.environ | {"JOTGATE_LIBRARIES": libraries, "DESTDIR": stage, "PREFIX": f"/{name}"}
        words = [str(ROOT / "bindings-ffi" / "install.sh")]
        if subprocess.run(words, env=told, check=False, capture_output=True).returncode != 0:
            raise NotBuilt("nothing for c: make build-c")
        with tarfile.open(folder / f"{name}.tar.gz", "w:gz") as packed:
            packed.add(Path(stage) / name, name)


def put(folder: Path, files: Iterable[Path], command: str) -> None:
    there = [file for file in files if file.exists()]
    if not there:
        raise NotBuilt(f"nothing for {folder.name}: {command}")
    folder.mkdir(parents=True, exist_ok=True)
    for file in there:
        if file.parent != folder:
            shutil.copyfile(file, folder / file.name)


@command
def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python3 -m release.built FOLDER", file=sys.stderr)
        return 2
    gather(Path(arguments[0]).resolve())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
