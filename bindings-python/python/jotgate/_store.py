"""A store of key sets that processes and hosts share, so that one of them fetches for all."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol


class KeyStore(Protocol):
    """Where the processes of a service leave their key sets for each other: the option `store` of a `Validator`.

    Both methods may be async. The text is that of `Validator.export_keys`. Whoever can write it can make tokens pass:
    guard the store like the policy. A store that raises, hangs or gives nonsense costs a fetch, or the time of one, and
    nothing else; it is logged to the logger `jotgate`.
    """

    def load(self) -> str | Awaitable[str | None] | None:
        """The text that was saved last, by whichever process; None when there is none.

        Called before each fetch and within its timeout. When what it gives is new enough, there is no fetch.
        """

    def save(self, text: str, /) -> Awaitable[None] | None:
        """Keeps the text. Called after a fetch, one call at a time, when whoever waited has gone on already."""
