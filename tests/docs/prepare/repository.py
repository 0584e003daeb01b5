"""The repository as the pages need it: which files there are, and where links lead."""

import posixpath
import re
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
# The pages that the site alone has. Their links are written as if they lay at the root.
OWN = "tests/docs/pages/"


@cache
def files() -> frozenset[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True
    )
    return frozenset(name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file())


def documents() -> list[str]:
    return sorted(name for name in files() if name.endswith(".md"))


def below(folder: str) -> list[str]:
    return sorted(name for name in files() if name.startswith(f"{folder}/"))


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def linked() -> set[str]:
    """The files and folders of the repository to which documents link."""
    found = set()
    for name in documents():
        found |= {linked_from(name.removeprefix(OWN), link) for link in LINK.finditer(text(name))}
    return {path for path in found if path in files() or below(path)}


def led(page: str, markdown: str, place: Callable[[str], str | None]) -> str:
    """The Markdown of a page with its links led to where `place` says that a path of the repository is shown."""

    def link(match: re.Match[str]) -> str:
        path = linked_from(page, match)
        shown = place(path) or (path if match["whole"] else None)
        return f"]({link_to(shown, page)}{match['anchor'] or ''})" if shown else match[0]

    return LINK.sub(link, markdown)


def linked_from(page: str, link: re.Match[str]) -> str:
    """The path to which a link of a page leads."""
    return posixpath.normpath(link["path"]) if link["whole"] else target(page, link["path"])


def target(page: str, link: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), link))


def link_to(path: str, page: str) -> str:
    return posixpath.relpath(path, posixpath.dirname(page) or ".")


# A registry that shows a README knows no other file: there links are whole addresses, of files in the repository.
WHOLE = "https://github.com/jotgate/jotgate/blob/main/"
# A link of Markdown to a path: its path, and what stands behind it from `#` on.
LINK = re.compile(rf"\]\((?P<whole>{re.escape(WHOLE)})?(?P<path>[^)\s:#]+)(?P<anchor>#[^)\s]*)?\)")
