"""A store and the event loops of whoever asks: it may ask itself, holds none up, and outlives them."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from test_store import Call, Eventually, Make, Ticking, every_fetch, every_way, fetch_async
from threads import fetch_threads

from issuer import Clock, Key, KeyServer
from jotgate import FetchRequest, FetchResponse, KeysUnavailable
from stores import AsyncMemory, Custom, Memory


@every_way
@pytest.mark.parametrize("place", ["load", "save"])
def test_a_store_may_call_the_validator(remote: Make, key: Key, call: Call, eventually: Eventually, place: str) -> None:
    ended: list[str | None] = []

    def back(*_: object) -> None:
        ended.append(validator.validate(key.token()).subject)

    validator = remote(store=Custom(**{place: back}), jwks_options={"timeout": "2s"}, clock=Ticking())
    # A load waits for itself until it is given up, and then for the fetch.
    assert call(validator, key.token()).subject == "alice"
    eventually(lambda: bool(ended) and not fetch_threads())
    assert ended == ["alice"]
    assert not validator._driver._under_way._work


def test_an_async_store_may_call_the_validator(remote: Make, key: Key) -> None:
    async def back() -> None:
        await validator.validate_async(key.token())

    validator = remote(store=Custom(load=back), jwks_options={"timeout": "2s"})
    # It waits for itself until it is given up, and then for the fetch.
    assert asyncio.run(validator.validate_async(key.token())).subject == "alice"


@every_fetch
def test_a_sync_store_does_not_hold_the_event_loop_up(remote: Make, key: Key, fetch: Any) -> None:
    loading, loaded = threading.Event(), threading.Event()

    def load() -> None:
        loading.set()
        assert loaded.wait(20)

    async def on_a_loop() -> str | None:
        validation = asyncio.create_task(remote(store=Custom(load=load), fetch=fetch).validate_async(key.token()))
        while not loading.is_set():
            await asyncio.sleep(0.001)
        loaded.set()
        return (await validation).subject

    assert asyncio.run(on_a_loop()) == "alice"


def test_an_async_fetch_runs_on_the_callers_loop_whatever_the_store_is(
    remote: Make, key: Key, server: KeyServer
) -> None:
    async def fetch(request: FetchRequest) -> FetchResponse:
        assert threading.current_thread() is threading.main_thread()
        return await fetch_async(request)

    for memory in (Memory, AsyncMemory):
        validator = remote(store=memory(), fetch=fetch)
        assert asyncio.run(validator.validate_async(key.token())).subject == "alice"
    assert server.fetches == 2


def test_work_goes_on_without_the_event_loop_that_has_ended(remote: Make, key: Key, eventually: Eventually) -> None:
    loading, ended = threading.Event(), threading.Event()

    def load() -> None:
        loading.set()
        assert ended.wait(20)

    async def leave() -> None:
        with pytest.raises(KeysUnavailable):
            validator.validate_nowait(key.token())
        while not loading.is_set():
            await asyncio.sleep(0.001)

    validator = remote(store=Custom(load=load), fetch=fetch_async)
    asyncio.run(leave())
    ended.set()
    eventually(lambda: validator.health()["sources"][0]["keys"] == 1)
    assert validator.validate_nowait(key.token()).subject == "alice"


@pytest.mark.parametrize("place", ["load", "save"])
def test_an_event_loop_that_ends_wedges_nothing(
    remote: Make, key: Key, clock: Clock, eventually: Eventually, place: str
) -> None:
    reached = threading.Event()

    async def hang(*_: object) -> None:
        if not reached.is_set():
            reached.set()
            await asyncio.Event().wait()

    async def leave() -> None:
        with pytest.raises(KeysUnavailable):
            validator.validate_nowait(key.token())
        while not reached.is_set():
            await asyncio.sleep(0.001)

    store = Custom(**{place: hang})
    validator = remote(store=store)
    asyncio.run(leave())
    setattr(store, place, getattr(Memory(), place))
    clock.now += 10
    assert validator.validate(key.token()).subject == "alice"
    eventually(lambda: not fetch_threads())
    assert not validator._driver._under_way._work
