"""The shorthand writes the policy document and decides nothing; a document passes as it is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest

import jotgate
from issuer import AUDIENCE, ISSUER, NOW, Clock, Key
from jotgate import Validator
from jotgate._policy import document_of, text_of


def test_options_that_are_not_given_are_left_out() -> None:
    assert document_of({"issuer": "a", "leeway": None, "limits": None}) == {
        "version": 1,
        "issuers": [{"keys": {}, "issuer": "a"}],
    }


def test_every_option_finds_its_place() -> None:
    options: dict[str, Any] = {
        "issuer": ["a", "b"],
        "audience": "c",
        "jwks_uri": "https://a.test/jwks",
        "leeway": timedelta(seconds=30),
        "required_claims": ("exp", "sub"),
        "scopes": {"all": frozenset({"b", "a"})},
        "client_id": MappingProxyType({"allowed": ["app"]}),
        "jwks_options": {"ttl": "5m"},
        "responses": "wso2",
        "limits": {"token_bytes": 4096},
    }
    assert json.loads(text_of(document_of(options))) == {
        "version": 1,
        "limits": {"token_bytes": 4096},
        "responses": "wso2",
        "issuers": [
            {
                "keys": {"jwks_uri": "https://a.test/jwks"},
                "jwks": {"ttl": "5m"},
                "issuer": ["a", "b"],
                "audience": "c",
                "leeway": 30.0,
                "required_claims": ["exp", "sub"],
                "scopes": {"all": ["a", "b"]},
                "client_id": {"allowed": ["app"]},
            }
        ],
    }


def test_the_core_takes_every_option(key: Key) -> None:
    Validator(
        issuer=ISSUER,
        audience=[AUDIENCE],
        jwks_uri="https://idp.test/jwks",
        jwks={"keys": [key.jwk()]},
        pem=key.pem().encode(),
        algorithms=["ES256"],
        typ=["at+jwt", "JWT"],
        required_claims=["exp"],
        leeway=5,
        max_age="1h",
        max_lifetime=timedelta(days=1),
        reject_future_iat=True,
        client_id={"allowed": ["app"], "claims": ["azp"]},
        scopes={"any": ["a"]},
        try_all_keys=True,
        jwks_options={"ttl": "1h", "max_stale": 0, "timeout": 5, "cooldown": "30s", "max_body": 9999, "max_keys": 5},
        responses="mulesoft",
        limits={"token_bytes": 9000, "json_depth": 10},
    )


SECRET = b"thirty-two bytes and some more of it"


@pytest.mark.parametrize(
    "secret",
    [
        SECRET.decode(),
        SECRET,
        {"hex": SECRET.hex()},
        {"base64url": base64.urlsafe_b64encode(SECRET).decode().rstrip("=")},
    ],
    ids=["text", "bytes", "hex", "base64url"],
)
def test_every_form_of_a_secret_is_the_same_secret(secret: Any) -> None:
    assert Validator(issuer=ISSUER, audience=AUDIENCE, secret=secret, clock=Clock()).validate(hs256()).subject == "bob"


def hs256() -> str:
    def encode(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    claims = {"iss": ISSUER, "aud": AUDIENCE, "exp": NOW + 1, "sub": "bob"}
    signed = f"{encode(json.dumps({'alg': 'HS256'}).encode())}.{encode(json.dumps(claims).encode())}"
    return f"{signed}.{encode(hmac.digest(SECRET, signed.encode(), hashlib.sha256))}"


def test_a_document_as_text_and_as_a_mapping(key: Key) -> None:
    document = {"version": 1, "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}]}
    for form in (document, json.dumps(document), MappingProxyType(document)):
        validator = Validator.from_policy(form, clock=Clock())
        assert validator.validate(key.token()).subject == "alice"


def test_what_is_no_document() -> None:
    for wrong in (None, 3, b"{}", ["x"]):
        with pytest.raises(TypeError, match="mapping or JSON text"):
            Validator.from_policy(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="cannot hold a object"):
        Validator(issuer=ISSUER, audience=object())  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="JSON compliant"):
        Validator(issuer=ISSUER, audience=AUDIENCE, leeway=float("nan"), secret="s" * 32)
    with pytest.raises(jotgate.PolicyError):
        Validator()
