"""What a registry has already: the digest of a file that was published under a name and a version.

Each registry is asked in the way that its own client asks, of a document that needs no account.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from urllib.parse import quote

from .artefacts import Artefact
from .command import CannotGoOn

# What a client has to say of itself, or some registries refuse it.
AGENT = "jotgate-release (https://github.com/jotgate/jotgate)"


class Unanswered(CannotGoOn):
    """The registry could not be asked, or its answer could not be read: nobody knows what it has."""


def usual_address(registry: str) -> str:
    """Where the registry is, which whoever publishes says: RELEASING.md lists the variables."""
    variable = f"INDEX_{registry.upper()}"
    if not (said := os.environ.get(variable)):
        raise Unanswered(f"nobody says where {registry} is: {variable} is not set, and there is no --at")
    return said


def held(registry: str, address: str, artefact: Artefact) -> str | None:
    """`ALGORITHM:HEX` of the file that the registry has in this one's place, or `None`."""
    try:
        return ASKED[registry](address.rstrip("/"), artefact)
    except (KeyError, TypeError, ValueError) as wrong:
        raise Unanswered(f"{registry} gave an answer for {artefact.package} that cannot be read: {wrong!r}") from wrong


def digest(algorithm: str, artefact: Artefact) -> str:
    """That of the file here, in the form of `held`."""
    with artefact.file.open("rb") as file:
        return f"{algorithm}:{hashlib.file_digest(file, algorithm).hexdigest()}"


def get(address: str, accept: str = "*/*") -> bytes | None:
    """The document, or `None` where there is none. Anything else is no answer: a registry that is down lacks nothing."""
    request = urllib.request.Request(address, headers={"Accept": accept, "User-Agent": AGENT})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()
    except urllib.error.HTTPError as refused:
        if refused.code in (404, 410):
            return None
        raise Unanswered(f"{address}: HTTP status {refused.code}") from refused
    except OSError as failed:
        raise Unanswered(f"{address}: {failed}") from failed


def reserved(registry: str, address: str, package: str) -> bool:
    """Whether a workflow may publish the package: one that is not there yet, some registries take from a person alone."""
    return registry not in BY_A_PERSON or get(BY_A_PERSON[registry](address.rstrip("/"), package)) is not None


def _crate(address: str, name: str) -> str:
    folder = {1: "1", 2: "2", 3: f"3/{name[0]}"}.get(len(name), f"{name[:2]}/{name[2:4]}")
    return f"{address}/{folder}/{name}"


def _npm_package(address: str, name: str) -> str:
    return f"{address}/{quote(name, safe='@')}"


# Trusted publishing is told for a package that is there. That of the others begins with names that are free.
BY_A_PERSON = {"crates": _crate, "npm": _npm_package}


def _crates(address: str, artefact: Artefact) -> str | None:
    text = get(_crate(address, artefact.package))
    for line in (text or b"").splitlines():
        entry = json.loads(line)
        if entry["vers"] == artefact.version:
            return f"sha256:{entry['cksum']}"
    return None


def _pypi(address: str, artefact: Artefact) -> str | None:
    text = get(f"{address}/{artefact.package}/", "application/vnd.pypi.simple.v1+json")
    for file in json.loads(text)["files"] if text else ():
        if file["filename"] == artefact.name:
            return f"sha256:{file['hashes']['sha256']}"
    return None


def _npm(address: str, artefact: Artefact) -> str | None:
    text = get(_npm_package(address, artefact.package))
    published = json.loads(text)["versions"].get(artefact.version) if text else None
    if published is None:
        return None
    algorithm, _, value = published["dist"]["integrity"].partition("-")
    return f"{algorithm}:{base64.b64decode(value).hex()}"


def _central(address: str, artefact: Artefact) -> str | None:
    content = get(f"{address}/{artefact.name}")
    return None if content is None else f"sha256:{hashlib.sha256(content).hexdigest()}"


def _rubygems(address: str, artefact: Artefact) -> str | None:
    text = get(f"{address}/info/{artefact.package}")
    for line in (text or b"").decode().splitlines():
        # VERSION[-PLATFORM] DEPENDENCIES|checksum:SHA256,ruby:REQUIREMENT
        version, _, rest = line.partition(" ")
        if version == artefact.version:
            return "sha256:" + re.findall(r"[|,]checksum:([0-9a-f]{64})\b", rest)[0]
    return None


ASKED: dict[str, Callable[[str, Artefact], str | None]] = {
    "crates": _crates,
    "pypi": _pypi,
    "npm": _npm,
    "central": _central,
    "rubygems": _rubygems,
}
