"""Telling the application what happened: to the key sets, as the core says it, and to the tokens that were refused."""

from __future__ import annotations

import inspect
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from .errors import InvalidToken, JotgateError, KeysUnavailable

if TYPE_CHECKING:
    from ._native import Core

OnEvent: TypeAlias = Callable[[dict[str, Any]], object]
"""Takes one event. What it returns does not matter; what it raises is logged to the logger `jotgate`."""

_log = logging.getLogger("jotgate")


class Events:
    """Hands one validator's events to its listeners. Never called under a lock, so a listener may validate, too.

    Without a listener nothing is taken from the core, which keeps the latest events for the first one.
    """

    def __init__(self, core: Core, now: Callable[[], float | None]) -> None:
        self._core = core
        self._now = now
        self._listeners: dict[object, OnEvent] = {}

    def follow(self, core: Core) -> None:
        """Another policy has come in the place of the one before, and tells of both."""
        self._core = core

    def subscribe(self, listener: OnEvent) -> Callable[[], None]:
        """Adds a listener; what it returns takes the listener away again. Raises TypeError for a coroutine function."""
        if inspect.iscoroutinefunction(listener):
            raise TypeError("a listener must not be async: nobody would wait for it")
        entry = object()
        self._listeners[entry] = listener

        def unsubscribe() -> None:
            self._listeners.pop(entry, None)

        return unsubscribe

    def drain(self) -> None:
        """Hands on what the core has to tell."""
        while self._listeners and (event := self._core.poll_event()) is not None:
            self._tell(event)

    def refused(self, error: JotgateError) -> None:
        """Tells that a token was refused, after what the core has to tell about it."""
        self.drain()
        if not self._listeners:
            return
        claim, issuer, route = None, None, None
        if isinstance(error, InvalidToken):
            claim, issuer, route = error.claim, error.issuer_index, error.route_index
        elif isinstance(error, KeysUnavailable):
            issuer = error.issuer_index
        told = {
            "at": self.now(),
            "event": "rejected",
            "code": error.code,
            "claim": claim,
            "issuer": issuer,
            "route": route,
        }
        self._tell(told)

    def now(self) -> float:
        """The time by the validator's clock."""
        now = self._now()
        return time.time() if now is None else now

    def _tell(self, event: dict[str, Any]) -> None:
        # A copy, because others may come and go meanwhile.
        for listener in self._listeners.copy().values():
            _call(listener, dict(event))


def _call(listener: OnEvent, event: dict[str, Any]) -> None:
    try:
        listener(event)
    except Exception:  # noqa: BLE001 (a broken listener must not stop a validation)
        _log.exception("on_event failed")
