"""What the application sees of a token while it is asked about it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any


class UndecidedToken(Mapping[str, Any]):
    """A token that passed every check of the policy, and about which the application has not said its word yet.

    A read-only mapping over its claims, with the names of `Verified`; but it is none, and nothing that takes a
    `Verified` takes it.
    """

    __slots__ = ("_claims", "_header", "_issuer_index", "_payload")

    def __init__(self, claims: dict[str, Any], header: dict[str, Any], payload: bytes, issuer_index: int) -> None:
        self._claims = claims
        self._header = header
        self._payload = payload
        self._issuer_index = issuer_index

    def __getitem__(self, name: str) -> Any:
        return copy.deepcopy(self._claims[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._claims)

    def __len__(self) -> int:
        return len(self._claims)

    def __repr__(self) -> str:
        # Shows no claim: a token may hold personal data, and a repr ends in logs.
        return f"<jotgate.UndecidedToken issuer_index={self._issuer_index}>"

    @property
    def claims(self) -> dict[str, Any]:
        """All claims as a new dict."""
        return copy.deepcopy(self._claims)

    @property
    def header(self) -> dict[str, Any]:
        """The protected header as a new dict."""
        return copy.deepcopy(self._header)

    @property
    def payload(self) -> bytes:
        """The claims: strict JSON in UTF-8."""
        return self._payload

    @property
    def issuer_index(self) -> int:
        """Which entry of the policy's `issuers` the token comes from, counted from 0."""
        return self._issuer_index

    @property
    def issuer(self) -> str | None:
        """`iss`."""
        return self._claims.get("iss")

    @property
    def subject(self) -> str | None:
        """`sub`."""
        return self._claims.get("sub")

    @property
    def token_id(self) -> str | None:
        """`jti`."""
        return self._claims.get("jti")
