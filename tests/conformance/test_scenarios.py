"""Tests of the judge of scenarios: what it takes, and that it misses nothing.

python3 -m unittest discover -s tests/conformance
"""

import copy
import unittest
from unittest import mock

import scenarios

SCENARIO = {
    "id": "a.b",
    "spec": "none",
    "note": "none",
    "api": "core",
    "policy": {},
    "tokens": {"t": "x"},
    "start": 0,
    "steps": [
        {"serve": {"https://a.test/": "down"}},
        {"validate": "t", "expect": {"verdict": "unavailable", "code": "c", "retry_after": [1, 2]}, "fetches": 1},
        {"requested": {"url": "https://a.test/", "if_none_match": None}},
        {"poll": 0},
        {"wakeup": [5, 9]},
        {"import": {"text": ""}, "imported": "refused"},
        {"health": {"source": 0, "is": {"state": "empty", "keys": 0}}},
        {"events": ["fetch_started", "fetch_failed"]},
        {"health": {"source": 0, "is": {"last_error_cause": {"contains": "route"}}}},
        {"warnings": ["a.test"]},
    ],
}
PLAYED = {
    "id": "a.b",
    "steps": [
        {"fetches": 0},
        {"verdict": "unavailable", "code": "c", "retry_after": 1.5, "fetches": 1},
        {"requested": {"url": "https://a.test/", "if_none_match": None, "timeout": 10.0}, "fetches": 1},
        {"polled": 0, "fetches": 1},
        {"wakeup": 7.0, "fetches": 1},
        {"imported": "refused", "fetches": 1},
        {"health": {"state": "empty", "keys": 0, "bytes": 0}, "fetches": 1},
        {"events": ["fetch_started", "fetch_failed"], "fetches": 1},
        {"health": {"last_error_cause": "no route to host"}, "fetches": 1},
        {"warnings": ["no keys from https://a.test/"], "fetches": 1},
    ],
}


class Judging(unittest.TestCase):
    def test_what_is_as_expected_passes(self) -> None:
        self.assertIsNone(scenarios.problem(SCENARIO))
        self.assertIsNone(scenarios.failure(SCENARIO, PLAYED))

    def test_numbers_are_compared_by_value(self) -> None:
        played = copy.deepcopy(PLAYED)
        played["steps"][3]["polled"] = 0.0
        self.assertIsNone(scenarios.failure(SCENARIO, played))

    def test_every_difference_is_found(self) -> None:
        changes = [
            (1, "verdict", "accepted"),
            (1, "code", "d"),
            (1, "code", None),
            (1, "retry_after", 0.9),
            (1, "retry_after", None),
            (1, "fetches", 2),
            (2, "requested", {"url": "https://b.test/", "if_none_match": None}),
            (2, "requested", {"url": "https://a.test/", "if_none_match": '"v1"'}),
            (2, "requested", None),
            (3, "polled", 1),
            (3, "polled", False),
            (4, "wakeup", 9.1),
            (4, "wakeup", None),
            (5, "imported", 0),
            (6, "health", {"state": "fresh", "keys": 0}),
            (6, "health", {"state": "empty"}),
            (7, "events", ["fetch_started"]),
            (8, "health", {"last_error_cause": "refused"}),
            (8, "health", {"last_error_cause": None}),
            (9, "warnings", []),
            (9, "warnings", ["no keys from https://a.test/", "no keys from https://a.test/"]),
            (9, "warnings", ["no keys from https://b.test/"]),
        ]
        for step, member, value in changes:
            with self.subTest(f"{step} {member} {value}"):
                played = copy.deepcopy(PLAYED)
                played["steps"][step][member] = value
                self.assertIn(f"step {step}:", scenarios.failure(SCENARIO, played) or "")

    def test_what_was_not_played_fails(self) -> None:
        self.assertEqual(scenarios.failure(SCENARIO, {"id": "a.b", "verdict": "crash"}), "crash")
        short = PLAYED | {"steps": PLAYED["steps"][:-1]}
        self.assertEqual(scenarios.failure(SCENARIO, short), "not played to its end")

    def test_malformed_scenarios_are_refused(self) -> None:
        for changed in ({"more": 1}, {"steps": []}, {"steps": [1]}, {"policy": []}, {"id": 1}, {"api": "x"}):
            self.assertIsNotNone(scenarios.problem(SCENARIO | changed), changed)
        self.assertIsNotNone(scenarios.problem({name: SCENARIO[name] for name in SCENARIO if name != "start"}))
        self.assertIsNotNone(scenarios.problem([]))

    def test_a_runner_gets_the_scenarios_that_it_plays(self) -> None:
        public = SCENARIO | {"id": "a.c", "api": "public"}
        bindings = {"both": frozenset({"public", "core"}), "one": frozenset({"public"})}
        with mock.patch.object(scenarios, "BINDINGS", bindings):
            self.assertEqual(scenarios.playable("both", [SCENARIO, public]), [SCENARIO, public])
            self.assertEqual(scenarios.playable("one", [SCENARIO, public]), [public])
            self.assertEqual(scenarios.playable("none", [SCENARIO, public]), [])


if __name__ == "__main__":
    unittest.main()
