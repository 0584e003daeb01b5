"""What Rust's standard library is made of, and under which licences: read from the page that comes with the compiler."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from .command import CannotGoOn

PAGE = Path("share") / "doc" / "rust"


class NotThere(CannotGoOn):
    """This compiler came without the page."""


@dataclass
class Standing:
    """A crate in the standard library, with its licence and the files that it brings."""

    name: str
    version: str
    licence: str = ""
    files: dict[str, str] = field(default_factory=dict)


class _Page(HTMLParser):
    """Collects the crates below the headings of the third level."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Standing] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"h2", "h3", "p", "code", "pre"}:
            self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "h3":
            # A picture of a parcel stands before the name.
            name, _, version = self.text.split()[-1].partition("-")
            while not version[:1].isdigit():
                more, _, version = version.partition("-")
                name = f"{name}-{more}"
            self.found.append(Standing(name, version))
        elif not self.found:
            return
        elif tag == "p" and self.text.startswith("License:"):
            self.found[-1].licence = self.text.removeprefix("License:").strip().replace("/", " OR ")
        elif tag == "code":
            self.found[-1].files[self.text] = ""
        elif tag == "pre":
            self.found[-1].files[list(self.found[-1].files)[-1]] = self.text


def version() -> str:
    return _told("rustc", "--version").split()[1]


def crates() -> list[Standing]:
    """Those of all systems: a compiler has one page."""
    page = _Page()
    page.feed(_read("COPYRIGHT-library.html"))
    return sorted(page.found, key=lambda crate: crate.name)


def own_licence() -> str:
    return _read("licenses/MIT.txt").replace("<year> <copyright holders>", "The Rust Project Developers").strip()


def unicode_licence() -> str:
    return _read("licenses/Unicode-3.0.txt").strip()


def _read(name: str) -> str:
    path = Path(_told("rustc", "--print", "sysroot").strip()) / PAGE / name
    try:
        return path.read_text(encoding="utf-8")
    except OSError as failed:
        raise NotThere(f"this Rust came without its licences: {failed}") from failed


def _told(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout
