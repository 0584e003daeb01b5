"""What a run of the release workflow does: the version, whether it is published, and the rows on which the packages are tried.

    cd tests && python3 -m release.plan                     a rehearsal, of whatever is here
    cd tests && python3 -m release.plan --tag v0.2.0        a release, which has to be right in all

Prints it as lines that a workflow reads as outputs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

from .command import CannotGoOn, command
from .notes import CHANGELOG, notes
from .platforms import DOCUMENT, ROOT
from .versions import the_version

# What a job of the matrix has to know of its row.
WANTED = ("name", "title", "runner", "tier")


class NotToBeReleased(CannotGoOn):
    """Something is not as it has to be for a release; the text says what."""


def matrix(platforms: dict) -> list[dict]:
    """A job for each platform, on its own kind of machine. No container of musl serves actions: programs are run in one there."""
    rows = []
    for row in platforms["platforms"]:
        lacking = [field for field in WANTED if field not in row]
        if lacking:
            raise NotToBeReleased(f"platforms.json: {row.get('name', 'a row')} has no {', '.join(lacking)}")
        rows.append({field: row[field] for field in WANTED} | {"musl": row["node"].get("libc") == "musl"})
    return rows


def is_on(branch: str, commit: str) -> bool:
    words = ["git", "merge-base", "--is-ancestor", commit, branch]
    return subprocess.run(words, cwd=ROOT, check=False, stderr=subprocess.DEVNULL).returncode == 0


def plan(tag: str | None, branch: str | None) -> dict[str, str]:
    version = the_version()
    if tag is not None:
        if tag != f"v{version}":
            raise NotToBeReleased(f"the tag is {tag}, and the version everywhere is {version}")
        notes(version, CHANGELOG.read_text(encoding="utf-8"))
        if branch is not None and not is_on(branch, "HEAD"):
            raise NotToBeReleased(f"the commit of {tag} is not on {branch}")
    rows = matrix(json.loads(DOCUMENT.read_text(encoding="utf-8")))
    return {
        "version": version,
        "release": "true" if tag else "false",
        "prerelease": "true" if "-" in version else "false",
        "platforms": json.dumps(rows),
    }


@command
def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="release.plan")
    parser.add_argument("--tag", help="the tag of the release, such as v0.2.0; without it nothing is published")
    parser.add_argument("--branch", help="the branch on which the tagged commit has to be")
    given = parser.parse_args(arguments)
    for name, value in plan(given.tag or None, given.branch or None).items():
        print(f"{name}={value}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
