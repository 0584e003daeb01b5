"""The driver: runs the fetches that the core asks for, and lets callers wait for them.

The core decides what to fetch and when. This module starts each fetch on its own thread or task, hands the answer
back, and wakes whoever waits. There is no standing thread, so a process may fork at any time.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._completions import Completions, in_trio
from ._fetch import Fetch, failure_of, response_of
from ._native import Verified, Work
from ._steps import Course, Step, attempt, is_async, run, run_async
from ._store import KeyStore, Saves

if TYPE_CHECKING:
    from collections.abc import Generator

    from ._native import Core, FetchRequest

_log = logging.getLogger("jotgate")

GRACE = 0.5
"""Seconds that a fetch may overrun its timeout before the driver gives it up: its own report is more exact."""

LONGEST_WAIT = 30.0
"""Seconds after which a waiter asks the core again when it knows of no deadline."""


Outcome = TypeVar("Outcome")
"""What a question can end with: `Verified`, and None where a request may need no token."""


@dataclass(frozen=True)
class Ask(Generic[Outcome]):
    """A question to the core that can be asked again after a fetch."""

    put: Callable[[float | None], Outcome | Work]
    now: Callable[[], float | None]

    def __call__(self) -> Outcome | Work:
        return self.put(self.now())


@dataclass
class _Flight:
    """A fetch that was started and has not ended."""

    request: FetchRequest
    now: Callable[[], float | None]
    deadline: float = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.deadline = time.monotonic() + self.request.timeout + GRACE

    def left(self) -> float:
        """The seconds that are left of its timeout."""
        return self.deadline - GRACE - time.monotonic()


class Driver:
    """One validator's fetches: at most one for each id, shared by all threads and event loops."""

    def __init__(self, core: Core, fetch: Fetch, store: KeyStore | None, told: Callable[[], None]) -> None:
        self._core = core
        self._fetch = fetch
        self._store = store
        self._saves = Saves(core)
        self._told = told
        own = (fetch,) if store is None else (fetch, store.load, store.save)
        self._has_async = any(is_async(function) for function in own)
        self._tasks: set[asyncio.Task[None]] = set()
        self._flights: dict[int, _Flight] = {}
        self._reset_locks()
        self._forked = False
        _drivers.add(self)

    def finish(self, work: Work, ask: Ask[Outcome]) -> Outcome | Verified:
        """Does the work and blocks until there is a verdict."""
        seen: int | None = None
        while True:
            self._start(work, ask.now, loop=None)
            if work.verdict is not None:
                return _settle(work.verdict)
            if seen is not None:
                self._completions.wait(seen, self._patience())
                self._give_up_overdue()
            seen = self._completions.current()
            step = ask()
            if not isinstance(step, Work):
                return step
            work = step

    async def finish_async(self, work: Work, ask: Ask[Outcome]) -> Outcome | Verified:
        """Does the work and suspends the task until there is a verdict. Cancelling the task ends no fetch.

        A task of trio has no event loop that could run what is async, so there all of it runs on threads.
        """
        loop = None if in_trio() else asyncio.get_running_loop()
        seen: int | None = None
        while True:
            self._start(work, ask.now, loop)
            if work.verdict is not None:
                return _settle(work.verdict)
            if seen is not None:
                await self._completions.wait_async(seen, self._patience())
                self._give_up_overdue()
            seen = self._completions.current()
            step = ask()
            if not isinstance(step, Work):
                return step
            work = step

    def finish_nowait(self, work: Work, ask: Ask[Verified]) -> Verified | None:
        """Starts the work and gives the verdict if there is one already."""
        self._give_up_overdue()
        self.start(work, ask.now)
        return None if work.verdict is None else _settle(work.verdict)

    def start(self, work: Work, now: Callable[[], float | None]) -> None:
        """Starts the work, on the running event loop where there is one, and waits for nothing."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        self._start(work, now, loop)

    def _start(self, work: Work, now: Callable[[], float | None], loop: asyncio.AbstractEventLoop | None) -> None:
        flights = [_Flight(request, now) for request in work.fetches]
        with self._lock:
            if self._forked:
                # Their threads stayed behind in the parent process; here they have to be started anew.
                self._forked = False
                for orphan in self._flights.values():
                    orphan.restart()
                    flights.append(orphan)
            self._flights.update((flight.request.id, flight) for flight in flights)
        for flight in flights:
            self._launch(flight, loop)

    def _launch(self, flight: _Flight, loop: asyncio.AbstractEventLoop | None) -> None:
        if loop is not None and self._has_async:
            task = loop.create_task(run_async(self._course(flight)))
            # The loop keeps weak references only: without this the task could vanish half-way.
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return
        try:
            threading.Thread(target=run, args=(self._course(flight),), name="jotgate-fetch", daemon=True).start()
        except RuntimeError:  # no more threads, or the interpreter is on its way out
            self._fail(flight, "cancelled")

    def _course(self, flight: _Flight) -> Course:
        """What the application's functions are called for, one after the other, and what becomes of what they give."""
        store = self._store
        try:
            if store is not None and (yield from self._settle(store, flight)):
                return
            answer = yield Step(self._fetch, (flight.request,), flight.left())
            self._complete(flight, answer)
        except asyncio.CancelledError as error:  # the event loop shuts down
            self._fail(flight, "cancelled", error)
            raise
        except BaseException as error:  # noqa: BLE001 (whatever a callback raises, its fetch must end)
            self._fail(flight, failure_of(error), error)
            return
        if store is not None:
            yield from self._save(store, flight)

    def _settle(self, store: KeyStore, flight: _Flight) -> Generator[Step, Any, bool]:
        """Whether nothing is left to fetch, because the store has what another process fetched."""
        text = yield from attempt(Step(store.load, (), flight.left()), "store.load")
        if flight.left() <= 0:
            raise TimeoutError("store.load took all the time of the fetch")
        with self._lock:
            if self._flights.get(flight.request.id) is not flight:
                return True
        if text is None:
            return False
        try:
            if not isinstance(text, str):
                raise TypeError(f"store.load must give a str or None, not {type(text).__name__}")  # noqa: TRY301
            settled = self._core.settle_fetch(flight.request.id, text, flight.now())
        except Exception as error:  # noqa: BLE001 (what is of no use is as good as nothing)
            _log.warning("what store.load gave is of no use: %s", error)
            return False
        if settled and self._land(flight):
            self._announce()
        elif not settled:
            # An older set may do for those who wait, while the fetch goes on; the others wait again.
            self._completions.announce()
        return settled

    def _save(self, store: KeyStore, flight: _Flight) -> Generator[Step, Any, None]:
        """Leaves the key sets to the other processes. Whoever waited for the fetch has gone on already."""
        timeout = flight.request.timeout
        try:
            while (text := self._saves.next_text(flight, timeout + GRACE)) is not None:
                yield from attempt(Step(store.save, (text,), timeout), "store.save")
        finally:
            self._saves.leave(flight)

    def _complete(self, flight: _Flight, answer: object) -> None:
        status, headers, body = response_of(answer)
        now = flight.now()
        if self._land(flight):
            try:
                self._core.complete_fetch(flight.request.id, status, headers, body, now)
            finally:
                self._announce()

    def _fail(self, flight: _Flight, failure: str, error: BaseException | None = None) -> None:
        if not self._land(flight):
            return
        # A callback's own error is worth its traceback; for the others the kind and the text say all there is.
        trace = error if failure == "callback" else None
        _log.warning("fetch of %s failed: %s: %s", flight.request.url, failure, error, exc_info=trace)
        try:
            self._core.fail_fetch(flight.request.id, failure, _now_or_none(flight))
        finally:
            self._announce()

    def _announce(self) -> None:
        """A fetch has ended: whoever waits goes on, and then the application hears of it."""
        self._completions.announce()
        self._told()

    def _land(self, flight: _Flight) -> bool:
        """Whether this is the one end of the flight: a fetch that was given up may still answer later."""
        with self._lock:
            return self._flights.pop(flight.request.id, None) is flight

    def _patience(self) -> float:
        with self._lock:
            deadlines = [flight.deadline for flight in self._flights.values()]
        return max(0.0, min(deadlines) - time.monotonic()) if deadlines else LONGEST_WAIT

    def _give_up_overdue(self) -> None:
        with self._lock:
            overdue = [flight for flight in self._flights.values() if flight.deadline <= time.monotonic()]
        for flight in overdue:
            self._fail(flight, "timeout")

    def _reset_locks(self) -> None:
        # Re-entrant, because a signal handler may validate a token while its thread is in here.
        self._lock = threading.RLock()
        self._completions = Completions()

    def after_fork(self) -> None:
        """In a forked child: no other thread exists, and one that held a lock will never release it."""
        self._reset_locks()
        self._saves.after_fork()
        self._tasks = set()
        self._forked = True


def _settle(verdict: Verified | BaseException) -> Verified:
    if isinstance(verdict, Verified):
        return verdict
    raise verdict


def _now_or_none(flight: _Flight) -> float | None:
    """The user's clock; the system's where the user's raises, because a fetch must end in any case."""
    try:
        return flight.now()
    except Exception:  # noqa: BLE001 (the caller of the clock has seen its error before, or will)
        return None


_drivers: weakref.WeakSet[Driver] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for driver in list(_drivers):
        driver.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
