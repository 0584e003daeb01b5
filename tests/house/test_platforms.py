"""`platforms.json` is the one list of platforms: whatever names one is written from it, or equal to it."""

import re
import tomllib
import unittest

from release import go_links, platforms, table

from . import tree


class PlatformsTest(unittest.TestCase):
    def test_the_table_in_the_readme_is_that_of_the_rows(self) -> None:
        text = tree.text(tree.ROOT / "README.md")
        self.assertEqual(table.written(text), text, "cd tests && python3 -m release.table")

    def test_the_go_module_links_what_the_rows_say(self) -> None:
        files = go_links.files()
        for path, text in files.items():
            self.assertEqual(tree.text(path), text, "cd tests && python3 -m release.go_links")
        module = tree.ROOT / "bindings-ffi" / "go"
        others = {"link_nocgo.go", "link_unsupported.go"}
        written = {path.name for path in files if path.parent == module}
        self.assertEqual({path.name for path in module.glob("link_*.go")} - others, written)
        unsupported = tree.text(module / "link_unsupported.go")
        for platform in platforms.every():
            self.assertIn(platform.go.os, unsupported)

    def test_floors_are_those_of_the_packages(self) -> None:
        floors = platforms.floors()
        cargo = tomllib.loads(tree.text(tree.ROOT / "Cargo.toml"))
        python = tomllib.loads(tree.text(tree.ROOT / "bindings-python" / "pyproject.toml"))
        node = tree.text(tree.ROOT / "bindings-node" / "package.json")
        go = tree.text(tree.ROOT / "bindings-ffi" / "go" / "go.mod")
        pom = tree.text(tree.ROOT / "bindings-ffi" / "java" / "pom.xml")
        gem = tree.text(tree.ROOT / "bindings-ffi" / "ruby" / "jotgate.gemspec")
        self.assertEqual(cargo["workspace"]["package"]["rust-version"], floors["Rust"])
        self.assertEqual(python["project"]["requires-python"], f">={floors['Python']}")
        self.assertIn(f'"node": ">={floors["Node.js"]}"', node)
        self.assertRegex(go, rf"(?m)^go {re.escape(floors['Go'])}(\.\d+)?$")
        self.assertIn(f"<maven.compiler.release>{floors['Java']}<", pom)
        self.assertIn(f'required_ruby_version = ">= {floors["Ruby"]}"', gem)

    def test_an_unknown_platform_is_told_with_those_that_there_are(self) -> None:
        with self.assertRaisesRegex(platforms.UnknownPlatform, "no platform plan9 .* linux-x64-gnu"):
            platforms.named("plan9")
