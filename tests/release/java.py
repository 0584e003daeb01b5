"""What a repository of Java artifacts gets: JARs, sources, documentation and descriptions of each artifact, Kotlin's with them.

    python3 -m release.java PLATFORM...    in `tests`, of what `release.place java` has put into its place

The JAR of the artifact `jotgate` has the native libraries of these platforms, and no others.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from . import place
from .command import command
from .platforms import PACKAGES, ROOT, Platform, named, version

BINDINGS = ROOT / "bindings-ffi"
JAVA = BINDINGS / "java"
# The artifacts, and the folders that they are made of.
ARTIFACTS = {
    "jotgate": JAVA,
    "jotgate-testing": JAVA / "testing",
    "jotgate-grpc": JAVA / "grpc",
    "jotgate-spring-boot-starter": JAVA / "spring-boot-starter",
    "jotgate-kotlin": BINDINGS / "kotlin",
}


def make(platforms: list[Platform], extra: list[Path] | None = None, folder: Path = PACKAGES / "maven") -> list[Path]:
    """Leaves them in `folder`, which is a Maven repository; the JAR with the native libraries has `extra` beside its licences."""
    _only(platforms)
    _notices(extra or [])
    for reactor in (JAVA / "reactor.xml", BINDINGS / "kotlin" / "reactor.xml"):
        words = ["mvn", "-q", "-B", "-f", reactor, "-Prelease", "package", "-DskipTests", "-Dkotlin.skipTests=true"]
        subprocess.run(words, check=True, stdout=sys.stderr)
    # The others come from plugins that keep to `project.build.outputTimestamp`.
    _anonymous(BINDINGS / "kotlin" / "target" / f"jotgate-kotlin-{version()}-javadoc.jar")

    made = []
    for artifact, source in ARTIFACTS.items():
        name, there = f"{artifact}-{version()}", folder / "io" / "jotgate" / artifact / version()
        there.mkdir(parents=True, exist_ok=True)
        for part in (".jar", "-sources.jar", "-javadoc.jar"):
            made.append(Path(shutil.copyfile(source / "target" / f"{name}{part}", there / f"{name}{part}")))
        made.append(Path(shutil.copyfile(source / "pom.xml", there / f"{name}.pom")))
    return made


def _only(platforms: list[Platform]) -> None:
    """Leaves no library of another platform where Maven picks them up, nor where it has put them before."""
    wanted = [place.found("java", platform).parent for platform in platforms]
    for there in (JAVA / "target" / "native").iterdir():
        if there not in wanted:
            shutil.rmtree(there)
    shutil.rmtree(JAVA / "target" / "classes" / "native", ignore_errors=True)


def _notices(extra: list[Path]) -> None:
    notices = JAVA / "target" / "notices"
    shutil.rmtree(notices, ignore_errors=True)
    if extra:
        notices.mkdir()
        for file in extra:
            shutil.copyfile(file, notices / file.name)


def _anonymous(jar: Path) -> None:
    """Gives the entries of `jar` one date and one order, that of their names after the manifest."""
    beside = jar.with_name(f"{jar.name}.new")
    with zipfile.ZipFile(jar) as before, zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as after:
        for name in sorted(before.namelist(), key=lambda name: (name not in ("META-INF/", "META-INF/MANIFEST.MF"), name)):
            after.writestr(zipfile.ZipInfo(name), before.read(name), zipfile.ZIP_DEFLATED)
    beside.replace(jar)


@command
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("platforms", nargs="+", metavar="PLATFORM")
    asked = parser.parse_args()
    for file in make([named(name) for name in asked.platforms]):
        print(file.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
