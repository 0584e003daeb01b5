"""What the driver's callbacks do, hang in, raise and leave behind: nothing of it wedges a validator."""

from __future__ import annotations

import asyncio
import functools
import gc
import logging
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from threads import fetch_threads, waiting

from issuer import AUDIENCE, ISSUER, NOW, Clock, Key, KeyServer, set_of
from jotgate import FetchRequest, FetchResponse, KeysUnavailable, Validator
from jotgate._completions import wait_async

Make = Callable[..., Validator]
Eventually = Callable[..., None]

HOUR = 3600.0


def test_cancelling_a_caller_does_not_cancel_the_fetch(key: Key, clock: Clock) -> None:
    fetches = 0

    async def fetch(request: FetchRequest) -> FetchResponse:
        nonlocal fetches
        fetches += 1
        await release.wait()
        return FetchResponse(200, {}, set_of(key))

    async def scenario() -> None:
        first = asyncio.create_task(validator.validate_async(key.token()))
        while fetches == 0:
            await asyncio.sleep(0)
        second = asyncio.create_task(validator.validate_async(key.token()))
        while waiting(validator) < 2:
            await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert waiting(validator) == 1
        release.set()
        assert (await second).subject == "alice"

    release = asyncio.Event()
    validator = Validator(issuer=ISSUER, audience=AUDIENCE, jwks_uri="https://idp.test/jwks", fetch=fetch, clock=clock)
    asyncio.run(scenario())
    assert fetches == 1


def test_an_event_loop_that_ends_gives_its_fetch_back(key: Key, clock: Clock) -> None:
    started = threading.Event()

    async def fetch(request: FetchRequest) -> FetchResponse:
        if not started.is_set():
            started.set()
            await asyncio.Event().wait()
        return FetchResponse(200, {}, set_of(key))

    async def leave() -> None:
        with pytest.raises(KeysUnavailable):
            validator.validate_nowait(key.token())
        while not started.is_set():
            await asyncio.sleep(0)

    validator = Validator(issuer=ISSUER, audience=AUDIENCE, jwks_uri="https://idp.test/jwks", fetch=fetch, clock=clock)
    asyncio.run(leave())
    assert validator.validate(key.token()).subject == "alice", "an async fetch serves sync callers too"


def test_a_refresh_outlives_event_loops_that_live_for_one_request(
    key: Key, clock: Clock, eventually: Eventually
) -> None:
    fetches = 0

    async def fetch(request: FetchRequest) -> FetchResponse:
        nonlocal fetches
        fetches += 1
        await asyncio.sleep(0.01 if fetches > 1 else 0)
        return FetchResponse(200, {}, set_of(key))

    validator = custom(fetch, clock)
    asyncio.run(validator.validate_async(key.token()))
    clock.now = NOW + HOUR
    assert asyncio.run(validator.validate_async(key.token(exp=NOW + 2 * HOUR))).subject == "alice"
    eventually(lambda: not validator._driver._under_way._work)
    (source,) = validator.health()["sources"]
    assert (source["age"], source["failures_in_a_row"]) == (0, 0)
    assert fetches == 3, "the one that the event loop took with it, and once more on a thread"


def test_a_sync_caller_does_not_wait_for_its_own_event_loop(key: Key, clock: Clock) -> None:
    async def fetch(request: FetchRequest) -> FetchResponse:
        await asyncio.sleep(0)
        return FetchResponse(200, {}, set_of(key))

    async def on_a_loop() -> None:
        first = asyncio.create_task(validator.validate_async(key.token()))
        await asyncio.sleep(0)
        with pytest.raises(KeysUnavailable) as caught:
            validator.validate(key.token())
        assert caught.value.retry_at == NOW
        assert (await first).subject == "alice", "the fetch was not given up"
        assert validator.validate(key.token()).subject == "alice"

    validator = custom(fetch, clock, jwks_options={"timeout": "500ms"})
    asyncio.run(on_a_loop())


def test_work_for_an_event_loop_that_stops_before_it_begins_is_given_up(
    key: Key, clock: Clock, eventually: Eventually
) -> None:
    async def fetch(request: FetchRequest) -> FetchResponse:
        return FetchResponse(200, {}, set_of(key))

    class Stopping(asyncio.SelectorEventLoop):
        """Takes what other threads hand in, and never does it."""

        def call_soon_threadsafe(self, *_: Any, **__: Any) -> Any:  # type: ignore[override]
            return None

    async def leave() -> None:
        driver, loop = validator._driver, asyncio.get_running_loop()
        worker = threading.Thread(target=lambda: driver._do(clock, loop))
        worker.start()
        worker.join()
        assert driver._under_way._work, "it was handed to the loop"

    validator = custom(fetch, clock, jwks_options={"timeout": "500ms"})
    validator._core.refresh_keys()
    loop = Stopping()
    try:
        loop.run_until_complete(leave())
    finally:
        loop.close()
    eventually(lambda: validator.health()["sources"][0]["failures_in_a_row"] == 1)


def custom(fetch: Any, clock: Clock, **options: Any) -> Validator:
    return Validator(
        issuer=ISSUER, audience=AUDIENCE, jwks_uri="https://idp.test/jwks", fetch=fetch, clock=clock, **options
    )


class Exit(BaseException):
    """Something that `except Exception` would let through."""


def raising(error: BaseException) -> Callable[[FetchRequest], Any]:
    def fetch(request: FetchRequest) -> Any:
        raise error

    return fetch


def raising_async(error: BaseException) -> Callable[[FetchRequest], Any]:
    async def fetch(request: FetchRequest) -> Any:
        raise error

    return fetch


def returning(answer: Any) -> Callable[[FetchRequest], Any]:
    return lambda request: answer


BAD_CALLBACKS = {
    "raises": raising(RuntimeError("callback")),
    "raises what is no Exception": raising(Exit()),
    "raises SystemExit": raising(SystemExit()),
    "raises in a coroutine": raising_async(RuntimeError("callback")),
    "is cancelled by itself": raising_async(asyncio.CancelledError()),
    "returns nothing": returning(None),
    "returns text": returning("{}"),
    "returns a short tuple": returning((200, {})),
    "returns a status as text": returning(("200", {}, b"{}")),
    "returns a status out of range": returning((70000, {}, b"{}")),
    "returns a negative status": returning((-1, {}, b"{}")),
    "returns a body as text": returning((200, {}, "{}")),
    "returns headers as a number": returning((200, 7, b"{}")),
    "returns headers as triples": returning((200, [("a", "b", "c")], b"{}")),
    "returns a redirect": returning((302, {"location": "https://idp.test/other"}, b"")),
    "returns HTML": returning((200, {"content-type": "text/html"}, b"<html></html>")),
    "returns no keys": returning((200, {}, b'{"keys":[]}')),
    "returns bytes that are no UTF-8": returning((200, {}, b"\xff\xfe")),
    "takes no argument": lambda: None,
}


@pytest.mark.parametrize("fetch", BAD_CALLBACKS.values(), ids=BAD_CALLBACKS)
def test_a_bad_callback_is_an_outage_and_nothing_else(fetch: Any, key: Key, clock: Clock) -> None:
    validator = custom(fetch, clock)
    with pytest.raises(KeysUnavailable):
        validator.validate(key.token())
    validator = custom(fetch, clock)
    with pytest.raises(KeysUnavailable):
        asyncio.run(validator.validate_async(key.token()))
    assert not validator._driver._under_way._work
    assert waiting(validator) == 0


def test_a_raising_callback_is_logged_without_the_token(
    key: Key, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    token = key.token()
    with caplog.at_level(logging.WARNING, "jotgate"), pytest.raises(KeysUnavailable):
        custom(raising(RuntimeError("callback failed")), clock).validate(token)
    (record,) = caplog.records
    assert "https://idp.test/jwks" in record.getMessage()
    assert record.exc_info is not None
    assert not any(segment in caplog.text for segment in token.split("."))


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_hanging_callback_is_given_up_at_its_timeout(key: Key, clock: Clock, asynchronous: bool) -> None:  # noqa: FBT001
    release = threading.Event()
    calls = 0

    def hang(request: FetchRequest) -> FetchResponse:
        nonlocal calls
        calls += 1
        assert request.timeout == 0.2
        if calls == 1:
            release.wait(30)
        return FetchResponse(200, {}, set_of(key))

    validator = custom(hang, clock, jwks_options={"timeout": "200ms"})
    call = (lambda token: asyncio.run(validator.validate_async(token))) if asynchronous else validator.validate
    with pytest.raises(KeysUnavailable) as caught:
        call(key.token())
    clock.now = caught.value.retry_at
    assert validator.validate(key.token()).subject == "alice"
    release.set()


def test_a_late_answer_of_a_given_up_fetch_is_ignored(key: Key, clock: Clock, eventually: Eventually) -> None:
    release, done = threading.Event(), threading.Event()

    def late(request: FetchRequest) -> FetchResponse:
        release.wait(30)
        done.set()
        return FetchResponse(200, {}, set_of(key))

    validator = custom(late, clock, jwks_options={"timeout": "50ms"})
    with pytest.raises(KeysUnavailable):
        validator.validate(key.token())
    release.set()
    eventually(lambda: done.is_set() and not fetch_threads())
    assert validator.health()["sources"][0]["keys"] == 0
    with pytest.raises(KeysUnavailable):
        validator.validate(key.token())


def test_a_hanging_async_callback_is_given_up_at_its_timeout(key: Key, clock: Clock) -> None:
    async def hang(request: FetchRequest) -> FetchResponse:
        await asyncio.Event().wait()
        raise AssertionError

    for call in (custom(hang, clock, jwks_options={"timeout": "50ms"}) for _ in range(2)):
        with pytest.raises(KeysUnavailable):
            asyncio.run(call.validate_async(key.token()))
        with pytest.raises(KeysUnavailable):
            call.validate(key.token())


def test_a_callback_may_be_any_kind_of_callable(key: Key, clock: Clock) -> None:
    class Sync:
        def __call__(self, request: FetchRequest) -> tuple[int, list[tuple[str, str]], bytes]:
            return (200, [("content-type", "application/json")], set_of(key))

    class Async:
        async def __call__(self, request: FetchRequest) -> FetchResponse:
            assert threading.current_thread() is threading.main_thread(), "it runs on the caller's event loop"
            return FetchResponse(200, {}, set_of(key))

    assert custom(Sync(), clock).validate(key.token()).subject == "alice"
    assert asyncio.run(custom(Sync(), clock).validate_async(key.token())).subject == "alice"
    assert asyncio.run(custom(Async(), clock).validate_async(key.token())).subject == "alice"
    hidden = custom(functools.partial(Async.__call__, Async()), clock)
    assert asyncio.run(hidden.validate_async(key.token())).subject == "alice"


def test_no_thread_stays_and_a_validator_can_be_collected(
    remote: Make, key: Key, server: KeyServer, eventually: Eventually
) -> None:
    validator = remote()
    validator.validate(key.token())
    eventually(lambda: not fetch_threads())
    gone = weakref.ref(validator._driver)
    del validator
    gc.collect()
    assert gone() is None


def test_a_raising_clock_reaches_the_caller_and_wedges_nothing(key: Key, eventually: Eventually) -> None:
    working = True

    def clock() -> float:
        if not working:
            raise RuntimeError("clock")
        return NOW

    def fetch(request: FetchRequest) -> FetchResponse:
        nonlocal working
        working = False
        return FetchResponse(200, {}, set_of(key))

    validator = Validator(issuer=ISSUER, audience=AUDIENCE, jwks_uri="https://idp.test/jwks", fetch=fetch, clock=clock)
    with pytest.raises(RuntimeError, match="clock"):
        validator.validate(key.token())
    eventually(lambda: not validator._driver._under_way._work)


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_logging_filter_that_raises_holds_no_report_up(key: Key, clock: Clock, asynchronous: bool) -> None:  # noqa: FBT001
    logged: list[int] = []

    def refuse(record: logging.LogRecord) -> bool:
        logged.append(validator.health()["sources"][0]["failures_in_a_row"])
        raise RuntimeError("filter")

    validator = custom(raising(ConnectionError()), clock)
    logger = logging.getLogger("jotgate")
    logger.addFilter(refuse)
    try:
        with pytest.raises(KeysUnavailable) as caught:
            asyncio.run(validator.validate_async(key.token())) if asynchronous else validator.validate(key.token())
    finally:
        logger.removeFilter(refuse)
    assert logged == [1], "the core knew of the failure before it was logged"
    assert caught.value.retry_at > NOW


@pytest.mark.parametrize("time", [None, float("nan"), float("inf"), "now", True, 10**400])
def test_a_clock_that_gives_no_time_holds_no_report_up(key: Key, eventually: Eventually, time: Any) -> None:
    given: list[Any] = []

    def fetch(request: FetchRequest) -> FetchResponse:
        given.append(time)
        return FetchResponse(200, {}, set_of(key))

    validator = custom(fetch, lambda: given[0] if given else NOW)  # type: ignore[arg-type]
    with pytest.raises((TypeError, ValueError, OverflowError)):
        validator.validate(key.token())
    eventually(lambda: not validator._driver._under_way._work)
    given[:] = [NOW]
    assert validator.health()["sources"][0]["failures_in_a_row"] == 1


def test_a_task_whose_work_is_under_way_no_more_lets_others_run(key: Key, clock: Clock) -> None:
    async def on_a_loop() -> None:
        ran: list[int] = []
        asyncio.get_running_loop().call_soon(ran.append, 1)
        driver = custom(returning(None), clock)._driver
        await wait_async(functools.partial(driver._under_way.one_of, [7]), 60, driver.timing)
        assert ran == [1]

    asyncio.run(on_a_loop())
