"""The workflows agree with the scripts that they call, and with each other."""

import re
import subprocess
import unittest

from . import go_tags, smoke
from .platforms import ROOT

FOLDER = ROOT / ".github" / "workflows"
RELEASE = (FOLDER / "release.yml").read_text(encoding="utf-8")
# A word of the list under which a change runs the workflow: `**` is any folders, `*` is within one.
WORDS = re.compile(r"\*\*/|\*\*|\*|[^*]+")
MEANT = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}


def patterns() -> list[str]:
    listed = re.search(r"^    paths:\n((?:      - \S+\n)+)", RELEASE, re.MULTILINE)
    return re.findall(r"- (\S+)", listed[1])


def matches(pattern: str, path: str) -> bool:
    words = (MEANT.get(word, re.escape(word)) for word in WORDS.findall(pattern))
    return re.fullmatch("".join(words), path) is not None


class WorkflowsTest(unittest.TestCase):
    def test_all_of_them_have_the_compiler_that_the_licences_tell_of(self) -> None:
        told = (ROOT / "THIRD-PARTY-LICENSES").read_text(encoding="utf-8")
        version = re.search(r"^The standard library of Rust (\S+), ", told, re.MULTILINE)[1]
        for path in FOLDER.glob("*.yml"):
            with self.subTest(workflow=path.name):
                text = path.read_text(encoding="utf-8")
                self.assertEqual(re.findall(r"^  RUST: (\S+)$", text, re.MULTILINE), [version])
                self.assertIn('rustup toolchain install "$RUST"', text)

    def test_every_package_is_tried(self) -> None:
        tried = re.findall(r"-m release\.smoke \.\./dist(?: --platform \"\$PLATFORM\")? ([a-z ]+)", RELEASE)
        self.assertEqual({name for words in tried for name in words.split()}, set(smoke.PACKAGES))

    def test_a_change_to_what_is_run_runs_it(self) -> None:
        run = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
        for pattern in patterns():
            self.assertTrue(any(matches(pattern, path) for path in run), f"{pattern} is no file")
        used = [ROOT / "tests" / "toolchains.sh", ROOT / go_tags.MODULE / "release.sh", smoke.README_OF_C, smoke.JAVA, smoke.GEMSPEC]
        used += [file for folder in (smoke.USES, smoke.STRANGER) for file in folder.iterdir()]
        for path in (file.relative_to(ROOT).as_posix() for file in used):
            self.assertTrue(any(matches(pattern, path) for pattern in patterns()), f"{path} runs nothing")


if __name__ == "__main__":
    unittest.main()
