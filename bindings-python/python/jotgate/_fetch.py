"""Fetching as the driver sees it: what a `fetch` callback takes, gives and may raise."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from ._native import FetchRequest
from ._numbers import (
    FAILURE_CALLBACK,
    FAILURE_CANCELLED,
    FAILURE_CERTIFICATE,
    FAILURE_CONNECTION,
    FAILURE_TIMEOUT,
    FAILURE_TOO_LARGE,
)

Headers: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]
"""Header fields: a mapping, or pairs where a name may come several times."""


class FetchResponse(NamedTuple):
    """What the issuer answered: a plain tuple of the three does as well.

    `status` is the HTTP status code as it came (a redirect is not followed), `body` the bytes after content decoding.
    """

    status: int
    headers: Headers
    body: bytes


class ResponseTooLarge(Exception):
    """For fetchers to raise when a body is longer than the request's `max_body`."""


Response: TypeAlias = FetchResponse | tuple[int, Headers, bytes]

Fetch: TypeAlias = Callable[[FetchRequest], Response | Awaitable[Response]]
"""A `fetch` callback, sync or async.

`TimeoutError`, `ssl.SSLCertVerificationError` and every other `OSError` count as what they say, and so does what was
raised `from` an error about a certificate; anything else counts as a failed callback. The words of the innermost error
stand in `Validator.health` and in the warning to the logger `jotgate`. Whatever happens, the validator goes on with the
keys that it has.
"""


def response_of(answer: object) -> tuple[int, list[tuple[str, str]], bytes]:
    """The parts of what a callback returned. Raises TypeError or ValueError for anything that is no answer."""
    if not isinstance(answer, tuple) or len(answer) != 3:
        raise TypeError("a fetch callback must return a FetchResponse or a tuple (status, headers, body)")
    status, headers, body = answer
    if not isinstance(status, int) or not 100 <= status <= 999:
        raise ValueError("a fetch callback must return an HTTP status code between 100 and 999")
    if not isinstance(body, bytes | bytearray | memoryview):
        raise TypeError("a fetch callback must return the body as bytes")
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return status, [(str(name), str(value)) for name, value in pairs], bytes(body)


def fields(request: FetchRequest, user_agent: str | None) -> list[tuple[str, str]]:
    """The fields to send; the application's client may have a `user_agent` of its own, which then counts."""
    return [(name, value) for name, value in request.headers if not (user_agent and name == "user-agent")]


class Body:
    """Collects a body within the bounds of its request, whose deadline begins here."""

    def __init__(self, request: FetchRequest) -> None:
        self.read = bytearray()
        self._max = request.max_body
        self._deadline = time.monotonic() + request.timeout

    def take(self, chunk: bytes) -> None:
        """One more piece. Raises ResponseTooLarge or TimeoutError where that is one too many."""
        self.read += chunk
        if len(self.read) > self._max:
            raise ResponseTooLarge
        if time.monotonic() > self._deadline:
            raise TimeoutError("the whole exchange took too long")


def failure_of(error: BaseException) -> int:
    """The core's number for what went wrong."""
    if isinstance(error, ResponseTooLarge):
        return FAILURE_TOO_LARGE
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        return FAILURE_TIMEOUT
    if isinstance(error, asyncio.CancelledError):
        return FAILURE_CANCELLED
    if any(isinstance(each, ssl.SSLCertVerificationError) for each in _inwards(error)):
        return FAILURE_CERTIFICATE
    return FAILURE_CONNECTION if isinstance(error, OSError) else FAILURE_CALLBACK


def cause_of(error: BaseException) -> str:
    """What the innermost error that has words says: HTTP clients wrap what the socket told them."""
    told = [(type(each).__name__, _words(each)) for each in _inwards(error)]
    name, words = next((one for one in reversed(told) if one[1]), told[-1])
    return f"{name}: {words}" if words else name


def _inwards(error: BaseException) -> Iterator[BaseException]:
    """The error, and what each says that it comes from; some point at each other."""
    seen: list[int] = []
    inner: BaseException | None = error
    while inner is not None and id(inner) not in seen:
        yield inner
        seen.append(id(inner))
        inner = _origin(inner)


def _origin(error: BaseException) -> BaseException | None:
    """What it was raised from: urllib has it as a reason, requests among its arguments, anyio in a group."""
    try:
        group = getattr(error, "exceptions", ())
        others = [*group] if isinstance(group, tuple | list) else []
        named = [error.__cause__, getattr(error, "reason", None), *error.args, *others]
    except Exception:  # noqa: BLE001 (the error is the application's; whatever it does, the work must end)
        return None
    return next((each for each in named if isinstance(each, BaseException)), None)


def _words(error: BaseException) -> str:
    try:
        # Lone surrogates, as of a file name that is no Unicode, do not cross the edge to the native library.
        return str(error).encode(errors="replace").decode()
    except Exception:  # noqa: BLE001 (as above)
        return ""
