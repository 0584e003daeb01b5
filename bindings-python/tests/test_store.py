"""Key sets that processes share: one fetch for all, and nothing that a store does can wedge anybody."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from threads import fetch_threads, is_fetching

from issuer import AUDIENCE, ISSUER, Clock, Handler, Key, KeyServer, send
from jotgate import FetchRequest, FetchResponse, KeysUnavailable, UrllibFetcher, Validator, Verified
from stores import BROKEN, AsyncMemory, Custom, Exit, Memory

Make = Callable[..., Validator]
Eventually = Callable[..., None]
Call = Callable[[Validator, str], Verified]

CALLS: dict[str, Call] = {
    "sync": lambda validator, token: validator.validate(token),
    "async": lambda validator, token: asyncio.run(validator.validate_async(token)),
}


async def fetch_async(request: FetchRequest) -> FetchResponse:
    return await asyncio.to_thread(UrllibFetcher(), request)


every_way = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
every_fetch = pytest.mark.parametrize("fetch", [None, fetch_async], ids=["sync fetch", "async fetch"])
every_store = pytest.mark.parametrize("memory", [Memory, AsyncMemory])


@every_way
@every_fetch
@every_store
def test_what_one_has_fetched_no_other_fetches(
    remote: Make, server: KeyServer, key: Key, clock: Clock, call: Call, fetch: Any, memory: Any
) -> None:
    first = remote()
    first.validate(key.token())
    store = memory(first.export_keys())
    told: list[str] = []
    clock.now += 10
    second = remote(store=store, fetch=fetch, on_event=lambda event: told.append(event["event"]))
    assert call(second, key.token()).subject == "alice"
    assert call(second, key.token()).subject == "alice"
    (source,) = second.health()["sources"]
    assert (source["shared"], source["bytes"], source["age"]) == (1, 0, 10)
    # Two threads may tell at the same time.
    assert sorted(told) == ["fetch_shared", "fetch_started", "keys_changed"]
    assert (server.fetches, store.loads, store.saves) == (1, 1, 0)


@every_fetch
@every_store
def test_what_a_thread_has_fetched_is_saved(
    remote: Make, server: KeyServer, key: Key, eventually: Eventually, fetch: Any, memory: Any
) -> None:
    store = memory()
    assert remote(store=store, fetch=fetch).validate(key.token()).subject == "alice"
    eventually(lambda: store.saves == 1 and not fetch_threads())
    assert (store.loads, json.loads(store.text)["sources"][0]["url"]) == (1, server.url)


@every_fetch
@every_store
def test_what_an_event_loop_has_fetched_is_saved(
    remote: Make, server: KeyServer, key: Key, fetch: Any, memory: Any
) -> None:
    store = memory()

    async def on_a_loop() -> None:
        assert (await remote(store=store, fetch=fetch).validate_async(key.token())).subject == "alice"
        while store.saves == 0:
            await asyncio.sleep(0.001)

    asyncio.run(on_a_loop())
    assert (store.loads, json.loads(store.text)["sources"][0]["url"]) == (1, server.url)


@every_store
def test_threads_and_loops_share_one_load(remote: Make, server: KeyServer, key: Key, memory: Any) -> None:
    warm = remote()
    warm.validate(key.token())
    store, token = memory(warm.export_keys()), key.token()
    validators = [remote(store=store) for _ in range(4)]

    async def several(validator: Validator) -> list[Verified]:
        return await asyncio.gather(*(validator.validate_async(token) for _ in range(8)))

    with ThreadPoolExecutor(24) as pool:
        threads = [pool.submit(validator.validate, token) for validator in validators for _ in range(4)]
        loops = [pool.submit(asyncio.run, several(validator)) for validator in validators]
        assert all(result.result(10).subject == "alice" for result in threads)
        assert all(token.subject == "alice" for result in loops for token in result.result(10))
    assert store.loads == len(validators)
    assert (server.fetches, store.saves) == (1, 0)


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@every_fetch
def test_an_older_set_serves_while_its_renewal_is_under_way(
    remote: Make,
    server: KeyServer,
    key: Key,
    clock: Clock,
    eventually: Eventually,
    is_async: bool,  # noqa: FBT001
    fetch: Any,
) -> None:
    warm = remote()
    warm.validate(key.token())
    store = Memory(warm.export_keys())
    clock.now += 3500
    release = threading.Event()

    def respond(handler: Handler) -> None:
        release.wait(20)
        server.send_keys(handler)

    server.respond = respond
    validator = remote(store=store, fetch=fetch)

    async def on_a_loop(token: str) -> Verified:
        verified = await validator.validate_async(token)
        assert validator.health()["sources"][0]["age"] == 3500
        release.set()
        # A loop that ended before would have its fetch begun once more on a thread.
        while validator._driver._under_way._work:
            await asyncio.sleep(0.01)
        return verified

    # Nothing has released the fetch by then.
    token = key.token(exp=clock.now + 60)
    verified = asyncio.run(on_a_loop(token)) if is_async else validator.validate(token)
    assert verified.subject == "alice"
    if not is_async:
        assert validator.health()["sources"][0]["age"] == 3500
        release.set()
    eventually(lambda: not validator._driver._under_way._work)
    assert server.fetches == 2


def test_a_failed_fetch_saves_nothing(remote: Make, server: KeyServer, key: Key, eventually: Eventually) -> None:
    server.respond = lambda handler: send(handler, 500, b"")
    store = Memory()
    with pytest.raises(KeysUnavailable):
        remote(store=store).validate(key.token())
    eventually(lambda: not fetch_threads())
    assert (store.loads, store.saves) == (1, 0)


@every_way
@every_fetch
@pytest.mark.parametrize("place", ["load", "save"])
@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_store_is_as_good_as_none(
    remote: Make, server: KeyServer, key: Key, eventually: Eventually, call: Call, fetch: Any, place: str, broken: Any
) -> None:
    validator = remote(store=Custom(**{place: broken}), fetch=fetch)
    assert call(validator, key.token()).subject == "alice"
    assert server.fetches == 1
    assert call(validator, key.token()).subject == "alice"
    eventually(lambda: not fetch_threads())
    assert not validator._driver._under_way._work


def test_what_is_broken_is_logged(remote: Make, key: Key, caplog: pytest.LogCaptureFixture, eventually: Any) -> None:
    token = key.token()
    with caplog.at_level(logging.WARNING, "jotgate"):
        for store in (
            Custom(load=BROKEN["raises"], save=BROKEN["raises"]),
            Custom(load=BROKEN["returns bytes"]),
            Custom(load=BROKEN["returns text"]),
        ):
            remote(store=store).validate(token)
            eventually(lambda: not fetch_threads())
    failed_load, failed_save, no_text, no_snapshot = (record.getMessage() for record in caplog.records)
    assert failed_load == "store.load failed: RuntimeError: the store is broken"
    assert failed_save == "store.save failed: RuntimeError: the store is broken"
    assert "must give a str or None, not bytes" in no_text
    assert no_snapshot.startswith("store.load failed: ValueError: ")
    assert not any(segment in caplog.text for segment in token.split("."))


def hanging(release: threading.Event) -> Callable[..., Any]:
    def hang(*_: object) -> None:
        release.wait(30)

    return hang


async def hang_async(*_: object) -> Any:
    await asyncio.Event().wait()


class Ticking(Clock):
    """A clock that goes on by itself: the core sees by it that a load has taken all the time of the fetch."""

    def __init__(self) -> None:
        super().__init__()
        self._began = time.monotonic()

    def __call__(self) -> float:
        return self.now + time.monotonic() - self._began


@every_way
@every_fetch
@pytest.mark.parametrize("is_async", [False, True], ids=["sync load", "async load"])
def test_a_hanging_load_is_given_up_for_the_fetch(
    remote: Make,
    server: KeyServer,
    key: Key,
    call: Call,
    fetch: Any,
    is_async: bool,  # noqa: FBT001
) -> None:
    release = threading.Event()
    store = Custom(load=hang_async if is_async else hanging(release))
    # The clock stands still, so the fetch has time left however late the thread is given up. Real fetches have to keep
    # the timeouts here, on a busy machine too.
    validator = remote(store=store, fetch=fetch, jwks_options={"timeout": "2s"})
    assert call(validator, key.token()).subject == "alice"
    assert server.fetches == 1
    release.set()


@every_way
@every_fetch
def test_a_hanging_load_leaves_time_for_the_fetch(
    remote: Make, server: KeyServer, key: Key, call: Call, fetch: Any
) -> None:
    release, store = threading.Event(), Custom()
    store.load = hanging(release)
    validator = remote(store=store, fetch=fetch, jwks_options={"timeout": "2s"}, clock=Ticking())
    assert call(validator, key.token()).subject == "alice"
    assert server.fetches == 1
    assert validator.health()["sources"][0]["last_error"] is None
    release.set()


@pytest.mark.parametrize("is_async", [False, True], ids=["sync save", "async save"])
def test_a_hanging_save_is_given_up_at_its_timeout(
    remote: Make,
    key: Key,
    eventually: Eventually,
    is_async: bool,  # noqa: FBT001
) -> None:
    release = threading.Event()
    store = Custom(save=hang_async if is_async else hanging(release))
    validator = remote(store=store, jwks_options={"timeout": "2s"})
    validator.validate(key.token())
    # The clock stands still, so nothing but the driver's own time can end the save.
    eventually(lambda: not validator._driver._under_way._work)
    release.set()
    eventually(lambda: not fetch_threads())


@every_way
@every_fetch
@pytest.mark.parametrize("is_async", [False, True], ids=["sync save", "async save"])
def test_a_hanging_save_blocks_nobody(
    remote: Make,
    server: KeyServer,
    key: Key,
    clock: Clock,
    eventually: Eventually,
    call: Call,
    fetch: Any,
    is_async: bool,  # noqa: FBT001
) -> None:
    release = threading.Event()
    store = Custom(save=hang_async if is_async else hanging(release))
    validator = remote(store=store, fetch=fetch, jwks_options={"timeout": "3s"})
    assert call(validator, key.token()).subject == "alice"
    eventually(lambda: not is_fetching(validator))
    new = Key("k2")
    server.keys = [key, new]
    clock.now += 60
    assert call(validator, new.token()).subject == "alice"
    assert server.fetches == 2
    release.set()


def test_a_save_that_hangs_is_given_up_and_its_late_text_does_not_stay(
    remote: Make, server: KeyServer, key: Key, clock: Clock, eventually: Eventually
) -> None:
    saving, release = threading.Event(), threading.Event()
    texts: list[str] = []

    def save(text: str) -> None:
        if not saving.is_set():
            saving.set()
            release.wait(20)
        texts.append(text)

    validator = remote(store=Custom(save=save))
    validator.validate(key.token())
    assert saving.wait(20)
    eventually(lambda: not is_fetching(validator))
    server.keys = [key, new := Key("k2")]
    # Long enough for the save to count as lost.
    clock.now += 60
    assert validator.validate(new.token()).subject == "alice"
    eventually(lambda: len(texts) == 1)
    release.set()
    eventually(lambda: len(texts) == 3 and not fetch_threads())
    # With its quotes: random letters of a key's modulus may read k2.
    assert ['k2\\"' in text for text in texts] == [True, False, True], "the newer one is saved once more"
    assert not validator._driver._under_way._work


@every_store
def test_saves_never_overlap(
    remote: Make, server: KeyServer, key: Key, clock: Clock, eventually: Eventually, memory: Any
) -> None:
    kept, running, most = memory(), 0, 0

    def entered(step: int) -> None:
        nonlocal running, most
        running += step
        most = max(most, running)

    async def save_async(text: str) -> None:
        entered(1)
        await asyncio.sleep(0.02)
        await kept.save(text)
        entered(-1)

    def save(text: str) -> None:
        entered(1)
        time.sleep(0.02)
        kept.save(text)
        entered(-1)

    is_async = memory is AsyncMemory
    validator = remote(store=Custom(save=save_async if is_async else save))
    keys = [key]
    for number in range(8):
        keys.append(Key(f"n{number}"))
        server.keys = keys
        clock.now += 1
        validator.refresh_keys()
        eventually(lambda: validator.health()["sources"][0]["keys"] == len(keys))
    eventually(lambda: not fetch_threads())
    assert (most, running) == (1, 0)
    assert f"n{7}" in kept.text


def test_no_older_text_ends_on_top_of_a_newer_one(
    remote: Make, server: KeyServer, key: Key, clock: Clock, eventually: Eventually
) -> None:
    saving, release = threading.Event(), threading.Event()
    texts: list[str] = []

    def save(text: str) -> None:
        if not saving.is_set():
            saving.set()
            release.wait(20)
        texts.append(text)

    other = server.url + "/2"
    gate = threading.Event()

    def respond(handler: Handler) -> None:
        if handler.path == "/jwks/2":
            gate.wait(20)
        server.send_keys(handler)

    server.respond = respond
    validator = remote(store=Custom(save=save), jwks_uri=[server.url, other])
    assert validator.validate(key.token()).subject == "alice"
    assert saving.wait(20)
    gate.set()
    eventually(lambda: validator.health()["sources"][1]["keys"] == 1 and len(validator._driver._under_way._work) == 1)
    assert not texts
    release.set()
    eventually(lambda: len(texts) == 2 and not fetch_threads())
    assert [len(json.loads(text)["sources"]) for text in texts] == [1, 2]


@pytest.mark.parametrize("error", [AttributeError, RuntimeError, Exit])
def test_a_store_that_loses_its_methods_takes_no_other_work_with_it(
    remote: Make, key: Key, server: KeyServer, clock: Clock, eventually: Eventually, error: type[BaseException]
) -> None:
    class Losing(Memory):
        lost = False

        def __getattribute__(self, name: str) -> Any:
            if name == "load" and Losing.lost:
                raise error
            return super().__getattribute__(name)

    validator = remote(store=Losing())
    Losing.lost = True
    with pytest.raises(error) if error is Exit else contextlib.nullcontext():
        validator.validate(key.token())
    eventually(lambda: server.fetches == 1 and not validator._driver._under_way._work)
    assert validator.validate(key.token()).subject == "alice"


@pytest.mark.parametrize("store", [7, {}, object()], ids=["number", "dict", "object"])
def test_what_is_no_store_is_refused(key: Key, store: Any) -> None:
    policy = {"version": 1, "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}]}
    with pytest.raises(TypeError, match="store must have the methods load and save"):
        Validator(issuer=ISSUER, audience=AUDIENCE, pem=key.pem(), store=store)
    with pytest.raises(TypeError, match="store must have the methods load and save"):
        Validator.from_policy(policy, store=store)
