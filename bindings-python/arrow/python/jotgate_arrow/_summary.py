"""How many tokens came to what."""

from __future__ import annotations

import time
from collections import Counter
from typing import TextIO

import pyarrow as pa
from arro3.core import RecordBatch

from jotgate._native import audit_report

Key = tuple[str | None, str | None, int | None]
"""Verdict, code and issuer."""


class Summary:
    """Counts by verdict, code and issuer."""

    def __init__(self, issuers: list[str]) -> None:
        self._issuers = issuers
        self._counts: Counter[Key] = Counter()
        self._begun = time.monotonic()
        self._shown = 0.0

    def add(self, batch: RecordBatch) -> None:
        """Counts the rows of one record batch."""
        table = pa.table([batch.column(name) for name in _NAMES], names=_NAMES)
        for group in table.group_by(_NAMES).aggregate([([], "count_all")]).to_pylist():
            self._counts[group["verdict"], group["code"], group["issuer_index"]] += group["count_all"]

    @property
    def rejected(self) -> int:
        """Tokens that must not pass."""
        return self._sum("rejected")

    @property
    def unavailable(self) -> int:
        """Tokens of which nobody can say."""
        return self._sum("unavailable")

    def progress(self, screen: TextIO) -> None:
        """Shows how many there were so far, five times a second at most."""
        now = time.monotonic()
        if now - self._shown >= SHOWN_EVERY:
            self._shown = now
            screen.write(f"\r{_rows(self._total())}, {self._speed():,} a second\x1b[K")
            screen.flush()

    def end_progress(self, screen: TextIO) -> None:
        """Takes what `progress` has shown away."""
        if self._shown:
            screen.write("\r\x1b[K")
            screen.flush()

    def told(self, form: str, *, scheme: str | None) -> str:
        """What the program prints, in the words of the program."""
        counts = [(*outcome, count) for outcome, count in self._counts.items()]
        took = time.monotonic() - self._begun
        return audit_report(self._issuers, counts, form, took, scheme is not None) or ""

    def _sum(self, verdict: str | None) -> int:
        return sum(count for (found, _, _), count in self._counts.items() if found == verdict)

    def _total(self) -> int:
        return self._counts.total()

    def _speed(self) -> int:
        return round(self._total() / max(time.monotonic() - self._begun, 0.001))


_NAMES = ["verdict", "code", "issuer_index"]

SHOWN_EVERY = 0.2
"""Seconds between two lines of progress."""


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
