"""Where the core alone has a say, a call takes no line of Python: it must come to the same nevertheless."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from typing import Any

import pytest

import jotgate
from issuer import AUDIENCE, ISSUER, NOW, Clock, Key, KeyServer
from jotgate import Validator

Make = Callable[..., Validator]
Ask = Callable[[Validator], Any]


@pytest.fixture
def direct(key: Key) -> Validator:
    """A validator by the system's clock, with nothing of the application's."""
    return Validator(issuer=ISSUER, audience=AUDIENCE, pem=key.pem())


def now_key(key: Key, **claims: Any) -> str:
    return key.token(**{"exp": time.time() + 600, **claims})


def outcome(ask: Ask, validator: Validator) -> Any:
    try:
        verified = ask(validator)
    except Exception as error:
        return type(error), str(error), getattr(error, "claim", None), getattr(error, "issuer_index", None)
    return verified if verified is None else verified.claims


def test_verdicts_are_those_of_the_long_way(key: Key, direct: Validator) -> None:
    listened = Validator(issuer=ISSUER, audience=AUDIENCE, pem=key.pem(), on_event=lambda event: None)
    token = now_key(key)
    bearer = {"Authorization": f"Bearer {token}"}
    asks: list[Ask] = [
        lambda validator: validator.validate(token),
        lambda validator: validator.validate(token.encode()),
        lambda validator: validator.validate(token=token, as_of=NOW),
        lambda validator: validator.validate(token, as_of=float("nan")),
        lambda validator: validator.validate(now_key(key, exp=1)),
        lambda validator: validator.validate(now_key(key, aud="bills")),
        lambda validator: validator.validate("\udcff"),
        lambda validator: validator.validate(None),  # type: ignore[call-overload]
        lambda validator: validator.validate_request("GET", "/", "", bearer),
        lambda validator: validator.validate_request("GET", "/", headers=bearer.items()),
        lambda validator: validator.validate_request("GET", "/", b"", [(b"authorization", f"Bearer {token}".encode())]),
        lambda validator: validator.validate_request("GET", "/", "", bearer, as_of=4e9),
        lambda validator: validator.validate_request("GET", "/", "", None),
        lambda validator: validator.validate_request("GET", "/"),
        lambda validator: validator.validate_request("GET", "/", None, bearer),  # type: ignore[arg-type]
        lambda validator: validator.validate_request("GET", "/", "", {**bearer, "x": 7}),
        lambda validator: validator.validate_request("GET", "/", "", [*bearer.items(), (7, "x")]),  # type: ignore[list-item]
        lambda validator: validator.validate_request("GET", "/", "", {**bearer, "AUTHORIZATION": "Bearer x"}),
        lambda validator: validator.validate_request("\udcff", "/", "", bearer),
    ]
    for place, ask in enumerate(asks):
        assert outcome(ask, direct) == outcome(ask, listened), place
    assert outcome(asks[0], direct)["sub"] == outcome(asks[8], direct)["sub"] == "alice"


def test_calls_are_described(direct: Validator) -> None:
    assert str(inspect.signature(direct.validate)) == "(token, *, as_of=None, into=None)"
    requests = inspect.signature(direct.validate_request)
    assert str(requests) == "(method, path, query='', headers=(), *, as_of=None)"
    for method in (Validator.validate, Validator.validate_request):
        assert "Raises" in (method.__doc__ or "")
    with pytest.raises(TypeError, match=r"Validator\.validate\(\) missing 1 required positional argument: 'token'"):
        direct.validate()  # type: ignore[call-overload]


def test_who_comes_later_has_a_say_as_well(key: Key, direct: Validator) -> None:
    assert direct.validate(now_key(key)).subject == "alice"
    events: list[dict[str, Any]] = []
    unsubscribe = direct.subscribe(events.append)
    with pytest.raises(jotgate.InvalidToken):
        direct.validate("x")
    with pytest.raises(jotgate.InvalidToken):
        direct.validate_request("GET", "/")
    assert [event["code"] for event in events] == ["malformed_token", "missing_token"]
    assert direct.validate(now_key(key)).subject == "alice"
    unsubscribe()
    with pytest.raises(jotgate.InvalidToken):
        direct.validate("x")
    assert len(events) == 2


def test_hooks_have_their_say(key: Key) -> None:
    options: dict[str, Any] = {"issuer": ISSUER, "audience": AUDIENCE, "pem": key.pem()}
    token, bearer = now_key(key), {"Authorization": f"Bearer {now_key(key)}"}
    shown = Validator(**options, transform=lambda claims: {"was": claims["sub"]})
    assert dict(shown.validate(token)) == {"was": "alice"}
    verified = shown.validate_request("GET", "/", "", bearer)
    assert verified is not None
    assert dict(verified) == {"was": "alice"}
    revoked = Validator(**options, is_revoked=lambda token: True)
    with pytest.raises(jotgate.RevokedTokenError):
        revoked.validate(token)
    with pytest.raises(jotgate.RevokedTokenError):
        revoked.validate_request("GET", "/", "", bearer)


def test_keys_are_fetched_for_a_token_and_for_a_request(server: KeyServer, key: Key) -> None:
    options: dict[str, Any] = {"issuer": ISSUER, "audience": AUDIENCE, "jwks_uri": server.url}
    assert Validator(**options).validate(now_key(key)).subject == "alice"
    # Fields that can be read once only.
    fields = iter([(b"accept", b"\xff"), (b"authorization", f"Bearer {now_key(key)}".encode())])
    verified = Validator(**options).validate_request("GET", "/", "", fields)
    assert verified is not None
    assert verified.subject == "alice"
    assert server.fetches == 2


def test_a_request_without_a_token_may_pass(key: Key) -> None:
    policy: dict[str, Any] = {
        "version": 1,
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}],
        "routes": [{"path": "/health", "skip": True}],
    }
    validator = Validator.from_policy(policy)
    assert validator.validate_request("GET", "/health") is None
    with pytest.raises(jotgate.MissingTokenError):
        validator.validate_request("GET", "/orders")


class Counting(Validator):
    """What an application may make of it."""

    __slots__ = ("calls",)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.calls = 0

    def validate(self, token: str | bytes, *, as_of: float | None = None, into: type[Any] | None = None) -> Any:
        self.calls += 1
        verified = super().validate(token, as_of=as_of)
        return verified if into is None else verified.into(into)


def test_it_may_be_a_base(key: Key) -> None:
    validator = Counting(issuer=ISSUER, audience=AUDIENCE, pem=key.pem())
    assert validator.validate(now_key(key)).subject == "alice"
    assert validator.calls == 1
    with pytest.raises(AttributeError):
        Validator.__new__(Validator).validate("x")


def test_a_clock_of_the_applications_counts(key: Key) -> None:
    validator = Validator(issuer=ISSUER, audience=AUDIENCE, pem=key.pem(), clock=Clock(1_000_000_000.0))
    assert validator.validate(key.token(exp=1_000_000_001)).subject == "alice"
