"""What goes on to the application behind a middleware, by the policy's `forward`."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from issuer import AUDIENCE, ISSUER, Clock, Key
from jotgate import MultipleTokensError, Validator
from jotgate.asgi import JotgateMiddleware as Asgi
from jotgate.wsgi import JotgateMiddleware as Wsgi


@pytest.fixture
def validator(key: Key, clock: Clock) -> Validator:
    policy = {
        "version": 1,
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}],
        "routes": [{"path": "/open", "optional": True}],
        "token": {"sources": [{"query": "token"}, {"header": "Authorization", "scheme": "Bearer"}]},
        "forward": {"claims_to_headers": {"sub": "X-User"}, "strip_token": True},
    }
    return Validator.from_policy(policy, clock=clock)


SMUGGLED = [("X-User", "root"), ("x-user", "root"), ("X-Other", "stays")]


def test_the_plan(validator: Validator, key: Key) -> None:
    headers = [*SMUGGLED, ("Authorization", f"Bearer {key.token()}")]
    verified = validator.validate_request("GET", "/", "", headers)
    plan = validator.forward(verified, "GET", "/", "", headers)
    assert {name.lower() for name in plan.remove} == {"x-user", "authorization"}
    assert plan.set == [("X-User", "alice")]
    assert plan.query is None
    assert validator.forward(None, "GET", "/open", "", SMUGGLED).set == []


def test_a_validator_tells_what_it_reads(validator: Validator, key: Key) -> None:
    assert validator.reads == (None, True)
    plain = Validator(issuer=ISSUER, audience=AUDIENCE, pem=key.pem())
    assert plain.reads == (frozenset({"authorization"}), False)
    assert not plain.forwards


def test_fields_that_are_not_read_must_be_text_all_the_same(validator: Validator, key: Key) -> None:
    plain = Validator(issuer=ISSUER, audience=AUDIENCE, pem=key.pem())
    bearer = f"Bearer {key.token()}"
    headers: Any
    for one in (validator, plain):
        for headers in ({"X-Other": 1}, [("X-Other", None)], [(1, "X-Other")]):
            with pytest.raises(TypeError):
                one.validate_request("GET", "/", "", headers)
        for headers in (["X-Other"], [("a", "b", "c")]):
            with pytest.raises(ValueError, match="pair of name and value"):
                one.validate_request("GET", "/", "", headers)
        with pytest.raises(TypeError):
            one.validate_request("GET", "/", 1, ())  # type: ignore[arg-type]
    other: list[Any] = [(b"x-b\xe9", b"\xff"), ("X-Oth\udcffer", "\udcff")]
    for name in (b"AUTHORIZATION", "authorization"):
        token = plain.validate_request("GET", "/", b"\xff", iter([*other, [name, bearer]]))
        assert token is not None
        assert token.subject == "alice"
    with pytest.raises(MultipleTokensError):
        plain.validate_request("GET", "/", "", [("Authorization", bearer), ("authorization", "Bearer e30.e30.")])


def asgi(validator: Validator, path: str, query: str, headers: list[tuple[str, str]]) -> tuple[Any, str]:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    sent = [(name.lower().encode(), value.encode()) for name, value in headers]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": sent}
    asyncio.run(Asgi(app, validator)(scope, None, None))  # type: ignore[arg-type]
    return sorted((name.decode(), value.decode()) for name, value in seen[0]["headers"]), seen[0][
        "query_string"
    ].decode()


def wsgi(validator: Validator, path: str, query: str, headers: list[tuple[str, str]]) -> tuple[Any, str]:
    seen: list[Any] = []

    def app(environ: Any, start_response: Any) -> list[bytes]:
        seen.append(environ)
        return []

    environ = {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query}
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers}
    Wsgi(app, validator)(environ, lambda *_: lambda _: None)
    fields = {name[5:].lower().replace("_", "-"): value for name, value in seen[0].items() if name.startswith("HTTP_")}
    return sorted(fields.items()), seen[0]["QUERY_STRING"]


@pytest.mark.parametrize("through", [asgi, wsgi])
def test_middlewares_apply_it(validator: Validator, key: Key, through: Any) -> None:
    bearer = ("Authorization", f"Bearer {key.token()}")
    assert through(validator, "/", "a=1", [*SMUGGLED, bearer]) == ([("x-other", "stays"), ("x-user", "alice")], "a=1")
    headers, query = through(validator, "/", f"a=1&token={key.token()}&b=%2B", SMUGGLED)
    assert (headers, query) == ([("x-other", "stays"), ("x-user", "alice")], "a=1&b=%2B")
    assert through(validator, "/open", "a=1", SMUGGLED) == ([("x-other", "stays")], "a=1")


@pytest.mark.parametrize("through", [asgi, wsgi])
def test_a_policy_without_it_changes_nothing(local: Validator, key: Key, through: Any) -> None:
    bearer = ("Authorization", f"Bearer {key.token()}")
    headers, query = through(local, "/", "a=1", [("X-User", "root"), bearer])
    assert headers == [("authorization", bearer[1]), ("x-user", "root")]
    assert query == "a=1"
