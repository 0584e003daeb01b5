"""How each language's programs are built and called. Whatever is made stands under `target/`, or in folders that git ignores."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


class Failure(Exception):
    """A step did not work; what it had to say is on standard error already."""


Command = list[str]


@dataclass(frozen=True)
class Workshop:
    """Where things are made, and whether they are made anew."""

    build: bool

    ROOT = Path(__file__).resolve().parent.parent
    BENCHES = ROOT / "benches"
    MADE = ROOT / "target" / "bench"
    PYTHON = MADE / "venv" / "bin" / "python"

    def run(self, *command: str | Path, cwd: Path = ROOT) -> None:
        """Runs one step of a build, unless nothing is to be built."""
        if not self.build:
            return
        # What builds say must not stand in between the table.
        process = subprocess.run([str(part) for part in command], cwd=cwd, stdout=sys.stderr, check=False)
        if process.returncode != 0:
            raise Failure(f"{' '.join(str(part) for part in command[:3])} ended with {process.returncode}")

    def python_environment(self) -> None:
        """The Python that `PYTHON` names, with what the benchmarks need; made anew when that has changed."""
        requirements, interpreter = self.BENCHES / "requirements.txt", newest_python()
        wanted = hashlib.sha256(requirements.read_bytes() + interpreter.encode()).hexdigest()
        mark = self.MADE / "venv" / "made-for"
        if not self.build or (mark.exists() and mark.read_text(encoding="ascii") == wanted):
            return
        self.run(interpreter, "-m", "venv", "--clear", self.MADE / "venv")
        self.run(self.PYTHON, "-m", "pip", "install", "--quiet", "-r", requirements)
        mark.write_text(wanted, encoding="ascii")

    def npm_packages(self, folder: Path) -> None:
        """What the lock file of the folder names; `npm ci` takes long, and is spared where nothing has changed."""
        lock, made = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
        if not made.exists() or made.stat().st_mtime < lock.stat().st_mtime:
            self.run("npm", "ci", "--silent", cwd=folder)

    def tokens(self) -> Path:
        """Fresh tokens for one run of all programs."""
        self.python_environment()
        output = self.MADE / "tokens.json"
        # Fresh ones even when nothing is to be built: they expire.
        Workshop(build=True).run(self.PYTHON, self.BENCHES / "tokens" / "generate.py", output)
        return output

    def version(self) -> str:
        """jotgate's, from the workspace."""
        found = re.search(r'^version = "(.+)"$', (self.ROOT / "Cargo.toml").read_text(encoding="utf-8"), re.MULTILINE)
        if found is None:
            raise Failure("Cargo.toml names no version")
        return found.group(1)


def newest_python() -> str:
    """The newest Python here, since a peer takes 3.12; the one that runs this where there is none."""
    names = [f"python3.{minor}" for minor in range(14, 11, -1)]
    found = [path for name in names for path in (shutil.which(name), *managed(name)) if path is not None]
    return next((path for path in found if works(path)), sys.executable)


def managed(name: str) -> list[str]:
    """Those that pyenv keeps beside the one on the path."""
    versions = Path.home() / ".pyenv" / "versions"
    return sorted(str(path) for path in versions.glob(f"{name.removeprefix('python')}.*/bin/{name}"))


def works(interpreter: str) -> bool:
    """Whether it is more than the name of one that somebody would have to install."""
    return subprocess.run([interpreter, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0


@dataclass(frozen=True)
class Language:
    """The tools that its programs take, and a function that builds them and gives the commands that run them."""

    name: str
    tools: list[str]
    prepare: Callable[[Workshop], list[Command]]


def rust(workshop: Workshop) -> list[Command]:
    """One program for each provider: the crate's default, and what the packages ship with."""
    programs = []
    for provider, features in {"ring": "peers", "aws-lc": "peers,aws-lc"}.items():
        program = workshop.MADE / f"jotgate-bench-{provider}"
        workshop.run("cargo", "build", "--quiet", "--release", "-p", "jotgate-bench", "--features", features)
        if workshop.build:
            # Both have the same name where cargo puts them.
            shutil.copy2(workshop.ROOT / "target" / "release" / "jotgate-bench", program)
        programs.append([str(program)])
    return programs


def python(workshop: Workshop) -> list[Command]:
    workshop.python_environment()
    wheels = workshop.MADE / "wheels"
    if workshop.build:
        shutil.rmtree(wheels, ignore_errors=True)
    manifest = workshop.ROOT / "bindings-python" / "Cargo.toml"
    maturin = (workshop.PYTHON, "-m", "maturin", "build", "--quiet", "--release")
    workshop.run(*maturin, "--manifest-path", manifest, "--out", wheels, "--interpreter", workshop.PYTHON)
    pip = (workshop.PYTHON, "-m", "pip", "install", "--quiet")
    workshop.run(*pip, "--force-reinstall", "--no-deps", *wheels.glob("*.whl"))
    if not list((workshop.MADE / "venv" / "lib").glob("python*/site-packages/ryjwt")):
        print("python: ryjwt is left out, there is no Python of 3.12 or later", file=sys.stderr)
    # Authlib and joserfc warn about names that were in use for years; nothing here depends on that.
    return [[str(workshop.PYTHON), "-W", "ignore", str(workshop.BENCHES / "python" / "bench.py")]]


def node(workshop: Workshop) -> list[Command]:
    package, program = workshop.ROOT / "bindings-node", workshop.BENCHES / "node"
    workshop.npm_packages(package)
    workshop.run("npm", "run", "--silent", "build", cwd=package)
    workshop.npm_packages(program)
    return [["node", str(program / "bench.mjs")]]


def go(workshop: Workshop) -> list[Command]:
    program = workshop.MADE / "jotgate-bench-go"
    workshop.run("sh", workshop.ROOT / "bindings-ffi" / "go" / "build-native.sh")
    # With the JSON library that jwx's documentation recommends for speed.
    workshop.run("go", "build", "-tags", "jwx_goccy", "-o", program, ".", cwd=workshop.BENCHES / "go")
    return [[str(program)]]


def java(workshop: Workshop) -> list[Command]:
    package, source = workshop.ROOT / "bindings-ffi" / "java", workshop.BENCHES / "java"
    libraries, classes = workshop.MADE / "java" / "libraries", workshop.MADE / "java" / "classes"
    class_path = f"{package / 'target' / 'classes'}:{libraries}/*"
    workshop.run(sys.executable, "-m", "release.place", "java", cwd=workshop.ROOT / "tests")
    workshop.run("mvn", "--quiet", "--batch-mode", "-f", package, "process-classes")
    copy = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
    workshop.run("mvn", "--quiet", "--batch-mode", "-f", source, copy, f"-DoutputDirectory={libraries}")
    workshop.run("javac", "-d", classes, "-cp", class_path, *sorted(source.rglob("*.java")))
    version = f"-Djotgate.version={workshop.version()}"
    return [["java", version, "-cp", f"{classes}:{class_path}", "io.jotgate.bench.Bench"]]


LANGUAGES = [
    Language("rust", ["cargo"], rust),
    Language("python", ["cargo"], python),
    Language("node", ["cargo", "node", "npm"], node),
    Language("go", ["cargo", "go", "cc"], go),
    Language("java", ["cargo", "java", "javac", "mvn"], java),
]
