"""Why a token passes or not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from issuer import NOW, Clock, Key, KeyServer, send
from jotgate import Explanation, Validator

Make = Callable[..., Validator]


def test_an_explanation_fetches_what_it_needs(remote: Make, server: KeyServer, key: Key) -> None:
    told: list[object] = []
    validator = remote(is_revoked=told.append, on_event=told.append)
    good = validator.explain(key.token())
    assert isinstance(good, Explanation)
    assert (good.verdict, good.code, good.verified) == ("accepted", None, True)
    assert server.fetches == 1
    old = validator.explain(key.token(exp=NOW - 60))
    assert (old.verdict, old.code) == ("rejected", "expired")
    (failed,) = [check for check in old.to_dict()["checks"] if check["outcome"] == "failed"]
    assert failed["check"] == "exp"
    assert validator.explain(key.token(exp=NOW - 60), as_of=NOW - 120).verdict == "accepted"
    assert server.fetches == 1
    assert not [entry for entry in told if not isinstance(entry, dict) or entry["event"] == "rejected"]


def test_explaining_tells_nothing_and_starts_nothing(
    remote: Make, server: KeyServer, key: Key, clock: Clock, eventually: Callable[..., None]
) -> None:
    told: list[str] = []
    validator = remote(on_event=lambda event: told.append(event["event"]))
    validator.validate(key.token())
    eventually(lambda: len(told) == 3)
    told.clear()
    clock.now += 7200
    token = key.token(exp=clock.now + 60)
    assert validator.explain(token).verdict == "accepted"
    assert asyncio.run(validator.explain_async(token)).verdict == "accepted"
    validator._events.drain()
    assert (told, server.fetches) == ([], 1)
    validator.validate(token)
    eventually(lambda: server.fetches == 2 and "stale_served" in told)


def test_it_may_be_awaited(remote: Make, server: KeyServer, key: Key) -> None:
    async def explain(validator: Validator) -> list[str]:
        request = ("GET", "/", "", {"Authorization": f"Bearer {key.token()}"})
        return [
            (await validator.explain_async(key.token(exp=1))).code or "",
            (await validator.explain_request_async(*request)).verdict,
            (await remote().explain_request_async(*request)).verdict,
        ]

    assert asyncio.run(explain(remote())) == ["expired", "accepted", "accepted"]
    assert server.fetches == 2


def test_its_forms_say_the_same(local: Validator, key: Key) -> None:
    explanation = local.explain(key.token(aud="other").encode())
    assert json.loads(explanation.to_json()) == explanation.to_dict()
    assert str(explanation) == explanation.to_text()
    assert "audience_mismatch" in explanation.to_text()
    assert "\x1b[" not in explanation.to_text()
    assert "\x1b[" in explanation.to_text(colour=True)
    assert repr(explanation) == "<jotgate.Explanation rejected audience_mismatch>"


def test_requests_are_explained_with_their_route(local: Validator, key: Key) -> None:
    assert local.explain_request("GET", "/orders").code == "missing_token"
    good = local.explain_request("GET", "/orders", b"x=1", [(b"authorization", f"Bearer {key.token()}".encode())])
    assert good.verdict == "accepted"


def test_an_outage_is_explained(remote: Make, server: KeyServer, key: Key, clock: Clock) -> None:
    server.respond = lambda handler: send(handler, 500, b"")
    explanation = remote().explain(key.token()).to_dict()
    assert (explanation["verdict"], explanation["code"]) == ("unavailable", "keys_unavailable")
    assert explanation["key_sets"][0]["last_error"] == "status_500"
    assert explanation["retry_at"] > clock.now


def test_nothing_secret_and_nothing_that_steers_a_terminal_is_shown(local: Validator, key: Key) -> None:
    token = key.token(sub="\x1b[2J", iss="https://other.test/\x1b]0;x\x07")
    text = local.explain(token).to_text()
    assert "\x1b" not in text
    assert "\x07" not in text
    assert token.split(".")[2] not in text


def test_what_is_no_token_is_a_type_error(local: Validator) -> None:
    with pytest.raises(TypeError):
        local.explain(7)  # type: ignore[arg-type]
