"""Installs the packages that will be published on the machine that this runs on, and uses them as a user would.

    cd tests && python3 -m release.smoke DIST [--platform NAME] [python] [npm] [maven] [c]      without names, all of them

It takes the files from DIST, in the folders that `artefacts.py` names, and whatever they depend on from the registries. NAME is a
row of `platforms.json`: of archives in C nobody else chooses the one for this machine.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from .artefacts import of
from .command import REASONS, CannotGoOn, command, why
from .platforms import ROOT

USES = ROOT / "tests" / "packages"
README_OF_C = ROOT / "bindings-ffi" / "README.md"
JAVA = ROOT / "bindings-ffi" / "java" / "src" / "test" / "package" / "Use.java"


class Failed(CannotGoOn):
    """A package could not be installed, or does not do what it should; the text says which."""


def run(words: list[str], where: Path, told: dict[str, str] | None = None) -> str:
    done = subprocess.run(words, cwd=where, env=told, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{' '.join(words[:4])} … ended with status {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


# Runs a program, in a folder, with an environment, and gives what it printed.
Run = Callable[..., str]


def python(folder: Path, project: Path, platform: str, there: Run = run, interpreter: str = sys.executable) -> None:
    """The wheel that pip takes for this machine, in an environment of its own."""
    run([interpreter, "-m", "venv", str(project)], project)
    program = project / ("Scripts" if os.name == "nt" else "bin") / "python"
    words = ["-m", "pip", "install", "--quiet", "--no-index", "--find-links", str(folder / "python"), "jotgate"]
    run([str(program), *words], project)
    there([str(program), str(copied("use.py", project)), str(ROOT / "README.md")], project)


def npm(folder: Path, project: Path, platform: str, there: Run = run) -> None:
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
    there(["node", "use.mjs"], project)


def maven(folder: Path, project: Path, platform: str, there: Run = run) -> None:
    """The JAR alone on the class path."""
    versions = (folder / "maven" / "io" / "jotgate" / "jotgate").glob("*/")
    jars = [jar for version in versions for jar in version.glob(f"jotgate-{version.name}.jar")]
    if len(jars) != 1:
        raise Failed(f"{folder / 'maven'} has {len(jars)} JARs of io.jotgate:jotgate, not one")
    shutil.copyfile(JAVA, project / JAVA.name)
    jar = shutil.copyfile(jars[0], project / jars[0].name)
    printed = there(["java", "-cp", jar.name, JAVA.name], project)
    if printed.strip() != "alice, expired, skipped":
        raise Failed(f"the JAR's program printed {printed.strip()!r}")


def c(folder: Path, project: Path, platform: str, there: Run = run) -> None:
    """The first program of the library's README, linked with the shared library."""
    archives = list((folder / "c").glob(f"jotgate-*-{platform}.tar.gz" if platform else "jotgate-*.tar.gz"))
    if len(archives) != 1:
        raise Failed(f"{folder / 'c'} has {len(archives)} archives for {platform or 'this machine'}, not one")
    run(["tar", "-xzf", str(archives[0]), "-C", str(project)], project)
    library = project / archives[0].name.removesuffix(".tar.gz")
    program = re.search(r"^```c\n(.*?)^```$", README_OF_C.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (project / "use.c").write_text(program[1], encoding="utf-8")
    compiler = "gcc" if os.name == "nt" else "cc"
    words = [compiler, "use.c", f"-I{library / 'include'}", f"-L{library / 'lib'}", "-ljotgate", "-o", "use"]
    # Windows looks for it in the folders of PATH, and knows no other way.
    there([*words, *([] if os.name == "nt" else [f"-Wl,-rpath,{library / 'lib'}"])], project)
    told = os.environ | {"PATH": os.pathsep.join([str(library / "bin"), os.environ["PATH"]])}
    printed = there([str(project / "use")], project, told)
    if printed.strip() != "refused: algorithm_not_allowed":
        raise Failed(f"the program in C printed {printed.strip()!r}")


def copied(name: str, project: Path) -> Path:
    """Beside nothing of the source tree."""
    return Path(shutil.copyfile(USES / name, project / name))


PACKAGES = {"python": python, "npm": npm, "maven": maven, "c": c}


@command
def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="release.smoke")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--platform", default="", metavar="NAME")
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=", ".join(PACKAGES))
    given = parser.parse_intermixed_args(arguments)
    if unknown := set(given.packages) - set(PACKAGES):
        parser.error(f"no package is called {', '.join(sorted(unknown))}; there are {', '.join(PACKAGES)}")
    failed = False
    for name in given.packages or PACKAGES:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            try:
                PACKAGES[name](given.folder.resolve(), Path(scratch), given.platform)
                print(f"smoke: {name}: works")
            except (*REASONS, OSError) as wrong:
                failed = True
                print(f"smoke: {name}: {why(wrong)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
