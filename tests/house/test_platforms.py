"""`platforms.json` is the one list of platforms: what each ecosystem calls them stands there, and loaders know the same names."""

import os
import re
import subprocess
import tempfile
import tomllib
import unittest
from pathlib import Path

from release import go_links, place, platforms, table

from . import tree


def quoted(path: str, before: str, after: str) -> list[str]:
    """The words of a list in a source file, without their quotes."""
    text = tree.text(tree.ROOT / path)
    listed = text.split(before, 1)[1].split(after, 1)[0]
    return re.findall(r"[\w-]+", listed)


class PlatformsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.rows = platforms.every()

    def test_names_are_unique(self) -> None:
        for names in (
            [row.name for row in self.rows],
            [row.rust for row in self.rows],
            [row.wheel for row in self.rows],
            [row.go.folder for row in self.rows],
            [row.java for row in self.rows],
            [row.ruby for row in self.rows],
            [tuple(row.node.values()) for row in self.rows],
        ):
            self.assertEqual(len(set(names)), len(names))

    def test_names_follow_from_system_machine_and_c_library(self) -> None:
        for row in self.rows:
            system, machine, musl = row.system, row.go.arch, row.musl
            node = {"windows": "win32"}.get(system, system), {"amd64": "x64"}.get(machine, machine)
            cpu = {"amd64": "x86_64", "arm64": "aarch64"}[machine]
            with self.subTest(platform=row.name):
                self.assertEqual((row.node["os"], row.node["cpu"]), node)
                self.assertEqual("libc" in row.node, system == "linux")
                libc = {"glibc": "-gnu", "musl": "-musl"}.get(row.node.get("libc", ""), "")
                self.assertEqual(row.name, "-".join(node) + libc)
                self.assertEqual(row.java, f"{'macos' if system == 'darwin' else system}-{cpu}{'-musl' if musl else ''}")
                self.assertEqual(row.go.folder, f"{system}_{machine}{'_musl' if musl else ''}")
                self.assertTrue(row.rust.startswith(f"{cpu}-"))

    def test_node_loads_each_package_by_its_name(self) -> None:
        loader = "bindings-node/ts/addon.ts"
        names = [row.name for row in self.rows]
        self.assertEqual(quoted(loader, "const PLATFORMS = [", "]"), names)
        cases = re.findall(r"case '([\w-]+)':\s+return require\('@jotgate/([\w-]+)'\);", tree.text(tree.ROOT / loader))
        self.assertEqual(cases, [(name, name) for name in names])

    def test_java_knows_the_folders_of_its_jar(self) -> None:
        found = quoted("bindings-ffi/java/src/main/java/io/jotgate/NativePlatform.java", "ALL = List.of(", ");")
        self.assertEqual(found, [row.java for row in self.rows])

    def test_ruby_knows_its_gems(self) -> None:
        found = quoted("bindings-ffi/ruby/lib/jotgate/library.rb", "PLATFORMS = %w[", "]")
        self.assertEqual(found, [row.ruby for row in self.rows])

    def test_every_library_has_a_place_of_its_own(self) -> None:
        placed = [place.placed(package, row) for package in place.PACKAGES for row in self.rows]
        self.assertEqual(len(set(placed)), len(placed))

    def test_the_table_in_the_readme_is_that_of_the_rows(self) -> None:
        text = tree.text(tree.ROOT / "README.md")
        self.assertEqual(table.written(text), text, "cd tests && python3 -m release.table")

    def test_the_go_module_links_what_the_rows_say(self) -> None:
        files = go_links.files()
        for path, text in files.items():
            self.assertEqual(tree.text(path), text, "cd tests && python3 -m release.go_links")
        module = tree.ROOT / "bindings-ffi" / "go"
        others = {"link_nocgo.go", "link_unsupported.go"}
        written = {path.name for path in files if path.match("link_*.go")}
        self.assertEqual({path.name for path in module.glob("link_*.go")} - others, written)
        unsupported = tree.text(module / "link_unsupported.go")
        for platform in platforms.every():
            self.assertIn(platform.go.os, unsupported)

    def test_the_c_library_is_linked_with_what_the_rows_say(self) -> None:
        """Which its installation finds for itself, of libraries that are empty here."""
        for row in self.rows:
            with self.subTest(platform=row.name), tempfile.TemporaryDirectory() as folder:
                for name in (row.shared("jotgate"), "libjotgate.a", "libjotgate.dll.a"):
                    Path(folder, name).touch()
                told = {"JOTGATE_LIBRARIES": folder, "DESTDIR": folder, "PREFIX": "/installed", "STRIP": "true"}
                subprocess.run([tree.ROOT / "bindings-ffi" / "install.sh"], env=os.environ | told, check=True)
                described = tree.text(Path(folder, "installed", "lib", "pkgconfig", "jotgate.pc"))
                self.assertEqual(re.findall(r"^Libs\.private: (.*)$", described, re.MULTILINE), [row.go.libraries])

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
