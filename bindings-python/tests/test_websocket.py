"""The FastAPI dependency on WebSocket routes: real handshakes with a real server."""

import json
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI, WebSocket
from test_asgi import bearer, running
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from issuer import NOW, Key, KeyServer, send
from jotgate import Validator, Verified
from jotgate.fastapi import Jotgate

Eventually = Callable[..., None]


def app_of(validator: Validator, *, install: bool = True, whole: bool = False) -> FastAPI:
    """With the dependency on each route, or on the whole application."""
    auth = Jotgate(validator)
    app = FastAPI(dependencies=[Depends(auth)] if whole else [])
    if install:
        auth.install(app)

    @app.websocket("/ws")
    async def ws(socket: WebSocket, token: Annotated[Verified, Depends(auth)]) -> None:
        await socket.accept()
        await socket.send_text(str(token["sub"]))
        await socket.close()

    @app.get("/orders")
    async def orders(token: Annotated[Verified, Depends(auth)]) -> dict[str, Any]:
        return token.claims

    return app


class Without:
    """A server that cannot answer a handshake, as those without the extension are."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._app({**scope, "extensions": {}}, receive, send)


@pytest.fixture(params=[False, True], ids=["route", "application"])
def http(request: pytest.FixtureRequest, local: Validator, eventually: Eventually) -> Iterator[httpx.Client]:
    with running(app_of(local, whole=request.param), eventually) as client:
        yield client


def url(http: httpx.Client) -> str:
    return str(http.base_url.copy_with(scheme="ws")).rstrip("/") + "/ws"


def refused(http: httpx.Client, **headers: str) -> Any:
    """The answer to a handshake that is refused."""
    with pytest.raises(InvalidStatus) as error, connect(url(http), additional_headers=headers):
        pass
    return error.value.response


def test_a_good_token_opens_the_connection(http: httpx.Client, key: Key) -> None:
    with connect(url(http), additional_headers=bearer(key.token())) as socket:
        assert socket.recv() == "alice"
    assert http.get("/orders", headers=bearer(key.token())).json()["sub"] == "alice"


def test_a_refusal_is_the_answer_of_the_policy(http: httpx.Client, key: Key) -> None:
    answer = refused(http)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert json.loads(answer.body)["code"] == "missing_token"
    answer = refused(http, **bearer(key.token(exp=NOW - 60)))
    assert (answer.status_code, json.loads(answer.body)["code"]) == (401, "expired")


def test_without_install_status_and_header_fields_are_right(local: Validator, eventually: Eventually) -> None:
    with running(app_of(local, install=False), eventually) as http:
        answer = refused(http)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_server_that_cannot_answer_closes(local: Validator, key: Key, eventually: Eventually) -> None:
    with running(Without(app_of(local)), eventually) as http:
        assert refused(http).status_code == 403
        with connect(url(http), additional_headers=bearer(key.token())) as socket:
            assert socket.recv() == "alice"


def test_without_keys_it_is_503(
    remote: Callable[..., Validator], server: KeyServer, key: Key, eventually: Eventually
) -> None:
    server.respond = lambda handler: send(handler, 500, b"")
    with running(app_of(remote()), eventually) as http:
        answer = refused(http, **bearer(key.token()))
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
