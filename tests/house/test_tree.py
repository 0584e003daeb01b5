"""What holds for the whole tree: sizes, versions, and what must not stand in it."""

import json
import re
import subprocess
import unittest
from pathlib import Path

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
        workspace = re.search(r'^version = "(.+)"$', tree.text(tree.ROOT / "Cargo.toml"), re.MULTILINE)
        assert workspace is not None
        version = workspace[1]
        for path in tree.files():
            if path.name == "Cargo.toml" and "[package]" in tree.text(path):
                with self.subTest(file=tree.name(path)):
                    self.assertIn("version.workspace = true", tree.text(path))
        self.assertEqual(json.loads(tree.text(tree.ROOT / "bindings-node" / "package.json"))["version"], version)
        arrow = tree.text(tree.ROOT / "bindings-python" / "arrow" / "pyproject.toml")
        self.assertIn(f'\nversion = "{version}"\n', arrow)
        self.assertIn(f'"jotgate=={version}"', arrow)
        ruby = tree.text(tree.ROOT / "bindings-ffi" / "ruby" / "lib" / "jotgate" / "version.rb")
        self.assertIn(f'  VERSION = "{version}"\n', ruby)
        parts = ("testing", "grpc", "spring-boot-starter", "examples/spring", "examples/grpc", "examples/micronaut")
        for pom in ("pom.xml", "reactor.xml", *(f"{part}/pom.xml" for part in parts)):
            self.assertIn(f"\n  <version>{version}</version>\n", tree.text(tree.ROOT / "bindings-ffi" / "java" / pom))
        for pom in ("pom.xml", "reactor.xml", "examples/ktor/pom.xml"):
            self.assertIn(f"\n  <version>{version}</version>\n", tree.text(tree.ROOT / "bindings-ffi" / "kotlin" / pom))

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

    def test_packages_carry_the_licence_of_what_they_verify_with(self) -> None:
        """MIT and BSD ask for their text in binaries, and aws-lc is under more than one licence of that kind."""
        command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
        shown = subprocess.run(command, cwd=tree.ROOT, check=True, capture_output=True)
        (crate,) = [package for package in json.loads(shown.stdout)["packages"] if package["name"] == "aws-lc-sys"]
        licence = Path(crate["manifest_path"]).parent / "LICENSE"
        # Node, Go and Java take it from the root when they are packed.
        for folder in (".", "bindings-python"):
            with self.subTest(folder=folder):
                self.assertEqual(tree.text(tree.ROOT / folder / "LICENSE-AWS-LC"), tree.text(licence))

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
