"""A store of key sets that processes and hosts share, so that one of them fetches for all."""

from __future__ import annotations

import threading
import time
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ._native import Core


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
        """Keeps the text. Called after a fetch, when whoever waited for it has gone on already."""


class Saves:
    """Which fetch's course saves: one at a time, so that no older text ends up on top of a newer one."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._saver: object = None
        self._lost_at = 0.0
        # Re-entrant for the same reason as the driver's.
        self._lock = threading.RLock()

    def next_text(self, saver: object, patience: float) -> str | None:
        """What `saver` has to save now; None where nothing is left, or where another is at it and will see to it.

        Asked again after each save. A save that lasts longer than `patience` seconds counts as lost.
        """
        with self._lock:
            now = time.monotonic()
            if self._saver is not None and self._saver is not saver and now < self._lost_at:
                return None
            if not self._core.export_due():
                self._saver = None
                return None
            self._saver, self._lost_at = saver, now + patience
        return self._core.export_keys()

    def leave(self, saver: object) -> None:
        """Says that this one saves no more."""
        with self._lock:
            if self._saver is saver:
                self._saver = None

    def after_fork(self) -> None:
        """In a forked child: whoever was saving is not here."""
        self._saver = None
        self._lock = threading.RLock()
