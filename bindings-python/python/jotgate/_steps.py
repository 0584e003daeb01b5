"""Calls of the application's own functions, sync or async, from threads and from event loops."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
import threading
from collections.abc import Callable, Generator
from typing import Any, NamedTuple, TypeAlias

_log = logging.getLogger("jotgate")


class Step(NamedTuple):
    """One call, whose end is waited for at most `seconds` where it can be given up: on threads it cannot."""

    function: Callable[..., object]
    arguments: tuple[object, ...]
    seconds: float


Course: TypeAlias = Generator[Step, Any, None]
"""Steps one after the other. What each gives is sent back in, what it raises is thrown in."""


def is_async(function: object) -> bool:
    """Whether it says of itself that it must be awaited."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004


def run(course: Course) -> None:
    """Runs a course on this thread. What is async gets an event loop of its own."""
    with contextlib.suppress(StopIteration, asyncio.CancelledError):
        step = next(course)
        while True:
            given, error = _take(step)
            step = course.send(given) if error is None else course.throw(error)


async def run_async(course: Course) -> None:
    """Runs a course on this event loop. What is not async goes to a thread, so that it does not hold the loop up."""
    with contextlib.suppress(StopIteration):
        step = next(course)
        while True:
            given, error = await _take_async(step)
            step = course.send(given) if error is None else course.throw(error)


def attempt(step: Step, name: str) -> Generator[Step, Any, object]:
    """A step that may fail: what it gives, or None when it raised, which is logged under its name."""
    try:
        return (yield step)
    except (asyncio.CancelledError, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 (whatever it raises, the course goes on)
        _log.warning("%s failed", name, exc_info=error)
        return None


_Outcome: TypeAlias = tuple[object, BaseException | None]
"""What a step gave, or raised."""


def _take(step: Step) -> _Outcome:
    try:
        given = step.function(*step.arguments)
        if inspect.isawaitable(given):
            given = asyncio.run(_within(given, step.seconds))
    except BaseException as error:  # noqa: BLE001 (the course says what becomes of it)
        return None, error
    return given, None


async def _take_async(step: Step) -> _Outcome:
    try:
        if not is_async(step.function):
            return await asyncio.wait_for(_on_thread(step), step.seconds)
        given = step.function(*step.arguments)
        return (await _within(given, step.seconds) if inspect.isawaitable(given) else given), None
    except BaseException as error:  # noqa: BLE001 (the course says what becomes of it)
        return None, error


async def _on_thread(step: Step) -> _Outcome:
    # A thread of its own: those of the loop's executor are waited for at the end, for as long as a step hangs.
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[_Outcome] = loop.create_future()

    def end(outcome: _Outcome) -> None:
        if not ended.done():
            ended.set_result(outcome)

    def work() -> None:
        outcome = _take(step)
        # A loop that was closed has nobody left who waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(end, outcome)

    threading.Thread(target=work, name="jotgate-fetch", daemon=True).start()
    return await ended


async def _within(answer: object, seconds: float) -> object:
    return await asyncio.wait_for(answer, seconds)  # type: ignore[arg-type]
