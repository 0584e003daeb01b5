"""Requests are read where they lie: only one that waits for keys is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import jotgate
from issuer import AUDIENCE, ISSUER, NOW, Clock, Key, KeyServer
from jotgate import Validator

Make = Callable[..., Validator]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_one_that_waits_for_keys_is_asked_about_again(
    remote: Make,
    server: KeyServer,
    key: Key,
    asynchronous: bool,  # noqa: FBT001
) -> None:
    validator = remote()

    def ask(name: Any, value: Any) -> Any:
        # Fields that can be read once only.
        fields = iter([(b"accept", b"\xff"), (name, value)])
        if asynchronous:
            return asyncio.run(validator.validate_request_async("GET", "/", b"", fields))
        return validator.validate_request("GET", "/", b"", fields)

    bearer = f"Bearer {key.token()}"
    assert ask(b"authorization", bearer.encode()).subject == "alice"
    assert server.fetches == 1
    assert ask("AUTHORIZATION", bearer).subject == "alice"
    with pytest.raises(jotgate.ExpiredSignatureError):
        ask("Authorization", f"Bearer {key.token(exp=NOW - 100)}")
    with pytest.raises(jotgate.MissingTokenError):
        ask(b"authorizatio\xee", bearer)
    assert server.fetches == 1


@pytest.mark.parametrize("sources", [[{"query": "token"}, {"cookie": "session"}, {"header": "X-Jwt"}], None])
def test_wrong_parts_are_the_same_errors_for_every_call(key: Key, clock: Clock, sources: list[Any] | None) -> None:
    policy: dict[str, Any] = {
        "version": 1,
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}],
    }
    if sources is not None:
        policy["token"] = {"sources": sources}
    core = Validator.from_policy(policy, clock=clock)._core
    wrong: list[tuple[Any, ...]] = [
        (1, "/", "", ()),
        ("\udcff", "/", "", ()),
        ("GET", b"/", "", ()),
        ("GET", "/", None, ()),
        ("GET", "/", "", 7),
        ("GET", "/", "", {"X-Jwt": 1}),
        ("GET", "/", "", [("X-Other", None)]),
        ("GET", "/", "", [(bytearray(b"cookie"), "")]),
        ("GET", "/", "", [("X-Jwt",)]),
        ("GET", "/", "", ["X-Jwt"]),
        ("GET", "/", "", [("a", "b", "c")]),
    ]
    for parts in wrong:
        errors = []
        for ask in (core.request, core.validate_request):
            with pytest.raises((TypeError, ValueError)) as raised:
                ask(*parts)
            errors.append((type(raised.value), str(raised.value)))
        assert errors[0] == errors[1]


def test_what_is_no_unicode_is_part_of_no_token(key: Key, clock: Clock) -> None:
    policy = {
        "version": 1,
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}],
        "token": {"sources": [{"query": "token"}, {"cookie": "session"}, {"header": "X-Jwt"}]},
    }
    validator = Validator.from_policy(policy, clock=clock)
    token = key.token()
    fields: list[Any] = [("X-Oth\udcff", "\udcff"), ("Cookie", b"a=\xff"), (b"cookie", "b=\udcff")]
    for query, more in (
        (f"a=%FF&token={token}".encode() + b"&b=\xff", []),
        ("\udcff", [(b"cookie", f"c=1; session={token}".encode())]),
        ("\udcff", {"x-jwt": token}.items()),
    ):
        verified = validator.validate_request("GET", "/\udcff", query, [*fields, *more])
        assert verified is not None
        assert verified.subject == "alice"
    with pytest.raises(jotgate.MissingTokenError):
        validator.validate_request("GET", "/", "", fields)
    with pytest.raises(jotgate.DecodeError):
        validator.validate_request("GET", "/", "", [("X-Jwt", token + "\udcff")])
