"""Telling the application what happened: to the key sets, as the core says it, and to the tokens that were refused."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from .errors import InvalidToken, JotgateError, KeysUnavailable

if TYPE_CHECKING:
    from types import TracebackType

    from ._native import Core

OnEvent: TypeAlias = Callable[[dict[str, Any]], object]
"""Takes one event. What it returns does not matter; what it raises is logged to the logger `jotgate`."""

_log = logging.getLogger("jotgate")


class Events:
    """Hands one validator's events to its listener. Never called under a lock, so the listener may validate too.

    Every validation runs inside of this as a context: when it ends, its listener hears what there is to hear.
    """

    def __init__(self, core: Core, listener: OnEvent, now: Callable[[], float | None]) -> None:
        self._core = core
        self._listener = listener
        self._now = now

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.drain()
        if isinstance(error, JotgateError):
            self._refused(error)

    def drain(self) -> None:
        """Hands on what the core has to tell."""
        while (event := self._core.poll_event()) is not None:
            self._tell(event)

    def _refused(self, error: JotgateError) -> None:
        issuer = error.issuer_index if isinstance(error, InvalidToken | KeysUnavailable) else None
        now = self._now()
        at = time.time() if now is None else now
        self._tell({"at": at, "event": "rejected", "code": error.code, "issuer": issuer})

    def _tell(self, event: dict[str, Any]) -> None:
        try:
            self._listener(event)
        except Exception:  # noqa: BLE001 (a broken listener must not stop a validation)
            _log.exception("on_event failed")
