"""The bundle that Maven Central takes: the files of a release, each with its signature and its sums.

    cd tests && python3 -m release.central FOLDER BUNDLE.zip [--unsigned]

FOLDER is what `release.publish central … --into FOLDER` has left there: `io/jotgate/ARTIFACT/VERSION/FILE`. `gpg` signs with
the key that it has. Without a signature, Central takes nothing: `--unsigned` is for rehearsals.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

from .command import CannotGoOn, command

# The first day that a ZIP file can name: the same files make the same bundle.
NEVER = (1980, 1, 1, 0, 0, 0)


class Incomplete(CannotGoOn):
    """Central would refuse what is here; the text says why."""


def parts(folder: Path, *, signed: bool) -> dict[str, bytes]:
    """Every file of the bundle and its content."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix() for path in files}
    for pom in (name for name in names if name.endswith(".pom")):
        stem = pom.removesuffix(".pom")
        jars = {name for name in names if name.startswith(stem) and name.endswith(".jar")}
        lacking = {f"{stem}-sources.jar", f"{stem}-javadoc.jar"} - jars if jars else set()
        if lacking:
            raise Incomplete(f"{pom} has no {', '.join(sorted(lacking))}")
    content = {}
    for path in files:
        name = path.relative_to(folder).as_posix()
        content[name] = path.read_bytes()
        content[f"{name}.md5"] = hashlib.md5(content[name], usedforsecurity=False).hexdigest().encode()
        content[f"{name}.sha1"] = hashlib.sha1(content[name], usedforsecurity=False).hexdigest().encode()
        if signed:
            words = ["gpg", "--batch", "--armor", "--detach-sign", "--output", "-", str(path)]
            content[f"{name}.asc"] = subprocess.run(words, check=True, capture_output=True).stdout
    return content


def write(content: dict[str, bytes], bundle: Path) -> None:
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in content.items():
            entry = zipfile.ZipInfo(name, NEVER)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, data)


@command
def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="release.central")
    parser.add_argument("folder", type=Path)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--unsigned", action="store_true")
    given = parser.parse_args(arguments)
    content = parts(given.folder, signed=not given.unsigned)
    if not content:
        print("central: nothing to publish, so there is no bundle")
        return 0
    write(content, given.bundle)
    print(f"{given.bundle}: {len(content)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
