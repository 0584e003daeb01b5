"""Which claims become columns, and of which types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

from arro3.core import DataType

Claims: TypeAlias = Iterable[str] | Mapping[str, str | tuple[str, str]]
"""Names of claims; or names of columns, each with the type of the claim of that name, or with a claim and its type."""


class Claim(NamedTuple):
    """A column, and the claim that it shows."""

    column: str
    claim: str
    type: str


TYPES: dict[str, DataType] = {
    "string": DataType.string(),
    "int64": DataType.int64(),
    "float64": DataType.float64(),
    "bool": DataType.bool(),
    "timestamp": DataType.timestamp("us", tz="UTC"),
    "list<string>": DataType.list(DataType.string()),
    "json": DataType.string(),
}
"""The types that a claim can be asked for as, by their names."""

REGISTERED = {"aud": "list<string>", "exp": "timestamp", "nbf": "timestamp", "iat": "timestamp"}
"""The types of the claims of RFC 7519 section 4.1 that are no strings."""


def chosen(claims: Claims) -> list[Claim]:
    """The columns that are asked for. Raises TypeError and ValueError for what names none."""
    if isinstance(claims, str | bytes) or not isinstance(claims, Iterable):
        raise TypeError(f"claims must be a list of names or a dict of names and types, not {type(claims).__name__}")
    if isinstance(claims, Mapping):
        return [_of_entry(column, entry) for column, entry in claims.items()]
    return [_of_entry(name, REGISTERED.get(name, "string")) for name in map(_name, claims)]


def _of_entry(column: object, entry: object) -> Claim:
    match entry:
        case str():
            claim = Claim(_name(column), _name(column), entry)
        case (str(name), str(kind)):
            claim = Claim(_name(column), name, kind)
        case _:
            raise TypeError(f"claims[{column!r}] must be a type, or the name of a claim and its type")
    if claim.type not in TYPES:
        raise ValueError(f"claims[{column!r}] must be one of the types {', '.join(TYPES)}, not {claim.type!r}")
    return claim


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"the name of a claim must be a str, not {type(name).__name__}")
    return name
