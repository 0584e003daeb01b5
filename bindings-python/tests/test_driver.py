"""The driver: one fetch for everyone, on any thread and any event loop, and nothing a callback does can wedge it."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from threads import is_fetching, waiting

import jotgate
from issuer import AUDIENCE, NOW, Clock, Handler, Key, KeyServer, send, set_of
from jotgate import FetchRequest, FetchResponse, KeysUnavailable, Validator, Verified
from jotgate._ruling import Ruling

Make = Callable[..., Validator]
Eventually = Callable[..., None]

HOUR = 3600.0


class Gate:
    """Holds the key server's answers until a test opens it."""

    def __init__(self, server: KeyServer) -> None:
        self._server = server
        self._open = threading.Event()
        server.respond = self._respond

    def _respond(self, handler: Handler) -> None:
        self._open.wait(10)
        self._server.send_keys(handler)

    def open(self) -> None:
        self._open.set()


def test_the_first_token_fetches_and_later_ones_do_not(remote: Make, server: KeyServer, key: Key) -> None:
    validator = remote()
    assert server.fetches == 0
    for _ in range(3):
        assert validator.validate(key.token())["sub"] == "alice"
    assert server.fetches == 1
    assert server.requests[0]["accept"].startswith("application/jwk-set+json")
    assert server.requests[0]["accept-encoding"] == "identity"


def test_a_junk_token_of_an_unknown_issuer_fetches_nothing(remote: Make, server: KeyServer, key: Key) -> None:
    with pytest.raises(jotgate.InvalidIssuerError):
        remote().validate(key.token(iss="https://other.test/"))
    assert server.fetches == 0


def test_thirty_two_threads_share_one_fetch(remote: Make, server: KeyServer, key: Key, eventually: Eventually) -> None:
    gate = Gate(server)
    validator = remote()
    token = key.token()
    with ThreadPoolExecutor(32) as pool:
        results = [pool.submit(validator.validate, token) for _ in range(32)]
        eventually(lambda: server.fetches == 1 and waiting(validator) == 32)
        gate.open()
        assert [result.result(10)["sub"] for result in results] == ["alice"] * 32
    assert server.fetches == 1


def test_threads_and_event_loops_share_one_fetch(
    remote: Make, server: KeyServer, key: Key, eventually: Eventually
) -> None:
    gate = Gate(server)
    validator = remote()
    token = key.token()

    async def several() -> list[Verified]:
        return await asyncio.gather(*(validator.validate_async(token) for _ in range(8)))

    with ThreadPoolExecutor(12) as pool:
        threads = [pool.submit(validator.validate, token) for _ in range(8)]
        loops = [pool.submit(asyncio.run, several()) for _ in range(4)]
        eventually(lambda: waiting(validator) == 8 + 4 * 8)
        gate.open()
        assert all(result.result(10).subject == "alice" for result in threads)
        assert all(token.subject == "alice" for result in loops for token in result.result(10))
    assert server.fetches == 1
    assert waiting(validator) == 0


class Counting(Ruling):
    """Counts how often the core is asked."""

    asked = 0

    def validate(self, *question: Any) -> Any:
        self.asked += 1
        return super().validate(*question)


@pytest.mark.parametrize("asynchronous", [False, True])
def test_what_others_wait_for_wakes_nobody(key: Key, clock: Clock, eventually: Eventually, asynchronous: bool) -> None:  # noqa: FBT001
    slow, others = "https://slow.test/", [f"https://other{number}.test/" for number in range(20)]
    opened = threading.Event()

    def fetch(request: FetchRequest) -> FetchResponse:
        if request.url.startswith(slow):
            opened.wait(20)
        return FetchResponse(200, {}, set_of(key))

    sources = [
        {"issuer": issuer, "audience": AUDIENCE, "keys": {"jwks_uri": f"{issuer}jwks"}} for issuer in (slow, *others)
    ]
    policy = {"version": 1, "issuers": sources}
    validator = Validator.from_policy(policy, fetch=fetch, clock=clock)
    counting = Counting(json.dumps(policy), 0, before=validator._core, now=clock())
    validator._follow(counting.learn())
    of_slow = key.token(iss=slow)

    async def several() -> list[Verified]:
        return await asyncio.gather(*(validator.validate_async(of_slow) for _ in range(30)))

    with ThreadPoolExecutor(30) as pool:
        if asynchronous:
            waiters = [pool.submit(asyncio.run, several())]
        else:
            waiters = [pool.submit(lambda: [validator.validate(of_slow)]) for _ in range(30)]
        eventually(lambda: waiting(validator) == 30)
        before = counting.asked
        for issuer in others:
            assert validator.validate(key.token(iss=issuer)).subject == "alice"
        assert counting.asked == before + 2 * len(others), "those who asked, once before their fetch and once after it"
        opened.set()
        assert all(token.subject == "alice" for result in waiters for token in result.result(10))
    assert counting.asked == before + 2 * len(others) + 30


def test_an_outage_is_unavailable_and_ends(remote: Make, server: KeyServer, key: Key, clock: Clock) -> None:
    validator = remote()
    server.respond = lambda handler: send(handler, 500, b"oops")
    with pytest.raises(KeysUnavailable) as caught:
        validator.validate(key.token())
    error = caught.value
    assert (error.code, error.issuer_index) == ("keys_unavailable", 0)
    assert NOW < error.retry_at <= NOW + 1.001
    assert error.retry_after == pytest.approx(error.retry_at - NOW)
    assert validator.answer(error).status == 503
    server.respond = server.send_keys
    with pytest.raises(KeysUnavailable):
        validator.validate(key.token())
    assert server.fetches == 1, "it backs off"
    clock.now = error.retry_at
    assert validator.validate(key.token()).subject == "alice"
    assert server.fetches == 2


def test_a_refresh_runs_in_the_background(
    remote: Make, server: KeyServer, key: Key, clock: Clock, eventually: Eventually
) -> None:
    validator = remote()
    validator.validate(key.token())
    gate = Gate(server)
    clock.now = NOW + HOUR
    assert validator.validate(key.token(exp=NOW + 2 * HOUR)).subject == "alice"
    eventually(lambda: server.fetches == 2)
    assert validator.validate(key.token(exp=NOW + 2 * HOUR)).subject == "alice"
    gate.open()
    eventually(lambda: not validator._driver._under_way._work)
    assert server.fetches == 2


def test_a_refresh_beside_a_refusal_and_on_an_event_loop(
    remote: Make, server: KeyServer, key: Key, clock: Clock, eventually: Eventually
) -> None:
    validator = remote(jwks_options={"ttl": "1h"})
    asyncio.run(validator.validate_async(key.token()))
    clock.now = NOW + HOUR
    with pytest.raises(jotgate.ExpiredSignatureError):
        asyncio.run(validator.validate_async(key.token()))
    eventually(lambda: server.fetches == 2 and not validator._driver._under_way._work)


def test_a_refusal_beside_a_refresh_can_be_collected(remote: Make, key: Key, clock: Clock) -> None:
    validator = remote()
    validator.validate(key.token())
    clock.now = NOW + HOUR
    try:
        validator.validate(key.token())
    except jotgate.ExpiredSignatureError as error:
        refusal = weakref.ref(error)
    gc.collect()
    assert refusal() is None


def test_stale_keys_serve_through_an_outage_until_max_stale(
    remote: Make, server: KeyServer, key: Key, clock: Clock, eventually: Eventually
) -> None:
    validator = remote(jwks_options={"ttl": "1h", "max_stale": "3h"})
    token = key.token(exp=NOW + 9 * HOUR)
    validator.validate(token)
    server.respond = lambda handler: send(handler, 503, b"")
    clock.now = NOW + 2 * HOUR
    assert validator.validate(token).subject == "alice"
    eventually(lambda: server.fetches == 2 and not validator._driver._under_way._work)
    clock.now = NOW + 3 * HOUR
    with pytest.raises(KeysUnavailable):
        validator.validate(token)


def test_a_rotated_key_is_found(
    remote: Make, server: KeyServer, key: Key, clock: Clock, eventually: Callable[..., None]
) -> None:
    validator = remote()
    validator.validate(key.token())
    eventually(lambda: not is_fetching(validator))
    new = Key("k2")
    server.keys = [key, new]
    clock.now += 60
    assert validator.validate(new.token()).subject == "alice"
    assert server.fetches == 2
    with pytest.raises(jotgate.UnknownKeyError):
        validator.validate(Key("k3").token())


def test_nowait_never_waits_but_starts_the_fetch(
    remote: Make, server: KeyServer, key: Key, eventually: Eventually
) -> None:
    gate = Gate(server)
    validator = remote()
    for _ in range(3):
        with pytest.raises(KeysUnavailable) as caught:
            validator.validate_nowait(key.token())
    assert caught.value.retry_at == NOW
    gate.open()
    eventually(lambda: not validator._driver._under_way._work)
    assert validator.validate_nowait(key.token()).subject == "alice"
    assert server.fetches == 1
    with pytest.raises(jotgate.ExpiredSignatureError):
        validator.validate_nowait(key.token(exp=NOW - 5))


def test_a_time_given_with_the_call_judges_the_token_and_leaves_the_keys_alone(
    remote: Make, server: KeyServer, key: Key, clock: Clock
) -> None:
    validator = remote()
    old = key.token(exp=NOW - 100 * HOUR)
    assert validator.validate(old, as_of=NOW - 101 * HOUR).subject == "alice"
    assert asyncio.run(validator.validate_async(old, as_of=int(NOW - 101 * HOUR))).subject == "alice"
    clock.now += 20
    validator.validate(key.token())
    before = validator.health()
    assert before["sources"][0]["age"] == 20
    assert validator.validate(old, as_of=NOW - 101 * HOUR).subject == "alice"
    with pytest.raises(jotgate.ExpiredSignatureError):
        validator.validate_nowait(key.token(), as_of=NOW + 900 * HOUR)
    request = ("GET", "/", "", {"Authorization": f"Bearer {old}"})
    verified = validator.validate_request(*request, as_of=NOW - 101 * HOUR)
    assert verified is not None
    assert verified.subject == "alice"
    with pytest.raises(jotgate.ExpiredSignatureError):
        asyncio.run(validator.validate_request_async(*request, as_of=NOW))
    assert validator.health()["sources"] == before["sources"]
    assert validator.validate(key.token()).subject == "alice"
    assert server.fetches == 1
