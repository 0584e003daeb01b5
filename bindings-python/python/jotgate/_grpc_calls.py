"""What the interceptors need to know of calls."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

import grpc

from .errors import ExpiredSignatureError, JotgateError, MissingRequiredClaimError

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


def seconds_left(validator: Validator, verified: Verified) -> float | None:
    """How long the token has yet by the validator's clock; None for one that does not expire."""
    try:
        expires_at = verified.expires_at
    except MissingRequiredClaimError:
        return None
    now = validator._now()
    return expires_at - (time.time() if now is None else now)


def expired() -> ExpiredSignatureError:
    """What ends a stream."""
    return ExpiredSignatureError("the token expired while the call went on", "exp")


def behaviour_of(handler: Any) -> tuple[str, Callable[..., Any]]:
    """The kind of a method's handler, and the function that serves it."""
    kind = _KINDS[bool(handler.request_streaming), bool(handler.response_streaming)]
    return kind, getattr(handler, kind)


def with_behaviour(handler: Any, kind: str, behaviour: Callable[..., Any]) -> Any:
    """A handler of the same kind, served by another function."""
    make = getattr(grpc, f"{kind}_rpc_method_handler")
    return make(behaviour, handler.request_deserializer, handler.response_serializer)


@contextlib.asynccontextmanager
async def ending(seconds: float | None) -> AsyncIterator[None]:
    """Ends what is done in it after this time, and raises `expired()` then. None has no end."""
    task = asyncio.current_task()
    if seconds is None or task is None:
        yield
        return
    is_over = False

    def end() -> None:
        nonlocal is_over
        is_over = True
        task.cancel()

    timer = asyncio.get_running_loop().call_later(max(seconds, 0), end)
    try:
        yield
    except asyncio.CancelledError:
        if not is_over:
            raise
        if sys.version_info >= (3, 11):
            task.uncancel()
        raise expired() from None
    finally:
        timer.cancel()


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
    503: grpc.StatusCode.UNAVAILABLE,
}
