"""Installs the packages that will be published on the machine that this runs on, and uses them as a user would.

    cd tests && python3 -m release.smoke DIST [--platform NAME] [PACKAGE...]

PACKAGE is python, npm, maven, c, ruby, go or sdist. Without names it is what DIST has a folder for, and what is left out is said;
sdist is tried by name alone, since it compiles everything.

It takes the files from DIST, in the folders that `artefacts.py` names, and whatever they depend on from the registries. NAME is a
row of `platforms.json`, without it that of this machine: nobody else chooses an archive in C, a gem or a Go library for it.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from .artefacts import of
from .command import REASONS, CannotGoOn, command, why
from .go_links import GO, MODULE
from .platforms import ROOT, named, version

USES = ROOT / "tests" / "packages"
README_OF_C = ROOT / "bindings-ffi" / "README.md"
JAVA = ROOT / "bindings-ffi" / "java" / "src" / "test" / "package" / "Use.java"
GEMSPEC = ROOT / "bindings-ffi" / "ruby" / "jotgate.gemspec"
STRANGER = GO / "testdata" / "stranger"


class Failed(CannotGoOn):
    """A package could not be installed, or does not do what it should; the text says which."""


def run(words: list[str], where: Path, told: dict[str, str] | None = None) -> str:
    # Programs write UTF-8, whatever the console of the machine is set to; some write other bytes.
    done = subprocess.run(words, cwd=where, env=told, check=False, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode != 0:
        raise Failed(f"{' '.join(words[:4])} … ended with status {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


# Runs a program, in a folder, with an environment, and gives what it printed.
Run = Callable[..., str]


def python(folder: Path, project: Path, platform: str, there: Run = run, interpreter: str = sys.executable) -> None:
    """The wheel that pip takes for this machine, in an environment of its own."""
    _wheel(folder / "python", project, there, interpreter)


def sdist(folder: Path, project: Path, platform: str, there: Run = run, interpreter: str = sys.executable) -> None:
    """The source distribution, compiled by pip as it does where there is no wheel: for minutes."""
    sources = only((folder / "python").glob("jotgate-*.tar.gz"), folder / "python", "source distributions of jotgate")
    run([interpreter, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(project / "made"), str(sources)], project)
    _wheel(project / "made", project, there, interpreter)


def _wheel(folder: Path, project: Path, there: Run, interpreter: str) -> None:
    run([interpreter, "-m", "venv", str(project)], project)
    program = project / ("Scripts" if os.name == "nt" else "bin") / "python"
    words = ["-m", "pip", "install", "--quiet", "--no-index", "--only-binary", ":all:", "--find-links", str(folder), "jotgate"]
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
    packed = only(jars, folder / "maven", "JARs of io.jotgate:jotgate")
    shutil.copyfile(JAVA, project / JAVA.name)
    jar = shutil.copyfile(packed, project / packed.name)
    printed = there(["java", "-cp", jar.name, JAVA.name], project)
    if printed.strip() != "alice, expired, skipped":
        raise Failed(f"the JAR's program printed {printed.strip()!r}")


def c(folder: Path, project: Path, platform: str, there: Run = run) -> None:
    """The first program of the library's README, linked with the shared library."""
    name = named(platform or "host").name
    archive = only((folder / "c").glob(f"jotgate-*-{name}.tar.gz"), folder / "c", f"archives for {name}")
    run(["tar", "-xzf", str(archive), "-C", str(project)], project)
    library = project / archive.name.removesuffix(".tar.gz")
    program = re.search(r"^```c\n(.*?)^```$", README_OF_C.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (project / "use.c").write_text(program[1], encoding="utf-8")
    compiler = GCC if os.name == "nt" else "cc"
    words = [compiler, "use.c", f"-I{library / 'include'}", f"-L{library / 'lib'}", "-ljotgate", "-o", "use"]
    # Windows looks for it in the folders of PATH, and knows no other way.
    there([*words, *([] if os.name == "nt" else [f"-Wl,-rpath,{library / 'lib'}"])], project, beside(GCC))
    told = os.environ | {"PATH": os.pathsep.join([str(library / "bin"), os.environ["PATH"]])}
    printed = there([str(project / "use")], project, told)
    if printed.strip() != "refused: algorithm_not_allowed":
        raise Failed(f"the program in C printed {printed.strip()!r}")


def ruby(folder: Path, project: Path, platform: str, there: Run = run) -> None:
    """The gem in a folder of its own. It stands on ffi, which comes from the registry where this machine has none."""
    name = named(platform or "host").ruby
    gem = only((folder / "ruby").glob(f"jotgate-*-{name}.gem"), folder / "ruby", f"gems for {name}")
    program, gems = shutil.which("gem") or "gem", project / "gems"
    install = [program, "install", "--quiet", "--no-document", "--install-dir", str(gems)]
    if subprocess.run([program, "list", "--installed", "--exact", "ffi"], check=False, capture_output=True).returncode != 0:
        (ffi,) = re.findall(r'add_dependency "ffi", "([^"]*)"', GEMSPEC.read_text(encoding="utf-8"))
        run([*install, "ffi", "--version", ffi], project)
    run([*install, "--local", "--ignore-dependencies", str(gem)], project)
    others = run([program, "environment", "path"], project).strip()
    told = {name: value for name, value in os.environ.items() if name not in ("RUBYLIB", "RUBYOPT")}
    told |= {"GEM_PATH": os.pathsep.join([str(gems), others])}
    printed = there(["ruby", copied("use.rb", project).name], project, told)
    if printed.strip() != "refused: algorithm_not_allowed":
        raise Failed(f"the program in Ruby printed {printed.strip()!r}")


def go(folder: Path, project: Path, platform: str, there: Run = run) -> None:
    """The program of a stranger, with the module as its tag will have it: the sources of here, the libraries of the folder."""
    ours = ("*.a", "library.h", "jotgate.h")
    shutil.copytree(GO, project / "module", ignore=shutil.ignore_patterns(*ours))
    shutil.copytree(folder / "go", project / "module", dirs_exist_ok=True)
    where = project / "stranger"
    where.mkdir()
    for source in STRANGER.glob("*.go"):
        shutil.copyfile(source, where / source.name)
    # Nothing but the module is needed, so that nobody is asked for anything.
    told = beside(GCC) | {"CGO_ENABLED": "1", "GOFLAGS": "", "GOWORK": "off", "GOPROXY": "off", "GOTOOLCHAIN": "local"}
    run(["go", "mod", "init", "example.com/stranger"], where, told)
    run(["go", "mod", "edit", f"-require={MODULE}@v{version()}", f"-replace={MODULE}=../module"], where, told)
    tags = "musl" if named(platform or "host").musl else ""
    run(["go", "build", "-tags", tags, "-o", "stranger.exe", "."], where, told)
    printed = there([str(where / "stranger.exe")], where)
    if printed.strip() != f"alice, jotgate {version()}":
        raise Failed(f"the program in Go printed {printed.strip()!r}")


GCC = "gcc"


def beside(program: str, *, windows: bool = os.name == "nt") -> dict[str, str]:
    """An environment in which Windows finds what lies beside the program first. The shell that starts this on Windows has
    libraries of its own in front, by names that gcc's have, too."""
    found = shutil.which(program) if windows else None
    return os.environ | ({"PATH": os.pathsep.join([str(Path(found).parent), os.environ["PATH"]])} if found else {})


def only(files: Iterable[Path], folder: Path, what: str) -> Path:
    found = list(files)
    if len(found) != 1:
        raise Failed(f"{folder} has {len(found)} {what}, not one")
    return found[0]


def copied(name: str, project: Path) -> Path:
    """Beside nothing of the source tree."""
    return Path(shutil.copyfile(USES / name, project / name))


PACKAGES = {"python": python, "npm": npm, "maven": maven, "c": c, "ruby": ruby, "go": go, "sdist": sdist}
BY_NAME_ALONE = {"sdist"}


def chosen(folder: Path) -> list[str]:
    """What is tried without being named. What is not, it says."""
    names = [name for name in PACKAGES if name not in BY_NAME_ALONE]
    for name in names:
        if not (folder / name).is_dir():
            print(f"smoke: {name}: NOT TRIED: {folder} has no folder {name}", flush=True)
    there = [name for name in names if (folder / name).is_dir()]
    if not there:
        raise Failed(f"{folder} has no folder of packages")
    return there


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
    for name in given.packages or chosen(given.folder):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            try:
                PACKAGES[name](given.folder.resolve(), Path(scratch).resolve(), given.platform)
                print(f"smoke: {name}: works", flush=True)
            except (*REASONS, OSError) as wrong:
                failed = True
                print(f"smoke: {name}: {why(wrong)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
