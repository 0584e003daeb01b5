"""Python's libraries, each as a function that makes a validation with keys from a URL; and what all clients do.

The first argument of the program names the file that `run.py` or `flood.py` writes.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import jotgate
import jwt

GIVEN = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
CHECKS = {"issuer": GIVEN["issuer"], "audience": GIVEN["audience"]}

Validate = Callable[[str], Any]
Make = Callable[[str, "int | None"], Validate]
"""Takes the URL, and for how many seconds keys count as fresh; None is the library's default."""


class Library(NamedTuple):
    name: str
    package: str
    make: Make

    @property
    def version(self) -> str:
        return version(self.package)


def with_jotgate(uri: str, ttl: int | None) -> Validate:
    freshness = {"jwks": {"ttl": ttl, "min_ttl": ttl}} if ttl else {}
    entry = CHECKS | {"algorithms": ["RS256"], "keys": {"jwks_uri": uri}} | freshness
    return jotgate.Validator.from_policy({"version": 1, "issuers": [entry]}).validate


def with_pyjwt(uri: str, ttl: int | None) -> Validate:
    client = jwt.PyJWKClient(uri, lifespan=ttl or 300)
    return lambda token: jwt.decode(token, client.get_signing_key_from_jwt(token), algorithms=["RS256"], **CHECKS)


LIBRARIES = [Library("jotgate", "jotgate", with_jotgate), Library("PyJWKClient", "PyJWT", with_pyjwt)]


def accepted(validate: Validate, token: str) -> bool:
    try:
        validate(token)
    except (jwt.PyJWTError, jotgate.JotgateError):
        return False
    return True


def count(place: str) -> int:
    """Requests for the key set that have reached the issuer."""
    with urllib.request.urlopen(f"{place}/count") as answer:
        return int(answer.read())


def post(url: str) -> None:
    urllib.request.urlopen(urllib.request.Request(url, method="POST")).close()
