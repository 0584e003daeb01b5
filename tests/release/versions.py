"""The one version, in every file that has it.

    cd tests && python3 -m release.versions            says it, or where another one stands
    cd tests && python3 -m release.versions 0.2.0      writes it everywhere
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .command import CannotGoOn, command
from .platforms import ROOT

# Of Semantic Versioning, without build metadata, which not every registry takes.
FORM = re.compile(r"\d+\.\d+\.\d+(-(alpha|beta|rc)\.\d+)?")


class DifferentVersions(CannotGoOn):
    """Some file has another version; the text says which."""


@dataclass(frozen=True)
class Place:
    """Files, and what stands there around the version. A place where the version stands nowhere has changed its form."""

    files: str
    before: str
    after: str
    # In some files of many, such as POMs that name no package of ours.
    somewhere: bool = False

    def pattern(self) -> re.Pattern[str]:
        return re.compile(f"({self.before})({FORM.pattern})(?={self.after})", re.MULTILINE)

    def paths(self, root: Path) -> list[Path]:
        """Those that belong to the project, and nothing that was built or fetched."""
        words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", f":(glob){self.files}"]
        listed = subprocess.run(words, cwd=root, check=True, capture_output=True, text=True).stdout
        return sorted(root / name for name in listed.split("\0") if name)

    def found(self, root: Path) -> list[tuple[str, str]]:
        """The files and the versions in them."""
        found = []
        for path in self.paths(root):
            versions = [match[2] for match in self.pattern().finditer(path.read_text(encoding="utf-8"))]
            if not versions and not self.somewhere:
                raise DifferentVersions(f"{path.relative_to(root)} has no version after {self.before!r}")
            found += [(str(path.relative_to(root)), version) for version in versions]
        if not found:
            raise DifferentVersions(f"no file {self.files} has a version after {self.before!r}")
        return found


ARTIFACT = r"<artifactId>jotgate[a-z-]*</artifactId>\s*<version>"
GO = "github.com/jotgate/jotgate/bindings-ffi/go"
PLACES = (
    Place("Cargo.toml", r'^version = "', r'"$'),
    Place("Cargo.toml", r'^jotgate[a-z-]* = \{ path = "[^"]+", version = "', '"'),
    Place("bindings-ffi/Cargo.toml", r'^jotgate-core = \{ package = "jotgate", path = "\.\./core", version = "', '"'),
    Place("core/http/README.md", r'^jotgate-http = \{ version = "', '"'),
    Place("core/testing/README.md", '^jotgate-testing = "', '"'),
    Place("Cargo.lock", r'^name = "jotgate[a-z-]*"\nversion = "', '"'),
    Place("bindings-node/package.json", r'^  "version": "', '"'),
    Place("bindings-node/package.json", r'^    "@jotgate/[a-z0-9-]+": "', '"', somewhere=True),
    Place("bindings-node/package-lock.json", r'"name": "jotgate",\n +"version": "', '"'),
    Place("bindings-node/ts/addon.ts", r"const VERSION = '", "'"),
    Place("bindings-python/arrow/pyproject.toml", r'^version = "', r'"$'),
    Place("bindings-python/arrow/pyproject.toml", r'"jotgate==', '"'),
    Place("bindings-ffi/java/**/pom.xml", "^  <version>", "</version>$"),
    Place("bindings-ffi/kotlin/pom.xml", "^  <version>", "</version>$"),
    Place("bindings-ffi/kotlin/examples/*/pom.xml", "^  <version>", "</version>$"),
    Place("bindings-ffi/*/reactor.xml", "^  <version>", "</version>$"),
    Place("**/pom.xml", ARTIFACT, "</version>", somewhere=True),
    Place("bindings-ffi/**/*.md", ARTIFACT, "</version>", somewhere=True),
    Place("bindings-ffi/java/src/main/java/io/jotgate/NativeLibrary.java", r'VERSION = "', '"'),
    Place("bindings-ffi/go/jotgate*/go.mod", f"^\t{GO} v", "$"),
    Place("bindings-ffi/go/README.md", f"{GO}@v", "$"),
    Place("bindings-ffi/go/check-package.sh", "^expected='alice, jotgate ", "'$"),
    Place("bindings-ffi/go/validator_test.go", r'jotgate\.Version\(\); got != "', '"'),
    Place("bindings-ffi/ruby/lib/jotgate/version.rb", r'^  VERSION = "', '"$'),
)
# Where no file has what a place looks for until something is added.
MAY_BE_EMPTY = {r'^    "@jotgate/[a-z0-9-]+": "'}


def everywhere(root: Path = ROOT) -> list[tuple[str, str]]:
    """Every file that has the version, and what stands there."""
    found = []
    for place in PLACES:
        try:
            found += place.found(root)
        except DifferentVersions:
            if place.before not in MAY_BE_EMPTY:
                raise
    return found


def the_version(root: Path = ROOT) -> str:
    """The version that the workspace has and every package with it."""
    places = everywhere(root)
    _, version = places[0]
    others = [f"{file} has {found}" for file, found in places if found != version]
    if others:
        raise DifferentVersions(f"Cargo.toml has {version}, but " + ", ".join(others))
    return version


def write(version: str, root: Path = ROOT) -> list[str]:
    """Puts `version` in every place, and says which files that changed."""
    if not FORM.fullmatch(version):
        raise DifferentVersions(f"{version!r} is no version such as 1.2.3 or 1.2.3-rc.1")
    everywhere(root)
    changed = set()
    for place in PLACES:
        for path in place.paths(root):
            text = path.read_text(encoding="utf-8")
            new = place.pattern().sub(lambda match: match[1] + version, text)
            if new != text:
                path.write_text(new, encoding="utf-8")
                changed.add(str(path.relative_to(root)))
    return sorted(changed)


@command
def main(arguments: list[str]) -> int:
    if arguments:
        print(*write(arguments[0]), sep="\n")
    else:
        print(the_version())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
