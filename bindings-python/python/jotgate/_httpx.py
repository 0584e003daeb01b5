"""Fetchers on httpx, for applications that have a client with proxies, TLS settings or tracing of their own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ._fetch import Body, FetchResponse, fields

if TYPE_CHECKING:
    import httpx

    from ._native import FetchRequest


class HttpxFetcher:
    """Fetches with httpx, blocking: works for sync and async callers, on a thread of its own.

    Without a client each fetch makes one and closes it. The client's own redirect and timeout settings are not used;
    compressed content is neither asked for nor decoded. httpx has no deadline over the reading of a header block: there
    the callers are freed in time, and the thread ends when the server stops sending.

    Needs httpx: `pip install jotgate[httpx]`.
    """

    def __init__(self, client: httpx.Client | None = None) -> None:
        self._client = client

    def __call__(self, request: FetchRequest) -> FetchResponse:
        """Does the fetch and blocks until it is done."""
        import httpx

        with _os_errors(httpx), contextlib.ExitStack() as stack:
            client = self._client if self._client is not None else stack.enter_context(httpx.Client())
            answer = stack.enter_context(client.stream("GET", request.url, **_options(client, request)))
            body = Body(request)
            for chunk in answer.iter_raw():
                body.take(chunk)
            return FetchResponse(answer.status_code, answer.headers.multi_items(), bytes(body.read))


class AsyncHttpxFetcher:
    """Fetches with httpx on the event loop of the caller that needs the keys.

    An `httpx.AsyncClient` belongs to one event loop: give one only where `validate_async` is called from that loop
    alone. Without a client each fetch makes one and closes it, and any caller will do.
    """

    def __init__(self, client: httpx.AsyncClient | None = None) -> None:
        self._client = client

    async def __call__(self, request: FetchRequest) -> FetchResponse:
        """Does the fetch without blocking the event loop."""
        import httpx

        async with contextlib.AsyncExitStack() as stack:
            stack.enter_context(_os_errors(httpx))
            client = self._client if self._client is not None else await stack.enter_async_context(httpx.AsyncClient())
            answer = await stack.enter_async_context(client.stream("GET", request.url, **_options(client, request)))
            body = Body(request)
            async for chunk in answer.aiter_raw():
                body.take(chunk)
            return FetchResponse(answer.status_code, answer.headers.multi_items(), bytes(body.read))


def _options(client: httpx.Client | httpx.AsyncClient, request: FetchRequest) -> dict[str, Any]:
    own = client.headers.get("user-agent", "")
    headers = [*fields(request, None if own.startswith("python-httpx/") else own), ("accept-encoding", "identity")]
    return {"headers": headers, "timeout": request.timeout, "follow_redirects": False}


@contextlib.contextmanager
def _os_errors(httpx: Any) -> Iterator[None]:
    """Names httpx's exceptions as the driver knows them."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise TimeoutError("httpx gave the exchange up") from error
    except httpx.TransportError as error:
        raise ConnectionError("httpx could not do the exchange") from error
