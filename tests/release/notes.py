"""The notes of a release: what CHANGELOG.md says of its version.

    cd tests && python3 -m release.notes 0.2.0
"""

from __future__ import annotations

import re
import sys

from .command import CannotGoOn, command
from .platforms import ROOT

CHANGELOG = ROOT / "CHANGELOG.md"
HEADING = re.compile(r"^## \[(?P<version>[^\]]+)\](?: - (?P<date>.+))?$", re.MULTILINE)


class NoNotes(CannotGoOn):
    """The changelog does not tell of this version; the text says what is wrong."""


def notes(version: str, changelog: str) -> str:
    """The section of `version`, without its heading. A version has a date; what is unreleased has none."""
    headings = list(HEADING.finditer(changelog))
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        if heading["version"] != version:
            continue
        if version != "Unreleased" and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", heading["date"] or ""):
            raise NoNotes(f"CHANGELOG.md: the heading of {version} has no date: '## [{version}] - 2030-12-31'")
        section = changelog[heading.end() : following.start() if following else len(changelog)].strip()
        if not re.search(r"^- ", section, re.MULTILINE):
            raise NoNotes(f"CHANGELOG.md: the section of {version} names no change")
        return section + "\n"
    there = ", ".join(heading["version"] for heading in headings)
    raise NoNotes(f"CHANGELOG.md: no section '## [{version}] - DATE'; there are {there}")


@command
def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python3 -m release.notes VERSION", file=sys.stderr)
        return 2
    print(notes(arguments[0], CHANGELOG.read_text(encoding="utf-8")), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
