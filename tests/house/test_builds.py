"""What the demo builds is built once: no command of the Makefile makes a crate again because its dependencies have other
features."""

import json
import os
import re
import subprocess
import unittest

from . import tree

Unit = tuple[str, str, tuple[str, ...]]


def native() -> list[str]:
    """The packages that the Makefile's first build names."""
    listed = re.search(r"^NATIVE := (.*)$", tree.text(tree.ROOT / "Makefile"), re.MULTILINE)
    assert listed is not None
    return listed[1].split()


def units(command: str, *words: str) -> set[Unit]:
    """What cargo would compile for others to stand on: crate, target and features. Cargo shows it to its own developers alone,
    hence the variable."""
    shown = subprocess.run(
        ["cargo", command, "--locked", *words, "--unit-graph", "-Z", "unstable-options"],
        cwd=tree.ROOT,
        env=os.environ | {"RUSTC_BOOTSTRAP": "1"},
        check=True,
        capture_output=True,
    )
    graph = json.loads(shown.stdout)
    tests = ("test", "doctest")
    built = (unit for unit in graph["units"] if unit["mode"] not in tests)
    return {(unit["pkg_id"], unit["target"]["name"], tuple(unit["features"])) for unit in built}


class BuildsTest(unittest.TestCase):
    def test_nothing_is_compiled_twice(self) -> None:
        first = units("build", *native())
        crates = {crate for crate, _, _ in first}
        later = {
            "the wheel": ["build", "-p", "jotgate-python"],
            "the tests of Rust": [
                *("test", "-p", "jotgate", "-p", "jotgate-host", "-p", "jotgate-tools", "-p", "jotgate-conformance")
            ],
            "the tests of C and Java": [
                *("test", "-p", "jotgate-edge", "-p", "jotgate-ffi", "-p", "jotgate-jni", "-p", "jotgate-conformance")
            ],
            "the simulation": ["build", *native(), "-p", "jotgate-simulation"],
            "the fuzzer": ["build", "-p", "jotgate-fuzz", "--features", "libfuzzer"],
        }
        for what, words in later.items():
            again = {unit for unit in units(*words) - first if unit[0] in crates}
            with self.subTest(what=what):
                self.assertEqual(again, set(), "add the features to tests/shared/Cargo.toml")
