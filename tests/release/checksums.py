"""The SHA-256 of every file of a release, as `sha256sum` writes and checks them.

    cd tests && python3 -m release.checksums FOLDER                 writes FOLDER/SHA256SUMS
    cd tests && python3 -m release.checksums FOLDER --check         says what is not as it stands there
    cd tests && python3 -m release.checksums FOLDER --into FILE     writes FILE, for whoever gets the files of FOLDER side by side
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from .command import CannotGoOn, command

NAME = "SHA256SUMS"


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sums(folder: Path) -> dict[str, str]:
    """The files below `folder`, in order, and their digests."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != NAME)
    return {path.relative_to(folder).as_posix(): digest(path) for path in files}


def differences(folder: Path) -> list[str]:
    """What is missing, new or altered since the list was written."""
    lines = (folder / NAME).read_text(encoding="utf-8").splitlines()
    written = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    there = sums(folder)
    missing = [f"{name}: missing" for name in sorted(written.keys() - there.keys())]
    unknown = [f"{name}: not in the list" for name in sorted(there.keys() - written.keys())]
    altered = [f"{name}: altered" for name in sorted(written.keys() & there.keys()) if written[name] != there[name]]
    return missing + unknown + altered


@command
def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="release.checksums")
    parser.add_argument("folder", type=Path)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true")
    what.add_argument("--into", type=Path, metavar="FILE")
    given = parser.parse_args(arguments)
    if given.check:
        wrong = differences(given.folder)
        for line in wrong:
            print(f"checksums: {line}", file=sys.stderr)
        return 1 if wrong else 0
    found = sums(given.folder)
    if not found:
        raise CannotGoOn(f"no file in {given.folder}")
    if given.into and (deep := [name for name in found if "/" in name]):
        raise CannotGoOn(f"whoever gets the files side by side has no {deep[0]}")
    written = given.into or given.folder / NAME
    written.write_text("".join(f"{value}  {name}\n" for name, value in found.items()), encoding="utf-8")
    print(f"{len(found)} files in {written}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
