"""Measures jotgate against PyJWT, Authlib and joserfc: `python bench.py TOKENS [--quick]`. `../run.py` calls it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jotgate
import jwt as pyjwt
from authlib.jose import JsonWebKey, JsonWebToken
from harness import Comparison, Contender, Operation, run
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import import_key
from joserfc.jwt import JWTClaimsRegistry

SUBJECT = "auth0|5f7c8ec7c33c6c004bbafe82"

Row = dict[str, Any]
File = dict[str, Any]


def main(path: Path, *, quick: bool) -> None:
    file = json.loads(path.read_text(encoding="utf-8"))
    comparisons = [accepted(file, row) for row in file["rows"]]
    comparisons += [rejected(file, case) for case in file["rejections"]]
    run(comparisons, quick=quick)


def accepted(file: File, row: Row) -> Comparison:
    """With the claims read, as applications do, and with claims that nobody reads; the peers always make the dict."""
    validator, token = jotgate.Validator.from_policy(row["policy"]), row["token"]
    contenders = [
        ours("jotgate", lambda: validator.validate(token)["sub"] == SUBJECT),
        ours("jotgate, claims unread", lambda: validator.validate(token) is not None),
        *(accepts(peer, token) for peer in peers_of(file, row)),
    ]
    return Comparison(row["algorithm"], row["size"], "accepted", contenders)


def rejected(file: File, case: Row) -> Comparison:
    row = next(row for row in file["rows"] if (row["algorithm"], row["size"]) == (case["algorithm"], case["size"]))
    validator, token, code = jotgate.Validator.from_policy(case["policy"]), case["token"], case["case"]

    def refuses() -> bool:
        try:
            validator.validate(token)
        except jotgate.InvalidToken as error:
            return bool(error.code == code)
        return False

    peers = [raises(peer, token) for peer in peers_of(file, row)]
    return Comparison(case["algorithm"], case["size"], code, [ours("jotgate", refuses), *peers])


def ours(name: str, operation: Operation) -> Contender:
    return Contender(name, version("jotgate"), operation)


Peer = tuple[str, Callable[[str], dict[str, Any]]]


def accepts(peer: Peer, token: str) -> Contender:
    name, decode = peer
    return Contender(name, version(name), lambda: decode(token)["sub"] == SUBJECT)


def raises(peer: Peer, token: str) -> Contender:
    name, decode = peer

    def refuses() -> bool:
        try:
            decode(token)
        except Exception:  # noqa: BLE001 - each peer has its own errors, and all of them are refusals here
            return True
        return False

    return Contender(name, version(name), refuses)


def peers_of(file: File, row: Row) -> list[Peer]:
    return [peer(file, row) for peer in (pyjwt_of, authlib_of, joserfc_of)]


def pyjwt_of(file: File, row: Row) -> Peer:
    key = pyjwt.PyJWK(row["jwk"])
    algorithms, audience, issuer = [row["algorithm"]], file["audience"], file["issuer"]
    decode = pyjwt.PyJWT().decode
    return "PyJWT", lambda token: decode(token, key, algorithms=algorithms, audience=audience, issuer=issuer)


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

    return "Authlib", decode


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

    return "joserfc", decode


if __name__ == "__main__":
    main(Path(sys.argv[1]), quick="--quick" in sys.argv)
