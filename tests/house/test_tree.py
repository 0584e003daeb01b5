"""What holds for the whole tree: sizes, versions, and what must not stand in it."""

import json
import re
import unittest

from release import licences, versions

from . import tree

LONGEST_FILE = 500
# What programs write from other files, comments included: nobody reads them to change them.
GENERATED = {"jotgate.h", "jotgate_native.rb", "jotgate_native.swift", "jotgate_nativeFFI.h"}


class TreeTest(unittest.TestCase):
    def test_no_source_file_is_longer_than_one_can_read(self) -> None:
        lines = {tree.name(path): tree.text(path).count("\n") for path in tree.sources() if path.name not in GENERATED}
        long = {name: count for name, count in lines.items() if count > LONGEST_FILE}
        self.assertEqual(long, {})

    def test_no_path_of_a_machine_stands_in_the_tree(self) -> None:
        machine = re.compile(r"(?<![\w.])/(home|root|work|Users)/\w")
        for path in tree.files():
            if path.suffix in {".lock", ".png", ".svg"} or path.name in {"package-lock.json", "test_tree.py"}:
                continue
            found = machine.search(tree.text(path))
            with self.subTest(file=tree.name(path)):
                self.assertIsNone(found)

    def test_lock_files_name_no_host(self) -> None:
        for path in tree.files():
            if path.name == "package-lock.json":
                packages = json.loads(tree.text(path))["packages"].values()
                # Where their makers ask for money is no place that anything is taken from.
                told = [{key: value for key, value in package.items() if key != "funding"} for package in packages]
                with self.subTest(file=tree.name(path)):
                    self.assertNotIn("://", json.dumps(told))

    def test_there_is_one_version(self) -> None:
        self.assertRegex(versions.the_version(), versions.FORM)
        for path in tree.files():
            if path.name == "Cargo.toml" and "[package]" in tree.text(path):
                with self.subTest(file=tree.name(path)):
                    self.assertIn("version.workspace = true", tree.text(path))

    def test_packages_that_are_made_of_their_folder_carry_the_licences(self) -> None:
        for name in ("LICENSE-APACHE", "LICENSE-MIT"):
            for package in (
                "core",
                "core/host",
                "core/http",
                "core/testing",
                "core/tools",
                "bindings-python",
                "bindings-python/arrow",
            ):
                with self.subTest(package=package, licence=name):
                    self.assertEqual(tree.text(tree.ROOT / package / name), tree.text(tree.ROOT / name))

    def test_packages_carry_the_licences_of_the_crates_in_them(self) -> None:
        """Node, Go, Java, Ruby and C take the file from the root when they are packed; Python has a copy."""
        self.assertEqual(licences.check(tree.text(licences.FILE)), [])

    def test_a_licence_that_is_missing_or_old_is_noticed(self) -> None:
        text = tree.text(licences.FILE)
        standard, version = licences.written_standard(text)
        self.assertTrue(text.endswith(standard))
        self.assertRegex(version, r"^1\.\d+\.\d+$")
        for other in (text.replace("\nring 0.", "\nring 9."), text.replace("\nCopyright (c) ", "\n(c) ", 1), text + "\n"):
            with self.subTest(file=other[:40]):
                self.assertIn("it is not current: make licences", licences.check(other))
        self.assertNotEqual(licences.check(text.removesuffix(standard)), [])

    def test_nothing_is_left_to_be_done_later(self) -> None:
        stub = re.compile(r"\btodo!\(|\bunimplemented!\(|raise NotImplementedError|\b(TODO|FIXME|XXX)\b")
        for path in tree.sources("core", "bindings-python", "bindings-node", "bindings-ffi", "benches"):
            if path.name in GENERATED:
                continue
            with self.subTest(file=tree.name(path)):
                self.assertIsNone(stub.search(tree.text(path)))

    def test_every_unsafe_block_says_why_it_is_sound(self) -> None:
        for path in tree.sources("bindings-ffi", "bindings-node", "bindings-python"):
            if path.suffix != ".rs":
                continue
            lines = tree.text(path).splitlines()
            for number, line in enumerate(lines):
                if re.search(r"\bunsafe \{", line) and not line.lstrip().startswith("//"):
                    before = "\n".join(lines[max(0, number - 8) : number + 1])
                    with self.subTest(file=tree.name(path), line=number + 1):
                        self.assertIn("SAFETY:", before)
