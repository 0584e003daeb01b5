"""Columns of tokens, for the package `jotgate-arrow`: a piece after the other, each as a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ._batch import SHORT, Batch, _number
from ._completions import Ids
from ._native import Piece, Undecided
from .errors import InvalidToken, JotgateError, KeysUnavailable

if TYPE_CHECKING:
    from ._native import Column, Columns, Core
    from ._validator import Validator


def judge(
    validator: Validator, column: Column, columns: Columns, *, first: int, threads: int | None
) -> tuple[int, int]:
    """Judges the rows of a column from this one on, as many as one piece takes; what came of them goes into `columns`.

    Gives the row behind them, and the bytes of the largest column of texts. Blocks like `Validator.validate_many`,
    calls the hooks, and tells the listeners of each refusal.
    """
    end = column.end_of(first)
    rows = _Rows(validator._ruling, Piece(column, first, end), _number(threads))
    try:
        validator._driver.finish_many(rows)
        _settle(validator, rows.piece)
        return end, columns.append(rows.piece, _number(threads))
    finally:
        if validator._listened:
            validator._events.drain()


def check(validator: Validator, threads: int | None) -> None:
    """Raises what `judge` would raise for each piece.

    ValueError for a validator whose hooks change claims: columns show them as the issuer signed them.
    """
    _number(threads)
    if validator._transforms:
        raise ValueError("a validator with transform judges no columns: make one without it, and choose claims by name")


class _Rows(Batch):
    """The rows of a piece in place of a list of tokens."""

    def __init__(self, core: Core, piece: Piece, threads: int) -> None:
        self.piece = piece
        self._core = core
        self._threads = threads
        self.is_due = False

    @property
    def is_open(self) -> bool:
        return self.piece.open_rows > 0

    @property
    def is_long(self) -> bool:
        return self.piece.open_rows > SHORT

    def ask(self, now: float | None) -> None:
        is_due = self.piece.ask(self._core, now, self._threads)
        self.is_due = is_due or self.is_open

    def waits(self) -> tuple[list[Ids], float]:
        pending = self.piece.pending()
        return [ids for ids, _ in pending], max((patience for _, patience in pending), default=0.0)

    def leave_out(self, are_out_of_reach: Callable[[Ids], bool]) -> None:
        for ids, _ in self.piece.pending():
            if are_out_of_reach(ids):
                self.piece.leave_out(ids)


def _settle(validator: Validator, piece: Piece) -> None:
    """Asks the hooks about those that pass the policy, and tells the listeners of the others, in their order."""
    for row, found in piece.attention(validator._listened):
        if isinstance(found, Undecided):
            try:
                piece.accept(row, validator._hooks.run(found))
            except JotgateError as error:
                piece.refuse(row, error.code, *_about(error))
                validator._refused(error)
        else:
            validator._refused(found)


def _about(error: JotgateError) -> tuple[str | None, int | None]:
    if isinstance(error, InvalidToken):
        return error.claim, error.issuer_index
    return None, error.issuer_index if isinstance(error, KeysUnavailable) else None
