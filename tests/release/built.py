"""What `make test` has built, in the folders of a release, so that the scripts of a release can be tried on real packages.

    cd tests && python3 -m release.built FOLDER

The packages are those of this machine. `make packages` makes those of all platforms.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from .versions import ROOT, the_version

JAVA = ROOT / "bindings-ffi" / "java"


class NotBuilt(Exception):
    """A package is not there; the text says which command makes it."""


def gather(folder: Path) -> None:
    version = the_version()
    put(folder / "crates", (ROOT / "target" / "package").glob(f"*-{version}.crate"), "make test-packages")
    put(folder / "python", (ROOT / "target" / "wheels").glob("*.whl"), "make build-python")
    put(folder / "ruby", (ROOT / "target" / "gems").glob("*.gem"), "make build-ruby")
    for gem in (folder / "ruby").glob("jotgate.gem"):
        gem.rename(gem.with_name(f"jotgate-{version}-x86_64-linux.gem"))
    component = folder / "maven" / "io" / "jotgate" / "jotgate" / version
    ends = ("", "-sources", "-javadoc")
    put(component, [JAVA / "target" / f"jotgate-{version}{end}.jar" for end in ends], "make build-java test-java")
    shutil.copyfile(JAVA / "pom.xml", component / f"jotgate-{version}.pom")
    (folder / "npm").mkdir(exist_ok=True)
    words = ["npm", "pack", "--silent", "--pack-destination", str(folder / "npm")]
    subprocess.run(words, cwd=ROOT / "bindings-node", check=True, stdout=subprocess.DEVNULL)
    put(folder / "npm", (folder / "npm").glob("*.tgz"), "make build-node")


def put(folder: Path, files: object, command: str) -> None:
    there = [file for file in files if file.exists()]
    if not there:
        raise NotBuilt(f"nothing for {folder.name}: {command}")
    folder.mkdir(parents=True, exist_ok=True)
    for file in there:
        if file.parent != folder:
            shutil.copyfile(file, folder / file.name)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python3 -m release.built FOLDER", file=sys.stderr)
        return 2
    try:
        gather(Path(arguments[0]).resolve())
    except NotBuilt as wrong:
        print(f"built: {wrong}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
