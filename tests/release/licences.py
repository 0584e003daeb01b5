"""THIRD-PARTY-LICENSES: the licence texts of all Rust crates in what ships, which most of them ask for in binary distributions.

    cd tests && python3 -m release.licences             writes it
    cd tests && python3 -m release.licences --check     says whether it is as it would be written

The texts are the files that the crates themselves bring, with their copyright lines. Each stands there once, whoever shares it.
Where a crate gives a choice with the MIT licence in it, that is chosen: it is the shortest.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import standard_library
from .command import CannotGoOn, command
from .platforms import ROOT, every
from .shipped import LIBRARIES, edges, edges_of_module

FILE = ROOT / "THIRD-PARTY-LICENSES"
# The packages that are made of a folder of their own have it there, too.
COPIES = (ROOT / "bindings-python" / FILE.name,)
TEXTS = Path(__file__).with_name("texts")
LICENCE = re.compile(r"(licen[cs]e|copying|copyright|notice)", re.IGNORECASE)
RULE = "=" * 100
# What stands above the second part, whose texts come with the compiler.
STANDARD = "The standard library of Rust {}, which is in every binary, and what it is made of.\n"
STANDARD_HEADING = re.compile(re.escape(STANDARD.strip()).replace(r"\{\}", r"(?P<version>\S+)"))


class WithoutText(CannotGoOn):
    """A crate brings no licence text, and there is none for it here."""


@dataclass(frozen=True, order=True)
class Part:
    """A crate in a binary, its licence as it says it, and the texts of that."""

    name: str
    version: str
    licence: str
    texts: tuple[str, ...]


def document(standard: str) -> str:
    """The whole, with `standard` as its second part."""
    return first_part(crates()) + standard


@cache
def crates() -> list[Part]:
    """Those in any library on any platform."""
    words = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
    shown = subprocess.run(words, cwd=ROOT, check=True, capture_output=True).stdout
    described = {(package["name"], package["version"]): package for package in json.loads(shown)["packages"]}
    found = []
    for crate in sorted({*edges(LIBRARIES, [platform.rust for platform in every()]), *edges_of_module()}):
        if not crate.ours:
            package = described[crate.name, crate.version]
            found.append(Part(crate.name, crate.version, crate.licence, texts(package, crate.licence)))
    return found


def texts(package: dict, licence: str) -> tuple[str, ...]:
    folder = Path(package["manifest_path"]).parent
    files = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if LICENCE.match(path.name)}
    chosen = choose(files, licence)
    if chosen:
        return chosen
    # The project has its licence beside the crate's folder, and forgot to pack it.
    text = TEXTS / f"{'MIT' if offers_mit(licence) else licence}.txt"
    if not text.exists():
        raise WithoutText(f"{package['name']} {package['version']} brings no licence text; put that of {licence} into {TEXTS}")
    holders = ", ".join(re.sub(r" <.*>$", "", author) for author in package["authors"]) or f"the authors of {package['name']}"
    return (text.read_text(encoding="utf-8").replace("HOLDERS", holders).strip(),)


def offers_mit(licence: str) -> bool:
    return " AND " not in licence and "MIT" in licence.split(" OR ")


def choose(files: dict[str, str], licence: str) -> tuple[str, ...]:
    """The texts to show, of the files that a crate brings: of a choice the MIT one, with what says who holds the rights."""
    names = sorted(files)
    if offers_mit(licence):
        of_mit = [name for name in names if "MIT" in name.upper() or files[name].lstrip().lower().startswith("the mit")]
        if of_mit:
            names = [*of_mit, *(name for name in names if re.match("copyright|notice", name, re.IGNORECASE))]
    return tuple(tidy(files[name]) for name in names)


def tidy(text: str) -> str:
    """Without what differs between copies and says nothing: ends of lines, and space at them."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")


def first_part(parts: list[Part]) -> str:
    heading = (
        "The packages of jotgate are under the Apache License 2.0 or the MIT licence, as you choose: LICENSE-APACHE, LICENSE-MIT.\n"
        "Their native libraries have code of others in them, whose licences are below. No library has all of it: UniFFI, under\n"
        "the MPL-2.0, is in that for Ruby and Swift alone; its source is at https://github.com/mozilla/uniffi-rs, and unchanged.\n"
    )
    return heading + "\n" + table(parts) + by_text(parts)


def table(parts: list[Part]) -> str:
    return "".join(f"{part.name} {part.version}: {part.licence}\n" for part in parts)


def by_text(parts: list[Part]) -> str:
    """Each text once, under the names of those whose it is."""
    whose: dict[str, list[str]] = {}
    for part in parts:
        for text in part.texts:
            whose.setdefault(text, []).append(f"{part.name} {part.version}")
    return "".join(f"\n{RULE}\n{', '.join(names)}\n{RULE}\n\n{text}\n" for text, names in whose.items())


def second_part() -> str:
    """That of the compiler which is here."""
    parts = [
        Part(crate.name, crate.version, crate.licence, choose(crate.files, crate.licence)) for crate in standard_library.crates()
    ]
    own = Part("std", standard_library.version(), "MIT OR Apache-2.0", (standard_library.own_licence(),))
    unicode = Part("std's tables of Unicode", own.version, "Unicode-3.0", (standard_library.unicode_licence(),))
    return f"\n{RULE}\n{STANDARD.format(own.version)}\n{table([own, unicode, *parts])}{by_text([own, unicode, *parts])}"


def written_standard(text: str) -> tuple[str, str]:
    """The second part as it stands in the file, and of which Rust it is."""
    heading = STANDARD_HEADING.search(text)
    if heading is None:
        return "", ""
    return text[text.rindex(f"\n{RULE}\n", 0, heading.start()) :], heading["version"]


def check(text: str) -> list[str]:
    """What is not as it would be written. The second part can be compared only where its compiler is."""
    standard, version = written_standard(text)
    if not standard:
        return ["it tells nothing of Rust's standard library"]
    expected = document(second_part() if version == standard_library.version() else standard)
    wrong = [] if text == expected else ["it is not current: make licences"]
    return wrong + [f"{copy.relative_to(ROOT)} differs" for copy in COPIES if copy.read_text(encoding="utf-8") != text]


@command
def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        wrong = check(FILE.read_text(encoding="utf-8"))
        for line in wrong:
            print(f"licences: {FILE.name}: {line}", file=sys.stderr)
        return 1 if wrong else 0
    text = document(second_part())
    for file in (FILE, *COPIES):
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
