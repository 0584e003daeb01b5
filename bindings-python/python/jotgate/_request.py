"""What the frameworks' requests have in common."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import quote

RequestHeaders: TypeAlias = Mapping[Any, Any] | Iterable[tuple[str | bytes, str | bytes]] | None
"""Header fields of a request: any mapping with `items()`, or pairs of str or bytes, as ASGI has them; None has none."""


class RequestParts(NamedTuple):
    """The parts of requests that a policy reads, beside method and path."""

    headers: frozenset[str] | None
    """The names of the header fields, in lower case, cookies being `cookie`; None for all fields."""
    query: bool
    """Whether the query is read."""


def variables_of(reads: RequestParts) -> list[tuple[str, str]] | None:
    """The variables of a WSGI environment for the fields that are read, each with its field; None to look at all."""
    # The two that have variables without the prefix too are seldom asked for.
    if reads.headers is None or not reads.headers.isdisjoint({"content-type", "content-length"}):
        return None
    names = sorted({name.upper().replace("-", "_") for name in reads.headers})
    return [(f"HTTP_{name}", name.replace("_", "-")) for name in names]


def escaped(path: str | bytes) -> str:
    """A path whose escapes the server has resolved, with the necessary escapes put back.

    The application goes by the resolved path. Written with the necessary escapes alone, it takes the same route of the
    policy whichever others the client had put in.
    """
    if isinstance(path, str):
        if _PLAIN_PATH(path):
            return path
        path = path.encode("utf-8", "replace")
    return quote(path, safe=PLAIN_IN_PATHS)


def forget_cached(request: object, but: Collection[str] = ()) -> None:
    """Takes out what a framework's request, of whatever subclass, has worked out and kept."""
    for name in [name for name in vars(request) if name not in but]:
        # Flask and Django have classes of their own for it, all of the same name. Flask's request may be a proxy, whose
        # `__class__` is that of the request.
        kinds = type(getattr(request.__class__, name, None)).__mro__
        if any(kind.__name__ == cached_property.__name__ for kind in kinds):
            del vars(request)[name]


PLAIN_IN_PATHS = "/:@!$&'()*+,;="
"""What may stand in a path as it is, beside letters, digits and `-._~` (RFC 3986 section 3.3)."""

_PLAIN_PATH = re.compile(r"[A-Za-z0-9._~" + re.escape(PLAIN_IN_PATHS) + r"-]*").fullmatch
