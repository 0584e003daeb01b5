"""The programs: how each is built, and how it is run with each contender."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import languages
from languages import Command, Failure, Workshop

HERE = Path(__file__).resolve().parent


class Contender(NamedTuple):
    """`version` finds out the version; that of jotgate is the workspace's."""

    library: str
    provider: str
    version: Callable[[Workshop], str]


@dataclass(frozen=True)
class Program:
    """One language. The first contender is jotgate, the last one the program that validates nothing."""

    language: str
    tools: list[str]
    contenders: list[Contender]
    build: Callable[[Workshop], None]
    command: Callable[[Workshop], Command]


def build_rust(workshop: Workshop) -> None:
    workshop.run("cargo", "build", "--quiet", "--release", "-p", "jotgate-bench", "--example", "start")


def build_python(workshop: Workshop) -> None:
    probe = [workshop.PYTHON, "-c", "import jotgate"]
    if not workshop.PYTHON.exists() or subprocess.run(probe, capture_output=True, check=False).returncode != 0:
        languages.python(workshop)


def build_node(workshop: Workshop) -> None:
    installed = workshop.BENCHES / "node" / "node_modules" / "jose"
    if not (workshop.ROOT / "bindings-node" / "dist" / "index.mjs").exists() or not installed.exists():
        languages.node(workshop)


def build_go(workshop: Workshop) -> None:
    if not (workshop.ROOT / "bindings-ffi" / "go" / "native" / "include" / "library.h").exists():
        workshop.run("sh", workshop.ROOT / "bindings-ffi" / "go" / "build-native.sh")
    workshop.run("go", "build", "-o", workshop.MADE / "starts" / "start-go", ".", cwd=HERE / "go")


def build_java(workshop: Workshop) -> None:
    if not all(part.exists() for part in java_class_path(workshop)[1:]):
        languages.java(workshop)
    classes, *others = java_class_path(workshop)
    class_path = ":".join([str(others[0]), f"{others[1]}/*"])
    workshop.run("javac", "-d", classes, "-cp", class_path, HERE / "java" / "Start.java")


def java_class_path(workshop: Workshop) -> list[Path]:
    package = workshop.ROOT / "bindings-ffi" / "java" / "target" / "classes"
    return [workshop.MADE / "starts" / "java", package, workshop.MADE / "java" / "libraries"]


def start_java(workshop: Workshop) -> Command:
    classes, package, libraries = java_class_path(workshop)
    return ["java", "-cp", f"{classes}:{package}:{libraries}/*", "Start"]


def packaged(name: str) -> Callable[[Workshop], str]:
    """The version that the Python of the benchmarks has."""
    code = f"import importlib.metadata as m; print(m.version('{name}'))"
    return lambda workshop: told([str(workshop.PYTHON), "-c", code])


def jose_version(workshop: Workshop) -> str:
    package = workshop.BENCHES / "node" / "node_modules" / "jose" / "package.json"
    return told(["node", "-p", f"require('{package}').version"])


def nimbus_version(workshop: Workshop) -> str:
    jars = (workshop.MADE / "java" / "libraries").glob("nimbus-jose-jwt-*.jar")
    return next((jar.stem.removeprefix("nimbus-jose-jwt-") for jar in jars), "?")


def of_tool(*command: str) -> Callable[[Workshop], str]:
    return lambda workshop: told([str(workshop.PYTHON) if part == "python" else part for part in command])


def told(command: Command) -> str:
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    if process.returncode != 0:
        raise Failure(f"{' '.join(command[:2])}: {process.stderr.strip()[:300]}")
    return process.stdout.strip().splitlines()[0]


PROGRAMS = [
    Program(
        "rust",
        ["cargo"],
        [
            Contender("jotgate", "ring", Workshop.version),
            Contender("no validation", "-", of_tool("rustc", "-V")),
        ],
        build_rust,
        lambda workshop: [str(workshop.ROOT / "target" / "release" / "examples" / "start")],
    ),
    Program(
        "python",
        ["cargo"],
        [
            Contender("jotgate", "aws-lc", Workshop.version),
            Contender("PyJWT", "openssl", packaged("PyJWT")),
            Contender("python", "-", of_tool("python", "-V")),
        ],
        build_python,
        lambda workshop: [str(workshop.PYTHON), str(HERE / "python" / "start.py")],
    ),
    Program(
        "node",
        ["cargo", "node", "npm"],
        [
            Contender("jotgate", "aws-lc", Workshop.version),
            Contender("jose", "openssl", jose_version),
            Contender("node", "-", of_tool("node", "-v")),
        ],
        build_node,
        lambda workshop: ["node", str(HERE / "node" / "start.mjs")],
    ),
    Program(
        "go",
        ["cargo", "go", "cc"],
        [
            Contender("jotgate", "aws-lc", Workshop.version),
            Contender("no validation", "-", of_tool("go", "env", "GOVERSION")),
        ],
        build_go,
        lambda workshop: [str(workshop.MADE / "starts" / "start-go")],
    ),
    Program(
        "java",
        ["cargo", "java", "javac", "mvn"],
        [
            Contender("jotgate", "aws-lc", Workshop.version),
            Contender("nimbus-jose-jwt", "jdk", nimbus_version),
            Contender("java", "-", of_tool("java", "--version")),
        ],
        build_java,
        start_java,
    ),
]
