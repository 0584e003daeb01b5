"""What the demo builds is built once: no command of the Makefile makes a dependency again under other features."""

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


def units(*words: str) -> set[Unit]:
    """What cargo would compile: crate, target and features. Cargo shows it to its own developers alone, hence the variable."""
    shown = subprocess.run(
        ["cargo", "build", "--offline", *words, "--unit-graph", "-Z", "unstable-options"],
        cwd=tree.ROOT,
        env=os.environ | {"RUSTC_BOOTSTRAP": "1"},
        check=True,
        capture_output=True,
    )
    graph = json.loads(shown.stdout)
    return {(unit["pkg_id"], unit["target"]["name"], tuple(unit["features"])) for unit in graph["units"]}


class BuildsTest(unittest.TestCase):
    def test_nothing_is_compiled_twice(self) -> None:
        first = units(*native())
        crates = {crate for crate, _, _ in first}
        later = {
            "the wheel": ["-p", "jotgate-python"],
            "the tests of C and Java": ["-p", "jotgate-ffi", "-p", "jotgate-jni", "-p", "jotgate-conformance"],
            "the simulation": [*native(), "-p", "jotgate-simulation"],
        }
        for what, words in later.items():
            again = {unit for unit in units(*words) - first if unit[0] in crates}
            with self.subTest(what=what):
                self.assertEqual(again, set(), "add the features to the crates that say `see the workspace's Cargo.toml`")
