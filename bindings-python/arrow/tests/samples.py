"""Tokens of every kind, and what they come to one by one."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from issuer import ISSUER, NOW, Key
from jotgate import InternalError, InvalidToken, JotgateError, KeysUnavailable, Validator
from jotgate_arrow import ArrowArray, ArrowStream, validate

Row = dict[str, Any]


def mixed(key: Key, issuers: list[str]) -> list[str | None]:
    """Tokens of every issuer, good ones and each kind of bad ones, and rows without one."""
    stranger = Key("k2")
    tokens: list[str | None] = [None, "", "junk", "e30.e30.e30", "a" * 20_000, None]
    for issuer in [*issuers, "https://nobody.test/"]:
        good = key.token(iss=issuer)
        head, payload, signature = good.split(".")
        tokens += [good, f"{head}.{payload}.{signature[::-1]}", f"{head}.{payload}.", f"{good}.", "short", None]
        tokens += [
            key.token(iss=issuer, sub="bob", big="x" * 500),
            key.token(iss=issuer, exp=NOW - 60),
            key.token(iss=issuer, nbf=NOW + 600),
            key.token(iss=issuer, exp=None),
            key.token(iss=issuer, exp="soon"),
            key.token(iss=issuer, aud="other"),
            key.token(iss=issuer, cnf={"jkt": "x"}),
            key.token(iss=issuer, header={"alg": "none"}),
            key.token(iss=issuer, header={"alg": "RS256"}),
            key.token(iss=issuer, header={"typ": "logout+jwt"}),
            stranger.token(iss=issuer),
        ]
    return tokens


def alone(validator: Validator, token: str | bytes | None, as_of: float | None = None) -> Row:
    """What the columns must say of a token, by `validate`."""
    shown: Row = {"verdict": None, "code": None, "claim": None, "issuer_index": None, "sub": None}
    if token is None:
        return shown
    try:
        verified = validator.validate(token, as_of=as_of)
    except JotgateError as error:
        about: Row = {
            "verdict": "unavailable" if isinstance(error, KeysUnavailable) else "rejected",
            "code": error.code,
        }
        if not isinstance(error, InternalError):
            about["issuer_index"] = getattr(error, "issuer_index", None)
        if isinstance(error, InvalidToken):
            about["claim"] = error.claim
        return shown | about
    return shown | {"verdict": "accepted", "issuer_index": verified.issuer_index, "sub": verified["sub"]}


def rows(validator: Validator, data: ArrowArray | ArrowStream, *arguments: Any, **options: Any) -> list[Row]:
    """What the columns say, row by row."""
    found: list[Row] = pa.table(validate(validator, data, *arguments, **options)).to_pylist()
    return found


def codes(validator: Validator, data: ArrowArray | ArrowStream, *arguments: Any, **options: Any) -> list[str | None]:
    """The code of each row, or its verdict where it has none."""
    return [row["code"] or row["verdict"] for row in rows(validator, data, *arguments, **options)]


def issuer_entry(name: str = ISSUER, **keys: Any) -> dict[str, Any]:
    return {"issuer": name, "audience": "orders", "keys": keys}
