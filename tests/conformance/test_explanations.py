"""Tests of the judge of explanations: what it takes, and that it misses nothing.

python3 -m unittest discover -s tests/conformance
"""

import copy
import unittest

import explanations

EXPECT = {
    "verdict": "rejected",
    "code": "expired",
    "claim": "exp",
    "verified": True,
    "checks": [["shape", "passed"], ["exp", "failed"]],
    "notes": {"exp": "get a new"},
    "key_sets": [{"url": "https://a.test/", "keys": 1}],
    "text": "rejected\n",
}
GOT = {
    "id": "a.b",
    "explanation": {
        "verdict": "rejected",
        "code": "expired",
        "claim": "exp",
        "route": None,
        "verified": True,
        "checks": [
            {"check": "shape", "outcome": "passed", "verified": True},
            {"check": "exp", "outcome": "failed", "verified": True, "note": "get a new token"},
        ],
        "key_sets": [{"url": "https://a.test/", "keys": 1, "age": 0.0}],
    },
    "text": "rejected\n",
}


class ExplanationsTest(unittest.TestCase):
    def test_what_is_as_expected_passes(self) -> None:
        self.assertIsNone(explanations.failure(EXPECT, GOT))

    def test_every_difference_is_found(self) -> None:
        changes = {
            "verdict": ("explanation", "verdict", "accepted"),
            "code": ("explanation", "code", None),
            "claim": ("explanation", "claim", "nbf"),
            "route": ("explanation", "route", 0),
            "verified": ("explanation", "verified", False),
            "outcome": ("explanation", "checks", 1, "outcome", "passed"),
            "name": ("explanation", "checks", 0, "check", "header"),
            "unverified check": ("explanation", "checks", 1, "verified", False),
            "note": ("explanation", "checks", 1, "note", "get another token"),
            "no note": ("explanation", "checks", 1, "note", None),
            "key set": ("explanation", "key_sets", 0, "keys", 2),
            "no key set": ("explanation", "key_sets", []),
            "fewer checks": ("explanation", "checks", GOT["explanation"]["checks"][:1]),
            "text": ("text", "accepted\n"),
            "crash": ("explanation", None),
        }
        for what, (*path, last, value) in changes.items():
            got = copy.deepcopy(GOT)
            place = got
            for step in path:
                place = place[step]
            place[last] = value
            with self.subTest(what):
                self.assertIsNotNone(explanations.failure(EXPECT, got))


if __name__ == "__main__":
    unittest.main()
