"""A fetcher on requests, for applications that have a session with proxies, certificates or adapters of their own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ._fetch import Body, FetchResponse, fields

if TYPE_CHECKING:
    import requests

    from ._native import FetchRequest


class RequestsFetcher:
    """Fetches with requests, blocking: works for sync and async callers, on a thread of its own.

    Without a session each fetch makes one and closes it; fetches of several URLs may use a given one at the same time.
    Redirects are not followed; compressed content is neither asked for nor decoded. requests has no deadline over the
    reading of a header block: there the callers are freed in time, and the thread ends when the server stops sending.

    Needs requests: `pip install jotgate[requests]`.
    """

    def __init__(self, session: requests.Session | None = None) -> None:
        self._session = session

    def __call__(self, request: FetchRequest) -> FetchResponse:
        """Does the fetch and blocks until it is done."""
        import requests

        with _os_errors(), contextlib.ExitStack() as stack:
            session = self._session if self._session is not None else stack.enter_context(requests.Session())
            own = str(session.headers.get("user-agent", ""))
            mine = fields(request, None if own.startswith("python-requests/") else own)
            headers = {**dict(mine), "accept-encoding": "identity"}
            body = Body(request)
            answer = session.get(
                request.url,
                headers=headers,
                timeout=request.timeout,
                stream=True,
                allow_redirects=False,
                # Given here they replace the session's own.
                hooks={"response": [*session.hooks.get("response", []), _stay]},
            )
            stack.enter_context(contextlib.closing(answer))
            # What has arrived, piece by piece: `iter_content` would decode, and wait for pieces of a given size.
            while chunk := answer.raw.read1(_CHUNK, decode_content=False):
                body.take(chunk)
            return FetchResponse(answer.status_code, list(answer.raw.headers.items()), bytes(body.read))


def _stay(answer: requests.Response, *_: object, **__: object) -> None:
    """Makes it no redirect: for one, requests reads all of the body and expands it, even if it is not to follow."""
    answer.headers.pop("location", None)


@contextlib.contextmanager
def _os_errors() -> Iterator[None]:
    """Names the exceptions of requests, and of urllib3 below it, as the driver knows them."""
    import requests
    import urllib3

    try:
        yield
    except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
        raise TimeoutError("requests gave the exchange up") from error
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise ConnectionError("requests could not do the exchange") from error


_CHUNK = 65536
