"""Calls of the application's own functions, sync or async, from threads and from event loops."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ._native import Work


class Outcome(NamedTuple):
    """What a call gave, or what it raised."""

    given: object = None
    error: BaseException | None = None


def is_async(function: object) -> bool:
    """Whether it says of itself that it must be awaited."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004


class Call:
    """One call that does a piece of work."""

    def __init__(self, work: Work, function: Callable[..., object]) -> None:
        self.work = work
        self._function = function
        self._task: asyncio.Task[Any] | None = None
        self.given_up = False

    def run(self) -> Outcome:
        """Does the work on this thread. What is async gets an event loop of its own."""
        try:
            given = self._function(*self.work.arguments)
            return Outcome(asyncio.run(self._awaited(given)) if inspect.isawaitable(given) else given)
        except BaseException as error:  # noqa: BLE001 (whatever it raises, there must be an end to report)
            return self._failed(error)

    async def run_async(self) -> Outcome:
        """Does the work on this event loop."""
        try:
            given = self._function(*self.work.arguments)
            return Outcome(await self._awaited(given) if inspect.isawaitable(given) else given)
        except BaseException as error:  # noqa: BLE001 (as above)
            return self._failed(error)

    def give_up(self) -> None:
        """Its time is over: cancels what is async. The rest goes on until it ends by itself."""
        self.given_up = True
        if self._task is None:
            return
        loop = self._task.get_loop()
        if loop is running_loop():
            self._task.cancel()
        else:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and the task with it
                loop.call_soon_threadsafe(self._task.cancel)

    async def _awaited(self, given: Awaitable[object]) -> object:
        self._task = asyncio.current_task()
        if self.given_up and self._task is not None:
            self._task.cancel()
        return await given

    def _failed(self, error: BaseException) -> Outcome:
        if self.given_up and isinstance(error, asyncio.CancelledError):
            return OVERDUE
        return Outcome(error=error)


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop of asyncio that runs on this thread."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


OVERDUE = Outcome(error=TimeoutError("no end within the timeout"))
