"""Validations under trio, and under anyio on trio."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import anyio.lowlevel
import pytest
import trio
from test_asgi import bearer
from threads import waiting

import jotgate
from issuer import Clock, Handler, Key, KeyServer, send
from jotgate import (
    AiohttpFetcher,
    AsyncHttpxFetcher,
    FetchRequest,
    HttpxFetcher,
    KeysUnavailable,
    RevokedTokenError,
    UrllibFetcher,
    Validator,
    Verified,
)
from stores import AsyncMemory, Memory

Make = Callable[..., Validator]
Eventually = Callable[..., None]
Run = Callable[[Callable[[], Awaitable[Any]]], Any]

RUNS: dict[str, Run] = {"trio": trio.run, "anyio": lambda main: anyio.run(main, backend="trio")}


@pytest.fixture(params=RUNS.values(), ids=list(RUNS))
def run(request: pytest.FixtureRequest) -> Run:
    found: Run = request.param
    return found


@pytest.mark.parametrize("fetcher", [UrllibFetcher, HttpxFetcher, AsyncHttpxFetcher, AiohttpFetcher])
def test_a_token_is_validated(run: Run, remote: Make, server: KeyServer, key: Key, fetcher: Any) -> None:
    validator = remote(fetch=fetcher())

    async def main() -> None:
        assert (await validator.validate_async(key.token())).subject == "alice"
        verified = await validator.validate_request_async("GET", "/", "", bearer(key.token()))
        assert verified is not None
        with pytest.raises(jotgate.ExpiredSignatureError):
            await validator.validate_async(key.token(exp=1))
        assert (await validator.explain_async(key.token())).verdict == "accepted"

    run(main)
    assert server.fetches == 1


def test_tasks_share_one_fetch_with_threads_and_asyncio(
    remote: Make, server: KeyServer, key: Key, eventually: Eventually
) -> None:
    opened = threading.Event()

    def respond(handler: Handler) -> None:
        opened.wait(20)
        server.send_keys(handler)

    server.respond = respond
    validator, token = remote(), key.token()

    async def several_of_trio() -> list[str | None]:
        subjects: list[str | None] = []

        async def one() -> None:
            subjects.append((await validator.validate_async(token)).subject)

        async with trio.open_nursery() as nursery:
            for _ in range(8):
                nursery.start_soon(one)
        return subjects

    async def several_of_asyncio() -> list[Verified]:
        return await asyncio.gather(*(validator.validate_async(token) for _ in range(8)))

    with ThreadPoolExecutor(10) as pool:
        of_trio = [pool.submit(trio.run, several_of_trio) for _ in range(3)]
        of_asyncio = [pool.submit(asyncio.run, several_of_asyncio()) for _ in range(3)]
        threads = [pool.submit(validator.validate, token) for _ in range(4)]
        eventually(lambda: waiting(validator) == 3 * 8 + 3 * 8 + 4)
        opened.set()
        assert [subject for result in of_trio for subject in result.result(20)] == ["alice"] * 24
        assert all(token.subject == "alice" for result in of_asyncio for token in result.result(20))
        assert all(result.result(20).subject == "alice" for result in threads)
    assert server.fetches == 1
    assert waiting(validator) == 0


def test_cancelling_a_task_ends_no_fetch(run: Run, remote: Make, server: KeyServer, key: Key) -> None:
    opened = threading.Event()

    def respond(handler: Handler) -> None:
        opened.wait(20)
        server.send_keys(handler)

    server.respond = respond
    validator, token = remote(), key.token()
    subjects: list[str | None] = []

    async def stays() -> None:
        subjects.append((await validator.validate_async(token)).subject)

    async def goes(scope: anyio.CancelScope) -> None:
        with scope:
            await validator.validate_async(token)
        assert scope.cancelled_caught

    async def main() -> None:
        scope = anyio.CancelScope()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(goes, scope)
            while server.fetches == 0:
                await anyio.sleep(0.001)
            tasks.start_soon(stays)
            while waiting(validator) < 2:
                await anyio.sleep(0.001)
            scope.cancel()
            while waiting(validator) == 2:
                await anyio.sleep(0.001)
            opened.set()

    run(main)
    assert (subjects, server.fetches, waiting(validator)) == (["alice"], 1, 0)


def test_a_run_that_ends_wedges_nobody(remote: Make, server: KeyServer, key: Key, eventually: Eventually) -> None:
    opened = threading.Event()

    def respond(handler: Handler) -> None:
        opened.wait(20)
        server.send_keys(handler)

    server.respond = respond
    validator, token = remote(), key.token()

    async def main() -> None:
        with trio.move_on_after(0) as scope:
            await validator.validate_async(token)
        assert scope.cancelled_caught

    trio.run(main)
    opened.set()
    eventually(lambda: not validator._driver._under_way._work)
    assert validator.validate(token).subject == "alice"
    assert server.fetches == 1


def test_a_waiter_of_a_run_that_is_over_is_no_error(remote: Make, server: KeyServer, key: Key) -> None:
    opened = threading.Event()
    validator = remote(fetch=lambda request: opened.wait(20))
    under_way = validator._driver._under_way
    wakes: list[Callable[[], None]] = []

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(validator.validate_async, key.token())
            while waiting(validator) == 0:
                await trio.sleep(0.001)
            wakes.extend(wake for piece in under_way._work.values() for wake in piece.wakes)
            nursery.cancel_scope.cancel()

    trio.run(main)
    assert len(wakes) == 1
    for wake in wakes:
        wake()
    opened.set()


def test_a_hanging_fetch_is_given_up_at_its_timeout(run: Run, remote: Make, key: Key) -> None:
    release = threading.Event()

    def hang(request: FetchRequest) -> Any:
        release.wait(20)

    validator = remote(fetch=hang, jwks_options={"timeout": "100ms"})

    async def main() -> None:
        with pytest.raises(KeysUnavailable):
            await validator.validate_async(key.token())

    run(main)
    assert validator.health()["sources"][0]["last_error"] == "timeout"
    release.set()


def test_an_outage_is_unavailable(run: Run, remote: Make, server: KeyServer, key: Key) -> None:
    server.respond = lambda handler: send(handler, 500, b"")
    validator = remote()

    async def main() -> None:
        with pytest.raises(KeysUnavailable):
            await validator.validate_async(key.token())

    run(main)


def test_hooks_may_be_tasks_of_the_library(run: Run, remote: Make, key: Key) -> None:
    async def is_revoked(verified: Verified) -> bool:
        await anyio.lowlevel.checkpoint()
        return verified.token_id == "stolen"

    validator = remote(is_revoked=is_revoked)

    async def main() -> None:
        assert (await validator.validate_async(key.token())).subject == "alice"
        with pytest.raises(RevokedTokenError):
            await validator.validate_async(key.token(jti="stolen"))

    run(main)


def test_nowait_and_refreshes_run_on_threads(
    run: Run, remote: Make, server: KeyServer, key: Key, clock: Clock, eventually: Eventually
) -> None:
    validator = remote(fetch=AsyncHttpxFetcher())

    async def main() -> None:
        with pytest.raises(KeysUnavailable):
            validator.validate_nowait(key.token())
        while validator.health()["sources"][0]["keys"] == 0:
            await anyio.sleep(0.001)
        assert validator.validate_nowait(key.token()).subject == "alice"
        clock.now += 3600
        assert (await validator.validate_async(key.token(exp=clock.now + 60))).subject == "alice"

    run(main)
    eventually(lambda: server.fetches == 2 and not validator._driver._under_way._work)


@pytest.mark.parametrize("memory", [Memory, AsyncMemory])
def test_a_store_is_asked_on_a_thread(
    run: Run, remote: Make, server: KeyServer, key: Key, eventually: Eventually, memory: Any
) -> None:
    store = memory()

    async def main() -> None:
        assert (await remote(store=store).validate_async(key.token())).subject == "alice"
        while store.saves == 0:
            await anyio.sleep(0.001)
        assert (await remote(store=store).validate_async(key.token())).subject == "alice"

    run(main)
    assert (server.fetches, store.loads) == (1, 2)


def test_asyncio_alone_loads_neither() -> None:
    program = "import sys, jotgate; print([name for name in ('trio', 'anyio', 'sniffio') if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert told.stdout == "[]\n"
