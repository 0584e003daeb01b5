"""One version everywhere, notes of it, and a job for each platform: or there is no release."""

import contextlib
import io
import json
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from . import checksums, plan, versions
from .notes import CHANGELOG, NoNotes, notes
from .platforms import DOCUMENT, ROOT

WRITTEN = """# Changelog

## [Unreleased]

### Added

- Something that is not out.

## [0.2.0] - 2030-12-31

### Fixed

- **[verdict]** A token.

## [0.1.0]

- The first.

## [0.0.2] - 2030-01-01

## [0.0.1] - soon

- Early.
"""


class VersionsTest(unittest.TestCase):
    def setUp(self) -> None:
        """The files that have the version, in a repository of their own."""
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name in {name for name, _ in versions.everywhere()}:
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, self.root / name)
        subprocess.run(["git", "init", "--quiet", self.root], check=True)

    def test_another_version_anywhere_is_named(self) -> None:
        self.assertEqual(versions.the_version(self.root), versions.the_version())
        # The first one is what the others are held against.
        places = versions.PLACES[1:]
        where = {place: place.paths(self.root) for place in places}
        for name in sorted({name for name, _ in versions.everywhere()}):
            with self.subTest(file=name):
                path = self.root / name
                before = path.read_text(encoding="utf-8")
                for place in (place for place in places if path in where[place]):
                    path.write_text(place.pattern().sub(lambda match: match[1] + "9.8.7", before), encoding="utf-8")
                    if path.read_text(encoding="utf-8") != before:
                        with self.assertRaisesRegex(versions.DifferentVersions, f"{name} has 9.8.7"):
                            versions.the_version(self.root)
                path.write_text(before, encoding="utf-8")

    def test_a_file_without_its_version_is_named(self) -> None:
        path = self.root / "bindings-ffi/ruby/lib/jotgate/version.rb"
        path.write_text("module Jotgate; end\n", encoding="utf-8")
        with self.assertRaisesRegex(versions.DifferentVersions, "version.rb has no version"):
            versions.the_version(self.root)

    def test_a_version_is_written_everywhere(self) -> None:
        before = versions.everywhere(self.root)
        for version in ("0.2.0-rc.1", "10.20.30"):
            changed = versions.write(version, self.root)
            self.assertEqual(changed, sorted({name for name, _ in before}))
            self.assertEqual(versions.everywhere(self.root), [(name, version) for name, _ in before])
        for wrong in ("1", "v1.2.3", "1.2.3-SNAPSHOT", "1.2.3+4", ""):
            with self.assertRaises(versions.DifferentVersions):
                versions.write(wrong, self.root)


class NotesTest(unittest.TestCase):
    def test_the_section_of_the_version_becomes_the_notes(self) -> None:
        self.assertEqual(notes("0.2.0", WRITTEN), "### Fixed\n\n- **[verdict]** A token.\n")

    def test_what_is_not_written_is_an_error(self) -> None:
        for version, wrong in {
            "0.3.0": "no section '## \\[0.3.0\\] - DATE'; there are Unreleased, 0.2.0",
            "0.1.0": "has no date",
            "0.0.1": "has no date",
            "0.0.2": "names no change",
        }.items():
            with self.subTest(version=version), self.assertRaisesRegex(NoNotes, wrong):
                notes(version, WRITTEN)

    def test_the_changelog_is_one(self) -> None:
        self.assertIn("\n- ", notes("Unreleased", CHANGELOG.read_text(encoding="utf-8")))


class PlanTest(unittest.TestCase):
    def test_there_is_a_job_for_each_platform(self) -> None:
        rows = json.loads(DOCUMENT.read_text(encoding="utf-8"))["platforms"]
        planned = plan.plan(None, None)
        self.assertEqual([job["name"] for job in json.loads(planned["platforms"])], [row["name"] for row in rows])
        self.assertEqual(planned["release"], "false")
        # A workflow reads one line for each output.
        self.assertNotIn("\n", "".join(planned.values()))

    def test_a_release_needs_its_tag_its_notes_and_its_branch(self) -> None:
        version = versions.the_version()
        for arguments, wrong in {
            ("--tag", "v9.8.7"): f"the tag is v9.8.7, and the version everywhere is {version}",
            ("--tag", version): f"the tag is {version}, and the version",
        }.items():
            told = io.StringIO()
            with contextlib.redirect_stderr(told):
                self.assertEqual(plan.main(list(arguments)), 1)
            self.assertIn(wrong, told.getvalue())
        self.assertTrue(plan.is_on("HEAD", "HEAD"))
        self.assertFalse(plan.is_on("refs/heads/none", "HEAD"))

    def test_a_row_without_a_machine_is_an_error(self) -> None:
        with self.assertRaisesRegex(plan.NotToBeReleased, "somewhere has no runner"):
            plan.matrix({"platforms": [{"name": "somewhere", "title": "", "tier": 1, "node": {}}]})


class ChecksumsTest(unittest.TestCase):
    def test_what_changes_afterwards_is_named(self) -> None:
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "npm").mkdir()
        for name in ("a", "b", "npm/c"):
            (folder / name).write_text(name)
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(checksums.main([str(folder)]), 0)
        subprocess.run(["sha256sum", "--check", "--quiet", checksums.NAME], cwd=folder, check=True)
        self.assertEqual(checksums.differences(folder), [])
        (folder / "a").unlink()
        (folder / "npm" / "c").write_text("other")
        (folder / "d").write_text("new")
        self.assertEqual(checksums.differences(folder), ["a: missing", "d: not in the list", "npm/c: altered"])

    def test_files_of_the_page_are_checked_side_by_side(self) -> None:
        """As a user does it, who has got one archive and the list."""
        dist, page = (Path(self.enterContext(tempfile.TemporaryDirectory())) for _ in range(2))
        (dist / "c").mkdir()
        for name in ("jotgate-0.2.0-linux-x64-gnu.tar.gz", "jotgate-0.2.0-win32-x64.tar.gz"):
            (dist / "c" / name).write_text(name)
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(checksums.main([str(dist / "c"), "--into", str(page / "checksums.txt")]), 0)
        got = shutil.copy(dist / "c" / "jotgate-0.2.0-win32-x64.tar.gz", page)
        words = ["sha256sum", "--check", "--ignore-missing", "checksums.txt"]
        verified = subprocess.run(words, cwd=page, check=True, capture_output=True, text=True)
        self.assertEqual(verified.stdout, "jotgate-0.2.0-win32-x64.tar.gz: OK\n")
        Path(got).write_text("other")
        self.assertNotEqual(subprocess.run(words, cwd=page, check=False, capture_output=True).returncode, 0)

        told = io.StringIO()
        with contextlib.redirect_stderr(told):
            self.assertEqual(checksums.main([str(dist), "--into", str(page / "checksums.txt")]), 1)
        self.assertIn("side by side has no c/jotgate", told.getvalue())


if __name__ == "__main__":
    unittest.main()
