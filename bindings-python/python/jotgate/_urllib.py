"""The default fetcher: the standard library's HTTP client under one deadline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ._fetch import FetchResponse

if TYPE_CHECKING:
    import ssl

    from ._native import FetchRequest


class UrllibFetcher:
    """Fetches with `urllib` from the standard library: what a `Validator` uses unless it is told otherwise.

    Speaks http and https, takes proxies from the environment as `urllib` does, holds one deadline over the whole
    exchange, follows no redirect, neither asks for nor decodes compressed content, and reads no more than allowed.
    `ssl_context` replaces the default TLS settings, for instance to trust a private CA. `headers` are fields to send
    besides, or in place of ours: a `User-Agent` of your own, for one. `proxy` is the URL of a proxy, in place of those
    of the environment; `NO_PROXY` counts for it, too.
    """

    def __init__(
        self,
        ssl_context: ssl.SSLContext | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
    ) -> None:
        self._headers = {name.lower(): value for name, value in (headers or {}).items()}
        # The dearest of all imports, which a validator with keys at hand does without. Here and not in the first fetch:
        # a process that forks while a thread imports has a child that waits for that import for ever.
        from ._opener import Opener

        self._opener = Opener(ssl_context, proxy)

    def __call__(self, request: FetchRequest) -> FetchResponse:
        """Does the fetch and blocks until it is done."""
        return self._opener.fetch(request, {**dict(request.headers), **self._headers})
