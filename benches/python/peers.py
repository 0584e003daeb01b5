"""What jotgate is compared with in Python: each library as its documentation has it, with its key parsed beforehand."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, NamedTuple

import jwt as pyjwt
from authlib.jose import JsonWebKey, JsonWebToken
from harness import Contender, Operation, Row
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import import_key
from joserfc.jwt import JWTClaimsRegistry

File = dict[str, Any]


class Peer(NamedTuple):
    name: str
    provider: str
    decode: Callable[[str], dict[str, Any]]
    """Gives the claims, raises for a token that it refuses."""

    def contender(self, operation: Operation) -> Contender:
        return Contender(self.name, version(self.name.split(",")[0]), self.provider, operation)


def of(file: File, row: Row) -> list[Peer]:
    peers = [pyjwt_of(file, row), authlib_of(file, row), joserfc_of(file, row)]
    # It takes a Python of 3.12 or later.
    return [*peers, *ryjwt_of(file, row)] if find_spec("ryjwt") else peers


def pyjwt_of(file: File, row: Row) -> Peer:
    key = pyjwt.PyJWK(row["jwk"])
    algorithms, audience, issuer = [row["algorithm"]], file["audience"], file["issuer"]
    decode = pyjwt.PyJWT().decode

    def decoded(token: str) -> dict[str, Any]:
        return decode(token, key, algorithms=algorithms, audience=audience, issuer=issuer)

    return Peer("PyJWT", "OpenSSL", decoded)


def authlib_of(file: File, row: Row) -> Peer:
    key = JsonWebKey.import_key(row["jwk"])
    key.get_op_key("verify")
    decoder = JsonWebToken([row["algorithm"]])
    options = {
        "iss": {"essential": True, "value": file["issuer"]},
        "aud": {"essential": True, "value": file["audience"]},
        "exp": {"essential": True},
    }

    def decode(token: str) -> dict[str, Any]:
        claims = decoder.decode(token, key, claims_options=options)
        claims.validate()
        return claims

    return Peer("Authlib", "OpenSSL", decode)


def joserfc_of(file: File, row: Row) -> Peer:
    key = import_key(row["jwk"])
    registry = JWTClaimsRegistry(
        iss={"essential": True, "value": file["issuer"]},
        aud={"essential": True, "value": file["audience"]},
        exp={"essential": True},
    )
    algorithms = [row["algorithm"]]

    def decode(token: str) -> dict[str, Any]:
        claims = joserfc_jwt.decode(token, key, algorithms=algorithms).claims
        registry.validate(claims)
        return claims

    return Peer("joserfc", "OpenSSL", decode)


def ryjwt_of(file: File, row: Row) -> list[Peer]:
    """As it is installed, and with the parser that it takes where that is there: it looks when a key is made."""
    with hidden("msgspec"):
        plain = ryjwt_key(file, row)
    return [Peer("ryjwt", "aws-lc", plain.decode), Peer("ryjwt, msgspec", "aws-lc", ryjwt_key(file, row).decode)]


def ryjwt_key(file: File, row: Row) -> Any:
    import ryjwt

    checks = {"algorithms": [row["algorithm"]], "audience": file["audience"], "issuer": file["issuer"]}
    if row["pem"] is None:
        return ryjwt.SecretKey(base64.urlsafe_b64decode(row["jwk"]["k"] + "=="), **checks)
    return ryjwt.PublicKey(row["pem"], **checks)


@contextmanager
def hidden(module: str) -> Iterator[None]:
    """As if it were not installed."""
    found = sys.modules.pop(module, None)
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]
        if found is not None:
            sys.modules[module] = found
