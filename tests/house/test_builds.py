"""What the demo builds is built once: no command of the Makefile makes a crate again because its dependencies have other
features. With another provider of cryptography the crates of the core are others, and they are made once too."""

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


def wheel() -> list[str]:
    """The command by which maturin builds the wheel, with the features that `pyproject.toml` names."""
    listed = re.search(r"^features = (\[.*\])$", tree.text(tree.ROOT / "bindings-python" / "pyproject.toml"), re.MULTILINE)
    assert listed is not None
    return ["build", "-p", "jotgate-python", "--features", ",".join(json.loads(listed[1]))]


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
        later = {
            "the wheel": wheel(),
            "the tests of C, Java, Node and UniFFI": [
                *("test", "-p", "jotgate-edge", "-p", "jotgate-ffi", "-p", "jotgate-jni", "-p", "jotgate-node-common"),
                *("-p", "jotgate-uniffi", "-p", "jotgate-conformance", "--features", "aws-lc"),
            ],
            "the runner on tokio": ["build", "-p", "jotgate-http-conformance", "--features", "aws-lc"],
            "the simulation": ["build", *native(), "-p", "jotgate-simulation"],
        }
        for what, words in later.items():
            with self.subTest(what=what):
                self.assertEqual(again(units(*words), first), set(), "add the features to tests/shared/Cargo.toml")

    def test_the_second_provider_is_compiled_once(self) -> None:
        """What verifies with the crate's default provider has a core of its own, and stands on the same crates below it."""
        first, default = units("build", *native()), units("test", *RUST)
        ours = {"jotgate", "jotgate_host", "jotgate_testing", "jotgate_tools", "jotgate-conformance"}
        self.assertEqual({target for _, target, _ in again(default, first)}, ours)
        later = {
            "the Rust runner": ["build", "-p", "jotgate-conformance"],
            "the fuzzer": ["build", "-p", "jotgate-fuzz", "--features", "libfuzzer"],
        }
        for what, words in later.items():
            with self.subTest(what=what):
                self.assertEqual(again(units(*words), first | default), set(), "add the features to tests/shared/Cargo.toml")

    def test_packages_are_tested_as_what_they_are(self) -> None:
        """The vectors of a provider are run through the packages that verify with it."""
        runners = json.loads(tree.text(tree.ROOT / "tests" / "conformance" / "runners.json"))
        built = {"aws-lc" if "aws-lc" in words[-1] else "ring" for words in (native(), wheel())}
        # Nothing else compiles for WebAssembly, and nothing else is a feature of that crate.
        module = tree.text(tree.ROOT / "bindings-node" / "wasm" / "Cargo.toml")
        built |= {provider for provider in ("aws-lc", "ring") if f"\n{provider} = [" in module}
        packages = {runner["provider"] for name, runner in runners.items() if name != "rust-ring"}
        self.assertEqual(packages, built)


def again(later: set[Unit], first: set[Unit]) -> set[Unit]:
    """What is compiled although it was there, with other features."""
    crates = {crate for crate, _, _ in first}
    return {unit for unit in later - first if unit[0] in crates}


RUST = [
    *("-p", "jotgate", "-p", "jotgate-host", "-p", "jotgate-testing", "-p", "jotgate-tools", "-p", "jotgate-conformance"),
    *("-p", "jotgate-http", "--features", "jotgate-http/axum,jotgate-http/tonic"),
]
