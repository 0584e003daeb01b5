"""What is said to be in a library: in the form of the standard, the same each time, and nothing of this machine."""

import json
import re
import unittest

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from . import platforms, sbom, shipped
from .licences import FILE, STANDARD_HEADING


class SbomTest(unittest.TestCase):
    def test_it_is_one(self) -> None:
        for platform, library in (("linux-x64-musl", "jotgate-python"), ("win32-x64", "jotgate-uniffi")):
            with self.subTest(platform=platform, library=library):
                text = sbom.text(platform, library)
                self.assertIsNone(JsonStrictValidator(SchemaVersion.V1_6).validate_str(text))
                self.assertEqual(sbom.text(platform, library), text)
                self.assertIsNone(re.search(r"file:|serialNumber|timestamp", text))
                self.assertNotIn(str(platforms.ROOT), text)
                told = json.loads(text)
                references = {part["bom-ref"] for part in [told["metadata"]["component"], *told["components"]]}
                for edge in told["dependencies"]:
                    self.assertLessEqual({edge["ref"], *edge["dependsOn"]}, references)

    def test_it_names_what_is_there_and_not_what_builds_it(self) -> None:
        linux = {part["name"] for part in sbom.bill("linux-x64-gnu", "jotgate-uniffi")["components"]}
        windows = {part["name"] for part in sbom.bill("win32-x64", "jotgate-uniffi")["components"]}
        self.assertLessEqual({"aws-lc-sys", "ring", "jotgate", "uniffi", "rust-standard-library"}, linux)
        self.assertEqual(linux & {"cc", "cmake", "syn", "serde_derive", "proptest"}, set())
        self.assertNotEqual(linux, windows)

    def test_every_crate_has_its_licence_in_the_packages(self) -> None:
        text = FILE.read_text(encoding="utf-8")
        for platform in ("linux-arm64-musl", "darwin-arm64", "win32-x64"):
            for library in shipped.LIBRARIES:
                for part in sbom.bill(platform, library)["components"]:
                    if not part["name"].startswith("jotgate") and part["name"] != "rust-standard-library":
                        self.assertIn(f"\n{part['name']} {part['version']}: ", text)
        self.assertIsNotNone(STANDARD_HEADING.search(text))

    def test_the_module_for_edge_runtimes_has_one_too(self) -> None:
        self.assertIsNone(JsonStrictValidator(SchemaVersion.V1_6).validate_str(sbom.module()))
        parts = {part["name"] for part in json.loads(sbom.module())["components"]}
        self.assertLessEqual({"getrandom", "jotgate", "ring", "rust-standard-library"}, parts)
        self.assertEqual(parts & {"aws-lc-rs", "aws-lc-sys"}, set())

    def test_an_unknown_platform_is_named(self) -> None:
        with self.assertRaisesRegex(platforms.UnknownPlatform, "no platform beos in platforms.json; there are linux-x64-gnu, "):
            sbom.bill("beos", "jotgate-ffi")


if __name__ == "__main__":
    unittest.main()
