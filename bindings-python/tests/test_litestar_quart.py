"""What Litestar and Quart have of their own: WebSockets, blueprints, mounted applications, the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import test_asgi
from litestar import Litestar, Request, WebSocket, asgi, get, websocket
from litestar.di import NamedDependency
from litestar.types import Receive, Scope, Send
from quart import Blueprint, Quart
from quart import websocket as quart_websocket
from test_asgi import bearer, running
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from issuer import AUDIENCE, ISSUER, NOW, Clock, Key
from jotgate import PolicyError, Validator, Verified
from jotgate import litestar as jotgate_litestar
from jotgate import quart as jotgate_quart

Eventually = Callable[..., None]


def quart_site(validator: Validator) -> Quart:
    auth, app, shop = jotgate_quart.Jotgate(validator), Quart("orders"), Blueprint("shop", __name__)
    auth.init_app(shop)

    @app.websocket("/ws")
    @auth.required
    async def ws() -> None:
        await quart_websocket.accept()
        await quart_websocket.send(auth.token.subject)

    @shop.websocket("/shop/ws")
    async def shop_ws() -> None:
        await quart_websocket.accept()
        await quart_websocket.send(auth.token.subject)

    @shop.get("/shop/orders")
    async def orders() -> Any:
        return auth.token.claims

    @app.get("/open")
    async def public() -> Any:
        return {"token": auth.token_or_none is not None}

    app.register_blueprint(shop)
    return app


def litestar_site(validator: Validator) -> Litestar:
    @websocket("/ws")
    async def ws(socket: WebSocket[Any, Verified, Any]) -> None:
        await socket.accept()
        await socket.send_text(socket.auth.subject)
        await socket.close()

    @websocket("/shop/ws")
    async def shop_ws(socket: WebSocket[Any, Any, Any], token: NamedDependency[Verified]) -> None:
        await socket.accept()
        await socket.send_text(token.subject)
        await socket.close()

    @get("/shop/orders")
    async def orders(request: Request[Any, Verified, Any]) -> dict[str, Any]:
        return {**request.auth.claims, "user": request.user}

    @get("/open", exclude_from_auth=True)
    async def public(request: Request[Any, Any, Any]) -> dict[str, bool]:
        return {"token": request.scope.get("auth") is not None}

    return Litestar([ws, shop_ws, orders, public], plugins=[jotgate_litestar.Jotgate(validator)])


@pytest.mark.parametrize("site", [quart_site, litestar_site])
def test_websockets_and_parts_of_an_application(
    site: Callable[[Validator], Any], local: Validator, key: Key, eventually: Eventually
) -> None:
    with running(site(local), eventually) as http:
        assert http.get("/open").json() == {"token": False}
        assert http.get("/shop/orders", headers=bearer(key.token())).json()["sub"] == "alice"
        assert http.get("/shop/orders").json()["code"] == "missing_token"
        for place in ("/ws", "/shop/ws"):
            url = str(http.base_url.copy_with(scheme="ws", path=place))
            with connect(url, additional_headers=bearer(key.token())) as socket:
                assert socket.recv() == "alice"
            with pytest.raises(InvalidStatus) as refused, connect(url, additional_headers=bearer(key.token(exp=1))):
                pass
            assert refused.value.response.status_code == 401
            assert b'"expired"' in refused.value.response.body
            assert 'error="invalid_token"' in refused.value.response.headers["WWW-Authenticate"]


def test_the_user_of_litestar(local: Validator, key: Key, eventually: Eventually) -> None:
    @get("/user")
    async def user(request: Request[Any, Verified, Any], caller: NamedDependency[Verified]) -> list[Any]:
        return [request.user, caller.subject]

    auth = jotgate_litestar.Jotgate(local, dependency="caller", user_of=lambda token: {"name": token.subject})
    assert auth.validator is local
    with running(Litestar([user], plugins=[auth]), eventually) as http:
        assert http.get("/user", headers=bearer(key.token())).json() == [{"name": "alice"}, "alice"]


@asgi("/admin", is_mount=True, copy_scope=True)
async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["path"].encode(), "more_body": False})


def test_what_litestar_mounts_is_judged_by_its_whole_path(key: Key, clock: Clock, eventually: Eventually) -> None:
    @get("/users")
    async def users(token: NamedDependency[Verified | None]) -> str:
        return "everyone"

    policy = {
        "version": 1,
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}],
        "routes": [
            {"path": "/users", "optional": True},
            {"path_regex": "/admin/.*", "scopes": {"all": ["admin"]}},
        ],
        "unmatched": "deny",
    }
    auth = jotgate_litestar.Jotgate(Validator.from_policy(policy, clock=clock))
    app = Litestar([users, mounted], plugins=[auth], openapi_config=None)
    with running(app, eventually) as http:
        assert http.get("/users").text == "everyone"
        assert http.get("/admin/users").status_code == 401
        assert http.get("/admin/users", headers=bearer(key.token())).status_code == 403
        assert http.get("/admin/users", headers=bearer(key.token(scope="admin"))).text == "/users/"
        assert http.options("/admin/users").status_code == 401


def test_the_openapi_document_of_litestar(local: Validator) -> None:
    document = litestar_site(local).openapi_schema.to_schema()
    assert document["components"]["securitySchemes"]["bearer"] == {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
    }
    orders = document["paths"]["/shop/orders"]["get"]
    assert orders.get("security", document["security"]) == [{"bearer": []}]
    assert set(orders["responses"]) == {"200", "401", "403", "503"}
    refused = orders["responses"]["401"]
    assert "www-authenticate" in {name.lower() for name in refused["headers"]}
    assert refused["content"]["application/problem+json"]["example"]["code"] == "missing_token"
    assert set(document["paths"]["/open"]["get"]["responses"]) == {"200"}


def test_a_guard_needs_the_plugin(local: Validator, key: Key, eventually: Eventually) -> None:
    with pytest.raises(PolicyError):
        jotgate_litestar.require_scopes("a b")

    @get("/orders", guards=[jotgate_litestar.require_scopes("read")])
    async def orders() -> str:
        return "never"

    with running(Litestar([orders], openapi_config=None), eventually) as http:
        assert http.get("/orders", headers=bearer(key.token(scope="read"))).status_code == 500


async def is_revoked(token: Any) -> bool:
    return bool(token["sub"] == "mallory")


@pytest.mark.parametrize("site", [quart_site, litestar_site])
def test_hooks_may_be_async(site: Callable[[Validator], Any], key: Key, clock: Clock, eventually: Eventually) -> None:
    validator = Validator(issuer=ISSUER, audience=AUDIENCE, pem=key.pem(), clock=clock, is_revoked=is_revoked)
    with running(site(validator), eventually) as http:
        assert http.get("/shop/orders", headers=bearer(key.token())).status_code == 200
        assert http.get("/shop/orders", headers=bearer(key.token(sub="mallory"))).json()["code"] == "revoked"


def test_a_policy_that_forwards_is_refused(key: Key, clock: Clock) -> None:
    policy = {
        "version": 1,
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}],
        "forward": {"strip_token": True},
    }
    for kind in (jotgate_quart.Jotgate, jotgate_litestar.Jotgate):
        with pytest.raises(ValueError, match=r"jotgate\.asgi\.JotgateMiddleware"):
            kind(Validator.from_policy(policy, clock=clock))


def test_a_token_that_nothing_asked_for(local: Validator, key: Key, eventually: Eventually) -> None:
    app = Quart("orders")
    auth = jotgate_quart.Jotgate(local, app)
    assert app.extensions["jotgate"] is auth

    @app.get("/orders")
    async def orders() -> Any:
        return auth.token.subject

    with test_asgi.running(app, eventually) as http:
        assert http.get("/orders", headers=bearer(key.token(exp=NOW + 5))).text == "alice"
        assert http.get("/nowhere").status_code == 401
