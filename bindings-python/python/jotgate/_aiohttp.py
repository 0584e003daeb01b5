"""A fetcher on aiohttp, for applications that have a session with a connector, proxies or tracing of their own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ._fetch import Body, FetchResponse, fields

if TYPE_CHECKING:
    import aiohttp

    from ._native import FetchRequest


class AiohttpFetcher:
    """Fetches with aiohttp on the event loop of the caller that needs the keys.

    An `aiohttp.ClientSession` belongs to one event loop: give one only where `validate_async` is called from that loop
    alone. Without a session each fetch makes one, which takes proxies from the environment, and any caller will do.
    The session's own redirect, timeout and status settings are not used; compressed content is neither asked for nor
    decoded.

    Needs aiohttp: `pip install jotgate[aiohttp]`.
    """

    def __init__(self, session: aiohttp.ClientSession | None = None) -> None:
        self._session = session

    async def __call__(self, request: FetchRequest) -> FetchResponse:
        """Does the fetch without blocking the event loop."""
        import aiohttp

        async with contextlib.AsyncExitStack() as stack:
            stack.enter_context(_os_errors())
            session = self._session
            if session is None:
                session = await stack.enter_async_context(aiohttp.ClientSession(trust_env=True))
            exchange = session.get(
                request.url,
                headers=[*fields(request, session.headers.get("user-agent")), ("accept-encoding", "identity")],
                timeout=aiohttp.ClientTimeout(total=request.timeout),
                allow_redirects=False,
                auto_decompress=False,
                raise_for_status=False,
            )
            answer = await stack.enter_async_context(exchange)
            body = Body(request)
            async for chunk in answer.content.iter_any():
                body.take(chunk)
            return FetchResponse(answer.status, list(answer.headers.items()), bytes(body.read))


@contextlib.contextmanager
def _os_errors() -> Iterator[None]:
    """Names aiohttp's exceptions as the driver knows them; its timeouts are `TimeoutError` as they are."""
    import aiohttp

    try:
        yield
    except aiohttp.ServerTimeoutError:
        raise
    except aiohttp.ClientError as error:
        raise ConnectionError("aiohttp could not do the exchange") from error
