"""The table of features cannot lie about what it names: each file is there, each link leads somewhere, no row is missing."""

import re
import unittest
from pathlib import Path

from . import tree

TABLE = tree.ROOT / "tests" / "FEATURES.md"
VECTORS = tree.ROOT / "tests" / "vectors"
# Names of files stand below one of these; behind the first of a row the folder is left out.
PLACES = [
    tree.ROOT,
    tree.ROOT / "tests",
    tree.ROOT / "tests" / "conformance",
    VECTORS,
    *(VECTORS / kind for kind in ("tokens", "scenarios", "http", "imports", "explain")),
]


def rows() -> dict[int, str]:
    return {int(number): row for number, row in re.findall(r"^\| (\d+) \|(.*)$", tree.text(TABLE), re.MULTILINE)}


class FeaturesTest(unittest.TestCase):
    def test_every_feature_has_a_row(self) -> None:
        self.assertEqual(sorted(rows()), list(range(1, 29)))

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

    def test_links_lead_to_headings(self) -> None:
        for target in re.findall(r"\]\(([^)]+)\)", tree.text(TABLE)):
            name, _, anchor = target.partition("#")
            with self.subTest(link=target):
                path: Path = (TABLE.parent / name).resolve()
                self.assertTrue(path.is_file())
                headings = re.findall(r"^#+ (.+)$", tree.text(path), re.MULTILINE)
                anchors = {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
                self.assertIn(anchor, anchors | {""})
