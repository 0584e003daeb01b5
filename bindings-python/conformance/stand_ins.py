"""What stands in for the world around a validator while a scenario is played: its store, and the time that passes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

from jotgate._timing import Timing


class Gates:
    """Calls that wait until a step lets them go, whatever has become of them since: they take no cancellation."""

    def __init__(self) -> None:
        self._closed: list[tuple[str, asyncio.Event]] = []

    async def wait(self, name: str) -> None:
        gate = asyncio.Event()
        self._closed.append((name, gate))
        while not gate.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await gate.wait()

    def open(self, name: str) -> None:
        """Lets those of this name go, oldest first."""
        for closed, gate in self._closed:
            if closed == name:
                gate.set()
        self._closed = [(closed, gate) for closed, gate in self._closed if closed != name]

    def open_all(self) -> None:
        for _, gate in self._closed:
            gate.set()
        self._closed = []


class Warnings(logging.Handler):
    """What the logger is told of key sets; what it is told of stores is no step's concern."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.getMessage().startswith("store."):
            self._told.append(record.getMessage())

    def drain(self) -> list[str]:
        told, self._told = self._told, []
        return told


class Store:
    """A store that does what the steps say."""

    def __init__(self) -> None:
        self.text: str | None = None
        self.loads = 0
        self.saves = 0
        self.does = {"load": "work", "save": "work"}
        self.gates = Gates()
        self._landed: list[list[str]] = []

    async def load(self) -> str | None:
        self.loads += 1
        await self._pass("load")
        return self.text

    async def save(self, text: str) -> None:
        self.saves += 1
        await self._pass("save")
        self.text = text
        documents = [json.loads(source["document"]) for source in json.loads(text)["sources"] if "document" in source]
        self._landed.append([key["kid"] for document in documents for key in document["keys"]])

    def landed(self) -> list[list[str]]:
        """The key ids of each text that came to lie here since this was last called."""
        landed, self._landed = self._landed, []
        return landed

    async def _pass(self, part: str) -> None:
        if self.does[part] == "fail":
            raise ConnectionError("the store is broken")
        if self.does[part] == "hold":
            await self.gates.wait(part)


class Timers(Timing):
    """Time that passes when a step says so, by the clock of the scenario."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.waits: Counter[asyncio.Task[Any] | None] = Counter()
        """How often each validation had to wait."""
        self._clock = clock
        self._work: dict[object, tuple[float, Callable[[], None]]] = {}
        self._waiting: dict[object, tuple[float, Callable[[], None]]] = {}

    def limit(
        self,
        seconds: float,
        overdue: Callable[[], None],
        loop: asyncio.AbstractEventLoop | None,  # noqa: ARG002 (all that is played here runs on one)
    ) -> Callable[[], object]:
        timer = object()
        self._work[timer] = (self._clock() + seconds, overdue)
        return lambda: self._work.pop(timer, None)

    async def wait_on_asyncio(self, woken: asyncio.Event, seconds: float) -> None:
        self.waits[asyncio.current_task()] += 1
        timer = object()
        self._waiting[timer] = (self._clock() + seconds, woken.set)
        try:
            await woken.wait()
        finally:
            self._waiting.pop(timer, None)

    def end_work(self) -> None:
        """Ends the time of the work that is overdue by now."""
        self._fire(self._work)

    def end_waiting(self) -> None:
        """Ends the patience of those who have waited for long enough by now."""
        self._fire(self._waiting)

    def _fire(self, timers: dict[object, tuple[float, Callable[[], None]]]) -> None:
        over = [timer for timer, (at, _) in timers.items() if at <= self._clock()]
        for _, fire in [timers.pop(timer) for timer in over]:
            fire()
