"""The one place where the driver lets time pass: for work that takes too long, and for those who wait for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import trio


class Timing:
    """Time as it passes. What plays the scenarios of the contract has a `Driver.timing` that goes by their clock."""

    def limit(
        self, seconds: float, overdue: Callable[[], None], loop: asyncio.AbstractEventLoop | None
    ) -> Callable[[], object]:
        """Has `overdue` called when so much time is over, unless what this returns is called before.

        On the loop, whose thread this must be; without one on a thread that lives until then.
        """
        if loop is not None:
            return loop.call_later(seconds, overdue).cancel
        timer = threading.Timer(seconds, overdue)
        timer.name = "jotgate-timer"
        timer.daemon = True
        timer.start()
        return timer.cancel

    def wait(self, woken: threading.Event, seconds: float) -> None:
        """Blocks this thread until it is woken, for so long at most."""
        woken.wait(seconds)

    async def wait_on_asyncio(self, woken: asyncio.Event, seconds: float) -> None:
        """Suspends this task of asyncio until it is woken, for so long at most."""
        # A timer in place of `wait_for`, which can swallow a cancellation before Python 3.12.
        timer = asyncio.get_running_loop().call_later(seconds, woken.set)
        try:
            await woken.wait()
        finally:
            timer.cancel()

    async def wait_on_trio(self, woken: trio.Event, seconds: float) -> None:
        """Suspends this task of trio until it is woken, for so long at most."""
        import trio

        with trio.move_on_after(seconds):
            await woken.wait()
