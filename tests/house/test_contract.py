"""The contract of a driver in ARCHITECTURE.md names scenarios that exist, and each of them is named."""

import json
import re
import unittest

from . import tree


class ContractTest(unittest.TestCase):
    def test_each_sentence_has_its_scenarios(self) -> None:
        _, _, rest = tree.text(tree.ROOT / "ARCHITECTURE.md").partition("## What a driver must do")
        section, _, _ = rest.partition("\n## ")
        rows = [row for row in section.splitlines() if row.startswith("| ") and "scenario |" not in row]
        self.assertGreater(len(rows), 10)
        for row in rows:
            with self.subTest(row=row):
                self.assertRegex(row.split("|")[-2], r"`[a-z_.]+`")
        known = {scenario for path in (tree.ROOT / "tests/vectors/scenarios").glob("*.json") for scenario in _ids(path)}
        named = set(re.findall(r"`((?:contract|driver)\.[a-z_.]+)`", section))
        self.assertEqual(named - known, set())


def _ids(path: object) -> list[str]:
    return [scenario["id"] for scenario in json.loads(tree.text(path))["scenarios"]]
