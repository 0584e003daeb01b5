"""Installs the packages that will be published on the machine that this runs on, and uses them as a user would.

    cd tests && python3 -m release.smoke DIST [python] [npm] [maven]      without names, all of them

It takes the files from DIST, in the folders that `artefacts.py` names, and whatever they depend on from the registries.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from .artefacts import NothingToPublish, of
from .versions import ROOT

USES = ROOT / "tests" / "packages"
JAVA = ROOT / "bindings-ffi" / "java" / "src" / "test" / "package" / "Use.java"


class Failed(Exception):
    """A package could not be installed, or does not do what it should; the text says which."""


def python(folder: Path, project: Path) -> None:
    """The wheel that pip takes for this machine, in an environment of its own."""
    venv.create(project, with_pip=True)
    program = project / ("Scripts" if os.name == "nt" else "bin") / "python"
    words = ["-m", "pip", "install", "--quiet", "--no-index", "--find-links", str(folder / "python"), "jotgate"]
    run([str(program), *words], project)
    run([str(program), str(copied("use.py", project)), str(ROOT / "README.md")], project)


def npm(folder: Path, project: Path) -> None:
    """All tarballs: of those for platforms, npm leaves out the ones for others."""
    shutil.copyfile(USES / "use.mjs", project / "use.mjs")
    (project / "package.json").write_text('{ "private": true }\n', encoding="utf-8")
    tarballs = {artefact.package: str(artefact.file.resolve()) for artefact in of("npm", folder)}
    program = shutil.which("npm") or "npm"
    install = [program, "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    platforms = [tarball for package, tarball in tarballs.items() if package.startswith("@")]
    if platforms:
        run([*install, "--save-optional", *platforms], project)
    run([*install, tarballs["jotgate"]], project)
    run(["node", "use.mjs"], project)


def maven(folder: Path, project: Path) -> None:
    """The JAR alone on the class path."""
    versions = (folder / "maven" / "io" / "jotgate" / "jotgate").glob("*/")
    jars = [jar for version in versions for jar in version.glob(f"jotgate-{version.name}.jar")]
    if len(jars) != 1:
        raise Failed(f"{folder / 'maven'} has {len(jars)} JARs of io.jotgate:jotgate, not one")
    shutil.copyfile(JAVA, project / JAVA.name)
    printed = run(["java", "-cp", str(jars[0].resolve()), JAVA.name], project)
    if printed.strip() != "alice, expired, skipped":
        raise Failed(f"the JAR's program printed {printed.strip()!r}")


def copied(name: str, project: Path) -> Path:
    """Beside nothing of the source tree."""
    return Path(shutil.copyfile(USES / name, project / name))


def run(words: list[str], where: Path) -> str:
    done = subprocess.run(words, cwd=where, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{' '.join(words[:4])} … ended with status {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


PACKAGES = {"python": python, "npm": npm, "maven": maven}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="release.smoke")
    parser.add_argument("folder", type=Path)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=", ".join(PACKAGES))
    given = parser.parse_args(arguments)
    if unknown := set(given.packages) - set(PACKAGES):
        parser.error(f"no package is called {', '.join(sorted(unknown))}; there are {', '.join(PACKAGES)}")
    failed = False
    for name in given.packages or PACKAGES:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            try:
                PACKAGES[name](given.folder.resolve(), Path(scratch))
                print(f"smoke: {name}: works")
            except (Failed, NothingToPublish, OSError) as wrong:
                failed = True
                print(f"smoke: {name}: {wrong}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
