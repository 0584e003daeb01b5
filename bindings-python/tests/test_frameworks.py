"""WSGI, Flask, Django and its REST framework behind real servers: every refusal is the policy's own answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BytesIO
from typing import Any

import httpx
import pytest
import test_asgi
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.asgi import ASGIRequest
from django.test import RequestFactory, override_settings
from flask import Flask
from test_asgi import assert_answer, bearer

import sites
from issuer import AUDIENCE, ISSUER, NOW, Clock, Key, KeyServer, send
from jotgate import (
    InsufficientScopeError,
    InternalError,
    KeysUnavailable,
    MissingTokenError,
    RevokedTokenError,
    Validator,
    Verified,
)
from jotgate.django import request_of, validator_of_settings
from jotgate.flask import Jotgate

Make = Callable[..., Validator]
Eventually = Callable[..., None]

SITES: dict[str, Callable[[Validator], Any]] = {
    "wsgi": sites.wsgi,
    "flask": sites.flask_app,
    "flask view": sites.flask_view,
    "flask blueprint": sites.flask_blueprint,
    "django": sites.django_wsgi,
    "django asgi": sites.django_asgi,
}
EVERY = {**SITES, "drf": sites.drf, "drf behind middleware": sites.drf_behind_middleware}


Serve = Callable[[Validator], httpx.Client]


@pytest.fixture(params=EVERY.values(), ids=list(EVERY))
def serve(request: pytest.FixtureRequest, eventually: Eventually) -> Iterator[Serve]:
    """Serves a validator in a framework, and gives a client whose `/orders` asks for a token."""
    with ExitStack() as stack:

        def start(validator: Validator) -> httpx.Client:
            app = stack.enter_context(request.param(validator))
            client = stack.enter_context(sites.running(app, eventually))
            client.event_hooks["request"] = [to_drf] if "drf" in request.node.callspec.id else []
            return client

        yield start


def to_drf(request: httpx.Request) -> None:
    request.url = request.url.copy_with(path="/drf")


def test_verdicts_over_http(serve: Serve, remote: Make, key: Key, server: KeyServer) -> None:
    validator = remote(scopes={"all": ["orders:read"]})
    http = serve(validator)
    good = key.token(scope="orders:read", name="Zoë")
    response = http.get("/orders?x=1", headers=bearer(good))
    assert (response.status_code, response.json()["name"]) == (200, "Zoë")
    assert http.get("/orders", headers={"authorization": f"bearer {good}"}).status_code == 200
    assert_answer(http.get("/orders"), validator, MissingTokenError())
    expired = http.get("/orders", headers=bearer(key.token(exp=NOW - 5, scope="orders:read")))
    assert (expired.status_code, expired.json()["code"]) == (401, "expired")
    weak = http.get("/orders", headers=bearer(key.token(scope="other")))
    assert_answer(weak, validator, InsufficientScopeError(issuer_index=0))
    assert 'scope="orders:read"' in weak.headers["WWW-Authenticate"]
    both = http.get("/orders", headers=[*bearer(good).items(), *bearer(key.token(sub="bob")).items()])
    assert both.status_code in {400, 401}
    assert server.fetches == 1


def test_without_keys_it_is_503_and_never_401(
    serve: Serve, remote: Make, key: Key, server: KeyServer, clock: Clock
) -> None:
    validator = remote()
    http = serve(validator)
    server.respond = lambda handler: send(handler, 500, b"")
    response = http.get("/orders", headers=bearer(key.token()))
    assert_answer(response, validator, KeysUnavailable("", 0, 1.0))
    assert response.headers["Retry-After"] == "1"
    server.respond = server.send_keys
    clock.now += 1.5
    assert http.get("/orders", headers=bearer(key.token())).status_code == 200


def test_hooks_count_in_every_framework(serve: Serve, remote: Make, key: Key) -> None:
    validator = remote(
        is_revoked=lambda token: token["sub"] == "mallory",
        transform=lambda claims: {**claims, "tenant": claims["iss"]},
        responses="mulesoft",
    )
    http = serve(validator)
    assert http.get("/orders", headers=bearer(key.token())).json()["tenant"] == ISSUER
    refused = http.get("/orders", headers=bearer(key.token(sub="mallory")))
    assert_answer(refused, validator, RevokedTokenError(issuer_index=0))
    assert b"mallory" not in refused.content


async def refuse_all_but_alice(token: Verified) -> bool:
    await asyncio.sleep(0)
    return bool(token["sub"] != "alice")


def test_async_hooks_work_where_the_framework_is_async(remote: Make, key: Key, eventually: Eventually) -> None:
    validator = remote(is_revoked=refuse_all_but_alice)
    fastapi = test_asgi.running(test_asgi.fastapi_app(validator), eventually)
    asgi = test_asgi.running(test_asgi.asgi_app(validator), eventually)
    for running in (fastapi, asgi):
        with running as http:
            assert http.get("/orders", headers=bearer(key.token())).status_code == 200
            assert http.get("/orders", headers=bearer(key.token(sub="bob"))).json()["code"] == "revoked"
    with sites.django_asgi(validator) as app, sites.running(app, eventually) as http:
        assert http.get("/orders", headers=bearer(key.token())).status_code == 200
        assert http.get("/orders", headers=bearer(key.token(sub="bob"))).json()["code"] == "revoked"
    with sites.flask_app(validator) as app, sites.running(app, eventually) as http:
        refused = http.get("/orders", headers=bearer(key.token()))
        assert (refused.status_code, refused.json()["code"]) == (500, "internal_error")


def test_a_hook_that_fails_is_the_answer_of_a_bug(
    serve: Serve, remote: Make, key: Key, caplog: pytest.LogCaptureFixture
) -> None:
    validator = remote(is_revoked=lambda _: None)
    with caplog.at_level(logging.CRITICAL):
        refused = serve(validator).get("/orders", headers=bearer(key.token()))
    assert_answer(refused, validator, InternalError())


@pytest.fixture(params=SITES.values(), ids=list(SITES))
def routed(request: pytest.FixtureRequest, key: Key, clock: Clock, eventually: Eventually) -> Iterator[httpx.Client]:
    policy = {
        "version": 1,
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}],
        "routes": [{"methods": ["GET", "HEAD"], "path": "/catalog/caf%C3%A9", "optional": True}],
    }
    with (
        request.param(Validator.from_policy(policy, clock=clock)) as app,
        sites.running(app, eventually) as client,
    ):
        yield client


def test_routes_see_the_path_that_the_application_sees(routed: httpx.Client, key: Key) -> None:
    for path in ("/catalog/café", "/catalog/caf%c3%a9", "/catalog/%63af%C3%A9"):
        assert routed.get(path).json() is None
        assert routed.get(path, headers=bearer(key.token())).json()["sub"] == "alice"
        assert routed.get(path, headers=bearer("broken")).status_code == 401
    assert routed.get("/catalog/tea").status_code == 401
    assert routed.get("/orders").status_code == 401
    head = routed.head("/orders")
    assert (head.status_code, head.content) == (401, b"")


def test_django_shows_the_path_by_which_views_are_found(local: Validator) -> None:
    request = RequestFactory().get("/orders", SCRIPT_NAME="/shop")
    assert request_of(request, local)[1] == "/shop/orders"
    # As a middleware in front may do.
    request.path_info = "/admin"
    assert request_of(request, local)[1] == "/shop/admin"
    scope = {"type": "http", "method": "GET", "path": "/orders", "root_path": "/shop", "headers": []}
    bare = ASGIRequest(scope, BytesIO())
    assert (bare.path, request_of(bare, local)[1]) == ("/orders", "/shop/orders")


def test_drf_knows_the_user(local: Validator, key: Key, eventually: Eventually) -> None:
    with sites.drf(local) as app, sites.running(app, eventually) as http:
        answer = http.get("/drf", headers=bearer(key.token())).json()
    assert (answer["user"], answer["known"]) == ("alice", True)


def test_drf_without_the_exception_handler_keeps_status_and_headers(
    remote: Make, server: KeyServer, key: Key, eventually: Eventually
) -> None:
    server.respond = lambda handler: send(handler, 500, b"")
    plain = {**settings.REST_FRAMEWORK, "EXCEPTION_HANDLER": "rest_framework.views.exception_handler"}
    with (
        override_settings(REST_FRAMEWORK=plain),
        sites.drf(remote()) as app,
        sites.running(app, eventually) as http,
    ):
        missing = http.get("/drf")
        assert (missing.status_code, missing.json()) == (401, {"detail": "missing_token"})
        assert missing.headers["WWW-Authenticate"] == "Bearer"
        outage = http.get("/drf", headers=bearer(key.token()))
        assert (outage.status_code, outage.headers["Retry-After"]) == (503, "1")


def test_drf_may_let_other_classes_try(local: Validator, key: Key) -> None:
    from rest_framework.request import Request
    from rest_framework.test import APIRequestFactory

    from jotgate.rest_framework import JotgateAPIException, JotgateAuthentication

    class Optional(JotgateAuthentication):
        required = False

        def validator(self) -> Validator:
            return local

    make = APIRequestFactory()
    assert Optional().authenticate(Request(make.get("/"))) is None
    broken = Request(make.get("/", HTTP_AUTHORIZATION="Bearer broken"))
    with pytest.raises(JotgateAPIException):
        Optional().authenticate(broken)
    assert Optional().authenticate_header(broken) == "Bearer"


def test_flask_protects_what_it_was_told_to(local: Validator, eventually: Eventually) -> None:
    with sites.flask_view(local) as app, sites.running(app, eventually) as http:
        assert http.get("/open").json() == {"token": False}
    with sites.flask_app(local) as app, sites.running(app, eventually) as http:
        assert http.get("/nowhere").status_code == 401


def test_flask_validates_once_for_each_extension(key: Key, clock: Clock) -> None:
    calls = 0

    def is_revoked(token: object) -> bool:
        nonlocal calls
        calls += 1
        return False

    validator = Validator(issuer=ISSUER, audience=AUDIENCE, pem=key.pem(), clock=clock, is_revoked=is_revoked)
    strict = Validator(issuer=ISSUER, audience="other", pem=key.pem(), clock=clock)
    app = Flask("orders")
    auth = Jotgate(validator, app)
    assert app.extensions == {"jotgate": auth}

    @app.get("/orders")
    @auth.required
    def orders() -> str:
        return auth.token.subject or ""

    @app.get("/strict")
    @Jotgate(strict).required
    def other() -> str:
        return auth.token.subject or ""

    client = app.test_client()
    assert client.get("/orders", headers=bearer(key.token())).status_code == 200
    assert calls == 1
    assert client.get("/strict", headers=bearer(key.token())).status_code == 401
    with app.test_request_context("/orders"), pytest.raises(RuntimeError, match="has no token"):
        _ = auth.token


MADE: list[Validator] = []


def make_validator() -> Validator:
    MADE.append(Validator(issuer=ISSUER, audience=AUDIENCE, secret=b"k" * 32))
    return MADE[-1]


def test_the_setting_names_a_validator(local: Validator) -> None:
    options = {"issuer": ISSUER, "audience": AUDIENCE, "secret": "k" * 32}
    for setting in (local, "test_frameworks.make_validator", options):
        with override_settings(JOTGATE_VALIDATOR=setting):
            assert isinstance(validator_of_settings(), Validator)
            assert validator_of_settings() is validator_of_settings()
    assert len(MADE) == 1, "a function is asked once"
    for wrong in (None, 7, "test_frameworks.MADE"):
        with override_settings(JOTGATE_VALIDATOR=wrong), pytest.raises((ImproperlyConfigured, TypeError)):
            validator_of_settings()
