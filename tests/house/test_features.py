"""The table of features cannot lie about what it names: each file is there, each link leads somewhere, no row is missing, and
each example stands in a section that is run.
"""

import json
import re
import unittest
from functools import cache
from pathlib import Path

from . import tree
from .test_readme import TESTED

TABLE = tree.ROOT / "tests" / "FEATURES.md"
GUIDE = tree.ROOT / "core" / "docs" / "policy.md"
VECTORS = tree.ROOT / "tests" / "vectors"
# Names of files stand below one of these; behind the first of a row the folder is left out.
PLACES = [
    tree.ROOT,
    tree.ROOT / "tests",
    tree.ROOT / "tests" / "conformance",
    VECTORS,
    *(VECTORS / kind for kind in ("tokens", "scenarios", "http", "imports", "explain", "documents")),
]
PROMISED = range(1, 27)
EXAMPLE = 3


def rows() -> dict[int, str]:
    return {int(number): row for number, row in re.findall(r"^\| (\d+) \|(.*)$", tree.text(TABLE), re.MULTILINE)}


def examples(row: str) -> list[str]:
    """The targets of the links in a row's cell of examples."""
    return re.findall(r"\]\(([^)]+)\)", row.split("|")[EXAMPLE])


@cache
def sections(path: Path) -> dict[str, str]:
    """The sections of a page by the anchors that GitHub gives their headings. A line of code is no heading."""
    anchor, fenced = "", False
    found = {anchor: ""}
    for line in tree.text(path).splitlines():
        fenced ^= line.startswith("```")
        if line.startswith("#") and not fenced:
            anchor = re.sub(r"[^\w -]", "", line.lstrip("# ")).strip().lower().replace(" ", "-")
            found[anchor] = ""
        found[anchor] += line + "\n"
    return found


@cache
def guide_vectors() -> frozenset[str]:
    """The sections of the guide of which vectors are made."""
    texts = [tree.text(path) for path in (*VECTORS.glob("*/guide.json"), VECTORS / "http" / "forward.json")]
    cases = [case for text in texts for found in json.loads(text).values() for case in found]
    told = {case["spec"].partition("core/docs/policy.md#")[2] for case in cases if "spec" in case}
    imported = {case["id"].split(".")[1].replace("_", "-") for case in cases if "kind" in case}
    return frozenset((told | imported) - {""})


def is_run(path: Path, anchor: str) -> bool:
    """Whether the section has an example that a test runs."""
    if path == GUIDE:
        return anchor in guide_vectors()
    languages = [language for language, readme in TESTED.items() if tree.ROOT / readme == path]
    if {"python", "js"} & set(languages):
        # Their tests run the commands, too.
        languages.append("sh")
    return any(f"\n```{language}\n" in sections(path)[anchor] for language in languages)


def place(link: str, page: Path) -> tuple[Path, str]:
    name, _, anchor = link.partition("#")
    return (page.parent / name).resolve() if name else page, anchor


class FeaturesTest(unittest.TestCase):
    def test_every_feature_has_a_row(self) -> None:
        self.assertEqual(sorted(rows()), list(range(1, 35)))

    def test_every_file_that_a_row_names_is_there(self) -> None:
        for number, row in rows().items():
            for name in re.findall(r"`([\w./*-]+(?:/[\w.*-]*|\.(?:json|rs|c|py)))`", row):
                with self.subTest(row=number, name=name):
                    self.assertTrue(any(any(place.glob(name)) for place in PLACES))

    def test_every_row_that_works_names_what_shows_it(self) -> None:
        for number, row in rows().items():
            if not row.rstrip(" |").endswith("not yet"):
                with self.subTest(row=number):
                    self.assertRegex(row, r"\.json`|/\*`|`(core|tests|bindings-\w+)/")

    def test_every_promised_row_has_an_example_that_is_run(self) -> None:
        for number, row in rows().items():
            links = examples(row)
            if number in PROMISED:
                with self.subTest(row=number):
                    self.assertTrue(links)
            for link in links:
                path, anchor = place(link, TABLE)
                with self.subTest(row=number, link=link):
                    self.assertIn(anchor, sections(path))
                    self.assertTrue(is_run(path, anchor))

    def test_links_lead_to_headings(self) -> None:
        for page in (TABLE, GUIDE):
            for link in re.findall(r"\]\((?!https?:)([^)]+)\)", tree.text(page)):
                path, anchor = place(link, page)
                with self.subTest(page=page.name, link=link):
                    self.assertTrue(path.is_file())
                    self.assertIn(anchor, {*sections(path), ""} if path.suffix == ".md" else {""})
