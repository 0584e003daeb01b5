"""FastAPI and ASGI over a real uvicorn on loopback: status, header fields and body are the policy's answer."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import httpx
import pytest
import uvicorn
from fastapi import Depends, FastAPI, Request

from issuer import NOW, Clock, Key, KeyServer, send
from jotgate import InsufficientScopeError, KeysUnavailable, MissingTokenError, Validator, Verified
from jotgate.asgi import JotgateMiddleware
from jotgate.fastapi import Jotgate, JotgateHTTPException

Make = Callable[..., Validator]


@contextmanager
def running(app: Any, eventually: Callable[..., None]) -> Iterator[httpx.Client]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    eventually(lambda: server.started)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}") as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


def fastapi_app(validator: Validator, *, install: bool = True) -> FastAPI:
    auth = Jotgate(validator)
    app = FastAPI()
    if install:
        auth.install(app)

    @app.get("/orders")
    async def orders(token: Annotated[Verified, Depends(auth)]) -> dict[str, Any]:
        return token.claims

    @app.get("/refuse")
    async def refuse(token: Annotated[Verified, Depends(auth)]) -> None:
        error = InsufficientScopeError("by the application", issuer_index=token.issuer_index)
        raise JotgateHTTPException(validator.answer(error), error.code)

    return app


def asgi_app(validator: Validator) -> Any:
    inner = FastAPI()

    @inner.get("/orders")
    async def orders(request: Request) -> dict[str, Any]:
        verified: Verified = request.state.jotgate
        return verified.claims

    return JotgateMiddleware(inner, validator)


@pytest.fixture(params=[fastapi_app, asgi_app], ids=["fastapi", "asgi"])
def client(
    request: pytest.FixtureRequest, remote: Make, eventually: Callable[..., None]
) -> Iterator[tuple[httpx.Client, Validator]]:
    validator = remote(scopes={"all": ["orders:read"]})
    with running(request.param(validator), eventually) as client:
        yield client, validator


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def assert_answer(response: httpx.Response, validator: Validator, error: Exception) -> None:
    answer = validator.answer(error)
    assert (response.status_code, response.content) == (answer.status, answer.body)
    for name, value in answer.headers:
        assert response.headers.get_list(name) == [value]
    assert response.headers.get_list("content-length") == [str(len(answer.body))]


def test_verdicts_over_http(client: tuple[httpx.Client, Validator], key: Key, server: KeyServer) -> None:
    http, validator = client
    good = key.token(scope="orders:read", name="Zoë")
    response = http.get("/orders?x=1", headers=bearer(good))
    assert (response.status_code, response.json()["name"]) == (200, "Zoë")
    assert http.get("/orders", headers={"authorization": f"bearer {good}"}).status_code == 200
    assert_answer(http.get("/orders"), validator, MissingTokenError())
    assert http.get("/orders").headers["WWW-Authenticate"] == "Bearer"
    expired = http.get("/orders", headers=bearer(key.token(exp=NOW - 5, scope="orders:read")))
    assert (expired.status_code, expired.json()["code"]) == (401, "expired")
    weak = http.get("/orders", headers=bearer(key.token(scope="other")))
    assert_answer(weak, validator, InsufficientScopeError(issuer_index=0))
    assert 'scope="orders:read"' in weak.headers["WWW-Authenticate"]
    both = http.get("/orders", headers=[*bearer(good).items(), *bearer(key.token(sub="bob")).items()])
    assert (both.status_code, both.json()["code"]) == (400, "multiple_tokens")
    assert server.fetches == 1


def test_without_keys_it_is_503_and_never_401(
    client: tuple[httpx.Client, Validator], key: Key, server: KeyServer, clock: Clock
) -> None:
    http, validator = client
    server.respond = lambda handler: send(handler, 500, b"")
    response = http.get("/orders", headers=bearer(key.token(scope="orders:read")))
    assert_answer(response, validator, KeysUnavailable("", 0, 1.0))
    assert response.headers["Retry-After"] == "1"
    server.respond = server.send_keys
    clock.now += 1.5
    assert http.get("/orders", headers=bearer(key.token(scope="orders:read"))).status_code == 200


def test_without_install_status_and_headers_are_right(
    local: Validator, key: Key, eventually: Callable[..., None]
) -> None:
    with running(fastapi_app(local, install=False), eventually) as http:
        response = http.get("/orders")
        assert (response.status_code, response.json()) == (401, {"detail": "missing_token"})
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert response.headers["Content-Type"] == "application/json"


def test_an_application_may_refuse_with_the_same_answers(
    local: Validator, key: Key, eventually: Callable[..., None]
) -> None:
    with running(fastapi_app(local), eventually) as http:
        refused = http.get("/refuse", headers=bearer(key.token()))
        assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")


def test_the_dependency_shows_in_openapi(local: Validator) -> None:
    document = fastapi_app(local).openapi()
    assert document["components"]["securitySchemes"] == {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    assert document["paths"]["/orders"]["get"]["security"] == [{"bearer": []}]


def websocket(local: Validator, extensions: dict[str, Any], headers: list[tuple[bytes, bytes]]) -> list[Any]:
    """The messages that a WebSocket handshake through the middleware sends; "app" when it reaches the application."""

    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        sent.append(("app", scope["state"]["jotgate"].subject))

    async def receive() -> dict[str, Any]:
        raise AssertionError

    async def collect(message: Any) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/ws", "query_string": b"", "headers": headers, "extensions": extensions}
    asyncio.run(JotgateMiddleware(app, local)(scope, receive, collect))
    return sent


def test_websocket_handshakes(local: Validator, key: Key) -> None:
    good = [(b"authorization", f"Bearer {key.token()}".encode())]
    assert websocket(local, {}, good) == [("app", "alice")]
    assert websocket(local, {}, []) == [{"type": "websocket.close", "code": 1008}]
    start, body = websocket(local, {"websocket.http.response": {}}, [])
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 401)
    assert (body["type"], body["body"]) == ("websocket.http.response.body", local.answer(MissingTokenError()).body)


def test_lifespan_passes(local: Validator) -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    asyncio.run(JotgateMiddleware(app, local)({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert seen == [{"type": "lifespan"}]
