"""A server on loopback that has the indexes of all registries, for rehearsals and tests: it holds whatever files it is given."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import tarfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from .artefacts import Artefact


def documents(registry: str, artefacts: list[Artefact], names: Iterable[str] = ()) -> dict[str, bytes]:
    """What the registry would answer, by path, once it has these files, and placeholders under these names."""
    told: dict[str, list[Artefact]] = {name: [] for name in names}
    for artefact in artefacts:
        told.setdefault(artefact.package, []).append(artefact)
    if registry == "central":
        return {f"/{artefact.name}": artefact.file.read_bytes() for artefact in artefacts}
    return dict(FORMS[registry](package, files) for package, files in told.items())


def _crates(package: str, files: list[Artefact]) -> tuple[str, bytes]:
    lines = [{"name": package, "vers": "0.0.0", "cksum": "0" * 64}]
    lines += [{"name": package, "vers": file.version, "cksum": _digest("sha256", file).hex()} for file in files]
    return f"/{package[:2]}/{package[2:4]}/{package}", "\n".join(map(json.dumps, lines)).encode()


def _pypi(package: str, files: list[Artefact]) -> tuple[str, bytes]:
    listed = [{"filename": file.name, "hashes": {"sha256": _digest("sha256", file).hex()}} for file in files]
    return f"/{package}/", json.dumps({"meta": {"api-version": "1.3"}, "name": package, "files": listed}).encode()


def _npm(package: str, files: list[Artefact]) -> tuple[str, bytes]:
    versions = {"0.0.0": {"dist": {"integrity": "sha512-" + base64.b64encode(bytes(64)).decode()}}}
    for file in files:
        versions[file.version] = {"dist": {"integrity": "sha512-" + base64.b64encode(_digest("sha512", file)).decode()}}
    return f"/{package}", json.dumps({"name": package, "versions": versions}).encode()


def _rubygems(package: str, files: list[Artefact]) -> tuple[str, bytes]:
    lines = [f"{_as_ruby(file)} ffi:~> 1.15|checksum:{_digest('sha256', file).hex()},ruby:>= 3.1" for file in files]
    return f"/info/{package}", "\n".join(["---", f"0.0.0 |checksum:{'0' * 64}", *lines, ""]).encode()


def _as_ruby(gem: Artefact) -> str:
    """RubyGems goes by what is in a gem, and writes a version in its own way, whatever the file was called."""
    with tarfile.open(gem.file) as packed:
        member = packed.extractfile("metadata.gz")
        described = gzip.decompress(member.read()).decode()
    version, platform = re.findall(r"^version: \S+\n  version: (\S+)\nplatform: (\S+)$", described, re.MULTILINE)[0]
    return f"{version}-{platform}"


def _digest(algorithm: str, artefact: Artefact) -> bytes:
    return hashlib.new(algorithm, artefact.file.read_bytes()).digest()


FORMS = {"crates": _crates, "pypi": _pypi, "npm": _npm, "rubygems": _rubygems}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = unquote(self.path)
        self.server.asked.append(path)
        if self.server.status != 200:
            return self.answer(self.server.status, b"")
        content = self.server.documents.get(path)
        return self.answer(404, b"no such file") if content is None else self.answer(200, content)

    def answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        pass


class Registry(ThreadingHTTPServer):
    """Its documents, what it was asked for, and the status that it answers when it is not well."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.documents: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.status = 200

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def registry() -> Iterator[Registry]:
    with Registry() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
