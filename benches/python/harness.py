"""Interleaved measuring: all contenders of a case take turns in short chunks, in rotating order.

Whatever else the machine does then meets all of them alike. The programs of the other languages work in the same way.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter_ns

PASSES = 3
ROUNDS, QUICK_ROUNDS = 50, 5
CHUNK_NS = 1_000_000
"""How long one chunk lasts, about; long against the clock's grain, short against the machine's moods."""
WARM_UP_NS = 20_000_000

Operation = Callable[[], bool]
"""What is measured: true when the library came to the verdict that the case expects."""


@dataclass
class Contender:
    library: str
    version: str
    operation: Operation
    iterations: int = 1
    chunks: list[float] = field(default_factory=list)
    """Mean nanoseconds of each chunk."""

    def warm_up(self) -> None:
        """Runs for a while, and finds out how many iterations make a chunk."""
        if not self.operation():
            raise RuntimeError(f"{self.library} comes to another verdict")
        start, done = perf_counter_ns(), 0
        while perf_counter_ns() - start < WARM_UP_NS:
            self.operation()
            done += 1
        self.iterations = max(1, done * CHUNK_NS // (perf_counter_ns() - start))

    def chunk(self) -> None:
        operation, iterations = self.operation, range(self.iterations)
        start = perf_counter_ns()
        for _ in iterations:
            operation()
        self.chunks.append((perf_counter_ns() - start) / self.iterations)


@dataclass
class Comparison:
    """One row of the table: the same token put to several libraries. Ratios refer to the first."""

    algorithm: str
    size: str
    case: str
    contenders: list[Contender]

    def measure(self, rounds: int) -> None:
        for contender in self.contenders:
            contender.warm_up()
        for turn in range(rounds):
            first = turn % len(self.contenders)
            for contender in self.contenders[first:] + self.contenders[:first]:
                contender.chunk()

    def print(self) -> None:
        base = self.contenders[0].chunks
        for contender in self.contenders:
            line = {
                "language": "python",
                "library": contender.library,
                "version": contender.version,
                "algorithm": self.algorithm,
                "size": self.size,
                "case": self.case,
                "median_ns": quantile(contender.chunks, 0.5),
                "p10_ns": quantile(contender.chunks, 0.1),
                "ratio": quantile([ours / first for ours, first in zip(contender.chunks, base, strict=True)], 0.5),
            }
            print(json.dumps(line), flush=True)


def run(comparisons: list[Comparison], *, quick: bool) -> None:
    for _ in range(PASSES):
        for comparison in comparisons:
            comparison.measure(QUICK_ROUNDS if quick else ROUNDS)
    for comparison in comparisons:
        comparison.print()


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[round((len(values) - 1) * share)]
