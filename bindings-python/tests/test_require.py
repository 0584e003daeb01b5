"""What an endpoint asks of a token in code, and what the frameworks make of it behind real servers."""

import asyncio
import copy
import json
import pickle
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Annotated, Any

import httpx
import pytest
import test_asgi
import test_websocket
from fastapi import Depends, FastAPI, Security, WebSocket
from test_asgi import bearer
from websockets.sync.client import connect

import asking_sites
import sites
from asking_sites import READING
from issuer import AUDIENCE, ISSUER, Clock, Key, KeyServer, send
from jotgate import (
    ClaimRejectedError,
    InsufficientScopeError,
    InternalError,
    InvalidToken,
    MissingRequiredClaimError,
    MissingTokenError,
    PolicyError,
    Requirement,
    Validator,
    Verified,
    asgi,
    wsgi,
)
from jotgate.fastapi import Jotgate
from jotgate.testing import Issuer

Make = Callable[..., Validator]
Eventually = Callable[..., None]


def test_scopes_and_claims(local: Validator, key: Key) -> None:
    token = local.validate(key.token(scope="orders:read orders:write", tenant="blue"))
    assert token.scopes == ("orders:read", "orders:write")
    assert (token.has_scope("orders:read"), token.has_scope("orders")) == (True, False)
    assert local.require(token, scopes="orders:read") is token
    assert local.require(token, scopes=["orders:read", "orders:write"], any_scopes={"orders:read": 1}.keys()) is token  # type: ignore[arg-type]
    assert local.require(token, Requirement(claims=[{"claim": "tenant", "equals": "blue"}])) is token
    with pytest.raises(InsufficientScopeError) as lacking:
        local.require(token, scopes=["orders:read", "admin"], any_scopes=["support"])
    assert (lacking.value.claim, lacking.value.issuer_index) == ("scope", 0)
    answer = local.answer(lacking.value)
    assert local.answer(pickle.loads(pickle.dumps(lacking.value))) == answer
    assert answer.status == 403
    assert 'scope="orders:read admin support"' in dict(answer.headers)["WWW-Authenticate"]
    with pytest.raises(ClaimRejectedError) as other:
        local.require(token, claims=[{"claim": "tenant", "equals": "red"}])
    assert (other.value.claim, local.answer(other.value).status) == ("tenant", 401)
    with pytest.raises(MissingRequiredClaimError):
        local.require(token, claims=[{"claim": "department", "prefix": "eng"}])
    with pytest.raises(MissingTokenError):
        local.require(None, scopes="orders:read")


def test_the_challenge_names_the_scopes_of_policy_and_endpoint(remote: Make, key: Key) -> None:
    validator = remote(scopes={"all": ["base"]})
    requirement = Requirement(scopes=["orders:read"])
    with pytest.raises(InsufficientScopeError) as lacking:
        validator.validate(key.token(scope="orders:read"))
    plain, both = validator.answer(lacking.value), validator.answer(lacking.value, requirement)
    assert 'scope="base"' in dict(plain.headers)["WWW-Authenticate"]
    assert 'scope="base orders:read"' in dict(both.headers)["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ({"scopes": "orders:read orders:write"}, "scopes[0]"),
        ({"scopes": ["a", ""]}, "scopes[1]"),
        ({"any_scopes": ["a", 'b"']}, "any_scopes[1]"),
        ({"claims": [{"claim": "a", "eqals": 1}]}, "claims[0].eqals"),
        ({"claims": [{"expression": "request.path == '/'"}]}, "claims[0].expression"),
        ({}, ""),
    ],
)
def test_mistakes_are_found_where_a_requirement_is_made(arguments: dict[str, Any], path: str) -> None:
    with pytest.raises(PolicyError) as wrong:
        Requirement(**arguments)
    assert wrong.value.path == wrong.value.problems[0].path == path


def test_a_requirement_of_a_document() -> None:
    document = {"scopes": {"all": ["a"], "any": ["b"]}, "claims": [{"claim": "c", "equals": 1}]}
    made = Requirement(scopes=["a"], any_scopes=["b"], claims=[{"claim": "c", "equals": 1}])
    assert Requirement.from_document(document) == Requirement.from_document(json.dumps(document)) == made
    assert hash(made) == hash(Requirement.from_document(document))
    assert made != Requirement(scopes=["a"])
    assert copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == made
    assert repr(made).startswith('<jotgate.Requirement {"scopes"')
    with pytest.raises(PolicyError) as wrong:
        Requirement.from_document({"scopes": {"all": ["a b"]}})
    assert wrong.value.path == "scopes.all[0]"


def test_one_or_the_other_is_given(local: Validator, key: Key) -> None:
    token, requirement = local.validate(key.token(scope="a")), Requirement(scopes="a")
    with pytest.raises(TypeError, match="give a Requirement"):
        local.require(token, requirement, scopes="a")
    with pytest.raises(TypeError, match="give a Requirement"):
        local.require(token)
    with pytest.raises(PolicyError):
        local.require(token, scopes="a b")


def test_a_token_of_another_validator_is_refused_where_that_shows(local: Validator, key: Key, clock: Clock) -> None:
    entry = {"audience": AUDIENCE, "keys": {"pem": key.pem()}}
    two = {"version": 1, "issuers": [{**entry, "issuer": "https://other.test/"}, {**entry, "issuer": ISSUER}]}
    token = Validator.from_policy(two, clock=clock).validate(key.token(scope="a"))
    with pytest.raises(InternalError):
        local.require(token, scopes="a")


def test_listeners_hear_of_it(local: Validator, key: Key) -> None:
    heard: list[dict[str, Any]] = []
    token = local.validate(key.token(scope="a"))
    local.subscribe(heard.append)
    with pytest.raises(InvalidToken):
        local.require(token, scopes="b")
    assert [(event["event"], event["code"], event["claim"]) for event in heard] == [
        ("rejected", "insufficient_scope", "scope")
    ]


Serve = Callable[[Validator], httpx.Client]
EVERY = {**asking_sites.WSGI_SITES, **asking_sites.ASGI_SITES}


@pytest.fixture(params=list(EVERY))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def serve(name: str, eventually: Eventually) -> Iterator[Serve]:
    """Serves a validator in a framework."""
    with ExitStack() as stack:

        def start(validator: Validator) -> httpx.Client:
            if name in asking_sites.ASGI_SITES:
                app = asking_sites.ASGI_SITES[name](validator)
                client = stack.enter_context(test_asgi.running(app, eventually))
            else:
                app = stack.enter_context(asking_sites.WSGI_SITES[name](validator))
                client = stack.enter_context(sites.running(app, eventually))
            if name.startswith("drf"):
                client.event_hooks["request"] = [to_drf]
            return client

        yield start


def to_drf(request: httpx.Request) -> None:
    request.url = request.url.copy_with(path=f"/drf{request.url.path}")


def test_every_framework_asks(serve: Serve, remote: Make, key: Key) -> None:
    validator = remote()
    http = serve(validator)
    reader, blue = bearer(key.token(scope=READING)), bearer(key.token(tenant="blue"))
    assert http.get("/orders", headers=reader).json() == "alice"
    lacking = http.get("/orders", headers=blue)
    expected = validator.answer(InsufficientScopeError(issuer_index=0), Requirement(scopes=[READING]))
    assert (lacking.status_code, lacking.content) == (403, expected.body)
    for field, value in expected.headers:
        assert lacking.headers[field] == value
    assert 'scope="orders:read"' in lacking.headers["WWW-Authenticate"]
    assert http.get("/either", headers=bearer(key.token(scp=["x", "b"]))).json() == "alice"
    neither = http.get("/either", headers=reader)
    assert (neither.status_code, 'scope="a b"' in neither.headers["WWW-Authenticate"]) == (403, True)
    assert http.get("/tenant", headers=blue).json() == "alice"
    red = http.get("/tenant", headers=bearer(key.token(tenant="red")))
    assert (red.status_code, red.json()["code"]) == (401, "claim_rejected")
    for place in ("/orders", "/either", "/tenant"):
        missing = http.get(place)
        assert (missing.status_code, missing.json()["code"]) == (401, "missing_token")
        assert missing.headers["WWW-Authenticate"] == "Bearer"


def test_without_keys_it_is_503(serve: Serve, remote: Make, key: Key, server: KeyServer) -> None:
    server.respond = lambda handler: send(handler, 500, b"")
    outage = serve(remote()).get("/orders", headers=bearer(key.token(scope=READING)))
    assert (outage.status_code, outage.json()["code"]) == (503, "keys_unavailable")
    assert int(outage.headers["Retry-After"]) > 0


def test_a_route_that_needs_no_token_does_where_the_endpoint_asks(
    serve: Serve, name: str, key: Key, clock: Clock
) -> None:
    policy = {
        "version": 1,
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}],
        "routes": [{"path_regex": "/.*", "optional": True}],
    }
    http = serve(Validator.from_policy(policy, clock=clock))
    missing = http.get("/orders")
    assert (missing.status_code, missing.json()["code"]) == (401, "missing_token")
    assert http.get("/orders", headers=bearer(key.token(scope=READING))).json() == "alice"


def test_what_a_view_reads_and_the_token_lacks_is_answered(serve: Serve, name: str, remote: Make, key: Key) -> None:
    http = serve(remote())
    if name in {"wsgi", "starlette"}:
        return  # what is behind the plain middleware answers for itself
    bare = http.get("/subject", headers=bearer(key.token(sub=None, scope="a")))
    assert (bare.status_code, bare.json()["code"]) == (401, "missing_claim")
    assert http.get("/customer", headers=bearer(key.token(scope=READING, tenant="blue"))).json() == "blue"
    wrong = http.get("/customer", headers=bearer(key.token(scope=READING, tenant=7)))
    assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_claim")
    assert http.get("/customer", headers=bearer(key.token(tenant="blue"))).status_code == 403


def test_a_request_is_validated_once(serve: Serve, remote: Make, key: Key) -> None:
    asked: list[str] = []

    def is_revoked(token: Any) -> bool:
        asked.append(token["jti"])
        return False

    http = serve(remote(is_revoked=is_revoked))
    assert http.get("/orders", headers=bearer(key.token(scope=READING, jti="one"))).status_code == 200
    assert asked == ["one"]


@pytest.mark.parametrize(
    "site", [asking_sites.django_behind_middleware, asking_sites.django_asgi_behind_middleware], ids=["wsgi", "asgi"]
)
def test_the_middleware_of_django_answers_what_a_view_raises(
    site: Callable[[Validator], Any], remote: Make, key: Key, eventually: Eventually
) -> None:
    with site(remote()) as app, sites.running(app, eventually) as http:
        assert http.get("/bare", headers=bearer(key.token())).json() == "alice"
        bare = http.get("/bare", headers=bearer(key.token(sub=None)))
    assert (bare.status_code, bare.json()["code"]) == (401, "missing_claim")


def test_permissions_of_drf_may_be_combined(remote: Make, key: Key, eventually: Eventually) -> None:
    with asking_sites.django(remote()) as app, sites.running(app, eventually) as http:
        for token in (key.token(scope="admin"), key.token(tenant="blue")):
            assert http.get("/drf/combined", headers=bearer(token)).json() == "alice"
        assert http.get("/drf/combined", headers=bearer(key.token())).status_code in {401, 403}


def test_drf_without_the_exception_handler_has_the_code(remote: Make, key: Key, eventually: Eventually) -> None:
    from django.conf import settings
    from django.test import override_settings

    plain = {**settings.REST_FRAMEWORK, "EXCEPTION_HANDLER": "rest_framework.views.exception_handler"}
    with (
        override_settings(REST_FRAMEWORK=plain),
        asking_sites.django(remote()) as app,
        sites.running(app, eventually) as http,
    ):
        lacking = http.get("/drf/orders", headers=bearer(key.token()))
        other = http.get("/drf/tenant", headers=bearer(key.token(tenant="red")))
        combined = http.get("/drf/combined", headers=bearer(key.token()))
    assert (lacking.status_code, lacking.json()) == (403, {"detail": "insufficient_scope"})
    assert 'scope="orders:read"' in lacking.headers["WWW-Authenticate"]
    assert (other.status_code, other.json()) == (401, {"detail": "claim_rejected"})
    assert 'error="invalid_token"' in other.headers["WWW-Authenticate"]
    assert combined.status_code == 403


def one_of(define: Callable[[str], object]) -> Callable[..., object]:
    """The same by the name of its argument."""

    def named(*, scopes: str) -> object:
        return define(scopes)

    return named


def test_mistakes_are_found_where_an_endpoint_is_defined(local: Validator) -> None:
    from jotgate import django as jotgate_django
    from jotgate import flask as jotgate_flask
    from jotgate.rest_framework import HasScopes

    for define in (
        Jotgate(local).require,
        jotgate_flask.Jotgate(local).require,
        jotgate_django.require,
        one_of(HasScopes.of),
        one_of(jotgate_flask.Jotgate(local).require_scopes),
        one_of(jotgate_django.require_scopes),
    ):
        with pytest.raises(PolicyError) as wrong:
            define(scopes="a b")
        assert wrong.value.path == "scopes[0]"


def test_openapi_has_scopes_and_answers(local: Validator, eventually: Eventually) -> None:
    app = asking_sites.fastapi_app(local)
    document = app.openapi()
    orders = document["paths"]["/orders"]["get"]
    assert {"bearer": [READING]} in orders["security"]
    assert {"200", "401", "403", "503"} <= orders["responses"].keys()
    refused = orders["responses"]["403"]
    assert refused["content"]["application/problem+json"]["example"]["code"] == "insufficient_scope"
    assert refused["headers"] == {"WWW-Authenticate": {"schema": {"type": "string"}}}
    assert orders["responses"]["503"]["headers"] == {"Retry-After": {"schema": {"type": "string"}}}
    assert orders["responses"]["401"]["content"]["application/problem+json"]["example"]["code"] == "missing_token"
    assert document is app.openapi()
    with test_asgi.running(app, eventually) as http:
        assert http.get("/openapi.json").json() == document


def test_openapi_leaves_what_asks_for_no_token(remote: Make) -> None:
    auth = Jotgate(remote(responses="mulesoft"), scheme_name="partners")
    app = FastAPI()
    auth.install(app)

    @app.get("/open")
    async def public() -> None: ...

    @app.get("/own", responses={401: {"description": "mine"}}, dependencies=[Security(auth, scopes=["a"])])
    async def own() -> None: ...

    paths = app.openapi()["paths"]
    assert paths["/open"]["get"]["responses"].keys() == {"200"}
    assert paths["/own"]["get"]["responses"]["401"]["description"] == "mine"
    assert "application/json" in paths["/own"]["get"]["responses"]["503"]["content"]


def test_scopes_of_enclosing_dependencies_count(local: Validator, key: Key, eventually: Eventually) -> None:
    auth = Jotgate(local)
    app = FastAPI(dependencies=[Security(auth, scopes=["base"])])
    auth.install(app)

    async def user(token: Annotated[Verified, Security(auth, scopes=["inner"])]) -> str:
        return token.subject

    @app.get("/orders")
    async def orders(name: Annotated[str, Security(user, scopes=["outer"])]) -> str:
        return name

    with test_asgi.running(app, eventually) as http:
        assert http.get("/orders", headers=bearer(key.token(scope="base inner outer"))).json() == "alice"
        for scopes in ("base inner", "inner outer", "base outer"):
            assert http.get("/orders", headers=bearer(key.token(scope=scopes))).status_code == 403


def test_what_stands_in_for_it_in_a_test_counts_everywhere(local: Validator, eventually: Eventually) -> None:
    auth = Jotgate(local)
    app = FastAPI()
    auth.install(app)

    @app.get("/either")
    async def either(token: Annotated[Verified, Depends(auth.require(any_scopes=["a", "b"]))]) -> str:
        return token.subject

    @app.get("/into")
    async def into(customer: Annotated[asking_sites.Customer, Depends(auth.into(asking_sites.Customer))]) -> str:
        return customer.tenant

    issuer = Issuer(issuer=ISSUER, audience=AUDIENCE, algorithm="ES256")
    app.dependency_overrides[auth] = Jotgate(issuer.validator())
    with test_asgi.running(app, eventually) as http:
        assert http.get("/either", headers=issuer.headers("bob", scopes=["b"])).json() == "bob"
        assert http.get("/either", headers=issuer.headers("bob", scopes=["c"])).status_code == 403
        assert http.get("/into", headers=issuer.headers("bob", claims={"tenant": "blue"})).json() == "blue"


@pytest.mark.parametrize("answers", [True, False], ids=["answers", "closes"])
def test_websocket_routes_ask_before_they_accept(
    local: Validator, key: Key, eventually: Eventually, *, answers: bool
) -> None:
    auth = Jotgate(local)
    app = FastAPI()
    auth.install(app)

    @app.websocket("/ws")
    async def ws(socket: WebSocket, token: Annotated[Verified, Security(auth, scopes=[READING])]) -> None:
        await socket.accept()
        await socket.send_text(token.subject)
        await socket.close()

    served: Any = app if answers else test_websocket.Without(app)
    with test_asgi.running(served, eventually) as http:
        with connect(test_websocket.url(http), additional_headers=bearer(key.token(scope=READING))) as socket:
            assert socket.recv() == "alice"
        lacking = test_websocket.refused(http, **bearer(key.token(scope="other")))
        assert lacking.status_code == 403
        assert ('scope="orders:read"' in lacking.headers.get("WWW-Authenticate", "")) is answers


def test_another_request_of_the_same_scope_is_validated_anew(local: Validator, key: Key) -> None:
    """As an application that serves batches of requests may make it of the first one."""
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["state"]["jotgate"].subject)
        if len(seen) == 1:
            other = {**scope, "headers": [(b"authorization", f"Bearer {key.token(sub='bob')}".encode())]}
            await inner(other, receive, send)

    inner = asgi.JotgateMiddleware(app, local)
    headers = [(b"authorization", f"Bearer {key.token()}".encode())]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers}
    asyncio.run(asgi.JotgateMiddleware(app, local)(scope, None, None))  # type: ignore[arg-type]
    assert seen == ["alice", "bob"]


@pytest.fixture
def forwarding(key: Key, clock: Clock) -> Validator:
    policy = {
        "version": 1,
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}],
        "token": {"sources": [{"header": "Authorization", "scheme": "Bearer"}, {"query": "token"}]},
        "forward": {"claims_to_headers": {"sub": "X-User"}, "strip_token": True},
    }
    return Validator.from_policy(policy, clock=clock)


def test_an_inner_middleware_asks_although_the_token_went_away(forwarding: Validator, key: Key) -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope["headers"], scope["query_string"], scope["state"]["jotgate"].subject))

    async def collect(message: Any) -> None:
        seen.append(message.get("status"))

    inner = asgi.JotgateMiddleware(app, forwarding, requires=Requirement(scopes="a"))
    outer = asgi.JotgateMiddleware(inner, forwarding)
    for scopes in ("a", "b"):
        query = f"x=1&token={key.token(scope=scopes)}".encode()
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": query, "headers": [(b"x-user", b"root")]}
        asyncio.run(outer(scope, None, collect))  # type: ignore[arg-type]
    assert seen == [([(b"x-user", b"alice")], b"x=1", "alice"), 403, None]


def test_the_same_for_wsgi(forwarding: Validator, key: Key) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        assert "HTTP_AUTHORIZATION" not in environ
        start_response("200 OK", [])
        return [environ["HTTP_X_USER"].encode()]

    inner = wsgi.JotgateMiddleware(app, forwarding, requires=Requirement(scopes="a"))
    outer = wsgi.JotgateMiddleware(inner, forwarding)
    told: list[str] = []
    for scopes in ("a", "b"):
        environ: Any = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "HTTP_X_USER": "root"}
        environ["HTTP_AUTHORIZATION"] = f"Bearer {key.token(scope=scopes)}"
        body = outer(environ, lambda status, _fields: told.append(status))  # type: ignore[arg-type]
        told.append(b"".join(body).decode()[:5])
    assert told[:3] == ["200 OK", "alice", "403 Forbidden"]


def test_the_token_of_a_request_of_django(local: Validator, key: Key) -> None:
    from django.test import RequestFactory, override_settings

    from jotgate.django import require_scopes, token_of

    request = RequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {key.token(scope='a')}")
    with pytest.raises(RuntimeError, match="has no token"):
        token_of(request)
    with override_settings(JOTGATE_VALIDATOR=local):
        assert require_scopes("a")(lambda request: token_of(request).subject)(request) == "alice"


def test_django_needs_the_middleware_where_the_policy_forwards(forwarding: Validator) -> None:
    from django.test import RequestFactory, override_settings

    from jotgate.django import require_scopes

    @require_scopes("a")
    def view(request: object) -> None: ...

    with override_settings(JOTGATE_VALIDATOR=forwarding), pytest.raises(ValueError, match="JotgateMiddleware"):
        view(RequestFactory().get("/"))


def test_an_extension_takes_the_options_of_a_validator(key: Key, clock: Clock) -> None:
    from jotgate import flask as jotgate_flask

    for extension in (Jotgate, jotgate_flask.Jotgate):
        made = extension(issuer=ISSUER, audience=AUDIENCE, pem=key.pem(), clock=clock)
        assert made.validator.validate(key.token()).subject == "alice"
        assert extension(made.validator).validator is made.validator
        with pytest.raises(TypeError, match="not both"):
            extension(made.validator, audience="other")
        with pytest.raises(TypeError, match="audiance"):
            extension(issuer=ISSUER, audiance="other")  # type: ignore[call-arg]
        with pytest.raises(PolicyError):
            extension()
