"""The table of attacks: every file, function and vector that it names exists."""

import json
import re
import unittest
from pathlib import Path

from . import tree

TABLE = tree.ROOT / "core" / "docs" / "attacks.md"
SOURCES = tree.ROOT / "core" / "src"


class AttacksTest(unittest.TestCase):
    def test_every_row_has_a_line_of_ours_and_a_proof_or_says_that_it_has_none(self) -> None:
        self.assertGreater(len(rows()), 50)
        for attack, line, proof in rows():
            with self.subTest(attack=attack):
                named = re.findall(r"`[\w/]+\.rs`", line)
                self.assertTrue(named or line.startswith("**nothing**"))
                self.assertTrue(ids(proof) or (proof == "none" and not named))

    def test_every_function_is_in_its_file(self) -> None:
        for attack, line, _ in rows():
            for file, name in re.findall(r"`([\w/]+\.rs)`(?:: `(\w+)`)?", line):
                with self.subTest(attack=attack, file=file, name=name):
                    self.assertTrue((SOURCES / file).is_file())
                    defined = rf"\b(fn|struct|enum|trait) {name}\b"
                    self.assertTrue(not name or re.search(defined, tree.text(SOURCES / file)))

    def test_every_vector_exists(self) -> None:
        known = vector_ids()
        for attack, _, proof in rows():
            with self.subTest(attack=attack):
                self.assertEqual(set(ids(proof)) - known, set())


def rows() -> list[tuple[str, str, str]]:
    """The rows of all tables, without their heads."""
    lines = [line for line in tree.text(TABLE).splitlines() if line.startswith("| ") and not line.startswith("| attack ")]
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]
    return [(attack, line, proof) for attack, line, proof in cells]


def ids(proof: str) -> list[str]:
    return re.findall(r"`([^`]+)`", proof)


def vector_ids() -> set[str]:
    found: set[str] = set()
    for path in (tree.ROOT / "tests" / "vectors").glob("*/*.json"):
        document = json.loads(Path(path).read_text(encoding="utf-8"))
        lists = [value for value in document.values() if isinstance(value, list)] if isinstance(document, dict) else []
        found |= {case["id"] for cases in lists for case in cases if isinstance(case, dict) and "id" in case}
    return found
