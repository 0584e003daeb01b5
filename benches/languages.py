"""How each language's program is built and called. Whatever is made stands under `target/`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


class Failure(Exception):
    """A step did not work; what it had to say is on standard error already."""


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
        """The Python that `PYTHON` names, with what the benchmarks need."""
        if not self.PYTHON.exists():
            self.run(sys.executable, "-m", "venv", self.MADE / "venv")
        self.run(self.PYTHON, "-m", "pip", "install", "--quiet", "-r", self.BENCHES / "requirements.txt")

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


Command = list[str]


@dataclass(frozen=True)
class Language:
    """One program: the tools it takes, and a function that builds it and gives the command that runs it."""

    name: str
    tools: list[str]
    prepare: Callable[[Workshop], Command]


def rust(workshop: Workshop) -> Command:
    workshop.run("cargo", "build", "--quiet", "--release", "-p", "jotgate-bench", "--features", "peers")
    return [str(workshop.ROOT / "target" / "release" / "jotgate-bench")]


def python(workshop: Workshop) -> Command:
    workshop.python_environment()
    wheels = workshop.MADE / "wheels"
    if workshop.build:
        shutil.rmtree(wheels, ignore_errors=True)
    manifest = workshop.ROOT / "bindings-python" / "Cargo.toml"
    maturin = (workshop.PYTHON, "-m", "maturin", "build", "--quiet", "--release")
    workshop.run(*maturin, "--manifest-path", manifest, "--out", wheels, "--interpreter", workshop.PYTHON)
    pip = (workshop.PYTHON, "-m", "pip", "install", "--quiet")
    workshop.run(*pip, "--force-reinstall", "--no-deps", *wheels.glob("*.whl"))
    # Authlib and joserfc warn about names that were in use for years; nothing here depends on that.
    return [str(workshop.PYTHON), "-W", "ignore", str(workshop.BENCHES / "python" / "bench.py")]


def node(workshop: Workshop) -> Command:
    package = workshop.ROOT / "bindings-node"
    if not (package / "node_modules").exists():
        workshop.run("npm", "ci", cwd=package)
    workshop.run("npm", "run", "--silent", "build", cwd=package)
    workshop.run("npm", "ci", "--silent", cwd=workshop.BENCHES / "node")
    return ["node", str(workshop.BENCHES / "node" / "bench.mjs")]


def go(workshop: Workshop) -> Command:
    program = workshop.MADE / "jotgate-bench-go"
    workshop.run("sh", workshop.ROOT / "bindings-ffi" / "go" / "build-native.sh")
    workshop.run("go", "build", "-o", program, ".", cwd=workshop.BENCHES / "go")
    return [str(program)]


def java(workshop: Workshop) -> Command:
    package, source = workshop.ROOT / "bindings-ffi" / "java", workshop.BENCHES / "java"
    libraries, classes = workshop.MADE / "java" / "libraries", workshop.MADE / "java" / "classes"
    class_path = f"{package / 'target' / 'classes'}:{libraries}/*"
    workshop.run("sh", package / "build-native.sh")
    workshop.run("mvn", "--quiet", "--batch-mode", "-f", package, "process-classes")
    copy = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
    workshop.run("mvn", "--quiet", "--batch-mode", "-f", source, copy, f"-DoutputDirectory={libraries}")
    workshop.run("javac", "-d", classes, "-cp", class_path, *sorted(source.rglob("*.java")))
    version = f"-Djotgate.version={workshop.version()}"
    return ["java", version, "-cp", f"{classes}:{class_path}", "io.jotgate.bench.Bench"]


LANGUAGES = [
    Language("rust", ["cargo"], rust),
    Language("python", ["cargo"], python),
    Language("node", ["cargo", "node", "npm"], node),
    Language("go", ["cargo", "go", "cc"], go),
    Language("java", ["cargo", "java", "javac", "mvn"], java),
]
