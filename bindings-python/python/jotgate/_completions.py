"""The work that is under way, and waking whoever waits for it, on any thread and any event loop."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from ._native import Work
    from ._timing import Timing

_Wake: TypeAlias = Callable[[], None]

_Loop: TypeAlias = asyncio.AbstractEventLoop | None

Waiting: TypeAlias = Callable[[_Wake], AbstractContextManager[bool]]
"""Has the given function called at the end of something; False where there is nothing to wait for."""

Ids: TypeAlias = Sequence[int]
"""The work that one validation waits for: until one of these has ended."""

MOST_AT_ONCE = 32
"""Pieces of work that are done at the same time, each on two threads at most.

The core keeps the others, and gives them all their time when they are taken.
"""


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
    is_over: bool = False


class Watch:
    """The work that ends while a batch is judged and waits: until each of its tokens can be asked about again."""

    def __init__(self, lock: threading.RLock) -> None:
        self._lock = lock
        self._ended: set[int] = set()
        self._open: list[Ids] = []
        self._wake: _Wake | None = None

    def note(self, ended: int) -> _Wake | None:
        """Takes in, under the lock, that this has ended; gives whom to wake when it was the last that is waited for."""
        self._ended.add(ended)
        if self._wake is None:
            return None
        self._open = [ids for ids in self._open if ended not in ids]
        return None if self._open else self._wake

    def left(self, groups: Sequence[Ids]) -> list[Ids]:
        """Those of which none has ended since the watch began."""
        return [ids for ids in groups if self._ended.isdisjoint(ids)]

    @contextlib.contextmanager
    def all_of(self, groups: Sequence[Ids], wake: _Wake) -> Iterator[bool]:
        """Has `wake` called when one of each group has ended, whether it was taken before or not."""
        with self._lock:
            self._open = self.left(groups)
            self._wake = wake
        try:
            yield bool(self._open)
        finally:
            self._wake = None


class UnderWay:
    """The work that was taken and has not ended.

    Whoever waits for other work than this need not wait, unless so much is done that some was not taken yet.
    """

    def __init__(self) -> None:
        # Re-entrant, because a signal handler may validate a token while its thread is in here.
        self._lock = threading.RLock()
        self._work: dict[int, _Piece] = {}
        self._queue: set[_Wake] = set()
        self._watches: set[Watch] = set()

    def take(self, poll: Callable[[], Work | None], place: Callable[[Work], _Loop]) -> Work | None:
        """One piece of work, if there is any and room for it.

        Under the lock, so that nobody misses here what another was just given.
        """
        with self._lock:
            work = None if self._is_full() else poll()
            if work is not None:
                self._work[work.id] = _Piece(work, place(work))
        return work

    def loop_of(self, of: int) -> _Loop:
        """The event loop that is to do this piece; None for a thread."""
        piece = self._work.get(of)
        return None if piece is None else piece.loop

    def needs(self, loop: asyncio.AbstractEventLoop, ids: Sequence[int]) -> bool:
        """Whether none of these may end while that loop stands still: it does them, or what has to end before them."""
        with self._lock:
            first = [self._work[each] for each in ids if each in self._work]
            if len(first) < len(ids) and self._is_full():
                first = list(self._work.values())
            return any(piece.loop is loop for piece in first)

    def leave_loop(self, of: int) -> None:
        """From now on a thread does it."""
        piece = self._work.get(of)
        if piece is not None:
            piece.loop = None

    def make_room(self, work: Work) -> None:
        """It is over, and other work may be taken in its place before anybody is woken."""
        with self._lock:
            if work.id in self._work:
                self._work[work.id].is_over = True

    def end(self, work: Work) -> None:
        """It has ended: wakes those who wait for it, and nobody else but those whose work may have been taken now."""
        with self._lock:
            piece = self._work.pop(work.id, None)
            watching = [watch.note(work.id) for watch in self._watches]
            wakes = set() if piece is None else piece.wakes | self._queue
        wakes.update(wake for wake in watching if wake is not None)
        for wake in wakes:
            wake()

    def all_ids(self) -> list[Ids]:
        """What is under way now, each on its own."""
        with self._lock:
            return [[each] for each in self._work]

    def find(self, ids: Sequence[int]) -> list[Work]:
        """The work of these ids; none as soon as one of them has ended."""
        with self._lock:
            found = [self._work[each].work for each in ids if each in self._work]
        return found if len(found) == len(ids) else []

    def are_out(self, ids: Sequence[int]) -> bool:
        """Whether all of these were taken, and none has ended."""
        return bool(self.find(ids))

    @contextlib.contextmanager
    def watch(self) -> Iterator[Watch]:
        """Begins before a batch is judged, so that nothing it will wait for can end unseen."""
        watch = Watch(self._lock)
        with self._lock:
            self._watches.add(watch)
        try:
            yield watch
        finally:
            with self._lock:
                self._watches.discard(watch)

    @contextlib.contextmanager
    def one_of(self, ids: Sequence[int], wake: _Wake) -> Iterator[bool]:
        """Has `wake` called when the first of these ends; False where one has ended already."""
        with self._lock:
            places: list[set[_Wake]] = []
            if self.are_out(ids):
                places = [self._work[each].wakes for each in ids]
            elif self._is_full():
                places = [self._queue]
            for place in places:
                place.add(wake)
        try:
            yield bool(places)
        finally:
            with self._lock:
                for place in places:
                    place.discard(wake)

    def _is_full(self) -> bool:
        return sum(not piece.is_over for piece in self._work.values()) >= MOST_AT_ONCE


def wait(waiting: Waiting, patience: float, timing: Timing) -> None:
    """Blocks this thread until what it waits for comes about, for at most `patience` seconds."""
    woken = threading.Event()
    with waiting(woken.set) as is_waiting:
        if is_waiting:
            timing.wait(woken, patience)


async def wait_async(waiting: Waiting, patience: float, timing: Timing) -> None:
    """Like `wait`, for a task of asyncio or trio."""
    if in_trio():
        import trio

        ended = trio.Event()
        wake = partial(_wake_soon, trio.lowlevel.current_trio_token().run_sync_soon, ended.set)
        with waiting(wake) as is_waiting:
            if is_waiting:
                await timing.wait_on_trio(ended, patience)
            else:
                # Others get their turn in any case, because the caller asks again until there is a verdict.
                await trio.lowlevel.checkpoint()
        return
    woken = asyncio.Event()
    wake = partial(_wake_soon, asyncio.get_running_loop().call_soon_threadsafe, woken.set)
    with waiting(wake) as is_waiting:
        if is_waiting:
            await timing.wait_on_asyncio(woken, patience)
        else:
            await asyncio.sleep(0)


def _wake_soon(soon: Callable[[_Wake], object], wake: _Wake) -> None:
    """Wakes a task from whichever thread. A loop that was closed, or a run that is over, has none left to wake."""
    with contextlib.suppress(RuntimeError):
        soon(wake)
