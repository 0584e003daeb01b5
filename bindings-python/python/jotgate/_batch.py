"""Batches: many tokens in one call, each round of which crosses into the core once."""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from ._completions import Ids, wait_async
from ._native import Pending, Undecided, Verified
from .errors import JotgateError

if TYPE_CHECKING:
    from ._native import Core
    from ._timing import Timing

Outcome: TypeAlias = Verified | Undecided | JotgateError
"""What a token of a batch has come to, before the hooks."""

SHORT = 64
"""So many tokens are judged on the thread of an event loop: a thread of their own would cost more than that takes."""


class Batch:
    """Tokens, and what they have come to: whoever has no verdict yet is asked about again, and nobody else."""

    def __init__(self, core: Core, tokens: Iterable[str | bytes], *, as_of: float | None, threads: int | None) -> None:
        self._core = core
        self._tokens = _listed(tokens)
        self._as_of = as_of
        self._threads = _number(threads)
        self._open = list(range(len(self._tokens)))
        self._outcomes: list[Outcome | Pending | None] = [None] * len(self._tokens)
        self.is_due = False

    @property
    def is_open(self) -> bool:
        """Whether there are tokens without a verdict."""
        return bool(self._open)

    @property
    def is_long(self) -> bool:
        """Whether to judge those tokens takes longer than an event loop should stand still."""
        return len(self._open) > SHORT

    def ask(self, now: float | None) -> None:
        """Asks about all that have no verdict yet. Work is due after that, or it is not."""
        tokens = [self._tokens[place] for place in self._open]
        outcomes, is_due = self._core.validate_many(tokens, now, self._as_of, self._threads)
        for place, outcome in zip(self._open, outcomes, strict=True):
            self._outcomes[place] = outcome
        self._open = [place for place in self._open if isinstance(self._outcomes[place], Pending)]
        self.is_due = is_due or self.is_open

    def waits(self) -> tuple[list[Ids], float]:
        """What the tokens without a verdict wait for, each of it once, and the longest patience."""
        waits = {tuple(pending.wait_for): pending.patience for _, pending in self._pending()}
        return list(waits), max(waits.values(), default=0.0)

    def leave_out(self, are_out_of_reach: Callable[[Ids], bool]) -> None:
        """Asks no more about those that wait for work of which this is so."""
        known: dict[Ids, bool] = {}
        for _, pending in self._pending():
            ids = tuple(pending.wait_for)
            if ids not in known:
                known[ids] = are_out_of_reach(ids)
        self._open = [place for place, pending in self._pending() if not known[tuple(pending.wait_for)]]

    def outcomes(self, without: Callable[[], JotgateError]) -> Iterator[Outcome]:
        """What the tokens have come to, in their order; `without` makes it for those that have no verdict."""
        for outcome in self._outcomes:
            yield without() if outcome is None or isinstance(outcome, Pending) else outcome

    def _pending(self) -> Iterator[tuple[int, Pending]]:
        for place in self._open:
            outcome = self._outcomes[place]
            if isinstance(outcome, Pending):
                yield place, outcome


async def aside(work: Callable[[], None], timing: Timing, *, on_thread: bool) -> None:
    """Does it while the event loop goes on, on a thread that ends with it, or here."""
    failed: list[BaseException] = []

    def run(wake: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 (it is raised where it is waited for)
            failed.append(error)
        finally:
            wake()

    @contextlib.contextmanager
    def waiting(wake: Callable[[], None]) -> Iterator[bool]:
        try:
            threading.Thread(target=run, args=(wake,), name="jotgate-batch", daemon=True).start()
        except RuntimeError:  # no more threads
            run(wake)
        yield True

    if not on_thread:
        work()
        return
    await wait_async(waiting, math.inf, timing)
    if failed:
        raise failed[0]


def _listed(tokens: Iterable[str | bytes]) -> list[str | bytes]:
    if isinstance(tokens, str | bytes | bytearray) or not isinstance(tokens, Iterable):
        raise TypeError(f"tokens must be an iterable of str or bytes, not {type(tokens).__name__}")
    return list(tokens)


def _number(threads: int | None) -> int:
    if threads is None:
        return 0
    if isinstance(threads, bool) or not isinstance(threads, int):
        raise TypeError(f"threads must be an int, not {type(threads).__name__}")
    if threads < 1:
        raise ValueError("threads must be at least 1, or None for one on each processor")
    return threads
