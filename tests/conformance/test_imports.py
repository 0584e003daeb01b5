"""Tests of the judge of imports: what it takes, and that it misses nothing.

python3 -m unittest discover -s tests/conformance
"""

import copy
import unittest

import imports

CASE = {
    "id": "a.b",
    "note": "none",
    "kind": "wso2",
    "text": "",
    "expect": {"policy": {"version": 1}, "notes": [{"kind": "changed", "source": ""}, {"kind": "cannot", "source": "a"}], "targets": {"b": "c"}},
}
GOT = {
    "id": "a.b",
    "import": {
        "complete": False,
        "policy": {"version": 1.0},
        "notes": [
            {"kind": "cannot", "source": "a", "target": None, "message": "m"},
            {"kind": "carried", "source": "b", "target": "c", "message": "m"},
            {"kind": "changed", "source": "", "target": "d", "message": "m"},
        ],
    },
}
WRONG = {"id": "a.c", "note": "none", "kind": "wso2", "text": "", "expect": {"error": {"path": "p"}}}


class Judging(unittest.TestCase):
    def test_what_is_as_expected_passes(self) -> None:
        self.assertIsNone(imports.problem(CASE))
        self.assertIsNone(imports.failure(CASE, GOT))
        self.assertIsNone(imports.failure(WRONG, {"id": "a.c", "error": {"path": "p"}}))

    def test_every_difference_is_found(self) -> None:
        for name, value in (("complete", True), ("policy", {"version": 2}), ("notes", GOT["import"]["notes"][1:])):
            got = copy.deepcopy(GOT)
            got["import"][name] = value
            with self.subTest(name):
                self.assertIsNotNone(imports.failure(CASE, got))
        elsewhere = copy.deepcopy(GOT)
        elsewhere["import"]["notes"][1]["target"] = "d"
        self.assertIsNotNone(imports.failure(CASE, elsewhere))
        twice = copy.deepcopy(GOT)
        twice["import"]["notes"] *= 2
        for got in (twice, {"id": "a.b", "verdict": "crash"}, {"id": "a.b", "error": {"path": "p"}}):
            self.assertIsNotNone(imports.failure(CASE, got))
        for got in (GOT, {"id": "a.c", "error": {"path": "q"}}, {"id": "a.c", "verdict": "crash"}):
            self.assertIsNotNone(imports.failure(WRONG, got))

    def test_bad_cases_are_named(self) -> None:
        self.assertIsNotNone(imports.problem(CASE | {"policy": {}}))
        self.assertIsNotNone(imports.problem(CASE | {"expect": {}}))
        self.assertIsNotNone(imports.problem(CASE | {"expect": {"policy": {}}}))


if __name__ == "__main__":
    unittest.main()
