"""What is tried says so, and so does what is left out; the rest of it is that packages work, which only packages can show."""

import contextlib
import io
import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from . import smoke


class SmokeTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def tell(self, *words: str) -> tuple[int, str]:
        told = io.StringIO()
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
            return smoke.main([str(self.folder), *words]), told.getvalue()

    def test_what_is_left_out_is_said(self) -> None:
        for name in ("python", "c", "go"):
            (self.folder / name).mkdir()
        told = io.StringIO()
        with contextlib.redirect_stdout(told):
            self.assertEqual(smoke.chosen(self.folder), ["python", "c", "go"])
        left = [f"smoke: {name}: NOT TRIED: {self.folder} has no folder {name}" for name in ("npm", "maven", "ruby")]
        self.assertEqual(told.getvalue().splitlines(), left)

    def test_a_folder_without_packages_is_an_error(self) -> None:
        status, told = self.tell()
        self.assertEqual((status, told.splitlines()[-1]), (1, f"smoke: {self.folder} has no folder of packages"))

    def test_a_package_that_is_named_has_to_be_there(self) -> None:
        # Of a wheel pip says that it is not there, after seconds.
        for name in smoke.PACKAGES.keys() - {"python"}:
            with self.subTest(package=name):
                status, told = self.tell(name)
                self.assertEqual(status, 1)
                self.assertTrue(told.startswith(f"smoke: {name}: "), told)

    def test_what_a_program_prints_is_read_whatever_it_is(self) -> None:
        program = r"import sys; sys.stdout.buffer.write(b'f\xc3\xbcr \xff')"
        self.assertEqual(smoke.run([sys.executable, "-c", program], self.folder), "für \N{REPLACEMENT CHARACTER}")

    def test_windows_finds_first_what_lies_beside_the_compiler(self) -> None:
        """And not what the shell has in front of it."""
        for name in ("git", "mingw"):
            (self.folder / name).mkdir()
        compiler = self.folder / "mingw" / "gcc"
        compiler.touch(mode=0o755)
        path = os.pathsep.join([str(self.folder / "git"), str(self.folder / "mingw")])
        with mock.patch.dict(os.environ, {"PATH": path}):
            first = os.pathsep.join([str(self.folder / "mingw"), path])
            self.assertEqual(smoke.beside("gcc", windows=True)["PATH"], first)
            self.assertEqual(smoke.beside("gcc", windows=False)["PATH"], path)
            self.assertEqual(smoke.beside("none", windows=True)["PATH"], path)


if __name__ == "__main__":
    unittest.main()
