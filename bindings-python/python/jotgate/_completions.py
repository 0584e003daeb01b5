"""Waking whoever waits for a fetch, on any thread and any event loop."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from collections.abc import Callable


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


class Completions:
    """Counts the fetches that have ended, or may have become needless, and lets callers wait for the next one.

    A caller reads `current` before it asks the core and hands the number to `wait`: a fetch that ended in between
    has moved the count, so the wait returns at once and no wake-up is lost.
    """

    def __init__(self) -> None:
        # Re-entrant, because a signal handler may validate a token while its thread is in here.
        self._lock = threading.RLock()
        self._count = 0
        self._waiters: set[Callable[[], None]] = set()

    def current(self) -> int:
        """How many fetches have ended so far."""
        return self._count

    def announce(self) -> None:
        """One more fetch has ended: wakes everyone."""
        with self._lock:
            self._count += 1
            woken, self._waiters = self._waiters, set()
        for wake in woken:
            wake()

    def wait(self, seen: int, patience: float) -> None:
        """Blocks this thread until a fetch ends that `seen` does not count, for at most `patience` seconds."""
        woken = threading.Event()
        if self._join(seen, woken.set):
            try:
                woken.wait(patience)
            finally:
                self._leave(woken.set)

    async def wait_async(self, seen: int, patience: float) -> None:
        """Like `wait`, for a task of asyncio or trio."""
        if in_trio():
            await self._wait_trio(seen, patience)
            return
        loop = asyncio.get_running_loop()
        woken = asyncio.Event()

        def wake() -> None:
            # A loop that was closed has no task left to wake.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(woken.set)

        if self._join(seen, wake):
            # A timer in place of `wait_for`, which can swallow a cancellation before Python 3.12.
            timer = loop.call_later(patience, woken.set)
            try:
                await woken.wait()
            finally:
                timer.cancel()
                self._leave(wake)

    async def _wait_trio(self, seen: int, patience: float) -> None:
        import trio

        token = trio.lowlevel.current_trio_token()
        woken = trio.Event()

        def wake() -> None:
            # A run that is over has no task left to wake.
            with contextlib.suppress(trio.RunFinishedError):
                token.run_sync_soon(woken.set)

        if self._join(seen, wake):
            try:
                with trio.move_on_after(patience):
                    await woken.wait()
            finally:
                self._leave(wake)

    def _join(self, seen: int, wake: Callable[[], None]) -> bool:
        with self._lock:
            if self._count != seen:
                return False
            self._waiters.add(wake)
            return True

    def _leave(self, wake: Callable[[], None]) -> None:
        with self._lock:
            self._waiters.discard(wake)
