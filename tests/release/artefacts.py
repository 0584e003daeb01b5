"""What a release publishes, as it lies in a folder: for each registry a folder of files.

| folder | what is in it | goes to |
|---|---|---|
| `crates` | `*.crate` | the registry of crates |
| `python` | wheels and source distributions | the Python package index |
| `npm` | tarballs: `jotgate` and `@jotgate/PLATFORM` | the npm registry |
| `maven` | a Maven repository: `io/jotgate/ARTIFACT/VERSION/FILE` | Maven Central |
| `ruby` | gems, one for each platform | the registry of gems |
| `go` | what the tagged commit has beside the module's sources: `native/PLATFORM/libjotgate.a`, `library.h` | tags |
| `c` | archives | the page of the release |
"""

from __future__ import annotations

import json
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path

from .command import CannotGoOn
from .platforms import every

# A crate stands behind those that it needs.
CRATES = ("jotgate", "jotgate-host", "jotgate-tools", "jotgate-testing", "jotgate-http")
# The version of a gem has its platform within, as in the index.
GEM = re.compile(rf"(?P<package>\w+)-(?P<version>[0-9][0-9a-z.]*-(?:{'|'.join(row.ruby for row in every())}))")


class NothingToPublish(CannotGoOn):
    """The folder has no file for a registry, or one that cannot be read; the text says which."""


@dataclass(frozen=True)
class Artefact:
    """A file, and what the registry calls it."""

    file: Path
    package: str
    version: str
    # The file among those of the version, where a version has several.
    name: str


def of(registry: str, folder: Path) -> list[Artefact]:
    """The files for `registry`, in the order in which they have to be published."""
    found = READERS[registry](folder)
    if not found:
        raise NothingToPublish(f"{folder} has no file for {registry}")
    return found


def _crates(folder: Path) -> list[Artefact]:
    found = []
    for file in (folder / "crates").glob("*.crate"):
        name, _, version = file.stem.rpartition("-")
        # A version such as 1.2.3-rc.1 has a hyphen of its own.
        while name not in CRATES and "-" in name:
            name, _, rest = name.rpartition("-")
            version = f"{rest}-{version}"
        if name not in CRATES:
            raise NothingToPublish(f"{file.name} is none of the crates {', '.join(CRATES)}")
        found.append(Artefact(file, name, version, file.name))
    return sorted(found, key=lambda artefact: CRATES.index(artefact.package))


def _python(folder: Path) -> list[Artefact]:
    found = []
    for file in sorted((folder / "python").glob("*.whl")):
        package, version, *_ = file.name.split("-")
        found.append(Artefact(file, package.replace("_", "-"), version, file.name))
    for file in sorted((folder / "python").glob("*.tar.gz")):
        package, _, version = file.name.removesuffix(".tar.gz").rpartition("-")
        found.append(Artefact(file, package.replace("_", "-"), version, file.name))
    return found


def _npm(folder: Path) -> list[Artefact]:
    found = []
    for file in (folder / "npm").glob("*.tgz"):
        with tarfile.open(file) as packed:
            member = packed.extractfile("package/package.json")
            if member is None:
                raise NothingToPublish(f"{file.name} has no package.json")
            described = json.load(member)
        found.append(Artefact(file, described["name"], described["version"], file.name))
    # The platforms first: who installs `jotgate` at once finds them.
    return sorted(found, key=lambda artefact: (not artefact.package.startswith("@"), artefact.package))


def _central(folder: Path) -> list[Artefact]:
    root = folder / "maven"
    found = []
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        # Central makes its own index, and wants the sums of the bundle.
        if file.suffix in {".md5", ".sha1", ".sha256", ".sha512", ".asc"} or file.name.startswith("maven-metadata"):
            continue
        *group, package, version, _ = file.relative_to(root).parts
        found.append(Artefact(file, ".".join(group) + ":" + package, version, file.relative_to(root).as_posix()))
    return found


def _rubygems(folder: Path) -> list[Artefact]:
    found = []
    for file in sorted((folder / "ruby").glob("*.gem")):
        # No part but the last has a hyphen: RubyGems writes 1.2.3-rc.1 otherwise, and knows no file by that name.
        said = GEM.fullmatch(file.stem)
        if said is None:
            raise NothingToPublish(f"{file.name} is not named as RubyGems names it: PACKAGE-VERSION-PLATFORM.gem")
        found.append(Artefact(file, said["package"], said["version"], file.name))
    return found


READERS = {"crates": _crates, "pypi": _python, "npm": _npm, "central": _central, "rubygems": _rubygems}
