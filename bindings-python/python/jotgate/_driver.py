"""The driver: does the work that the core gives out, and lets callers wait for it.

The core decides what is done, when, and for how long. This module calls the application's function for each piece on
a thread or task of its own, reports how that ended, and wakes whoever waits for that piece. There is no standing
thread, so a process may fork at any time.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import os
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from ._batch import Batch, aside
from ._calls import OVERDUE, Call, Outcome, is_async, running_loop
from ._completions import Ids, UnderWay, in_trio, wait, wait_async
from ._fetch import Fetch, cause_of, failure_of, response_of
from ._native import Pending, Undecided, Verified
from ._numbers import FAILURE_CALLBACK
from ._store import KeyStore
from ._timing import Timing

if TYPE_CHECKING:
    from ._native import Core, Work

_log = logging.getLogger("jotgate")

Verdict: TypeAlias = Verified | Undecided | None
"""What a question can end with, when nothing is raised: None where a request needs no token."""

Ask: TypeAlias = Callable[[], Verdict | Pending]
"""A question that can be asked again when work has ended."""

_Clock: TypeAlias = Callable[[], float | None]

_Loop: TypeAlias = asyncio.AbstractEventLoop | None
"""Where async functions run; None has them run on threads."""


class Driver:
    """The work of one validator, shared by all threads and event loops."""

    def __init__(
        self, core: Core, fetch: Fetch, store: KeyStore | None, clock: _Clock, told: Callable[[], None]
    ) -> None:
        self._core = core
        self._fetch = fetch
        self._store = store
        self._clock = clock
        self._told = told
        self._tasks: set[asyncio.Task[Outcome]] = set()
        self._under_way = UnderWay()
        # One policy comes in the place of another at a time.
        self.replacing = threading.Lock()
        self.timing = Timing()
        _drivers.add(self)

    def follow(self, core: Core) -> None:
        """Another policy has come in the place of the one before: all work is its own, and the old one can go."""
        self._core = core

    def finish(self, step: Verdict | Pending, ask: Ask) -> Verdict | Pending:
        """Does the work and blocks until there is a verdict.

        None comes on the thread of an event loop that is to do the work: it would wait for itself.
        """
        while isinstance(step, Pending):
            self._do(self._clock, None)
            if not step.wait_for:
                return step.settled()
            if (own := running_loop()) is not None and self._under_way.needs(own, step.wait_for):
                return step
            taken = self._taken([step.wait_for])
            wait(partial(self._under_way.one_of, step.wait_for), step.patience, self.timing)
            self._end_overdue(taken, None)
            step = ask()
        return step

    async def finish_async(self, step: Verdict | Pending, ask: Ask) -> Verdict:
        """Does the work and suspends the task until there is a verdict. Cancelling the task ends no work."""
        while isinstance(step, Pending):
            loop = _loop_of_caller()
            self._do(self._clock, loop)
            if not step.wait_for:
                return step.settled()
            taken = self._taken([step.wait_for])
            await wait_async(partial(self._under_way.one_of, step.wait_for), step.patience, self.timing)
            self._end_overdue(taken, loop)
            step = ask()
        return step

    def finish_nowait(self, step: Verdict | Pending) -> Verdict | Pending:
        """Starts the work, and gives the verdict if there is one already."""
        if not isinstance(step, Pending):
            return step
        self.start()
        return step if step.wait_for else step.settled()

    def finish_many(self, batch: Batch) -> None:
        """Does the work and blocks until each token of the batch has its verdict.

        Those that need work of this thread's own event loop stay without one: it would wait for itself.
        """
        own = running_loop()
        while batch.is_open:
            with self._under_way.watch() as watch:
                batch.ask(self._clock())
                if batch.is_due:
                    self._do(self._clock, None)
                if own is not None:
                    batch.leave_out(partial(self._under_way.needs, own))
                groups, patience = batch.waits()
                taken = self._taken(groups)
                wait(partial(watch.all_of, groups), patience, self.timing)
            self._end_overdue(watch.left(taken), None)

    async def finish_many_async(self, batch: Batch) -> None:
        """Like `finish_many`, but suspends the task. Cancelling the task ends no work."""
        while batch.is_open:
            loop = _loop_of_caller()
            with self._under_way.watch() as watch:
                await aside(partial(batch.ask, self._clock()), self.timing, on_thread=batch.is_long)
                if batch.is_due:
                    self._do(self._clock, loop)
                groups, patience = batch.waits()
                taken = self._taken(groups)
                await wait_async(partial(watch.all_of, groups), patience, self.timing)
            self._end_overdue(watch.left(taken), loop)

    def settle(self, timeout: float | None) -> bool:
        """Waits until no work is under way, for so many seconds at most, and says whether none is."""
        until = time.monotonic() + (threading.TIMEOUT_MAX if timeout is None else timeout)
        while True:
            with self._under_way.watch() as watch:
                groups = self._under_way.all_ids()
                left = until - time.monotonic()
                if not groups or left <= 0:
                    return not groups
                wait(partial(watch.all_of, groups), left, self.timing)

    def _taken(self, groups: Sequence[Ids]) -> list[Ids]:
        """Those that are under way as a whole before they are waited for.

        What is taken only then has all its time yet when that wait ends.
        """
        return [ids for ids in groups if self._under_way.are_out(ids)]

    def _end_overdue(self, taken: Sequence[Ids], loop: _Loop) -> None:
        """Ends what is under way still after it was waited for with patience."""
        for ids in taken:
            for overdue in self._under_way.find(ids):
                self._end(overdue, OVERDUE, loop)

    def start(self) -> None:
        """Starts the work that is due, on the running event loop where there is one, and waits for nothing."""
        self._do(self._clock, _loop_of_caller())

    def _do(self, clock: Callable[[], float | None], loop: _Loop) -> None:
        """Starts all work that there is room for. What ends makes room for more.

        The clock is read for each piece: starting one takes time, and the core counts the next one's from its reading.
        """
        place = partial(self._place, loop=loop)
        while (work := self._under_way.take(partial(self._core.poll_work, clock()), place)) is not None:
            self._start(work, loop)

    def _function(self, work: Work) -> Callable[..., object]:
        function: Callable[..., object] = self._fetch if work.kind == "fetch" else getattr(self._store, work.kind)
        return function

    def _place(self, work: Work, loop: _Loop) -> _Loop:
        """The event loop that is to do this piece; None for a thread."""
        if loop is None or not loop.is_running():
            return None
        try:
            return loop if is_async(self._function(work)) else None
        except BaseException:  # noqa: BLE001 (whoever starts it meets the same, and ends the work)
            return None

    def _start(self, work: Work, loop: _Loop) -> None:
        """Starts one piece. One that cannot be started ends, and takes no other work with it."""
        try:
            call, place = Call(work, self._function(work)), self._under_way.loop_of(work.id)
            if place is not None:
                self._start_task(call, place)
            else:
                self._start_thread(call, loop)
        except RuntimeError as error:  # no more threads, or the loop or the interpreter is on its way out
            self._end(work, Outcome(error=asyncio.CancelledError(error)), loop)
        except BaseException as error:
            self._end(work, Outcome(error=error), loop)
            if not isinstance(error, Exception):
                raise

    def _start_thread(self, call: Call, loop: _Loop) -> None:
        def run() -> None:
            ended = call.run()
            in_time()
            self._end(call.work, ended, loop)

        in_time = self.timing.limit(call.work.timeout, lambda: self._give_up(call, loop), None)
        try:
            threading.Thread(target=run, name="jotgate-fetch", daemon=True).start()
        except RuntimeError:
            in_time()
            raise

    def _start_task(self, call: Call, loop: asyncio.AbstractEventLoop) -> None:
        """Does the work on the event loop, whichever thread this is: an HTTP client may belong to it."""

        def begin() -> None:
            task = loop.create_task(call.run_async())
            # The loop keeps weak references only: without this the task could vanish half-way.
            self._tasks.add(task)
            task.add_done_callback(end)

        def end(task: asyncio.Task[Outcome]) -> None:
            in_time()
            self._tasks.discard(task)
            ended = Outcome(error=asyncio.CancelledError()) if task.cancelled() else task.result()
            if isinstance(ended.error, asyncio.CancelledError) and self._goes_on(call):
                # The event loop shuts down, which says nothing about the issuer or the store.
                self._under_way.leave_loop(call.work.id)
                self._start(call.work, None)
            else:
                self._end(call.work, ended, loop)

        is_here = loop is running_loop()
        # A loop elsewhere may stop before the work begins, so the time for it runs on a thread from now on.
        in_time = self.timing.limit(call.work.timeout, lambda: self._give_up(call, loop), loop if is_here else None)
        try:
            begin() if is_here else loop.call_soon_threadsafe(begin)
        except RuntimeError:
            in_time()
            raise

    def _goes_on(self, call: Call) -> bool:
        return not call.given_up and bool(self._under_way.find([call.work.id]))

    def _give_up(self, call: Call, loop: _Loop) -> None:
        call.give_up()
        self._end(call.work, OVERDUE, loop)

    def _end(self, work: Work, ended: Outcome, loop: _Loop) -> None:
        """Reports how the work ended, starts what follows from it, and wakes those who wait for it.

        What was given up and ends nevertheless is reported, too: the core knows what to make of it. They are woken
        last, because what follows is asked for with a time that was read before they go on.
        """
        try:
            self._report(work, ended)
        finally:
            self._under_way.make_room(work)
            try:
                # A loop that shuts down takes no more.
                self._do(self._clock_or_none, None if isinstance(ended.error, asyncio.CancelledError) else loop)
            finally:
                self._under_way.end(work)
                self._told()

    def _report(self, work: Work, ended: Outcome) -> None:
        error = ended.error
        if error is None:
            try:
                self._hand_in(work, ended.given)
            except BaseException as useless:  # noqa: BLE001 (whatever was given, the work must end)
                error = useless
        if error is not None:
            is_out = bool(self._under_way.find([work.id]))
            self._core.report_failed(work.id, failure_of(error), cause_of(error), self._clock_or_none())
            if is_out and work.kind != "fetch":
                _log_failure(error, "%s failed: %s: %s", f"store.{work.kind}", type(error).__name__, error)
        while (warning := self._core.poll_warning()) is not None:
            _log_failure(error if work.kind == "fetch" else None, "%s", warning)

    def _hand_in(self, work: Work, given: object) -> None:
        now = self._clock()
        if work.kind == "fetch":
            self._core.report_fetched(work.id, *response_of(given), now)
        elif work.kind == "save":
            self._core.report_saved(work.id, now)
        elif given is None or isinstance(given, str):
            self._core.report_loaded(work.id, given, now)
        else:
            raise TypeError(f"store.load must give a str or None, not {type(given).__name__}")

    def _clock_or_none(self) -> float | None:
        """The user's clock; the system's where the user's gives no time, because work must end in any case."""
        try:
            now = self._clock()
            return now if now is None or math.isfinite(now) else None
        except BaseException:  # noqa: BLE001 (the caller of the clock has seen its error before, or will)
            return None

    def after_fork(self) -> None:
        """In a forked child: no other thread exists, and one that held a lock will never release it.

        The work whose threads stayed behind in the parent comes with the next validation.
        """
        self._under_way = UnderWay()
        self.replacing = threading.Lock()
        self._tasks = set()
        self._core.reissue_work(self._clock_or_none())


def _log_failure(error: BaseException | None, text: str, *arguments: object) -> None:
    # After the report, and without its errors: handlers and filters are the application's, and may raise.
    with contextlib.suppress(Exception):
        # A callback's own error is worth its traceback; for the others the text says all there is.
        trace = error if error is not None and failure_of(error) == FAILURE_CALLBACK else None
        _log.warning(text, *arguments, exc_info=trace)


def _loop_of_caller() -> _Loop:
    """None under trio, too: it has none that could run what is async."""
    return None if in_trio() else running_loop()


_drivers: weakref.WeakSet[Driver] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for driver in list(_drivers):
        driver.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
