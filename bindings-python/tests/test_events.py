"""What a listener hears of the key sets and of refused tokens."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

import jotgate
from issuer import NOW, Clock, Key, KeyServer, send
from jotgate import KeysUnavailable, Validator

Make = Callable[..., Validator]
Eventually = Callable[..., None]


def names(events: list[dict[str, Any]]) -> list[str]:
    return [event["event"] for event in events]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_listener_hears_of_fetches_and_refusals(
    remote: Make,
    key: Key,
    eventually: Eventually,
    asynchronous: bool,  # noqa: FBT001
) -> None:
    events: list[dict[str, Any]] = []
    validator = remote(on_event=events.append)

    def call(token: str) -> object:
        return asyncio.run(validator.validate_async(token)) if asynchronous else validator.validate(token)

    call(key.token())
    eventually(lambda: len(events) == 3)
    assert names(events) == ["fetch_started", "fetch_ok", "keys_changed"]
    assert events[0] == {"at": NOW, "source": 0, "event": "fetch_started", "forced": False, "metadata": False}
    assert events[2]["added"] == 1
    events.clear()
    call(key.token())
    assert events == []
    with pytest.raises(jotgate.ExpiredSignatureError):
        call(key.token(exp=1))
    assert events == [{"at": NOW, "event": "rejected", "code": "expired", "claim": "exp", "issuer": 0, "route": None}]


def test_every_way_of_refusing_is_told(remote: Make, server: KeyServer, key: Key, eventually: Eventually) -> None:
    events: list[dict[str, Any]] = []
    server.respond = lambda handler: send(handler, 503, b"")
    validator = remote(on_event=events.append)
    with pytest.raises(KeysUnavailable):
        validator.validate(key.token())
    with pytest.raises(KeysUnavailable):
        validator.validate_nowait(key.token())
    with pytest.raises(jotgate.MissingTokenError):
        validator.validate_request("GET", "/")
    with pytest.raises(jotgate.InvalidIssuerError):
        asyncio.run(validator.validate_request_async("GET", "/", "", {"Authorization": f"Bearer {key.token(iss='x')}"}))
    refusals = [event["code"] for event in list(events) if event["event"] == "rejected"]
    assert refusals == ["keys_unavailable", "keys_unavailable", "missing_token", "unknown_issuer"]
    eventually(lambda: [event["problem"] for event in events if event["event"] == "fetch_failed"] == ["status_503"])


def test_what_a_hook_refuses_is_told(remote: Make, key: Key) -> None:
    events: list[dict[str, Any]] = []
    validator = remote(on_event=events.append, is_revoked=lambda _: True)
    with pytest.raises(jotgate.RevokedTokenError):
        validator.validate(key.token())
    assert "revoked" in [event.get("code") for event in events]


def test_a_refresh_in_the_background_is_told_when_it_ends(
    remote: Make, server: KeyServer, key: Key, clock: Clock, eventually: Eventually
) -> None:
    events: list[dict[str, Any]] = []
    validator = remote(on_event=events.append, jwks_options={"ttl": "1h"})
    validator.validate(key.token())
    events.clear()
    clock.now = NOW + 3600
    server.keys = [key, Key("k2")]
    validator.validate(key.token(exp=NOW + 7200))
    eventually(lambda: sorted(names(events)) == ["fetch_ok", "fetch_started", "keys_changed", "stale_served"])


def test_a_listener_that_raises_is_logged_and_stops_nothing(
    remote: Make, key: Key, caplog: pytest.LogCaptureFixture, eventually: Eventually
) -> None:
    calls = 0

    def broken(event: dict[str, Any]) -> None:
        nonlocal calls
        calls += 1
        raise RuntimeError("listener")

    validator = remote(on_event=broken)
    with caplog.at_level(logging.ERROR, "jotgate"):
        assert validator.validate(key.token()).subject == "alice"
        with pytest.raises(jotgate.ExpiredSignatureError):
            validator.validate(key.token(exp=1))
        eventually(lambda: caplog.text.count("on_event failed") == 4)
    assert calls == 4


def test_a_listener_may_validate_because_no_lock_is_held(remote: Make, key: Key, eventually: Eventually) -> None:
    seen: list[str | None] = []

    def listener(event: dict[str, Any]) -> None:
        if event["event"] == "keys_changed":
            seen.append(validator.validate(key.token()).subject)
            other = threading.Thread(target=lambda: seen.append(validator.validate(key.token()).subject))
            other.start()
            other.join(10)

    validator = remote(on_event=listener)
    validator.validate(key.token())
    eventually(lambda: seen == ["alice", "alice"])


def test_no_event_holds_anything_of_a_token(remote: Make, key: Key) -> None:
    events: list[dict[str, Any]] = []
    validator = remote(on_event=events.append)
    token = Key("secret-kid").token(sub="secret-subject")
    with pytest.raises(jotgate.UnknownKeyError):
        validator.validate(token)
    assert events
    assert "secret" not in repr(events)


def test_several_may_listen_and_leave(remote: Make, key: Key) -> None:
    first: list[dict[str, Any]] = []
    second: list[dict[str, Any]] = []
    validator = remote(on_event=first.append)
    leave, stay = validator.subscribe(second.append), validator.subscribe(second.append)
    for left in (2, 1, 0):
        second.clear()
        with pytest.raises(jotgate.MissingTokenError):
            validator.validate_request("GET", "/")
        assert len(second) == left
        (leave if left == 2 else stay)()
    assert names(first) == ["rejected"] * 3
    first[0]["code"] = "changed"
    leave()


def test_the_first_listener_hears_what_came_before_it(remote: Make, server: KeyServer, key: Key) -> None:
    events: list[dict[str, Any]] = []
    validator = remote()
    validator.validate(key.token())
    validator.subscribe(events.append)
    validator.validate(key.token())
    assert names(events) == ["fetch_started", "fetch_ok", "keys_changed"]


def test_a_listener_is_not_async(remote: Make) -> None:
    async def listener(event: dict[str, Any]) -> None:
        raise AssertionError

    with pytest.raises(TypeError, match="async"):
        remote(on_event=listener)
    with pytest.raises(TypeError, match="async"):
        remote().subscribe(listener)
