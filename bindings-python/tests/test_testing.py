"""The test kit, used as an application's tests use it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from jotgate import (
    ExpiredSignatureError,
    InsufficientScopeError,
    InternalError,
    InvalidSignatureError,
    InvalidToken,
    JotgateError,
    KeysUnavailable,
    Requirement,
    UnknownKeyError,
    Validator,
    errors,
)
from jotgate.asgi import JotgateMiddleware
from jotgate.testing import Issuer, recipes

NOW = 1_800_000_000
POLICY: dict[str, Any] = {
    "version": 1,
    "issuers": [
        {
            "issuer": "https://idp.example.com/",
            "audience": "orders",
            "algorithms": ["ES256"],
            "max_age": "1h",
            "max_lifetime": "2h",
            "client_id": {"allowed": ["storefront"]},
            "scopes": {"all": ["orders:read"]},
            "claims": [{"claim": ["realm_access", "roles"], "any_of": ["clerk", "admin"]}],
        }
    ],
    "routes": [
        {"methods": "GET", "path": "/health", "skip": True},
        {"methods": "PUT", "path": "/orders/{id}", "scopes": {"all": ["orders:write"]}},
        {"methods": "GET", "path": "/orders"},
    ],
    "unmatched": "deny",
}


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(POLICY)


def test_a_token_is_good_and_says_what_the_test_says(issuer: Issuer) -> None:
    validator = issuer.validator()
    token = issuer.token(
        "alice", scopes=["orders:read", "more"], lifetime=timedelta(minutes=1), claims={"tenant": "blue"}
    )
    verified = validator.validate(token)
    assert (verified["sub"], verified["scope"], verified["tenant"]) == ("alice", "orders:read more", "blue")
    assert verified["exp"] - verified["iat"] == 60
    assert validator.validate_request("GET", "/orders", headers=issuer.headers())["client_id"] == "storefront"  # type: ignore[index]
    assert issuer.name == "https://idp.example.com/"


def test_every_bad_request_gets_its_code() -> None:
    issuer = Issuer(POLICY)
    issuer.rotate()
    validator = issuer.validator()
    table = recipes()
    assert [recipe.code for recipe in table] == list(errors.CLASS_OF_CODE)
    for recipe in table:
        if not recipe.makeable:
            with pytest.raises(ValueError, match="no token is refused with"):
                issuer.bad(recipe.code)
            continue
        bad = issuer.bad(recipe.code)
        path, _, query = bad.target.partition("?")
        with pytest.raises(JotgateError) as refused:
            validator.validate_request(bad.method, path, query, bad.headers)
        assert refused.value.code == bad.code == recipe.code
        if bad.token is not None:
            with pytest.raises(InvalidToken) as refused_token:
                validator.validate(bad.token)
            assert refused_token.value.code == recipe.code


@pytest.mark.filterwarnings("ignore:Using `httpx`")
def test_bad_requests_over_http(issuer: Issuer) -> None:
    from fastapi.testclient import TestClient

    app = FastAPI()

    @app.get("/orders")
    def orders() -> dict[str, bool]:
        return {"ok": True}

    client = TestClient(JotgateMiddleware(app, issuer.validator()))
    assert client.get("/orders", headers=issuer.headers()).json() == {"ok": True}
    for code, status in (
        ("expired", 401),
        ("multiple_tokens", 400),
        ("client_not_allowed", 403),
        ("insufficient_scope", 403),
    ):
        bad = issuer.bad(code, method="GET", path="/orders")
        refused = client.request(bad.method, bad.target, headers=bad.headers)
        assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_the_policy_has_other_keys_and_nothing_else(issuer: Issuer, tmp_path: Path) -> None:
    changed = issuer.policy
    assert changed["issuers"][0].pop("keys") == {"jwks": issuer.jwks}
    assert changed == POLICY
    path = tmp_path / "policy.yaml"
    path.write_text("version: 1\nissuers: [{issuer: 'https://a.test/', audience: a, algorithms: [ES256]}]\n")
    from_file = Issuer(path)
    assert from_file.name == "https://a.test/"
    assert from_file.validator().validate(from_file.token())["aud"] == "a"
    text = Issuer(json.dumps(POLICY), claims={"colour": "green"})
    assert text.verified()["colour"] == "green"


def test_several_issuers_have_their_own_keys() -> None:
    entries = [{"issuer": f"https://{name}.test/", "audience": "a", "algorithms": ["ES256"]} for name in "ab"]
    policy = {"version": 1, "issuers": entries}
    first, second = Issuer(policy), Issuer(policy, issuer="https://b.test/", kid="b-1")
    validator = Validator.from_policy(second.policy_for(first.policy))
    assert [validator.validate(each.token()).issuer for each in (first, second)] == [
        "https://a.test/",
        "https://b.test/",
    ]
    with pytest.raises(UnknownKeyError):
        validator.validate(first.token(claims={"iss": second.name}))


def test_a_verified_for_unit_tests_is_validated(issuer: Issuer) -> None:
    assert issuer.verified("alice")["sub"] == "alice"
    with pytest.raises(ExpiredSignatureError):
        issuer.verified(claims={"exp": 7})
    hosted = Issuer(issuer="https://a.test/", audience="a", algorithm="ES256")
    known = {**hosted.policy}
    known["issuers"][0]["client_id"] = {"allowed": "host"}
    assert Issuer(known).verified(client="anyone")["client_id"] == "anyone"


def test_every_validator_takes_a_verified_of_the_kit_for_one_of_its_own(issuer: Issuer) -> None:
    reader, read, write = issuer.verified(), Requirement(scopes=["orders:read"]), Requirement(scopes=["orders:write"])
    stranger = Issuer(issuer="https://b.test/", audience="b", algorithm="ES256").validator()
    for validator in (issuer.validator(), stranger):
        validator.require(reader, read)
        with pytest.raises(InsufficientScopeError):
            validator.require(reader, write)
    # One that a validator has made is its own alone.
    with pytest.raises(InternalError):
        stranger.require(issuer.validator().validate(issuer.token()), read)


def test_time_stands_where_the_test_says() -> None:
    frozen = Issuer(POLICY, now=NOW)
    token = frozen.token()
    assert frozen.validator().validate(token)["iat"] == NOW
    assert frozen.verified()["exp"] == NOW + 600
    times = [float(NOW)]
    moving = Issuer(POLICY, now=lambda: times[-1])
    validator, token = moving.validator(), moving.token(lifetime=60)
    assert validator.validate(token)
    times.append(NOW + 66)
    with pytest.raises(ExpiredSignatureError):
        validator.validate(token)
    assert validator.validate(moving.token())["iat"] == NOW + 66
    with pytest.raises(ExpiredSignatureError):
        validator.validate(moving.bad("expired").token or "")
    assert moving.verified(now=NOW - 3600)["iat"] == NOW - 3600


def test_keys_change(issuer: Issuer) -> None:
    small = Issuer(algorithm="ES256", kid="one")
    validator = Validator(issuer=small.name, audience="test-api", fetch=small.fetch)
    old = small.token()
    assert validator.validate(old)
    assert small.rotate(kid="two") == "two"
    assert validator.validate(small.token())  # its key is fetched
    assert validator.validate(old)
    assert validator.validate(small.token(kid="one"))
    small.retire_keys()
    with pytest.raises(UnknownKeyError):
        small.validator().validate(old)
    small.rotate(overlap=False)
    assert small.validator().validate(small.token())


@pytest.mark.parametrize("fault", ["html", "empty", "error", "gone", "slow", "unreachable"])
def test_a_broken_issuer_is_no_verdict(fault: Any) -> None:
    issuer = Issuer(algorithm="ES256")
    issuer.break_keys(fault)
    validator = Validator(issuer=issuer.name, audience="test-api", fetch=issuer.fetch)
    with pytest.raises(KeysUnavailable):
        validator.validate(issuer.token())
    issuer.mend()
    again = Validator(issuer=issuer.name, audience="test-api", fetch=issuer.fetch)
    assert again.validate(issuer.token())


def test_the_wrong_keys_are_a_bad_signature() -> None:
    issuer = Issuer(algorithm="ES256")
    issuer.break_keys("wrong_key")
    with pytest.raises(InvalidSignatureError):
        Validator(issuer=issuer.name, audience="test-api", fetch=issuer.fetch).validate(issuer.token())


def test_a_server_publishes_the_keys_and_ends(issuer: Issuer) -> None:
    with issuer.serve() as server:
        validator = Validator.from_policy(server.policy)
        assert validator.validate(issuer.token())
        with urllib.request.urlopen(server.url + "/.well-known/openid-configuration") as answer:
            assert json.load(answer) == {"issuer": issuer.name, "jwks_uri": server.url + "/jwks"}
        issuer.break_keys("gone")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(server.url + "/jwks")
        refused.value.close()
        issuer.break_keys("slow")
        with pytest.raises(TimeoutError):
            urllib.request.urlopen(server.url + "/jwks", timeout=0.05)
        issuer.mend()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(server.url + "/jwks")


def test_mistakes_say_what_to_do(issuer: Issuer) -> None:
    for call, message in (
        (lambda: issuer.bad("ambiguous_key"), "rotate with an overlap first"),
        (lambda: issuer.bad("nonsense"), "expected the name of a code"),
        (lambda: issuer.bad("expired", claims={"realm_access": 7}), "refused while it is good: claim_rejected"),
        (lambda: issuer.token(kid="unknown"), "no such key"),
        (lambda: issuer.token(subjekt="alice"), "unknown field"),  # type: ignore[call-arg]
        (lambda: issuer.break_keys("fire"), "one of html"),  # type: ignore[arg-type]
        (lambda: Issuer(POLICY, issuer="https://evil.test/"), "https://idp.example.com/"),
        (lambda: Issuer({"version": 1}), "no issuer"),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_nothing_imports_the_kit() -> None:
    """What a service imports must not have an issuer in it."""
    program = (
        "import jotgate, jotgate.asgi, jotgate.fastapi, jotgate.flask, jotgate.wsgi, jotgate.errors, sys;"
        "assert not {'jotgate.testing', 'jotgate.pytest', 'pytest'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_fixtures_are_there_for_those_who_ask(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["jotgate.pytest"]\n', encoding="utf-8")
    (tmp_path / "test_service.py").write_text(FIXTURES, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tmp_path),
        str(tmp_path),
    ]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "5 passed" in told.stdout, told.stdout + told.stderr
    # A run that does not ask has none.
    (tmp_path / "conftest.py").unlink()
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "fixture 'jotgate_issuer' not found" in told.stdout


FIXTURES = """
import pytest
from jotgate import KeysUnavailable, UnknownKeyError, Validator


@pytest.fixture(scope="session")
def jotgate_policy():
    return {"version": 1, "issuers": [{"issuer": "https://a.test/", "audience": "a", "algorithms": ["ES256"]}]}


def test_good(jotgate_issuer, jotgate_validator):
    assert jotgate_validator.validate(jotgate_issuer.token("alice"))["sub"] == "alice"


def test_broken(jotgate_issuer):
    jotgate_issuer.break_keys("html")
    with pytest.raises(KeysUnavailable):
        Validator(issuer="https://a.test/", audience="a", fetch=jotgate_issuer.fetch).validate(jotgate_issuer.token())


def test_whole_again(jotgate_issuer, jotgate_policy):
    validator = Validator.from_policy(jotgate_policy, fetch=jotgate_issuer.fetch)
    assert validator.validate(jotgate_issuer.token())


def test_rotated(jotgate_issuer, jotgate_validator):
    assert jotgate_issuer.rotate(overlap=False) == "test-2"
    with pytest.raises(UnknownKeyError):
        jotgate_validator.validate(jotgate_issuer.token())


def test_server(jotgate_issuer, jotgate_server):
    assert jotgate_issuer.jwks["keys"][0]["kid"] == "test-1"
    assert Validator.from_policy(jotgate_server.policy).validate(jotgate_issuer.token())
"""
