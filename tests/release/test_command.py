"""A command that cannot go on says why, and one that is wrong shows where."""

import contextlib
import io
import subprocess
import sys
import unittest

from .command import CannotGoOn, command
from .platforms import ROOT


@command
def main(*words: str, kept: bool = False) -> int:
    """Runs a program."""
    if not words:
        raise CannotGoOn("nobody says what to run")
    subprocess.run(words, check=True, capture_output=kept)
    return 0


class CommandTest(unittest.TestCase):
    def end(self, *words: str, kept: bool = False) -> tuple[int, str]:
        told = io.StringIO()
        with contextlib.redirect_stderr(told):
            return main(*words, kept=kept), told.getvalue()

    def test_it_says_why_behind_its_name(self) -> None:
        self.assertEqual(self.end("true"), (0, ""))
        self.assertEqual(self.end(), (1, "test_command: nobody says what to run\n"))

    def test_a_program_that_fails_is_named(self) -> None:
        self.assertEqual(self.end("/bin/false"), (1, "test_command: false ended with status 1\n"))
        self.assertEqual(self.end("false", kept=True), (1, "test_command: false ended with status 1\n"))
        self.assertEqual(self.end("sh", "-c", "echo why >&2; exit 3", kept=True), (1, "test_command: sh: why\n"))

    def test_what_nobody_expects_is_a_mistake(self) -> None:
        with self.assertRaises(ValueError):
            self.end("\0")

    def test_an_unknown_platform_is_told_by_the_command_that_was_run(self) -> None:
        for name, words in {
            "gems": ["plan9"],
            "java": ["plan9"],
            "natives": ["plan9"],
            "npm": ["plan9"],
            "place": ["go", "plan9"],
            "sbom": ["plan9", "jotgate-ffi"],
        }.items():
            with self.subTest(command=name):
                run = [sys.executable, "-m", f"release.{name}", *words]
                ended = subprocess.run(run, cwd=ROOT / "tests", check=False, capture_output=True, text=True)
                self.assertEqual(ended.returncode, 1)
                self.assertRegex(ended.stderr, rf"\A{name}: no platform plan9 in platforms\.json; there are [\w, -]+\n\Z")


if __name__ == "__main__":
    unittest.main()
