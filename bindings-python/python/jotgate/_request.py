"""What the frameworks' requests have in common."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any, TypeAlias
from urllib.parse import quote

from ._native import Request

RequestHeaders: TypeAlias = Mapping[Any, Any] | Iterable[tuple[str | bytes, str | bytes]] | None
"""Header fields of a request: any mapping with `items()`, or pairs of str or bytes, as ASGI has them; None has none."""


def request_of(method: str, path: str, query: str | bytes, headers: RequestHeaders) -> Request:
    """The request as the core takes it."""
    return Request(method, path, text(query), fields(headers))


def fields(headers: RequestHeaders) -> list[tuple[str, str]]:
    """One pair for each field line, whatever shape the framework has them in."""
    if headers is None:
        return []
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return [(text(name), text(value)) for name, value in pairs]


def text(value: str | bytes) -> str:
    """What a request holds, as text."""
    # Every byte has a character in Latin-1, so this cannot fail (RFC 9110 section 5.5 leaves the rest undefined).
    return value.decode("latin-1") if isinstance(value, bytes) else value


def escaped(path: str | bytes) -> str:
    """A path whose escapes the server has resolved, with the necessary escapes put back.

    The application goes by the resolved path. Written with the necessary escapes alone, it takes the same route of the
    policy whichever others the client had put in.
    """
    if isinstance(path, str):
        path = path.encode("utf-8", "replace")
    return quote(path, safe=_PLAIN_IN_PATHS)


def forget_cached(request: object, but: Collection[str] = ()) -> None:
    """Takes out what a framework's request, of whatever subclass, has worked out and kept."""
    for name in [name for name in vars(request) if name not in but]:
        # Flask and Django have classes of their own for it, all of the same name. Flask's request may be a proxy, whose
        # `__class__` is that of the request.
        kinds = type(getattr(request.__class__, name, None)).__mro__
        if any(kind.__name__ == cached_property.__name__ for kind in kinds):
            del vars(request)[name]


_PLAIN_IN_PATHS = "/:@!$&'()*+,;="
"""What may stand in a path as it is, beside letters, digits and `-._~` (RFC 3986 section 3.3)."""
