"""The default fetcher: the standard library's HTTP client under one deadline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ._fetch import FetchResponse

if TYPE_CHECKING:
    import ssl

    from ._native import FetchRequest
    from ._opener import Opener


class UrllibFetcher:
    """Fetches with `urllib` from the standard library: what a `Validator` uses unless it is told otherwise.

    Speaks http and https, takes proxies from the environment as `urllib` does, holds one deadline over the whole
    exchange, follows no redirect, neither asks for nor decodes compressed content, and reads no more than allowed.
    `ssl_context` replaces the default TLS settings, for instance to trust a private CA. `headers` are fields to send
    besides, or in place of ours: a `User-Agent` of your own, for one. The environment is read, and the default TLS
    settings are made, when the first fetch needs them.
    """

    def __init__(self, ssl_context: ssl.SSLContext | None = None, *, headers: Mapping[str, str] | None = None) -> None:
        self._headers = {name.lower(): value for name, value in (headers or {}).items()}
        self._ssl_context = ssl_context
        self._opener: Opener | None = None

    def __call__(self, request: FetchRequest) -> FetchResponse:
        """Does the fetch and blocks until it is done."""
        from ._opener import Opener

        # Two threads may both make one, and one of the two stays.
        opener = self._opener
        if opener is None:
            opener = self._opener = Opener(self._ssl_context)
        return opener.fetch(request, {**dict(request.headers), **self._headers})
