"""What registries show and ask for: every package names the repository that its provenance leads to."""

import json
import re
import subprocess
import tomllib
import unittest
from pathlib import Path

from .artefacts import CRATES
from .licences import FILE, written_standard
from .platforms import ROOT

REPOSITORY = "https://github.com/jotgate/jotgate"


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


class MetadataTest(unittest.TestCase):
    def test_crates(self) -> None:
        words = ["cargo", "metadata", "--format-version", "1", "--locked", "--no-deps"]
        shown = subprocess.run(words, cwd=ROOT, check=True, capture_output=True).stdout
        packages = {package["name"]: package for package in json.loads(shown)["packages"]}
        for crate in CRATES:
            with self.subTest(crate=crate):
                described = packages[crate]
                self.assertEqual(described["repository"], REPOSITORY)
                self.assertTrue(described["description"] and described["keywords"] and described["categories"])
                self.assertNotEqual(described["publish"], [])

    def test_wheels(self) -> None:
        for folder in ("bindings-python", "bindings-python/arrow"):
            with self.subTest(folder=folder):
                self.assertEqual(tomllib.loads(read(f"{folder}/pyproject.toml"))["project"]["urls"]["Repository"], REPOSITORY)
        # Whether Python may run threads beside each other while the module is loaded, and whether the index says so.
        parallel = "gil_used = false" in read("bindings-python/src/lib.rs")
        self.assertEqual("Free Threading" in read("bindings-python/pyproject.toml"), parallel)

    def test_readmes_of_wheels(self) -> None:
        """The package index shows them with no file beside them, and leads a relative link nowhere."""
        for name in ("bindings-python/README.md", "bindings-python/arrow/README.md"):
            links = re.findall(r"\]\(([^)\s]+)\)", read(name))
            whole = f"{REPOSITORY}/blob/main/"
            self.assertEqual([link for link in links if not link.startswith(("https://", "#"))], [], name)
            inside = [link.removeprefix(whole).partition("#")[0] for link in links if link.startswith(whole)]
            self.assertGreater(len(inside), 3)
            self.assertEqual([path for path in inside if not (ROOT / path).exists()], [], name)

    def test_npm(self) -> None:
        """Without it there is no provenance."""
        described = json.loads(read("bindings-node/package.json"))
        wanted = {"type": "git", "url": f"git+{REPOSITORY}.git", "directory": "bindings-node"}
        self.assertEqual(described["repository"], wanted)

    def test_poms(self) -> None:
        """Maven Central refuses what has not all of it."""
        poms = [*(ROOT / "bindings-ffi" / "java").glob("*/pom.xml"), ROOT / "bindings-ffi" / "java" / "pom.xml"]
        for pom in [*poms, ROOT / "bindings-ffi" / "kotlin" / "pom.xml"]:
            with self.subTest(pom=str(pom.relative_to(ROOT))):
                text = pom.read_text(encoding="utf-8")
                for part in ("name", "description", "url", "licenses", "developers", "scm"):
                    self.assertRegex(text, rf"(?m)^  <{part}>")
                self.assertIn(f"<connection>scm:git:{REPOSITORY}.git</connection>", text)

    def test_gem_and_module(self) -> None:
        self.assertIn(f'spec.homepage = "{REPOSITORY}"', read("bindings-ffi/ruby/jotgate.gemspec"))
        self.assertIn(f"module {REPOSITORY.removeprefix('https://')}/", read("bindings-ffi/go/go.mod"))


class WorkflowTest(unittest.TestCase):
    def test_the_compiler_is_the_one_whose_licences_ship(self) -> None:
        (compiler,) = re.findall(r"^  RUST: (\S+)$", read(".github/workflows/release.yml"), re.MULTILINE)
        self.assertEqual(compiler, written_standard(FILE.read_text(encoding="utf-8"))[1])

    def test_what_they_call_is_there(self) -> None:
        for workflow in Path(ROOT, ".github", "workflows").glob("*.yml"):
            text = workflow.read_text(encoding="utf-8")
            for module in re.findall(r"-m release\.(\w+)", text):
                with self.subTest(workflow=workflow.name, module=module):
                    self.assertTrue(Path(__file__).with_name(f"{module}.py").exists())
            # A commit can be looked at before it runs; a tag may lead elsewhere tomorrow.
            for action in re.findall(r"uses: (\S+.*)$", text, re.MULTILINE):
                self.assertRegex(action, r"^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


if __name__ == "__main__":
    unittest.main()
