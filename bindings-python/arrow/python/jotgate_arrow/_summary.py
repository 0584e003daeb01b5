"""How many tokens came to what."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import Any, TextIO

import pyarrow as pa
from arro3.core import RecordBatch

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

    def to_json(self) -> str:
        """One JSON object, and the end of the line."""
        told: dict[str, Any] = {
            "rows": self._total(),
            "verdicts": {verdict: self._sum(verdict) for verdict in _VERDICTS},
            "not_judged": self._sum(None),
            "counts": [
                {"verdict": verdict, "code": code, "issuer_index": issuer, "issuer": self._name(issuer), "rows": count}
                for (verdict, code, issuer), count in self._sorted()
                if verdict is not None
            ],
        }
        return json.dumps(told) + "\n"

    def to_text(self, *, scheme: str | None) -> str:
        """Lines for people."""
        total, judged = self._total(), self._total() - self._sum(None)
        lines = [f"{_rows(total)} in {time.monotonic() - self._begun:.1f} s", ""]
        lines += self._table(["verdict", "code"], self._by_code(), judged)
        lines += ["", *self._table(["issuer", "verdict"], self._by_issuer(), judged)]
        if without := self._sum(None):
            lines += ["", f"{_rows(without)} without a token, or without a time to judge it for: not judged"]
        malformed = sum(count for (_, code, _), count in self._counts.items() if code == "malformed_token")
        if scheme is None and malformed * 2 > judged:
            lines += ["", "hint: if the column holds whole Authorization fields, add --scheme Bearer"]
        return "\n".join(lines) + "\n"

    def _by_code(self) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        for (verdict, code, _), count in self._counts.items():
            if verdict is not None:
                found[verdict, code or ""] += count
        return found

    def _by_issuer(self) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        for (verdict, _, issuer), count in self._counts.items():
            if verdict is not None:
                found[self._name(issuer) or "(none of the policy)", verdict] += count
        return found

    @staticmethod
    def _table(names: list[str], counts: Counter[tuple[str, str]], total: int) -> list[str]:
        rows = [names, *([*key] for key, _ in counts.most_common())]
        widths = [max(len(row[place]) for row in rows) for place in range(len(names))]
        heads = [f"{name:<{width}}" for name, width in zip(names, widths, strict=True)]
        lines = [f"{'  '.join(heads)}  {'rows':>13}        %"]
        for key, count in counts.most_common():
            cells = [f"{cell:<{width}}" for cell, width in zip(key, widths, strict=True)]
            lines.append(f"{'  '.join(cells)}  {count:>13,}  {100 * count / max(total, 1):>6.2f}%")
        return lines

    def _name(self, issuer: int | None) -> str | None:
        return None if issuer is None else self._issuers[issuer]

    def _sorted(self) -> list[tuple[Key, int]]:
        return sorted(self._counts.items(), key=lambda entry: (-entry[1], str(entry[0])))

    def _sum(self, verdict: str | None) -> int:
        return sum(count for (found, _, _), count in self._counts.items() if found == verdict)

    def _total(self) -> int:
        return self._counts.total()

    def _speed(self) -> int:
        return round(self._total() / max(time.monotonic() - self._begun, 0.001))


_NAMES = ["verdict", "code", "issuer_index"]

_VERDICTS = ["accepted", "rejected", "unavailable"]

SHOWN_EVERY = 0.2
"""Seconds between two lines of progress."""


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
