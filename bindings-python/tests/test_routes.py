"""Routes: requests that need no token, and scopes that a challenge names, over a real uvicorn on loopback."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI, Request
from test_asgi import bearer, running

from issuer import AUDIENCE, ISSUER, Clock, Key, KeyServer
from jotgate import InsufficientScopeError, MissingTokenError, Validator, Verified
from jotgate.asgi import JotgateMiddleware, request_of
from jotgate.fastapi import Jotgate

ROUTES: list[dict[str, Any]] = [
    {"methods": ["GET"], "path": "/health", "skip": True},
    {"methods": ["GET"], "path": "/catalog/{item}", "optional": True},
    {"methods": ["POST"], "path": "/orders", "scopes": {"all": ["orders:write"]}},
    {"path": "/caf%C3%A9/{table}", "scopes": {"all": ["tables"]}},
]


def policy(server: KeyServer) -> dict[str, Any]:
    keys = {"keys": {"jwks_uri": server.url}, "scopes": {"all": ["orders:read"]}}
    issuers = [{"issuer": ISSUER, "audience": AUDIENCE, **keys}]
    return {"version": 1, "issuers": issuers, "routes": ROUTES, "unmatched": "token"}


@pytest.fixture
def routed(server: KeyServer, clock: Clock) -> Validator:
    return Validator.from_policy(policy(server), clock=clock)


def fastapi_app(validator: Validator) -> FastAPI:
    auth = Jotgate(validator)
    app = FastAPI()
    auth.install(app)

    @app.api_route("/{rest:path}", methods=["GET", "POST"])
    async def anything(rest: str, token: Annotated[Verified | None, Depends(auth)]) -> dict[str, Any]:
        return {"rest": rest, "sub": None if token is None else token["sub"]}

    return app


def asgi_app(validator: Validator) -> Any:
    inner = FastAPI()

    @inner.api_route("/{rest:path}", methods=["GET", "POST"])
    async def anything(rest: str, request: Request) -> dict[str, Any]:
        verified: Verified | None = request.state.jotgate
        return {"rest": rest, "sub": None if verified is None else verified["sub"]}

    return JotgateMiddleware(inner, validator)


@pytest.fixture(params=[fastapi_app, asgi_app], ids=["fastapi", "asgi"])
def http(request: pytest.FixtureRequest, routed: Validator, eventually: Callable[..., None]) -> Iterator[httpx.Client]:
    with running(request.param(routed), eventually) as client:
        yield client


def test_a_skipped_request_passes_without_claims(http: httpx.Client, key: Key, server: KeyServer) -> None:
    for headers in ({}, bearer("broken"), bearer(key.token(scope="orders:read"))):
        response = http.get("/health", headers=headers)
        assert (response.status_code, response.json()) == (200, {"rest": "health", "sub": None})
    assert http.get("/catalog/tea").json() == {"rest": "catalog/tea", "sub": None}
    assert server.fetches == 0, "nobody looked at a token"


def test_an_optional_token_must_be_good(http: httpx.Client, key: Key) -> None:
    response = http.get("/catalog/tea", headers=bearer(key.token(scope="orders:read")))
    assert response.json() == {"rest": "catalog/tea", "sub": "alice"}
    assert http.get("/catalog/tea", headers=bearer(key.token(exp=1))).json()["code"] == "expired"


def test_other_requests_need_a_token(http: httpx.Client) -> None:
    for method, path in [("POST", "/health"), ("GET", "/orders"), ("GET", "/Health"), ("GET", "/health/")]:
        response = http.request(method, path)
        assert (response.status_code, response.json()["code"]) == (401, "missing_token"), path


def test_a_path_that_servers_read_in_two_ways_is_refused(http: httpx.Client, key: Key) -> None:
    for path in ["/health/%2e%2e/orders", "/%252e/health", "/health%5c", "/health/;x=1"]:
        response = http.get(path, headers=bearer(key.token(scope="orders:read")))
        assert (response.status_code, response.json()["code"]) == (400, "ambiguous_target"), path
        assert "WWW-Authenticate" not in response.headers


def test_the_challenge_names_the_scopes_of_the_route(http: httpx.Client, key: Key, routed: Validator) -> None:
    weak = http.post("/orders", headers=bearer(key.token(scope="orders:read")))
    assert weak.status_code == 403
    challenge = weak.headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer error="insufficient_scope"')
    assert 'scope="orders:read orders:write"' in challenge
    answer = routed.answer(InsufficientScopeError(issuer_index=0, route_index=2))
    assert dict(answer.headers)["WWW-Authenticate"] == challenge
    strong = http.post("/orders", headers=bearer(key.token(scope="orders:read orders:write")))
    assert strong.json() == {"rest": "orders", "sub": "alice"}


@pytest.mark.parametrize("path", ["/CAF%C3%89/4/", "/café/4", "/caf%C3%A9/4", "/caf%c3%a9/%34", "/%63af%c3%a9/4"])
def test_no_spelling_of_a_path_escapes_its_route(http: httpx.Client, key: Key, path: str) -> None:
    refused = http.get(path, headers=bearer(key.token(scope="orders:read")))
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    assert 'scope="orders:read tables"' in refused.headers["WWW-Authenticate"]
    seen = http.get(path, headers=bearer(key.token(scope="orders:read tables"))).json()["rest"]
    assert seen.lower().rstrip("/") == "café/4"


def test_a_handshake_without_a_token_passes_where_its_route_asks_for_none(routed: Validator) -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["state"])

    async def unused(*_: Any) -> Any:
        raise AssertionError

    # What a middleware of another policy has left there does not count here.
    state = {"jotgate": "of another policy", "request_id": 7}
    scope = {"type": "websocket", "path": "/health", "headers": [], "state": state}
    asyncio.run(JotgateMiddleware(app, routed)(scope, unused, unused))
    assert seen == [{"jotgate": None, "request_id": 7}]


def test_a_path_is_written_with_the_necessary_escapes() -> None:
    scope = {"path": "/a b/é/~%2f;x=1,(y)/\ud800", "headers": []}
    assert request_of(scope) == ("GET", "/a%20b/%C3%A9/~%252f;x=1,(y)/%3F", b"", [])


def test_without_a_server(routed: Validator, key: Key) -> None:
    assert routed.validate_request("GET", "/health") is None
    assert asyncio.run(routed.validate_request_async("GET", "/catalog/tea")) is None
    with pytest.raises(MissingTokenError) as missing:
        routed.validate_request("POST", "/orders", headers=None)
    assert (missing.value.issuer_index, missing.value.route_index) == (None, 2)
    with pytest.raises(InsufficientScopeError) as weak:
        routed.validate_request("POST", "/orders", headers=bearer(key.token(scope="orders:read")))
    assert (weak.value.issuer_index, weak.value.route_index) == (0, 2)
    with pytest.raises(InsufficientScopeError) as unrouted:
        routed.validate_request("GET", "/orders", headers=bearer(key.token()))
    assert (unrouted.value.issuer_index, unrouted.value.route_index) == (0, None)


def test_a_request_that_needs_no_token_starts_the_refresh_that_is_due(
    routed: Validator, server: KeyServer, key: Key, clock: Clock, eventually: Callable[..., None]
) -> None:
    routed.validate(key.token(scope="orders:read"))
    clock.now += 3600
    assert routed.validate_request("GET", "/health") is None
    eventually(lambda: server.fetches == 2 and not routed._driver._under_way._work)
    clock.now += 3600
    assert asyncio.run(routed.validate_request_async("GET", "/health")) is None
    eventually(lambda: server.fetches == 3 and not routed._driver._under_way._work)


@pytest.mark.parametrize(
    ("root", "path", "seen"),
    [
        ("", "/orders", "/orders"),
        ("/shop", "/shop/orders", "/shop/orders"),
        ("/shop", "/orders", "/shop/orders"),
        ("/shop/", "/orders", "/shop/orders"),
        ("/shop", "/shop", "/shop"),
        ("/shop", "/shopping", "/shop/shopping"),
        ("/shop", "/", "/shop/"),
    ],
)
def test_a_path_has_the_prefix_of_the_application_whether_the_server_wrote_it_or_not(
    root: str, path: str, seen: str
) -> None:
    scope = {"type": "http", "method": "GET", "path": path, "root_path": root, "headers": [], "query_string": b""}
    assert request_of(scope)[1] == seen
