"""The tags by which the go command finds a release, on a commit that has the native libraries and that no branch has.

    cd tests && python3 -m release.go_tags DIST --at REMOTE             says what it would push
    cd tests && python3 -m release.go_tags DIST --at REMOTE --push      pushes it

DIST/go is what `build-native.sh` adds to the module's folder: native/PLATFORM/libjotgate.a, native/include/jotgate.h, library.h.
The same files on the same commit make the same commit again, so that a tag that is there already either is the same or is
refused: who has fetched it would otherwise have other bytes than whoever comes later.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .command import CannotGoOn, command
from .platforms import ROOT

MODULE = Path("bindings-ffi") / "go"
# Git wants a name; the time is that of the commit on which the tags stand.
WHO = ("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")


class Refused(CannotGoOn):
    """Nothing must be pushed as things are; the text says why."""


def git(*words: str, where: Path = ROOT, told: dict[str, str] | None = None) -> str:
    environment = os.environ | (told or {})
    return subprocess.run(["git", *words], cwd=where, env=environment, check=True, capture_output=True, text=True).stdout.strip()


def tags(folder: Path, clone: Path) -> dict[str, str]:
    """Makes the commit in `clone`, of the commit that is checked out here, and gives its tags."""
    overlay = folder / "go"
    if not list(overlay.glob("native/*/libjotgate.a")):
        raise Refused(f"{overlay} has no native/PLATFORM/libjotgate.a")
    git("clone", "--quiet", "--shared", "--no-tags", str(ROOT), str(clone))
    git("checkout", "--quiet", git("rev-parse", "HEAD"), where=clone)
    shutil.copytree(overlay, clone / MODULE, dirs_exist_ok=True)
    name, mail = WHO
    when = git("log", "-1", "--format=%cI", where=clone)
    told = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in
            (("NAME", name), ("EMAIL", mail), ("DATE", when))}  # fmt: skip
    words = ["sh", str(clone / MODULE / "release.sh")]
    made = subprocess.run(words, cwd=clone, env=os.environ | told, check=True, capture_output=True, text=True).stdout
    return {tag: git("rev-parse", f"refs/tags/{tag}", where=clone) for tag in made.split()}


def there(remote: str, wanted: list[str]) -> dict[str, str]:
    """Those of the tags that the remote has, and their commits."""
    listed = git("ls-remote", "--tags", remote, *[f"refs/tags/{tag}" for tag in wanted])
    pairs = (line.split("\t") for line in listed.splitlines())
    return {name.removeprefix("refs/tags/"): commit for commit, name in pairs}


def run(folder: Path, remote: str, *, push: bool) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        clone = Path(scratch) / "clone"
        made = tags(folder, clone)
        known = there(remote, list(made))
        others = [tag for tag, commit in known.items() if commit != made[tag]]
        if others:
            raise Refused(f"the remote has other commits under {', '.join(others)}")
        lacking = [tag for tag in made if tag not in known]
        for tag in made:
            print(f"to push: {tag}" if tag in lacking else f"there already, with the same bytes: {tag}")
        if push and lacking:
            git("push", "--quiet", "--atomic", remote, *[f"refs/tags/{tag}" for tag in lacking], where=clone)


@command
def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="release.go_tags")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--at", required=True, help="the repository that the module's name leads to")
    parser.add_argument("--push", action="store_true", help="push; without this nothing is sent anywhere")
    given = parser.parse_args(arguments)
    run(given.folder, given.at, push=given.push)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
