"""The work that is under way, and waking whoever waits for it, on any thread and any event loop."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from ._native import Work
    from ._timing import Timing

_Wake: TypeAlias = Callable[[], None]

_Loop: TypeAlias = asyncio.AbstractEventLoop | None


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


@dataclass(slots=True)
class _Piece:
    """One piece of work, where it is done, and whom its end wakes."""

    work: Work
    loop: _Loop
    wakes: set[_Wake] = field(default_factory=set)


class UnderWay:
    """The work that was taken and has not ended. Whoever waits for other work than this need not wait."""

    def __init__(self) -> None:
        # Re-entrant, because a signal handler may validate a token while its thread is in here.
        self._lock = threading.RLock()
        self._work: dict[int, _Piece] = {}

    def take(self, poll: Callable[[], Work | None], place: Callable[[Work], _Loop]) -> Work | None:
        """One piece of work, if any. Under the lock, so that nobody misses here what another was just given."""
        with self._lock:
            work = poll()
            if work is not None:
                self._work[work.id] = _Piece(work, place(work))
        return work

    def loop_of(self, of: int) -> _Loop:
        """The event loop that is to do this piece; None for a thread."""
        piece = self._work.get(of)
        return None if piece is None else piece.loop

    def leave_loop(self, of: int) -> None:
        """From now on a thread does it."""
        piece = self._work.get(of)
        if piece is not None:
            piece.loop = None

    def end(self, work: Work) -> None:
        """It has ended: wakes those who wait for it, and nobody else."""
        with self._lock:
            piece = self._work.pop(work.id, None)
        for wake in () if piece is None else piece.wakes:
            wake()

    def find(self, ids: Sequence[int]) -> list[Work]:
        """The work of these ids; none as soon as one of them has ended."""
        with self._lock:
            found = [self._work[each].work for each in ids if each in self._work]
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
                else:
                    # Others get their turn in any case, because the caller asks again until there is a verdict.
                    await trio.lowlevel.checkpoint()
            return
        woken = asyncio.Event()
        wake = partial(_wake_soon, asyncio.get_running_loop().call_soon_threadsafe, woken.set)
        with self._waiting(ids, wake) as waiting:
            if waiting:
                await timing.wait_on_asyncio(woken, patience)
            else:
                await asyncio.sleep(0)

    @contextlib.contextmanager
    def _waiting(self, ids: Sequence[int], wake: _Wake) -> Iterator[bool]:
        """Has `wake` called when the first of these ends; False where one has ended already."""
        with self._lock:
            waiting = bool(self.find(ids))
            for each in ids if waiting else ():
                self._work[each].wakes.add(wake)
        try:
            yield waiting
        finally:
            with self._lock:
                for each in ids:
                    if each in self._work:
                        self._work[each].wakes.discard(wake)


def _wake_soon(soon: Callable[[_Wake], object], wake: _Wake) -> None:
    """Wakes a task from whichever thread. A loop that was closed, or a run that is over, has none left to wake."""
    with contextlib.suppress(RuntimeError):
        soon(wake)
