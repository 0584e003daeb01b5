"""The standard library's HTTP client under one deadline, for `UrllibFetcher`.

Apart from that because of what it imports: a validator whose keys are at hand fetches nothing.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from ._fetch import FetchResponse, ResponseTooLarge

if TYPE_CHECKING:
    import ssl

    from ._native import FetchRequest


class Opener:
    """Opens URLs of http and https, through a proxy or those that the environment names when it is made."""

    def __init__(self, ssl_context: ssl.SSLContext | None, proxy: str | None = None) -> None:
        # Built by hand: the usual opener follows redirects, reads file:// and turns a status into an exception.
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(None if proxy is None else {"http": proxy, "https": proxy}),
            urllib.request.UnknownHandler(),
            _HTTPHandler(),
            _HTTPSHandler(context=ssl_context),
        ):
            self._opener.add_handler(handler)

    def fetch(self, request: FetchRequest, headers: Mapping[str, str]) -> FetchResponse:
        """Blocks until it is done."""
        outgoing = urllib.request.Request(request.url, headers=dict(headers))  # noqa: S310 (see the opener)
        try:
            with self._opener.open(outgoing, timeout=request.timeout) as answer:
                body = answer.read(request.max_body + 1)
                if len(body) > request.max_body:
                    raise ResponseTooLarge
                if answer.length:
                    raise ConnectionError("the answer broke off")
                return FetchResponse(answer.status, answer.headers.items(), body)
        except http.client.HTTPException as error:
            raise ConnectionError("the answer is not HTTP, or is incomplete") from error
        except urllib.error.URLError as error:
            # urllib wraps what the socket said; the driver tells a timeout from a refused connection by it.
            raise (error.reason if isinstance(error.reason, OSError) else error) from None


class _DeadlineReader(io.RawIOBase):
    """Reads a socket until a point in time: a peer that sends a byte now and then must not hold us for ever."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        # The socket's own reader, because it keeps the socket open after urllib has let go of it.
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the whole exchange took too long")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _DeadlineSocket:
    """What `HTTPResponse` needs of a socket: something to read from."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._reader = _DeadlineReader(sock, deadline)

    def makefile(self, mode: str) -> io.BufferedReader:
        del mode  # HTTPResponse asks for "rb" alone
        return io.BufferedReader(self._reader)


class _Deadline(http.client.HTTPConnection):
    """Starts the clock when the connection is made, and hands it to every answer that is read from it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._deadline = time.monotonic() + (self.timeout or 0.0)

    def response_class(self, sock: socket.socket, *args: Any, **options: Any) -> http.client.HTTPResponse:  # type: ignore[override]
        stand_in = cast("socket.socket", _DeadlineSocket(sock, self._deadline))
        return http.client.HTTPResponse(stand_in, *args, **options)


class _HTTPSDeadline(_Deadline, http.client.HTTPSConnection):  # pyright: ignore[reportIncompatibleVariableOverride]
    pass


class _HTTPHandler(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Deadline, req)


class _HTTPSHandler(urllib.request.HTTPSHandler):
    def __init__(self, context: ssl.SSLContext | None) -> None:
        super().__init__(context=context)
        self._tls = context

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_HTTPSDeadline, req, context=self._tls)
