"""Interleaved measuring: all contenders of a case take turns in short chunks, in rotating order.

Whatever else the machine does then meets all of them alike. The programs of the other languages work in the same way.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter_ns, process_time_ns
from typing import Any

LANGUAGE = "python"
PASSES, QUICK_PASSES = 3, 1
ROUNDS, QUICK_ROUNDS = 50, 5
CHUNK_NS = 1_000_000
"""How long one chunk lasts, about; long against the clock's grain, short against the machine's moods."""
WARM_UP_NS = 20_000_000

Operation = Callable[[], bool]
"""What is measured: true when the library came to the verdict that the case expects."""

Row = dict[str, Any]
"""One scenario for one algorithm, size and case, as `../tokens/generate.py` writes it."""


@dataclass
class Contender:
    name: str
    version: str
    provider: str
    operation: Operation
    tokens: int = 1
    """How many tokens one operation judges; where these are many, it is a chunk by itself."""
    iterations: int = 1
    wall: list[float] = field(default_factory=list)
    """Mean nanoseconds for each token, chunk by chunk."""
    cpu: list[float] = field(default_factory=list)

    def warm_up(self) -> None:
        """Runs for a while, and finds out how many iterations make a chunk; what is long is asked for its verdict once."""
        if self.tokens > 1 and self.wall:
            return
        if not self.operation():
            raise RuntimeError(f"{self.name} comes to another verdict")
        if self.tokens > 1:
            return
        start, done = perf_counter_ns(), 0
        while perf_counter_ns() - start < WARM_UP_NS:
            self.operation()
            done += 1
        self.iterations = max(1, done * CHUNK_NS // (perf_counter_ns() - start))

    def chunk(self) -> None:
        operation, iterations = self.operation, range(self.iterations)
        cpu, wall = process_time_ns(), perf_counter_ns()
        for _ in iterations:
            operation()
        wall = perf_counter_ns() - wall
        cpu = process_time_ns() - cpu
        tokens = self.iterations * self.tokens
        self.wall.append(wall / tokens)
        self.cpu.append(cpu / tokens)


@dataclass
class Comparison:
    """One row of the table: the same token put to several libraries. Ratios refer to the first."""

    row: Row
    contenders: list[Contender]

    def measure(self, rounds: int) -> None:
        for contender in self.contenders:
            contender.warm_up()
        # Of what is long one round will do.
        for turn in range(1 if self.row["cores"] > 1 else rounds):
            first = turn % len(self.contenders)
            for contender in self.contenders[first:] + self.contenders[:first]:
                contender.chunk()

    def print(self) -> None:
        base = self.compared(self.contenders[0])
        for contender in self.contenders:
            line = {
                "language": LANGUAGE,
                "library": contender.name,
                "version": contender.version,
                "provider": contender.provider,
                **{name: self.row[name] for name in ("scenario", "algorithm", "size", "case")},
                "median_ns": quantile(contender.wall, 0.5),
                "p10_ns": quantile(contender.wall, 0.1),
                "cpu_ns": quantile(contender.cpu, 0.5),
                "ratio": quantile(
                    [ours / first for ours, first in zip(self.compared(contender), base, strict=True)], 0.5
                ),
            }
            print(json.dumps(line), flush=True)

    def compared(self, contender: Contender) -> list[float]:
        """Processor time; where several threads are at work, what has passed."""
        return contender.wall if self.row["cores"] > 1 else contender.cpu


def run(comparisons: list[Comparison], *, quick: bool) -> None:
    passes = QUICK_PASSES if quick else PASSES
    for turn in range(passes):
        print(f"{LANGUAGE}: pass {turn + 1} of {passes}", file=sys.stderr, flush=True)
        for comparison in comparisons:
            comparison.measure(QUICK_ROUNDS if quick else ROUNDS)
    for comparison in comparisons:
        comparison.print()


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[round((len(values) - 1) * share)]
