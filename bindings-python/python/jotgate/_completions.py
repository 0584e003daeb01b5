"""The work that is under way, and waking whoever waits for it, on any thread and any event loop."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from ._native import Work
    from ._timing import Timing

_Wake: TypeAlias = Callable[[], None]


def in_trio() -> bool:
    """Whether the running task is one of trio's, which includes anyio on trio."""
    # Whoever runs trio has loaded this, and nobody else needs it.
    sniffio = sys.modules.get("sniffio")
    if sniffio is None:
        return False
    try:
        return bool(sniffio.current_async_library() == "trio")
    except sniffio.AsyncLibraryNotFoundError:
        return False


class UnderWay:
    """The work that was taken and has not ended. Whoever waits for other work than this need not wait."""

    def __init__(self) -> None:
        # Re-entrant, because a signal handler may validate a token while its thread is in here.
        self._lock = threading.RLock()
        self._work: dict[int, tuple[Work, set[_Wake]]] = {}

    def take(self, poll: Callable[[], Work | None]) -> Work | None:
        """One piece of work, if any. Under the lock, so that nobody misses here what another was just given."""
        with self._lock:
            work = poll()
            if work is not None:
                self._work[work.id] = (work, set())
        return work

    def end(self, work: Work) -> None:
        """It has ended: wakes those who wait for it, and nobody else."""
        with self._lock:
            _, woken = self._work.pop(work.id, (work, set()))
        for wake in woken:
            wake()

    def find(self, ids: Sequence[int]) -> list[Work]:
        """The work of these ids; none as soon as one of them has ended."""
        with self._lock:
            found = [self._work[each][0] for each in ids if each in self._work]
        return found if len(found) == len(ids) else []

    def wait(self, ids: Sequence[int], patience: float, timing: Timing) -> None:
        """Blocks this thread until one of these ends, for at most `patience` seconds."""
        woken = threading.Event()
        with self._waiting(ids, woken.set) as waiting:
            if waiting:
                timing.wait(woken, patience)

    async def wait_async(self, ids: Sequence[int], patience: float, timing: Timing) -> None:
        """Like `wait`, for a task of asyncio or trio."""
        if in_trio():
            import trio

            ended = trio.Event()
            wake = partial(_wake_soon, trio.lowlevel.current_trio_token().run_sync_soon, ended.set)
            with self._waiting(ids, wake) as waiting:
                if waiting:
                    await timing.wait_on_trio(ended, patience)
            return
        woken = asyncio.Event()
        wake = partial(_wake_soon, asyncio.get_running_loop().call_soon_threadsafe, woken.set)
        with self._waiting(ids, wake) as waiting:
            if waiting:
                await timing.wait_on_asyncio(woken, patience)

    @contextlib.contextmanager
    def _waiting(self, ids: Sequence[int], wake: _Wake) -> Iterator[bool]:
        """Has `wake` called when the first of these ends; False where one has ended already."""
        with self._lock:
            waiting = bool(self.find(ids))
            for each in ids if waiting else ():
                self._work[each][1].add(wake)
        try:
            yield waiting
        finally:
            with self._lock:
                for each in ids:
                    if each in self._work:
                        self._work[each][1].discard(wake)


def _wake_soon(soon: Callable[[_Wake], object], wake: _Wake) -> None:
    """Wakes a task from whichever thread. A loop that was closed, or a run that is over, has none left to wake."""
    with contextlib.suppress(RuntimeError):
        soon(wake)
