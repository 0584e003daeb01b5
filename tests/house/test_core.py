"""What the core promises about itself: its order, its purity, its one seam to cryptography."""

import re
import unittest
from pathlib import Path

from . import rust_files, tree

CORE = tree.ROOT / "core" / "src"


def rust_modules() -> list[str]:
    return re.findall(r"^(?:pub )?mod (\w+);", tree.text(CORE / "lib.rs"), re.MULTILINE)


class CoreTest(unittest.TestCase):
    def test_a_module_uses_only_what_stands_before_it(self) -> None:
        """lib.rs lists the modules in the order of the data; data does not flow back."""
        order = rust_modules()
        self.assertGreater(len(order), 10)
        for path in shipped_sources():
            module = path.relative_to(CORE).parts[0].removesuffix(".rs")
            if module == "lib":
                continue
            used = set(re.findall(r"\bcrate::(\w+)", strip_tests_and_comments(tree.text(path)))) & set(order)
            with self.subTest(file=tree.name(path)):
                self.assertIn(module, order)
                self.assertEqual({name for name in used if order.index(name) > order.index(module)}, set())

    def test_no_file_is_part_of_a_circle(self) -> None:
        """`python3 -m house.rust_files` says what a use is, and prints the same."""
        for folder in rust_files.crates():
            with self.subTest(folder=tree.name(folder)):
                if circles := rust_files.describe(folder):
                    self.fail(circles)

    def test_a_crate_of_cryptography_is_named_behind_the_seam_alone(self) -> None:
        for crate, files in CRYPTOGRAPHY.items():
            named = re.compile(rf"(?<!self::)(?<!\w){crate}::")
            naming = [tree.name(path) for path in shipped_sources() if named.search(tree.text(path))]
            with self.subTest(crate=crate):
                self.assertEqual(set(naming) - files, set())

    def test_the_tools_name_a_provider_in_one_file(self) -> None:
        named = re.compile(r"(?<!\w)(?:ring|aws_lc_rs)::")
        naming = [tree.name(path) for path in tree.sources("core/tools/src") if named.search(tree.text(path))]
        self.assertEqual(naming, ["core/tools/src/store/hash.rs"])

    def test_the_core_has_no_clock_no_io_and_no_thread(self) -> None:
        forbidden = re.compile(r"std::(fs|net::Tcp|net::Udp|thread|process|env)\b|SystemTime::now|Instant::now|println!|eprintln!")
        for path in [*shipped_sources(), *tools()]:
            with self.subTest(file=tree.name(path)):
                self.assertIsNone(forbidden.search(strip_tests_and_comments(tree.text(path))))

    def test_the_core_forbids_unsafe_code(self) -> None:
        for library in (CORE / "lib.rs", tree.ROOT / "core" / "tools" / "src" / "lib.rs"):
            self.assertIn("#![forbid(unsafe_code)]", tree.text(library))


# The providers, their hashes, and the arithmetic for what they lack.
CRYPTOGRAPHY = {
    "ring": {"core/src/signature/ring.rs", "core/src/signature/hashes.rs"},
    "aws_lc_rs": {"core/src/signature/aws_lc.rs", "core/src/signature/hashes.rs"},
    "crypto_bigint": {"core/src/signature/points.rs"},
    "p256": set(),
    "p384": set(),
    "curve25519_dalek": set(),
}

def shipped_sources() -> list[Path]:
    """The core's files without those that hold nothing but tests."""
    sources = [path for path in tree.sources("core/src") if path.name != "tests.rs" and path.parent.name != "tests"]
    return [path for path in sources if "#![cfg(test)]" not in tree.text(path)]


def tools() -> list[Path]:
    return [path for path in tree.sources("core/tools/src") if path.name != "tests.rs"]


def strip_tests_and_comments(source: str) -> str:
    source = source.split("#[cfg(test)]")[0]
    return re.sub(r"//.*", "", source)
