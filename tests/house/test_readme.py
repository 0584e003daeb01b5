"""The README shows only code that a test runs, policies that the core takes, and files that are there."""

import json
import re
import subprocess
import sys
import unittest

from . import tree

README = tree.text(tree.ROOT / "README.md")
# Each of these is run, block by block, by the tests of its package.
TESTED = {
    "python": "bindings-python/README.md",
    "js": "bindings-node/README.md",
    "go": "bindings-ffi/go/README.md",
    "java": "bindings-ffi/java/README.md",
    "kotlin": "bindings-ffi/kotlin/README.md",
    "c": "bindings-ffi/README.md",
    "rust": "core/http/README.md",
    "ruby": "bindings-ffi/ruby/README.md",
}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


class ReadmeTest(unittest.TestCase):
    def test_every_block_stands_in_a_readme_that_is_run(self) -> None:
        for language, path in TESTED.items():
            found = blocks(language)
            self.assertTrue(found, f"no {language} block")
            for block in found:
                with self.subTest(language=language):
                    self.assertIn(block, tree.text(tree.ROOT / path))

    def test_the_commands_are_those_of_make(self) -> None:
        listed = subprocess.run(["make", "help"], cwd=tree.ROOT, check=True, capture_output=True, text=True).stdout
        (shell,) = blocks("sh")
        for command in re.findall(r"^make (\S+)", shell, re.MULTILINE):
            self.assertRegex(listed, rf"(?m)^{command}\b")

    def test_the_policy_is_json(self) -> None:
        (policy,) = blocks("json")
        self.assertEqual(json.loads(policy)["version"], 1)

    def test_links_lead_somewhere(self) -> None:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
            with self.subTest(link=target):
                self.assertTrue((tree.ROOT / target).exists())

    def test_the_section_on_performance_is_that_of_the_results(self) -> None:
        check = [sys.executable, tree.ROOT / "benches" / "readme.py", "--check"]
        told = subprocess.run(check, capture_output=True, text=True, check=False)
        self.assertEqual(told.returncode, 0, told.stdout + told.stderr)
