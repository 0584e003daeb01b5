"""Calls of the application's own functions, sync or async, from threads and from event loops."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ._native import Work


class Outcome(NamedTuple):
    """What a call gave, or what it raised."""

    given: object = None
    error: BaseException | None = None


def is_async(function: object) -> bool:
    """Whether it says of itself that it must be awaited."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004


def outcome(work: Work, function: Callable[..., object]) -> Outcome:
    """Does the work on this thread. What is async gets an event loop of its own."""
    try:
        given = function(*work.arguments)
        return Outcome(asyncio.run(_within(given, work.timeout)) if inspect.isawaitable(given) else given)
    except BaseException as error:  # noqa: BLE001 (whatever it raises, there must be an end to report)
        return Outcome(error=error)


async def outcome_async(work: Work, function: Callable[..., object]) -> Outcome:
    """Does the work on this event loop."""
    try:
        given = function(*work.arguments)
        return Outcome(await _within(given, work.timeout) if inspect.isawaitable(given) else given)
    except BaseException as error:  # noqa: BLE001 (as above)
        return Outcome(error=error)


async def _within(answer: object, seconds: float) -> object:
    return await asyncio.wait_for(answer, seconds)  # type: ignore[arg-type]
