"""What batches have to wait for: of many issuers at once, of issuers that hang, on event loops, and across forks."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from typing import Any

import pytest
import trio
from test_fork import in_child, status_of
from test_many import EVERY, SYNC, Many, issuer_entry
from threads import fetch_threads

from issuer import Clock, Key, KeyServer, set_of
from jotgate import FetchRequest, FetchResponse, JotgateError, KeysUnavailable, Validator, Verified
from jotgate._completions import MOST_AT_ONCE
from jotgate._timing import Timing

Make = Callable[..., Validator]
Eventually = Callable[..., None]

ISSUERS = [f"https://idp{number}.test/" for number in range(100)]


@pytest.fixture(params=EVERY.values(), ids=list(EVERY))
def many(request: pytest.FixtureRequest) -> Many:
    found: Many = request.param
    return found


class Fetches:
    """A fetcher that waits until a test opens it, and counts who waits; async where it is to be."""

    def __init__(self, key: Key) -> None:
        self._body = set_of(key)
        self._opened = threading.Event()
        self.lock = threading.Lock()
        self.urls: list[str] = []
        self.running = 0
        self.most = 0

    def open(self) -> None:
        self._opened.set()

    def fetch(self, request: FetchRequest) -> FetchResponse:
        self._begin(request)
        self._opened.wait(20)
        return self._end()

    async def fetch_async(self, request: FetchRequest) -> FetchResponse:
        self._begin(request)
        while not self._opened.is_set():
            await asyncio.sleep(0.001)
        return self._end()

    def _begin(self, request: FetchRequest) -> None:
        with self.lock:
            self.urls.append(request.url)
            self.running += 1
            self.most = max(self.most, self.running)

    def _end(self) -> FetchResponse:
        with self.lock:
            self.running -= 1
        return FetchResponse(200, {}, self._body)


@pytest.fixture
def fetches(key: Key) -> Fetches:
    return Fetches(key)


def of_issuers(fetch: Any, clock: Clock, **keys: Any) -> Validator:
    entries = [issuer_entry(issuer, f"{issuer}jwks") for issuer in ISSUERS]
    for entry in entries:
        entry["jwks"] = keys
    return Validator.from_policy({"version": 1, "issuers": entries}, fetch=fetch, clock=clock)


def accepted(outcomes: list[Verified | JotgateError]) -> list[str | None]:
    return [outcome.issuer for outcome in outcomes if isinstance(outcome, Verified)]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_no_more_than_so_many_keys_are_fetched_at_once(
    fetches: Fetches,
    key: Key,
    clock: Clock,
    many: Many,
    eventually: Eventually,
    asynchronous: bool,  # noqa: FBT001
) -> None:
    validator = of_issuers(fetches.fetch_async if asynchronous else fetches.fetch, clock)
    results: list[list[Verified | JotgateError]] = []
    tokens = [key.token(iss=issuer) for issuer in ISSUERS] * 2
    caller = threading.Thread(target=lambda: results.append(many(validator, tokens)))
    caller.start()
    eventually(lambda: fetches.running == MOST_AT_ONCE)
    late: list[str | None] = []
    # One that needs what has not been taken yet waits for it, too, and is not asked about again and again meanwhile.
    single = threading.Thread(target=lambda: late.append(validator.validate(tokens[len(ISSUERS) - 1]).issuer))
    single.start()
    eventually(lambda: len(validator._driver._under_way._queue) == 1)
    assert len(fetch_threads()) <= 2 * MOST_AT_ONCE + 1
    fetches.open()
    caller.join(20)
    single.join(20)
    assert accepted(results[0]) == ISSUERS * 2
    assert late == ISSUERS[-1:]
    assert sorted(fetches.urls) == sorted(f"{issuer}jwks" for issuer in ISSUERS)
    assert fetches.most == MOST_AT_ONCE


def test_a_token_alone_starts_no_more_either(fetches: Fetches, key: Key, clock: Clock, eventually: Eventually) -> None:
    validator = of_issuers(fetches.fetch, clock)
    validator.refresh_keys()
    eventually(lambda: fetches.running == MOST_AT_ONCE)

    async def on_a_loop() -> list[Verified]:
        waiting = asyncio.gather(*(validator.validate_async(key.token(iss=issuer)) for issuer in ISSUERS))
        while len(validator._driver._under_way._queue) < len(ISSUERS) - MOST_AT_ONCE:
            await asyncio.sleep(0.001)
        fetches.open()
        return await waiting

    assert [token.issuer for token in asyncio.run(on_a_loop())] == ISSUERS
    assert (len(fetches.urls), fetches.most) == (len(ISSUERS), MOST_AT_ONCE)
    eventually(lambda: not validator._driver._under_way._work)


def test_issuers_that_hang_are_given_up_one_lot_after_the_other(fetches: Fetches, key: Key, clock: Clock) -> None:
    validator = of_issuers(fetches.fetch, clock, timeout="50ms")
    outcomes = validator.validate_many([key.token(iss=issuer) for issuer in ISSUERS])
    assert all(isinstance(outcome, KeysUnavailable) for outcome in outcomes)
    assert {source["last_error"] for source in validator.health()["sources"]} == {"timeout"}
    assert len(fetches.urls) == len(ISSUERS)
    fetches.open()


class Endless(Timing):
    """The time of no work is ever over: then it ends with the patience of those who wait for it."""

    def limit(self, *_: object) -> Callable[[], object]:
        return lambda: None


def test_patience_ends(remote: Make, key: Key, many: Many) -> None:
    opened = threading.Event()
    validator = remote(fetch=lambda request: opened.wait(20), jwks_options={"timeout": "50ms"})
    validator._driver.timing = Endless()
    assert [type(outcome) for outcome in many(validator, [key.token()] * 3)] == [KeysUnavailable] * 3
    assert validator.health()["sources"][0]["last_error"] == "timeout"
    opened.set()


def test_what_needs_this_event_loop_is_unavailable_to_a_call_that_blocks_it(
    fetches: Fetches, key: Key, clock: Clock
) -> None:
    validator = of_issuers(fetches.fetch_async, clock)

    async def on_a_loop() -> None:
        waiting = [asyncio.create_task(validator.validate_async(key.token(iss=issuer))) for issuer in ISSUERS]
        while fetches.running < MOST_AT_ONCE:
            await asyncio.sleep(0)
        # Of the last one nothing runs yet, and nothing would.
        for issuer in (ISSUERS[0], ISSUERS[-1]):
            with pytest.raises(KeysUnavailable):
                validator.validate(key.token(iss=issuer))
        first, junk, last = validator.validate_many([key.token(iss=ISSUERS[0]), "junk", key.token(iss=ISSUERS[-1])])
        assert isinstance(first, KeysUnavailable)
        assert isinstance(last, KeysUnavailable)
        assert getattr(junk, "code", None) == "malformed_token"
        fetches.open()
        assert [token.issuer for token in await asyncio.gather(*waiting)] == ISSUERS

    asyncio.run(on_a_loop())


@pytest.mark.parametrize("library", ["asyncio", "trio"])
def test_cancelling_a_batch_ends_no_fetch(
    fetches: Fetches, remote: Make, key: Key, eventually: Eventually, library: str
) -> None:
    validator = remote(fetch=fetches.fetch)

    async def on_asyncio() -> None:
        task = asyncio.create_task(validator.validate_many_async([key.token()] * 3))
        while fetches.running == 0:
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def on_trio() -> None:
        async def watch(scope: trio.CancelScope) -> None:
            while fetches.running == 0:
                await trio.sleep(0.001)
            scope.cancel()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(watch, nursery.cancel_scope)
            await validator.validate_many_async([key.token()] * 3)

    asyncio.run(on_asyncio()) if library == "asyncio" else trio.run(on_trio)
    assert not validator._driver._under_way._watches
    fetches.open()
    eventually(lambda: validator.health()["sources"][0]["keys"] == 1)
    assert accepted(validator.validate_many([key.token()])) == ["https://idp.test/"]
    assert len(fetches.urls) == 1


def test_batches_and_single_tokens_share_one_fetch(
    fetches: Fetches, remote: Make, key: Key, eventually: Eventually
) -> None:
    validator = remote(fetch=fetches.fetch)
    results: list[int] = []
    tokens = [key.token()] * 100

    def run(call: Many) -> None:
        results.append(len(accepted(call(validator, tokens))))

    calls = [*EVERY.values(), lambda validator, tokens: [validator.validate(token) for token in tokens]]
    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    eventually(lambda: len(validator._driver._under_way._watches) == len(EVERY))
    fetches.open()
    for thread in threads:
        thread.join(20)
    assert results == [100] * len(calls)
    assert len(fetches.urls) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("call", SYNC.values(), ids=list(SYNC))
def test_a_process_may_fork_while_batches_are_judged(
    remote: Make, server: KeyServer, key: Key, call: Many, eventually: Eventually
) -> None:
    validator, tokens = remote(), [key.token()] * 300 + [key.token(exp=1)] * 100
    validator.validate(tokens[0])
    stop, batches = threading.Event(), [0]

    def use() -> None:
        while not stop.is_set():
            call(validator, tokens)
            batches[0] += 1

    busy = [threading.Thread(target=use) for _ in range(2)]
    for thread in busy:
        thread.start()
    eventually(lambda: batches[0] > 0)
    try:
        children = [in_child(lambda: len(accepted(call(validator, tokens))) == 300) for _ in range(10)]
    finally:
        stop.set()
        for thread in busy:
            thread.join()
    assert [status_of(child) for child in children] == [0] * 10
    assert server.fetches == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_child_fetches_anew_what_a_batch_waits_for(
    remote: Make, fetches: Fetches, key: Key, eventually: Eventually
) -> None:
    parent = os.getpid()

    def fetch(request: FetchRequest) -> FetchResponse:
        return fetches.fetch(request) if os.getpid() == parent else FetchResponse(200, {}, set_of(key))

    validator, tokens = remote(fetch=fetch), [key.token()] * 3
    results: list[int] = []
    caller = threading.Thread(target=lambda: results.append(len(accepted(validator.validate_many(tokens)))))
    caller.start()
    eventually(lambda: fetches.running == 1)
    child = in_child(lambda: len(accepted(validator.validate_many(tokens))) == 3)
    assert status_of(child) == 0
    fetches.open()
    caller.join(20)
    assert results == [3]


def test_the_clock_is_asked_where_the_batch_was_asked_for(key: Key, clock: Clock) -> None:
    threads: set[threading.Thread] = set()

    def now() -> float:
        threads.add(threading.current_thread())
        return clock.now

    validator = Validator(issuer="https://idp.test/", audience="orders", pem=key.pem(), clock=now)

    async def main() -> None:
        assert len(accepted(await validator.validate_many_async([key.token()] * 200))) == 200

    asyncio.run(main())
    trio.run(main)
    assert threads == {threading.current_thread()}
