"""A policy that is replaced while the service runs."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import watch_policy

import jotgate
from issuer import AUDIENCE, ISSUER, Clock, Key, KeyServer
from jotgate import FetchRequest, FetchResponse, InvalidAudienceError, PolicyError, Validator, Verified
from jotgate.wsgi import JotgateMiddleware

OTHER = "other-audience"


def policy(key: Key, audience: str = AUDIENCE, **members: Any) -> dict[str, Any]:
    entry = {"issuer": ISSUER, "audience": audience, "keys": {"jwks": {"keys": [key.jwk()]}}}
    return {"version": 1, "issuers": [entry]} | members


def test_options_as_the_constructor_takes_them(key: Key, clock: Clock) -> None:
    keys = {"keys": [key.jwk()]}
    validator = Validator(issuer=ISSUER, audience=AUDIENCE, jwks=keys, clock=clock)
    validator.replace(issuer=ISSUER, audience=OTHER, jwks=keys)
    with pytest.raises(InvalidAudienceError):
        validator.validate(key.token())
    with pytest.raises(PolicyError) as refused:
        validator.replace(issuer=ISSUER, jwks=keys)
    assert refused.value.path == "audience"
    for wrong in ({"fetch": print}, {"isuer": ISSUER}):
        with pytest.raises(TypeError, match="no option"):
            validator.replace(**wrong)
    with pytest.raises(TypeError, match="not both"):
        validator.replace(policy(key), issuer=ISSUER)
    validator.replace(json.dumps(policy(key)))
    assert validator.validate(key.token()).subject == "alice"


def test_what_the_application_brings_stays(remote: Callable[..., Validator], server: KeyServer, key: Key) -> None:
    told: list[str] = []
    validator = remote(
        is_revoked=lambda token: token.subject == "mallory",
        transform=lambda claims: {**claims, "seen": True},
        on_event=lambda event: told.append(event["event"]),
    )
    assert validator.validate(key.token())["seen"] is True
    validator.replace(issuer=ISSUER, audience=AUDIENCE, jwks_uri=server.url, leeway=7)
    assert validator.validate(key.token())["seen"] is True
    assert server.fetches == 1, "the same source"
    with pytest.raises(jotgate.RevokedTokenError):
        validator.validate(key.token(sub="mallory"))
    assert told.count("policy_replaced") == 1


def test_a_bad_file_changes_nothing(tmp_path: Path, key: Key, clock: Clock) -> None:
    path = tmp_path / "policy.json"
    text = json.dumps(policy(key))
    path.write_text(text)
    validator = Validator.from_file(path, clock=clock)
    for broken in (text[: len(text) // 2], "", '{"version": 1}'):
        path.write_text(broken)
        with pytest.raises(PolicyError):
            validator.replace_from_file(path)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        validator.replace_from_file(path)
    assert validator.validate(key.token()).subject == "alice"


def test_what_cannot_forward_takes_no_policy_that_does(key: Key, clock: Clock) -> None:
    validator = Validator.from_policy(policy(key), clock=clock)
    forwards = policy(key, forward={"claims_to_headers": {"sub": "X-User"}})
    validator.refuse_to_forward("a decorator of mine", "another")
    with pytest.raises(PolicyError, match="a decorator of mine") as refused:
        validator.replace(forwards)
    assert refused.value.path == "forward"
    assert not validator.forwards


def test_a_client_look_up_that_nobody_does_is_refused(key: Key, clock: Clock) -> None:
    asked = policy(key)
    asked["issuers"][0]["client_id"] = {"allowed": "host"}
    validator = Validator.from_policy(policy(key), clock=clock)
    with pytest.raises(PolicyError) as refused:
        validator.replace(asked)
    assert refused.value.path == "issuers[0].client_id.allowed"
    looks_up = Validator.from_policy(policy(key), clock=clock, client_lookup=lambda client, _token: client == "shop")
    looks_up.replace(asked)
    assert looks_up.validate(key.token(client_id="shop")).subject == "alice"
    with pytest.raises(jotgate.ClientNotAllowedError):
        looks_up.validate(key.token(client_id="other"))


def test_who_waits_ends_under_the_policy_before(key: Key, clock: Clock) -> None:
    asked, release = threading.Event(), threading.Event()

    def fetch(_request: FetchRequest) -> FetchResponse:
        asked.set()
        release.wait(60)
        return FetchResponse(200, {}, json.dumps({"keys": [key.jwk()]}).encode())

    uri = "https://idp.test/jwks"
    validator = Validator(issuer=ISSUER, audience=AUDIENCE, jwks_uri=uri, fetch=fetch, clock=clock)
    with ThreadPoolExecutor(1) as pool:
        old = pool.submit(validator.validate, key.token())
        assert asked.wait(60)
        validator.replace(issuer=ISSUER, audience=OTHER, jwks_uri=uri)
        release.set()
        assert old.result().subject == "alice"
    with pytest.raises(InvalidAudienceError):
        validator.validate(key.token())


def test_fields_that_are_left_out_are_those_of_the_policy_that_judges(key: Key, clock: Clock) -> None:
    """A verdict by another policy would not see what that one forbids."""
    forbids = policy(key)
    forbids["issuers"][0]["claims"] = [{"expression": "!('x-debug' in request.headers)"}]
    validator = Validator.from_policy(policy(key), clock=clock)
    passed: list[int] = []

    class Environ(dict[str, Any]):
        """Another policy comes while the request is read."""

        reads = 0

        def __contains__(self, name: object) -> bool:
            if name == "HTTP_AUTHORIZATION" and not self.reads:
                self.reads += 1
                validator.replace(forbids)
            return super().__contains__(name)

    def app(_environ: dict[str, Any], _start: Any) -> list[bytes]:
        passed.append(1)
        return []

    answers: list[str] = []
    environ = Environ(REQUEST_METHOD="GET", PATH_INFO="/", HTTP_AUTHORIZATION=f"Bearer {key.token()}", HTTP_X_DEBUG="1")
    middleware: Any = JotgateMiddleware(app, validator)
    middleware(environ, lambda status, _headers: answers.append(status))
    assert (passed, answers) == ([], ["401 Unauthorized"])


def test_threads_see_one_policy_or_another(key: Key, clock: Clock) -> None:
    validator = Validator.from_policy(policy(key), clock=clock)
    tokens = {audience: key.token(aud=audience) for audience in (AUDIENCE, OTHER)}
    done = threading.Event()

    def validate() -> int:
        passed = 0
        while not done.is_set():
            for audience, token in tokens.items():
                try:
                    verified: Verified = validator.validate(token)
                except InvalidAudienceError:
                    continue
                assert verified["aud"] == audience
                passed += 1
        return passed

    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(validate) for _ in range(3)]
        for number in range(200):
            validator.replace(policy(key, (AUDIENCE, OTHER)[number % 2]))
        done.set()
        assert all(one.result() >= 0 for one in running)
    assert validator.validate(tokens[OTHER]).subject == "alice"


def test_the_example_that_watches_a_file(
    tmp_path: Path, key: Key, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "policy.json"

    def write(text: str) -> None:
        beside = tmp_path / "policy.json.new"
        beside.write_text(text)
        beside.replace(path)

    write(json.dumps(policy(key)))
    validator = Validator.from_file(path, clock=clock)
    looked = threading.Semaphore(0)
    stop = watch_policy.watch_policy(validator, path, seconds=0.01, told=looked.release)
    try:
        write(json.dumps(policy(key, OTHER)))
        assert looked.acquire(timeout=60)
        with pytest.raises(InvalidAudienceError):
            validator.validate(key.token())
        write('{"version": 1, "issuers"')
        assert looked.acquire(timeout=60)
        assert "the one before stays" in caplog.text
        with pytest.raises(InvalidAudienceError):
            validator.validate(key.token())
        write(json.dumps(policy(key)))
        assert looked.acquire(timeout=60)
        assert validator.validate(key.token()).subject == "alice"
    finally:
        stop()
