"""The ready-made fetchers against real servers that misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import inspect
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any

import aiohttp
import httpx
import pytest
import requests

from issuer import AUDIENCE, ISSUER, NOW, Handler, Key, KeyServer, send
from jotgate import (
    AiohttpFetcher,
    AsyncHttpxFetcher,
    FetchRequest,
    FetchResponse,
    HttpxFetcher,
    KeysUnavailable,
    RequestsFetcher,
    ResponseTooLarge,
    UrllibFetcher,
    Validator,
)

FETCHERS = [UrllibFetcher, HttpxFetcher, AsyncHttpxFetcher, RequestsFetcher, AiohttpFetcher]

TIMEOUTS = (TimeoutError, asyncio.TimeoutError)
"""One and the same since Python 3.11."""

Fetch = Callable[[str], FetchResponse]


@pytest.fixture(params=FETCHERS)
def fetcher(request: pytest.FixtureRequest) -> Any:
    return request.param()


@pytest.fixture
def fetch(fetcher: Any) -> Fetch:
    """Fetches one URL with at most 1000 bytes, and all the time that a busy machine may take."""
    return fetching(fetcher, 20)


@pytest.fixture
def hasty(fetcher: Any) -> Fetch:
    """The same with 0.3 seconds, for servers that do not come to an end."""
    return fetching(fetcher, 0.3)


def fetching(fetcher: Any, timeout: float) -> Fetch:
    def run(url: str) -> FetchResponse:
        answer = fetcher(request_for(url, timeout))
        return asyncio.run(bounded(answer)) if inspect.isawaitable(answer) else answer

    async def bounded(answer: Any) -> FetchResponse:
        # The driver holds the deadline over coroutines.
        return await asyncio.wait_for(answer, timeout)

    return run


def request_for(url: str, timeout: float = 20) -> FetchRequest:
    """The request that a validator makes for this URL."""
    seen: list[FetchRequest] = []
    validator = Validator(
        issuer=ISSUER,
        audience=AUDIENCE,
        jwks_uri=url,
        jwks_options={"timeout": timeout, "max_body": 1000},
        fetch=seen.append,  # type: ignore[arg-type]
        # It stands still, because what has passed since the token came counts against the timeout.
        clock=lambda: NOW,
    )
    with pytest.raises(KeysUnavailable):
        validator.validate(Key("k1").token())
    return seen[0]


def test_the_request(server: KeyServer) -> None:
    request = request_for(server.url, 0.3)
    assert (request.url, request.timeout, request.max_body) == (server.url, 0.3, 1000)
    assert dict(request.headers)["accept"].startswith("application/jwk-set+json")
    assert repr(request) == f"<jotgate.FetchRequest {server.url}>"


def test_a_good_answer(fetch: Fetch, server: KeyServer, key: Key) -> None:
    status, headers, body = fetch(server.url)
    assert status == 200
    assert json.loads(body)["keys"][0]["kid"] == key.kid
    assert fields(FetchResponse(status, headers, body))["content-length"] == str(len(body))
    assert server.requests[0]["accept"].startswith("application/jwk-set+json")
    assert server.requests[0]["accept-encoding"] == "identity"
    # Bot rules refuse the names that HTTP clients have by default.
    assert server.requests[0]["user-agent"] == f"jotgate/{version('jotgate')}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(fetch: Fetch, server: KeyServer, status: int) -> None:
    server.respond = lambda handler: send(handler, status, b"moved", Location="/elsewhere")
    answer = fetch(server.url)
    assert (answer.status, answer.body, fields(answer)["location"]) == (status, b"moved", "/elsewhere")
    assert server.paths == ["/jwks"]


def fields(answer: FetchResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers}  # type: ignore[str-unpack]


@pytest.mark.parametrize("status", [204, 304, 404, 500, 503])
def test_a_status_is_no_exception(fetch: Fetch, server: KeyServer, status: int) -> None:
    server.respond = lambda handler: send(handler, status, b"", ETag='"1"')
    answer = fetch(server.url)
    assert (answer.status, answer.body, fields(answer)["etag"]) == (status, b"", '"1"')


def test_a_page_comes_as_it_is(fetch: Fetch, server: KeyServer) -> None:
    server.respond = lambda handler: send(handler, 200, b"<html></html>", Content_Type="text/html")
    answer = fetch(server.url)
    assert (answer.status, answer.body, fields(answer)["content-type"]) == (200, b"<html></html>", "text/html")


def test_a_field_of_several_lines_comes_whole(fetch: Fetch, server: KeyServer) -> None:
    def twice(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Cache-Control", "public")
        handler.send_header("Cache-Control", "max-age=60")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.respond = twice
    lines = [value for name, value in fetch(server.url).headers if name.lower() == "cache-control"]  # type: ignore[str-unpack]
    assert ", ".join(lines) == "public, max-age=60"


def test_an_announced_oversize(fetch: Fetch, server: KeyServer) -> None:
    server.respond = lambda handler: send(handler, 200, b"x" * 1001)
    with pytest.raises(ResponseTooLarge):
        fetch(server.url)
    server.respond = lambda handler: send(handler, 200, b"x" * 1000)
    assert len(fetch(server.url).body) == 1000


@pytest.mark.parametrize("status", [200, 302, 500])
def test_an_endless_body(fetch: Fetch, server: KeyServer, status: int) -> None:
    def flood(handler: Handler) -> None:
        handler.send_response(status)
        handler.send_header("Location", "/elsewhere")
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 4096)
        except OSError:
            handler.close_connection = True

    server.respond = flood
    with pytest.raises(ResponseTooLarge):
        fetch(server.url)


def test_a_body_in_chunks(fetch: Fetch, server: KeyServer) -> None:
    def in_chunks(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n1\r\n \r\n0\r\n\r\n")
        handler.close_connection = True

    server.respond = in_chunks
    assert fetch(server.url).body == b"{} "


def test_compressed_content_is_not_expanded(fetch: Fetch, server: KeyServer) -> None:
    packed = gzip.compress(b"x" * 1_000_000)[:900]
    server.respond = lambda handler: send(handler, 200, packed, Content_Encoding="gzip")
    assert fetch(server.url).body == packed


DRIPS = {"headers": b"HTTP/1.1 200 OK\r\nX-Long: ", "body": b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"}


@pytest.fixture(params=list(DRIPS.values()), ids=list(DRIPS))
def dripping(request: pytest.FixtureRequest, server: KeyServer) -> Iterator[KeyServer]:
    """A server that sends a byte now and then, for ever."""
    stop = threading.Event()

    def drip(handler: Handler) -> None:
        handler.close_connection = True
        with contextlib.suppress(OSError):
            handler.wfile.write(request.param)
            while not stop.wait(0.02):
                handler.wfile.write(b"x")

    server.respond = drip
    yield server
    stop.set()


def test_urllib_holds_one_deadline_over_a_dripping_answer(dripping: KeyServer) -> None:
    with pytest.raises(TimeoutError):
        UrllibFetcher()(request_for(dripping.url, 0.3))


@pytest.mark.parametrize("dripping", [DRIPS["body"]], indirect=True)
def test_a_dripping_body_ends_at_the_deadline(hasty: Fetch, dripping: KeyServer) -> None:
    with pytest.raises(TIMEOUTS):
        hasty(dripping.url)


def test_a_server_that_says_nothing(hasty: Fetch, server: KeyServer) -> None:
    stop = threading.Event()

    def wait(handler: Handler) -> None:
        stop.wait(20)

    server.respond = wait
    with pytest.raises(TIMEOUTS):
        hasty(server.url)
    stop.set()


def test_callers_are_free_of_a_dripping_answer_at_the_deadline(fetcher: Any, dripping: KeyServer, key: Key) -> None:
    validator = Validator(
        issuer=ISSUER, audience=AUDIENCE, jwks_uri=dripping.url, fetch=fetcher, jwks_options={"timeout": "200ms"}
    )
    with pytest.raises(KeysUnavailable):
        validator.validate(key.token(exp=time.time() + 60))
    assert not validator._driver._under_way._work


def test_a_broken_off_answer(fetch: Fetch, server: KeyServer) -> None:
    def stop_half_way(handler: Handler) -> None:
        handler.close_connection = True
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{")

    server.respond = stop_half_way
    with pytest.raises(ConnectionError):
        fetch(server.url)


def test_an_answer_that_is_not_http(fetch: Fetch, server: KeyServer) -> None:
    def babble(handler: Handler) -> None:
        handler.close_connection = True
        handler.wfile.write(b"220 mail.example ESMTP\r\n\r\n")

    server.respond = babble
    with pytest.raises(ConnectionError):
        fetch(server.url)


def test_nobody_listens(fetch: Fetch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(ConnectionError):
            fetch(f"http://127.0.0.1:{port}/jwks")


def test_it_works_in_a_validator(fetcher: Any, server: KeyServer, key: Key) -> None:
    token = key.token(exp=time.time() + 60)
    validator = Validator(issuer=ISSUER, audience=AUDIENCE, jwks_uri=server.url, fetch=fetcher)
    assert validator.validate(token).subject == "alice"
    validator = Validator(issuer=ISSUER, audience=AUDIENCE, jwks_uri=server.url, fetch=fetcher)
    assert asyncio.run(validator.validate_async(token)).subject == "alice"


def test_clients_of_ones_own(server: KeyServer, key: Key) -> None:
    token = key.token(exp=time.time() + 60)
    with httpx.Client(headers={"x-mine": "1"}, follow_redirects=True) as client:
        validator = Validator(issuer=ISSUER, audience=AUDIENCE, jwks_uri=server.url, fetch=HttpxFetcher(client))
        assert validator.validate(token).subject == "alice"

    async def on_a_loop() -> None:
        async with httpx.AsyncClient(headers={"x-mine": "2"}) as client:
            fetcher = AsyncHttpxFetcher(client)
            validator = Validator(issuer=ISSUER, audience=AUDIENCE, jwks_uri=server.url, fetch=fetcher)
            assert (await validator.validate_async(token)).subject == "alice"

    asyncio.run(on_a_loop())
    assert [request["x-mine"] for request in server.requests] == ["1", "2"]


def test_an_application_may_have_a_name_of_its_own(server: KeyServer) -> None:
    request, own = request_for(server.url), {"User-Agent": "orders/1"}
    UrllibFetcher(headers=own)(request)
    with httpx.Client(headers=own) as client:
        HttpxFetcher(client)(request)
    with requests.Session() as session:
        session.headers.update(own)
        RequestsFetcher(session)(request)

    async def on_a_loop() -> None:
        async with aiohttp.ClientSession(headers=own) as session, httpx.AsyncClient(headers=own) as client:
            await AiohttpFetcher(session)(request)
            await AsyncHttpxFetcher(client)(request)

    asyncio.run(on_a_loop())
    assert [seen["user-agent"] for seen in server.requests] == ["orders/1"] * 5


def test_a_session_of_requests(server: KeyServer, key: Key) -> None:
    token, statuses = key.token(exp=time.time() + 60), []
    with requests.Session() as session:
        session.headers["x-mine"] = "1"
        session.hooks["response"].append(lambda answer, *_, **__: statuses.append(answer.status_code))
        validator = Validator(issuer=ISSUER, audience=AUDIENCE, jwks_uri=server.url, fetch=RequestsFetcher(session))
        assert validator.validate(token).subject == "alice"
    assert (server.requests[0]["x-mine"], statuses) == ("1", [200])
    assert server.requests[0]["accept-encoding"] == "identity"


def test_a_session_of_aiohttp(server: KeyServer, key: Key) -> None:
    server.respond = lambda handler: send(handler, 500, b"")

    async def on_a_loop() -> None:
        async with aiohttp.ClientSession(headers={"x-mine": "2"}, raise_for_status=True) as session:
            fetcher = AiohttpFetcher(session)
            assert (await fetcher(request_for(server.url))).status == 500
            server.respond = server.send_keys
            validator = Validator(issuer=ISSUER, audience=AUDIENCE, jwks_uri=server.url, fetch=fetcher)
            assert (await validator.validate_async(key.token(exp=time.time() + 60))).subject == "alice"

    asyncio.run(on_a_loop())
    assert server.requests[0]["x-mine"] == "2"


@pytest.fixture
def proxied(monkeypatch: pytest.MonkeyPatch, server: KeyServer) -> KeyServer:
    monkeypatch.setenv("http_proxy", server.url.removesuffix("/jwks"))
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    return server


def test_the_proxy_of_the_environment(proxied: KeyServer, fetcher: Any, key: Key) -> None:
    validator = Validator(
        issuer=ISSUER,
        audience=AUDIENCE,
        jwks_uri="http://keys.idp.test/jwks",
        jwks_options={"allow_http": True},
        fetch=fetcher,
    )
    assert validator.validate(key.token(exp=time.time() + 60)).subject == "alice"
    assert proxied.paths == ["http://keys.idp.test/jwks"]


def test_urllib_opens_no_files(tmp_path: Any) -> None:
    class Request:
        url, headers, timeout, max_body = f"file://{tmp_path}", (), 1.0, 1000

    with pytest.raises(Exception, match="unknown url type"):
        UrllibFetcher()(Request())  # type: ignore[arg-type]
