"""What the project depends on: how much of it is in the core, and under which licences. The policy is deny.toml."""

import json
import re
import subprocess
import unittest

from . import tree

# Those that stay in the core wherever it runs.
FEATURES = "expressions,ring"
MOST_CRATES = 45
# Ciphers of old trust stores, other providers of cryptography than the default one, a parser generator's run time, and what stands on the core.
NOT_IN_THE_CORE = {
    "aes", "cbc", "des", "rc2", "openssl", "openssl-sys", "aws-lc-rs", "aws-lc-sys",
    "p256", "p384", "curve25519-dalek", "cel", "antlr4rust",
    "jotgate-host", "jotgate-testing", "jotgate-tools",
}  # fmt: skip


def cargo(*arguments: str) -> str:
    return subprocess.run(["cargo", *arguments], cwd=tree.ROOT, check=True, capture_output=True, text=True).stdout


def core_tree() -> list[str]:
    """A line for each crate of the core, and one more for each that is said to stand elsewhere in full."""
    arguments = ["--locked", "-p", "jotgate", "-e", "normal", "--no-default-features", "--features", FEATURES]
    return sorted(set(cargo("tree", *arguments, "--prefix", "none").splitlines()))


class DependenciesTest(unittest.TestCase):
    def test_the_core_has_few_crates(self) -> None:
        lines = core_tree()
        self.assertGreater(len(lines), 10)
        self.assertLessEqual(len(lines), MOST_CRATES, "\n".join(lines))

    def test_nothing_is_in_the_core_that_does_not_belong_there(self) -> None:
        names = {line.split()[0] for line in core_tree() if line}
        self.assertIn("ring", names)
        self.assertEqual(names & NOT_IN_THE_CORE, set())

    def test_licences_are_those_of_the_policy(self) -> None:
        policy = tree.text(tree.ROOT / "deny.toml")
        allowed = set(re.findall(r'"([^"]+)"', re.search(r"^allow = \[(.*?)\]", policy, re.MULTILINE | re.DOTALL)[1]))
        self.assertIn("MIT", allowed)
        excepted = dict(re.findall(r'\{ crate = "([^"]+)", allow = \["([^"]+)"\] \}', policy))
        shipped = ["--features", "jotgate-python/aws-lc"]
        packages = json.loads(cargo("metadata", "--format-version", "1", "--locked", *shipped))["packages"]
        self.assertIn("aws-lc-sys", [package["name"] for package in packages])
        named = {package["name"]: package["license"] for package in packages}
        refused = {
            name: licence for name, licence in named.items() if not permits(licence, allowed | {excepted.get(name, "MIT")})
        }
        self.assertEqual(refused, {})

    def test_what_an_expression_permits(self) -> None:
        allowed = {"MIT", "ISC", "Apache-2.0 WITH LLVM-exception"}
        for expression in ["MIT", "MIT OR GPL-3.0", "GPL-3.0/MIT", "(GPL-3.0 OR ISC) AND MIT", "Apache-2.0 WITH LLVM-exception"]:
            self.assertTrue(permits(expression, allowed), expression)
        for expression in [None, "", "GPL-3.0", "Apache-2.0", "MIT AND GPL-3.0", "MIT AND (GPL-3.0 OR Apache-2.0)", "(MIT"]:
            self.assertFalse(permits(expression, allowed), expression)


def permits(expression: str | None, allowed: set[str]) -> bool:
    """Whether an SPDX expression can be met with these licences. AND binds more tightly than OR."""
    words = re.findall(r"[()]|[^\s()]+", (expression or "").replace("/", " OR ").replace(" WITH ", "_WITH_"))

    def any_of() -> bool:
        met = all_of()
        while words and words[0] == "OR":
            words.pop(0)
            met = all_of() or met
        return met

    def all_of() -> bool:
        met = one()
        while words and words[0] == "AND":
            words.pop(0)
            met = one() and met
        return met

    def one() -> bool:
        word = words.pop(0) if words else ""
        if word != "(":
            return word.replace("_WITH_", " WITH ") in allowed
        met = any_of()
        return bool(words) and words.pop(0) == ")" and met

    return any_of() and not words
