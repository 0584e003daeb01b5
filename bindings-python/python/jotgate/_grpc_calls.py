"""What the interceptors need to know of calls."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import grpc

from .errors import JotgateError, MissingRequiredClaimError

if TYPE_CHECKING:
    from ._native import Verified
    from ._validator import Validator


def fields_of(context: Any) -> list[tuple[str, str]]:
    """The metadata of a call as header fields. Values of bytes are no texts: their keys end in `-bin`."""
    return [(str(key), value) for key, value in context.invocation_metadata() or () if isinstance(value, str)]


def status_of(validator: Validator, error: JotgateError) -> tuple[grpc.StatusCode, str, tuple[tuple[str, str], ...]]:
    """The status of a refused call, its details, and its trailing metadata: what the HTTP answer would say."""
    answer = validator.answer(error)
    trailers = tuple(
        (name.lower(), value) for name, value in answer.headers if name.lower() in {"www-authenticate", "retry-after"}
    )
    return _STATUSES.get(answer.status, grpc.StatusCode.INTERNAL), error.code, trailers


class Question:
    """A call as the validator is asked about it: when it begins, and again once the time of its token is over.

    So leeway and revocation stay the policy's.
    """

    def __init__(self, validator: Validator, path: str, context: Any, *, again: bool) -> None:
        self._validator = validator
        self._request = ("POST", path, "", fields_of(context))
        self._again = again
        self._expires_at: float | None = None
        self._next: float | None = None

    @property
    def ends(self) -> bool:
        """Whether there is anything to ask again."""
        return self._expires_at is not None

    def ask(self) -> Verified | None:
        """Raises what the call is refused with."""
        return self._heard(self._validator.validate_request(*self._request))

    async def ask_async(self) -> Verified | None:
        """The same."""
        return self._heard(await self._validator.validate_request_async(*self._request))

    def ask_again(self) -> None:
        """Asks if it is time to."""
        if self._next is not None and self._next <= self._now():
            self.ask()

    async def until_refused(self) -> None:
        """Asks when it is time to. Returns only where nobody has to ask any more."""
        while self._expires_at is not None:
            left = self._expires_at - self._now()
            await asyncio.sleep(min(left, _DAY) if left > 0 else AGAIN)
            # The loop's clock is not the validator's.
            if self._expires_at <= self._now():
                await self.ask_async()

    def _heard(self, verified: Verified | None) -> Verified | None:
        self._expires_at = self._next = None
        if self._again and verified is not None:
            with contextlib.suppress(MissingRequiredClaimError):
                now, expires_at = self._now(), verified.expires_at
                self._expires_at, self._next = expires_at, expires_at if expires_at > now else now + AGAIN
        return verified

    def _now(self) -> float:
        now = self._validator._now()
        return time.time() if now is None else now


class Watch:
    """Asks about an async call again, and ends what it waits for once it is refused."""

    def __init__(self, question: Question) -> None:
        self._refusal: Exception | None = None
        self._waiting: asyncio.Task[Any] | None = None
        self._task = asyncio.create_task(self._run(question)) if question.ends else None

    @contextlib.contextmanager
    def ending(self) -> Iterator[None]:
        """What is awaited in it may be ended, and then this raises the refusal."""
        if self._refusal is not None:
            raise self._refusal
        self._waiting = task = asyncio.current_task()
        try:
            yield
        except asyncio.CancelledError:
            if self._refusal is None:
                raise
            if sys.version_info >= (3, 11) and task is not None:
                task.uncancel()
            raise self._refusal from None
        finally:
            self._waiting = None

    def stop(self) -> None:
        """Asks no more."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self, question: Question) -> None:
        try:
            await question.until_refused()
        except Exception as error:  # noqa: BLE001 (whatever it is, nobody would ask any more)
            self._refusal = error
            if self._waiting is not None:
                self._waiting.cancel()


def behaviour_of(handler: Any) -> tuple[str, Callable[..., Any]]:
    """The kind of a method's handler, and the function that serves it."""
    kind = _KINDS[bool(handler.request_streaming), bool(handler.response_streaming)]
    return kind, getattr(handler, kind)


def with_behaviour(handler: Any, kind: str, behaviour: Callable[..., Any]) -> Any:
    """A handler of the same kind, served by another function."""
    make = getattr(grpc, f"{kind}_rpc_method_handler")
    return make(behaviour, handler.request_deserializer, handler.response_serializer)


AGAIN = 1.0
"""Seconds between two questions within a leeway."""

_DAY = 86_400.0

_KINDS = {
    (False, False): "unary_unary",
    (False, True): "unary_stream",
    (True, False): "stream_unary",
    (True, True): "stream_stream",
}

_STATUSES = {
    400: grpc.StatusCode.UNAUTHENTICATED,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    502: grpc.StatusCode.UNAVAILABLE,
    503: grpc.StatusCode.UNAVAILABLE,
}
