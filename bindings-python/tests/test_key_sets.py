"""What a validator says of its key sets, and how one begins with the key sets of another."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from issuer import NOW, Clock, Key, KeyServer, send
from jotgate import KeysUnavailable, Validator

Make = Callable[..., Validator]


def test_health_follows_the_key_set(remote: Make, server: KeyServer, key: Key, clock: Clock) -> None:
    validator = remote()
    (source,) = validator.health()["sources"]
    assert (source["url"], source["state"], source["keys"], source["age"]) == (server.url, "empty", 0, None)
    server.respond = lambda handler: send(handler, 500, b"")
    with pytest.raises(KeysUnavailable) as outage:
        validator.validate(key.token())
    (source,) = validator.health()["sources"]
    assert (source["fetches"], source["failures"], source["last_error"]) == (1, 1, "status_500")
    server.respond = server.send_keys
    clock.now = outage.value.retry_at
    validator.validate(key.token())
    clock.now += 30
    (source,) = validator.health()["sources"]
    assert (source["state"], source["keys"], source["last_error"]) == ("fresh", 1, None)
    assert source["age"] == pytest.approx(30)
    assert source["next_refresh"] > NOW
    assert json.loads(json.dumps(validator.health())) == validator.health()


def test_a_refresh_on_demand(
    remote: Make, server: KeyServer, key: Key, clock: Clock, eventually: Callable[..., None]
) -> None:
    told: list[str] = []
    validator = remote(on_event=lambda event: told.append(event["event"]))
    validator.refresh_keys()
    eventually(lambda: sorted(told) == ["fetch_ok", "fetch_started", "keys_changed"])
    assert validator.validate_nowait(key.token()).subject == "alice"
    assert server.requests[0]["cache-control"] == "no-cache"
    new = Key("k2")
    server.keys = [new]

    async def on_a_loop() -> None:
        validator.refresh_keys()
        while len(told) < 6:
            await asyncio.sleep(0.001)

    asyncio.run(on_a_loop())
    assert validator.validate_nowait(new.token()).subject == "alice"
    assert server.fetches == 2


def test_a_refresh_on_demand_waits_after_a_failure(remote: Make, server: KeyServer, eventually: Any) -> None:
    validator = remote()
    server.respond = lambda handler: send(handler, 500, b"")
    validator.refresh_keys()
    eventually(lambda: validator.health()["sources"][0]["failures"] == 1)
    validator.refresh_keys()
    assert not validator._driver._under_way._work
    assert server.fetches == 1


def test_a_warm_start_needs_no_fetch(remote: Make, server: KeyServer, key: Key) -> None:
    first = remote()
    first.validate(key.token())
    second = remote()
    assert second.import_keys(first.export_keys()) == 1
    assert second.validate(key.token()).subject == "alice"
    assert server.fetches == 1
    assert second.import_keys(first.export_keys()) == 0, "the set at hand is as new"


def test_what_is_no_snapshot_changes_nothing(remote: Make, key: Key, clock: Clock) -> None:
    validator = remote()
    validator.validate(key.token())
    snapshot = validator.export_keys()
    other = remote()
    for text, told in [("{", "no snapshot"), (snapshot.replace('"version":1', '"version":2'), "version")]:
        with pytest.raises(ValueError, match=told):
            other.import_keys(text)
    clock.now = NOW - 7200
    with pytest.raises(ValueError, match="later than now"):
        other.import_keys(snapshot)
    assert other.health()["sources"][0]["state"] == "empty"
