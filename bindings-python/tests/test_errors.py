"""Exceptions: the table is complete, and no message carries anything of a token."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
import traceback
from collections.abc import Callable
from functools import partial
from itertools import repeat
from typing import Any

import pytest

import jotgate
from issuer import AUDIENCE, ISSUER, NOW, Clock, Key, base64url
from jotgate import errors
from jotgate._native import CODES


def test_every_code_of_the_core_has_its_own_class() -> None:
    assert sorted(errors.CLASS_OF_CODE) == sorted(CODES)
    classes = {
        value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, errors.JotgateError)
    } - {errors.JotgateError, errors.InvalidToken}
    assert classes == set(errors.CLASS_OF_CODE.values())
    for cls in classes:
        assert getattr(jotgate, cls.__name__) is cls
        assert cls.__name__ in jotgate.__all__


def test_the_three_kinds_are_apart() -> None:
    outside = {errors.KeysUnavailable, errors.PolicyError, errors.InternalError}
    for cls in errors.CLASS_OF_CODE.values():
        assert issubclass(cls, errors.InvalidToken) is (cls not in outside)
        assert issubclass(cls, errors.JotgateError)
    assert issubclass(errors.PolicyError, ValueError)


@pytest.mark.parametrize("cls", errors.CLASS_OF_CODE.values())
def test_every_exception_survives_pickling(cls: type[errors.JotgateError]) -> None:
    error = cls("detail")
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), vars(copy)) == (cls, str(error), vars(error))


SECRET_TEXT = "s3cr3t-marker"

REFUSED: list[tuple[str, str | None, Callable[[Key], str]]] = [
    ("malformed_token", None, lambda _: SECRET_TEXT),
    ("malformed_token", None, lambda _: ""),
    ("malformed_token", None, lambda _: "\ud800." + SECRET_TEXT),
    ("malformed_token", None, lambda key: key.token() + "="),
    ("malformed_token", None, lambda key: key.token(payload=b'{"iss":1,"iss":2}')),
    ("unsupported_token", None, lambda _: f"{SECRET_TEXT}.a.b.c.d"),
    ("unsupported_critical", None, lambda key: key.token(header={"crit": [SECRET_TEXT]})),
    ("token_too_large", None, lambda _: SECRET_TEXT * 2000),
    ("missing_issuer", "iss", lambda key: key.token(iss=None)),
    ("unknown_issuer", "iss", lambda key: key.token(iss=SECRET_TEXT)),
    ("algorithm_not_allowed", None, lambda key: key.token(header={"alg": SECRET_TEXT})),
    ("algorithm_not_allowed", None, lambda key: key.token(header={"alg": "none"})),
    ("unknown_key", None, lambda key: key.token(header={"kid": SECRET_TEXT})),
    ("invalid_signature", None, lambda key: Key(key.kid).token(sub=SECRET_TEXT)),
    ("expired", "exp", lambda key: key.token(exp=NOW - 5)),
    ("not_yet_valid", "nbf", lambda key: key.token(nbf=NOW + 6)),
    ("issued_in_future", "iat", lambda key: key.token(iat=NOW + 6)),
    ("too_old", "iat", lambda key: key.token(iat=NOW - 4000)),
    ("lifetime_too_long", "exp", lambda key: key.token(iat=NOW - 1, exp=NOW + 90000)),
    ("missing_claim", "tenant", lambda key: key.token(iat=NOW, tenant=None)),
    ("invalid_claim", "sub", lambda key: key.token(iat=NOW, sub=[SECRET_TEXT])),
    ("invalid_type", None, lambda key: key.token(header={"typ": SECRET_TEXT})),
    ("audience_mismatch", "aud", lambda key: key.token(iat=NOW, aud=SECRET_TEXT)),
    ("confirmation_failed", "cnf", lambda key: key.token(iat=NOW, tenant="t", cnf={"jkt": SECRET_TEXT})),
    ("client_not_allowed", "azp", lambda key: key.token(iat=NOW, tenant="t", azp=SECRET_TEXT)),
    ("insufficient_scope", "scope", lambda key: key.token(iat=NOW, tenant="t", azp="app", scope=SECRET_TEXT)),
]


def strict(key: Key) -> jotgate.Validator:
    return jotgate.Validator(
        issuer=ISSUER,
        audience=AUDIENCE,
        jwks={"keys": [key.jwk()]},
        typ="at+jwt",
        required_claims=["exp", "tenant"],
        max_age="1h",
        max_lifetime="1d",
        client_id={"allowed": ["app"]},
        scopes={"all": ["orders:read"]},
        clock=Clock(),
    )


@pytest.mark.parametrize(
    ("code", "claim", "make"), REFUSED, ids=[f"{code}-{n}" for n, (code, *_) in enumerate(REFUSED)]
)
def test_a_refusal_has_its_class_and_leaks_nothing(
    key: Key, code: str, claim: str | None, make: Callable[[Key], str]
) -> None:
    class Typed(Key):
        """Tokens of the right type unless the case is about the type."""

        def token(self, **options: Any) -> str:
            header = {"typ": "at+jwt", **(options.pop("header", None) or {})}
            return key.token(header=header, **options)

    token = make(Typed(key.kid))
    with pytest.raises(errors.InvalidToken) as caught:
        strict(key).validate(token)
    error = caught.value
    assert (error.code, error.claim) == (code, claim)
    assert type(error) is errors.CLASS_OF_CODE[code]
    assert error.detail
    told = "".join(traceback.format_exception_only(error)) + repr(error) + str(error) + repr(vars(error))
    segments = [segment for segment in token.split(".") if len(segment) > 8]
    for piece in [SECRET_TEXT, base64url(SECRET_TEXT.encode()), *segments]:
        assert piece not in told


def expired(local: jotgate.Validator, key: Key) -> errors.InvalidToken:
    with pytest.raises(errors.ExpiredSignatureError) as caught:
        local.validate(key.token(exp=NOW - 5))
    return caught.value


def test_a_refusal_by_the_core_is_as_one_that_the_application_makes(local: jotgate.Validator, key: Key) -> None:
    raised = [expired(local, key) for _ in range(2)]
    assert raised[0] is not raised[1]
    detail = raised[0].args[0]
    assert raised[0].args == (detail, "exp", 0, None)
    made = errors.ExpiredSignatureError(*raised[0].args)
    looks: list[Callable[[errors.InvalidToken], object]] = [
        str,
        repr,
        lambda error: (error.detail, error.claim, error.issuer_index, error.route_index),
        lambda error: (error.args, error.code, error.__cause__, error.__context__),
        lambda error: [hasattr(error, name) for name in ("detail", "claim", "path", "__notes__")],
        traceback.format_exception_only,
    ]
    for look in looks:
        # One each time, so that no look is the second.
        assert look(expired(local, key)) == look(made)
    copies: list[Callable[[errors.InvalidToken], errors.InvalidToken]] = [
        copy.copy,
        copy.deepcopy,
        lambda error: pickle.loads(pickle.dumps(error)),
    ]
    for copy_of in copies:
        error = copy_of(expired(local, key))
        assert (type(error), str(error), vars(error)) == (type(made), str(made), vars(made))


def test_the_attributes_of_a_refusal_are_its_own(local: jotgate.Validator, key: Key) -> None:
    error = expired(local, key)
    error.detail = "changed"
    assert (error.detail, error.claim) == ("changed", "exp")
    assert vars(error) == {"detail": "changed", "claim": "exp", "issuer_index": 0, "route_index": None}
    assert expired(local, key).detail != "changed"
    with pytest.raises(AttributeError, match="'ExpiredSignatureError' object has no attribute 'path'"):
        _ = error.path  # type: ignore[attr-defined]


class BareError(errors.RevokedTokenError):
    """An application's own that leaves `args` as they come."""

    def __init__(self, reason: str) -> None:
        Exception.__init__(self, reason)


def test_other_arguments_are_no_attributes() -> None:
    error = BareError("x")
    assert (error.args, error.code) == (("x",), "revoked")
    with pytest.raises(AttributeError, match="'BareError' object has no attribute 'detail'"):
        _ = error.detail


def test_the_good_token_of_the_strict_policy_passes(key: Key) -> None:
    token = key.token(header={"typ": "at+jwt"}, iat=NOW, tenant="t", azp="app", scope="orders:read orders:write")
    assert strict(key).validate(token)["tenant"] == "t"


def test_misuse_is_a_type_error(local: jotgate.Validator) -> None:
    for token in (None, 3, bytearray(b"x"), ["x"]):
        with pytest.raises(TypeError, match="str or bytes"):
            local.validate(token)  # type: ignore[call-overload]
    with pytest.raises(TypeError):
        local.validate("x", as_of="yesterday")  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="finite"):
        local.validate("x", as_of=float("nan"))
    # A clock that gives nothing would else stand for the system's.
    for nothing in (None, "now", True):
        clock: Any = partial(next, repeat(nothing))
        wrong = jotgate.Validator(issuer=ISSUER, audience=AUDIENCE, secret="s" * 32, clock=clock)
        for ask in (partial(wrong.validate, "x"), partial(wrong.validate_request, "GET", "/"), wrong.health):
            with pytest.raises(TypeError, match="clock must return"):
                ask()
    with pytest.raises(TypeError, match="fetch must be callable"):
        jotgate.Validator(issuer=ISSUER, audience=AUDIENCE, secret="s" * 32, fetch=3)  # type: ignore[arg-type]


@pytest.mark.parametrize("now", [1e300, -1e300, 0.0, -0.5, 2.0**63 / 1000])
def test_any_finite_time_is_a_time(local: jotgate.Validator, key: Key, now: float) -> None:
    with pytest.raises(errors.InvalidToken):
        local.validate(key.token(nbf=10, exp=20), as_of=now)


def test_policy_errors_name_the_place() -> None:
    with pytest.raises(errors.PolicyError) as caught:
        jotgate.Validator(issuer=ISSUER, secret="s" * 32)
    assert caught.value.path == "audience"
    assert str(caught.value).startswith("audience: ")
    with pytest.raises(errors.PolicyError) as caught:
        jotgate.Validator(issuer=ISSUER, audience=AUDIENCE, secret="short-and-secret")
    assert caught.value.path == "secret"
    assert "short-and-secret" not in str(caught.value)
    with pytest.raises(errors.PolicyError) as caught:
        jotgate.Validator(issuer=ISSUER, audience=AUDIENCE, secret="s" * 32, jwks_options={"ttl": "x"})
    assert caught.value.path == "jwks_options.ttl"
    with pytest.raises(errors.PolicyError) as caught:
        jotgate.Validator(issuer=["https://a.test", "https://b.test"], audience=AUDIENCE)
    assert caught.value.path == "discovery"
    assert "jwks_uri" in str(caught.value)
    with pytest.raises(errors.PolicyError) as caught:
        jotgate.Validator(issuer=ISSUER, audience=AUDIENCE, discovery="http://idp.test/metadata")
    assert caught.value.path == "discovery"
    with pytest.raises(errors.PolicyError) as caught:
        jotgate.Validator.from_policy({"version": 1, "issuers": [{"issuer": ISSUER}]})
    assert caught.value.path == "issuers[0].audience"
    with pytest.raises(errors.PolicyError) as caught:
        jotgate.Validator.from_policy("{")
    assert caught.value.code == "policy_error"
    with pytest.raises(errors.PolicyError) as caught:
        jotgate.Validator.from_policy({"version": 1, "issuers": [{"audiance": "x"}]})
    assert caught.value.path == "issuers[0].audiance"
    assert caught.value.hint


def test_answers(local: jotgate.Validator) -> None:
    missing = local.answer(errors.MissingTokenError())
    assert (missing.status, dict(missing.headers)["WWW-Authenticate"]) == (401, "Bearer")
    assert json.loads(missing.body)["code"] == "missing_token"
    unavailable = local.answer(errors.KeysUnavailable("", NOW + 1.2, 1.2, 0))
    assert (unavailable.status, dict(unavailable.headers)["Retry-After"]) == (503, "2")
    assert local.answer(errors.InternalError()).status == 500
    assert local.answer(errors.RevokedTokenError("by the host")).status == 401
    assert local.answer(ZeroDivisionError()).status == 500
    assert local.answer(errors.KeysUnavailable("", 0, float("-inf"))).status == 503


def test_answers_follow_the_preset(key: Key) -> None:
    validator = jotgate.Validator(issuer=ISSUER, audience=AUDIENCE, pem=key.pem(), responses="wso2")
    assert b'"900902"' in validator.answer(errors.MissingTokenError()).body
