"""The frameworks: how each application is built, and how it is run with each contender."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import languages
from languages import Command, Workshop

HERE = Path(__file__).resolve().parent


class Contender(NamedTuple):
    """`package` is where its version is looked up; that of jotgate is the workspace's. `-` provides what protects nothing."""

    library: str
    provider: str
    package: str | None = None


@dataclass(frozen=True)
class Application:
    """One framework. The first contender is the application without protection, the second is jotgate."""

    name: str
    language: str
    tools: list[str]
    contenders: list[Contender]
    build: Callable[[Workshop], None]
    start: Callable[[Workshop, Contender], Command]
    version_of: Callable[[Workshop, str], str]
    # Seconds under load before the first request that counts: as long as its compiler has something to do.
    warm_up: float

    def command(self, contender: Contender, config: Path, workshop: Workshop) -> Command:
        return [*self.start(workshop, contender), contender.library, str(config)]

    def version(self, contender: Contender, workshop: Workshop) -> str:
        return workshop.version() if contender.package is None else self.version_of(workshop, contender.package)


def made(workshop: Workshop, name: str) -> Path:
    return workshop.MADE / "frameworks" / name


def build_node(name: str) -> Callable[[Workshop], None]:
    def build(workshop: Workshop) -> None:
        if not (workshop.ROOT / "bindings-node" / "dist" / "express.mjs").exists():
            languages.node(workshop)
        folder = made(workshop, name)
        folder.mkdir(parents=True, exist_ok=True)
        changed = any(differs(HERE / name / file, folder / file) for file in ("package.json", "package-lock.json"))
        for file in ("package.json", "package-lock.json", "server.mjs"):
            shutil.copy2(HERE / name / file, folder)
        if changed or not (folder / "node_modules").exists():
            workshop.run("npm", "ci", "--silent", "--no-audit", "--no-fund", cwd=folder)

    return build


def differs(one: Path, other: Path) -> bool:
    return not other.exists() or one.read_bytes() != other.read_bytes()


def start_node(name: str) -> Callable[[Workshop, Contender], Command]:
    return lambda workshop, _: ["node", str(made(workshop, name) / "server.mjs")]


def version_of_node(name: str) -> Callable[[Workshop, str], str]:
    def version(_: Workshop, package: str) -> str:
        locked = json.loads((HERE / name / "package-lock.json").read_text(encoding="utf-8"))
        return locked["packages"][f"node_modules/{package}"]["version"]

    return version


def build_fastapi(workshop: Workshop) -> None:
    if not workshop.PYTHON.exists() or not has_jotgate(workshop):
        languages.python(workshop)
    workshop.run(workshop.PYTHON, "-m", "pip", "install", "--quiet", "-r", HERE / "fastapi" / "requirements.txt")


def has_jotgate(workshop: Workshop) -> bool:
    return subprocess.run([workshop.PYTHON, "-c", "import jotgate"], capture_output=True, check=False).returncode == 0


def start_fastapi(workshop: Workshop, _: Contender) -> Command:
    return [str(workshop.PYTHON), str(HERE / "fastapi" / "server.py")]


def version_of_python(_: Workshop, package: str) -> str:
    return pinned(HERE / "fastapi" / "requirements.txt", rf"^{package}==(.+)$")


def build_go(workshop: Workshop) -> None:
    if not (workshop.ROOT / "bindings-ffi" / "go" / "native" / "include" / "jotgate.h").exists():
        workshop.run("sh", workshop.ROOT / "bindings-ffi" / "go" / "build-native.sh")
    workshop.run("go", "build", "-o", made(workshop, "nethttp"), ".", cwd=HERE / "nethttp")


def start_go(workshop: Workshop, _: Contender) -> Command:
    return [str(made(workshop, "nethttp"))]


def version_of_go(_: Workshop, package: str) -> str:
    if package == "go":
        return subprocess.run(["go", "env", "GOVERSION"], capture_output=True, text=True, check=True).stdout.strip()
    return pinned(HERE / "nethttp" / "go.mod", rf"{re.escape(package)} v(\S+)$")


def build_spring(workshop: Workshop) -> None:
    if not (workshop.ROOT / "bindings-ffi" / "java" / "target" / "classes").exists():
        languages.java(workshop)
    libraries, classes = made(workshop, "spring") / "libraries", made(workshop, "spring") / "classes"
    copy = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
    if differs(HERE / "spring" / "pom.xml", libraries / "pom.xml"):
        workshop.run("mvn", "--quiet", "--batch-mode", "-f", HERE / "spring", copy, f"-DoutputDirectory={libraries}")
        shutil.copy2(HERE / "spring" / "pom.xml", libraries)
    sources = sorted((HERE / "spring").rglob("*.java"))
    jotgate = workshop.ROOT / "bindings-ffi" / "java" / "target" / "classes"
    workshop.run("javac", "-parameters", "-d", classes, "-cp", f"{jotgate}:{libraries}/*", *sources)


def start_spring(workshop: Workshop, contender: Contender) -> Command:
    """Who does not use Spring Security does not have it on the class path, or it would be at work all the same."""
    secured = contender.library in ("jotgate", "oauth2-resource-server")
    jars = sorted((made(workshop, "spring") / "libraries").glob("*.jar"))
    taken = [jar for jar in jars if secured or not re.match(r"spring-(boot-)?(starter-)?security|nimbus", jar.name)]
    folders = [made(workshop, "spring") / "classes", workshop.ROOT / "bindings-ffi" / "java" / "target" / "classes"]
    class_path = ":".join(str(part) for part in [*folders, *taken])
    return ["java", "-Xmx256m", "-cp", class_path, "io.jotgate.bench.spring.Server"]


def version_of_spring(_: Workshop, __: str) -> str:
    return pinned(HERE / "spring" / "pom.xml", r"<version>(.+)</version>")


def pinned(file: Path, pattern: str) -> str:
    found = re.search(pattern, file.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise languages.Failure(f"{file.name} names no version: {pattern}")
    return found.group(1)


APPLICATIONS = [
    Application(
        "express",
        "node",
        ["cargo", "node", "npm", "go"],
        [
            Contender("express", "-", "express"),
            Contender("jotgate", "aws-lc"),
            Contender("express-oauth2-jwt-bearer", "OpenSSL", "express-oauth2-jwt-bearer"),
            Contender("express-jwt + jwks-rsa", "OpenSSL", "express-jwt"),
        ],
        build_node("express"),
        start_node("express"),
        version_of_node("express"),
        warm_up=2,
    ),
    Application(
        "fastify",
        "node",
        ["cargo", "node", "npm", "go"],
        [
            Contender("fastify", "-", "fastify"),
            Contender("jotgate", "aws-lc"),
            Contender("@fastify/jwt + get-jwks", "OpenSSL", "@fastify/jwt"),
        ],
        build_node("fastify"),
        start_node("fastify"),
        version_of_node("fastify"),
        warm_up=2,
    ),
    Application(
        "fastapi",
        "python",
        ["cargo", "go"],
        [
            Contender("fastapi", "-", "fastapi"),
            Contender("jotgate", "aws-lc"),
            Contender("PyJWT, PyJWKClient", "OpenSSL", "PyJWT"),
            Contender("empty dependency", "-", "fastapi"),
        ],
        build_fastapi,
        start_fastapi,
        version_of_python,
        warm_up=0.5,
    ),
    Application(
        "nethttp",
        "go",
        ["cargo", "go", "cc"],
        [
            Contender("net/http", "-", "go"),
            Contender("jotgate", "aws-lc"),
            Contender("go-jwt-middleware", "Go crypto", "github.com/auth0/go-jwt-middleware/v2"),
        ],
        build_go,
        start_go,
        version_of_go,
        warm_up=0.5,
    ),
    Application(
        "spring",
        "java",
        ["cargo", "java", "javac", "mvn", "go"],
        [
            Contender("spring-boot", "-", "spring-boot"),
            Contender("jotgate", "aws-lc"),
            Contender("jotgate, servlet filter", "aws-lc"),
            Contender("oauth2-resource-server", "JCA", "spring-boot"),
        ],
        build_spring,
        start_spring,
        version_of_spring,
        warm_up=10,
    ),
]
