"""Fetching as the driver sees it: what a `fetch` callback takes, gives and may raise."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import NamedTuple, TypeAlias

from ._native import FetchRequest
from ._numbers import FAILURE_CALLBACK, FAILURE_CANCELLED, FAILURE_CONNECTION, FAILURE_TIMEOUT, FAILURE_TOO_LARGE

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

`TimeoutError` and every other `OSError` count as what they say; any other exception counts as a failed callback, and
is logged to the logger `jotgate`. Whatever happens, the validator goes on with the keys that it has.
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
    return FAILURE_CONNECTION if isinstance(error, OSError) else FAILURE_CALLBACK
