"""Tests of the driver itself, with a runner that crashes, hangs and lies on demand.

python3 -m unittest discover -s tests/conformance
"""

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import compare
import judge
import run
import runners
import vector_file

HERE = Path(__file__).resolve().parent


def case(name: str, token: str = "honest", **expect) -> dict:
    wanted = expect or {"verdict": "rejected", "code": "expired", "claim": "exp"}
    return {"id": name, "spec": "none", "note": "none", "policy": {}, "token": token, "now": 0, "expect": wanted}


class Scratch(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, document: object) -> Path:
        path = self.folder / "cases.json"
        path.write_text(json.dumps(document))
        return path


class Running(Scratch):
    """run.py with the fake runner in the place of the Python binding's."""

    def run_cases(self, *cases: dict, patience: float = 30) -> tuple[int, str, list[dict]]:
        vectors, report = self.write({"cases": list(cases)}), self.folder / "report.jsonl"
        command = [sys.executable, str(HERE / "fake_runner.py")]
        told = io.StringIO()
        replaced = mock.patch.object(runners, "command", lambda *_: command)
        with replaced, contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
            arguments = ["--binding", "python", "--vectors", str(vectors), "--report", str(report)]
            code = run.main([*arguments, "--patience", str(patience)])
        return code, told.getvalue(), [json.loads(line) for line in report.read_text().splitlines()]

    def test_honest_runner_passes(self) -> None:
        claims = {"sub": "a", "n": [1, 2.5, None]}
        code, told, report = self.run_cases(case("a.b"), case("a.c", verdict="accepted", claims=claims))
        self.assertEqual(code, 0, told)
        self.assertIn("conformance python cases.json: 2 passed, 0 failed", told)
        self.assertEqual(
            report[0], {"id": "a.b", "verdict": "rejected", "code": "expired", "claim": "exp", "pass": True}
        )
        self.assertEqual(list(report[1]), ["id", "verdict", "code", "claim", "pass"])

    def test_crash_is_reported_and_the_rest_runs(self) -> None:
        for token in ("crash", "half a line"):
            with self.subTest(token):
                code, told, report = self.run_cases(case("a.1"), case("a.2", token), case("a.3"), case("a.4", token))
                self.assertEqual(code, 1)
                self.assertEqual([line["verdict"] for line in report], ["rejected", "crash", "rejected", "crash"])
                self.assertIn("a.2: expected rejected code='expired' claim='exp', got crash", told)
                self.assertIn("2 passed, 2 failed", told)

    def test_hang_is_ended_and_the_rest_runs(self) -> None:
        code, _, report = self.run_cases(case("a.1", "hang"), case("a.2"), patience=2)
        self.assertEqual(code, 1)
        self.assertEqual([line["verdict"] for line in report], ["crash", "rejected"])

    def test_lie_fails(self) -> None:
        code, told, report = self.run_cases(case("a.1", "lie"), case("a.2"))
        self.assertEqual(code, 1)
        self.assertEqual([line["pass"] for line in report], [False, True])
        self.assertIn("a.1: expected rejected code='expired' claim='exp', got accepted claims=[]", told)

    def test_broken_protocol_is_no_result(self) -> None:
        for token in ("wrong id", "no json"):
            with self.subTest(token):
                code, told, _ = self.run_cases(case("a.1", token))
                self.assertEqual(code, 2)
                self.assertNotIn("passed", told)

    def test_relative_paths_are_the_callers(self) -> None:
        vectors = self.write({"cases": [case("a.b")]})
        script = (
            "import runners, run, sys\n"
            "runners.command = lambda *_: [sys.executable, sys.argv[1]]\n"
            "sys.exit(run.main(['--binding', 'python', '--vectors', 'cases.json', '--report', 'out/r.jsonl']))"
        )
        arguments = [sys.executable, "-c", script, str(HERE / "fake_runner.py")]
        environment = os.environ | {"PYTHONPATH": str(HERE)}
        done = subprocess.run(arguments, cwd=vectors.parent, env=environment, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.folder / "out" / "r.jsonl").is_file())


class Locating(Scratch):
    """Which command runs a binding."""

    def setUp(self) -> None:
        super().setUp()
        root = mock.patch.object(runners, "ROOT", self.folder)
        root.start()
        self.addCleanup(root.stop)
        # What make sets for the real runners does not count here.
        unset = {name: value for name, value in os.environ.items() if not name.startswith("JOTGATE_RUNNER_")}
        environment = mock.patch.dict(os.environ, unset, clear=True)
        environment.start()
        self.addCleanup(environment.stop)
        home = self.folder / "tests" / "conformance"
        home.mkdir(parents=True)
        listed = {
            "python": {"provider": "aws-lc", "command": ["python3", "one/runner.py"]},
            "c": {"provider": "ring", "command": ["built/runner"]},
            "c-aws-lc": {"provider": "aws-lc", "command": ["other/runner"]},
        }
        (home / "runners.json").write_text(json.dumps(listed))

    def put(self, path: str) -> str:
        file = self.folder / path
        file.parent.mkdir()
        file.touch()
        return str(file)

    def test_paths_start_at_the_repository(self) -> None:
        script = self.put("one/runner.py")
        self.assertEqual(runners.command("python"), ["python3", script])

    def test_the_interpreter_can_be_replaced(self) -> None:
        script = self.put("one/runner.py")
        with mock.patch.dict(os.environ, {"JOTGATE_RUNNER_PYTHON": f"{sys.executable} -I"}):
            self.assertEqual(runners.command("python"), [sys.executable, "-I", script])

    def test_a_build_with_another_provider_has_a_runner_of_its_own(self) -> None:
        package, other = self.put("built/runner"), self.put("other/runner")
        self.assertEqual(runners.packaged("c"), "ring")
        self.assertEqual([runners.command("c", name) for name in (None, "ring")], [[package], [package]])
        self.assertEqual(runners.command("c", "aws-lc"), [other])
        with self.assertRaisesRegex(runners.RunnerMissing, "python-ring has no runner"):
            runners.command("python", "ring")

    def test_what_is_missing_is_named(self) -> None:
        for binding, words in {
            "c": "built/runner is not there",
            "python": "one/runner.py",
            "go": "has no runner",
        }.items():
            with self.assertRaisesRegex(runners.RunnerMissing, words):
                runners.command(binding)

    def test_a_preview_is_missed_nowhere(self) -> None:
        self.assertEqual(runners.missed(["go", "swift"]), {"go"})


class Reading(Scratch):
    def refuse(self, document: object, *words: str) -> None:
        with self.assertRaises(vector_file.BadVectors) as caught:
            vector_file.load(self.write(document))
        for word in words:
            self.assertIn(word, str(caught.exception))

    def test_bad_files_are_named(self) -> None:
        good = case("a.b")
        self.refuse([], '{"cases": [...]}')
        self.refuse({"cases": []}, "at least one case")
        self.refuse({"cases": [good, good]}, "case 1", "a.b", "another case has this id")
        self.refuse({"cases": [good | {"tokens": ""}]}, "unknown members tokens")
        self.refuse({"cases": [{"id": "a.b"}]}, "lacks policy, now, expect")
        self.refuse({"cases": [good | {"request": {}}]}, "either a token or a request")
        self.refuse({"cases": [good | {"expect": {"verdict": "fine"}}]}, "expect.verdict")
        self.refuse({"cases": [good | {"now": True}]}, "now is a number")

    def test_indexed_files_must_be_unchanged(self) -> None:
        path = vector_file.indexed("ring")[0]
        self.assertTrue(vector_file.load(path))
        with mock.patch.object(vector_file, "VECTORS", self.folder):
            copy = self.write({"cases": [case("a.b")]})
            index = {"files": [{"file": "cases.json", "cases": 2, "sha256": "0" * 64}]}
            (self.folder / "index.json").write_text(json.dumps(index))
            with self.assertRaises(vector_file.BadVectors):
                vector_file.load(copy)


    def test_files_are_joined_as_they_are_spelled(self) -> None:
        files = {}
        for name, text in (("first", '{"cases": [\n{"n": 1.50}, {"n": 1e2}\n]}\n'), ("second", '{"cases": [{"n": "\\u0061"}]}')):
            (self.folder / name).write_text(text)
            files[self.folder / name] = json.loads(text)["cases"]
        joined = vector_file.joined(files)
        self.assertEqual(json.loads(joined), {"cases": [{"n": 1.5}, {"n": 100.0}, {"n": "a"}]})
        for spelled in (b"1.50", b"1e2", b"\\u0061"):
            self.assertIn(spelled, joined)
        (self.folder / "second").write_text('{"scenarios": [{"n": "a"}]}')
        with self.assertRaises(vector_file.BadVectors):
            vector_file.joined(files)

    def test_files_that_run_together_are_reported_one_by_one(self) -> None:
        reports = {}
        for name, tokens in (("first", ["", "crash"]), ("second", ["lie", ""])):
            path = self.folder / f"{name}.json"
            path.write_text(json.dumps({"cases": [case(f"{name}.{n}", token) for n, token in enumerate(tokens)]}))
            reports[path] = self.folder / f"{name}.jsonl"
        command = [sys.executable, str(HERE / "fake_runner.py")]
        told = io.StringIO()
        with mock.patch.object(runners, "command", lambda *_: command), contextlib.redirect_stdout(told):
            self.assertFalse(run.run_files("python", reports, 30))
        for name in ("first", "second"):
            self.assertIn(f"conformance python {name}.json: 1 passed, 1 failed", told.getvalue())
        verdicts = [[json.loads(line)["verdict"] for line in path.read_text().splitlines()] for path in reports.values()]
        self.assertEqual(verdicts, [["rejected", "crash"], ["accepted", "rejected"]])


class Judging(unittest.TestCase):
    def test_numbers_are_doubles(self) -> None:
        for left, right in ((1, 1.0), (2**53 + 1, 2.0**53), (0, -0.0), ([1e2], [100]), (2**64, 1.8446744073709552e19)):
            self.assertTrue(judge.same_json(left, right), (left, right))
        for left, right in (
            (1, 2),
            (1, True),
            (0, False),
            (None, 0),
            ("1", 1),
            ([], {}),
            ([1], [1, 1]),
            ({"a": 1}, {"b": 1}),
        ):
            self.assertFalse(judge.same_json(left, right), (left, right))

    def test_what_the_case_names_counts(self) -> None:
        got = {"verdict": "rejected", "code": "missing_claim", "claim": "aud"}
        self.assertTrue(judge.is_met({"verdict": "rejected", "code": "missing_claim"}, got))
        self.assertFalse(judge.is_met({"verdict": "rejected", "code": "missing_claim", "claim": "exp"}, got))
        self.assertFalse(judge.is_met({"verdict": "rejected", "code": "invalid_claim"}, got))
        self.assertFalse(judge.is_met({"verdict": "accepted", "claims": {}}, {"verdict": "accepted"}))
        self.assertFalse(
            judge.is_met({"verdict": "policy_error", "path": "a"}, {"verdict": "policy_error", "path": "b"})
        )


class Comparing(Scratch):
    def compare(self, files: dict[str, list[Path]] | None = None, **reports: list[tuple[str, str]]) -> tuple[bool, str]:
        for binding, lines in reports.items():
            (self.folder / binding).mkdir()
            text = [
                json.dumps({"id": name, "verdict": verdict, "code": None, "claim": None}) for name, verdict in lines
            ]
            (self.folder / binding / "one.jsonl").write_text("\n".join(text) + "\n")
        told = io.StringIO()
        with (
            mock.patch.object(vector_file, "indexed", lambda provider: (files or {}).get(provider, [Path("one.json")])),
            contextlib.redirect_stdout(told),
        ):
            return compare.compare(self.folder, list(reports)), told.getvalue()

    def test_same_answers(self) -> None:
        good, told = self.compare(rust=[("a", "accepted")], go=[("a", "accepted")])
        self.assertTrue(good)
        self.assertIn("1 cases in rust, go: 0 differences; did not run: rust-http, python, node, edge, edge-browser, c, java", told)

    def test_other_verdict(self) -> None:
        good, told = self.compare(rust=[("a", "accepted")], go=[("a", "rejected")])
        self.assertFalse(good)
        self.assertIn("one: a: rust says accepted; go says rejected", told)

    def test_case_left_out(self) -> None:
        good, told = self.compare(rust=[("a", "accepted"), ("b", "accepted")], go=[("a", "accepted")])
        self.assertFalse(good)
        self.assertIn("one: b was not executed by go", told)

    def test_missing_report(self) -> None:
        both = [Path("one.json"), Path("two.json")]
        good, told = self.compare(dict.fromkeys(("ring", "aws-lc"), both), rust=[("a", "accepted")])
        self.assertFalse(good)
        self.assertIn("rust has no report of two", told)

    def test_a_file_of_another_provider_is_not_asked_for(self) -> None:
        with mock.patch.object(runners, "packaged", {"rust": "ring", "python": "aws-lc"}.get):
            good, told = self.compare({"aws-lc": [Path("one.json")], "ring": []}, rust=[], python=[("a", "accepted")])
        self.assertTrue(good, told)
        self.assertIn("1 cases in rust, python: 0 differences", told)

    def test_nothing_ran(self) -> None:
        self.assertFalse(self.compare()[0])


if __name__ == "__main__":
    unittest.main()
