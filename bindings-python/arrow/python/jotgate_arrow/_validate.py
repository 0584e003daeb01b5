"""The one function: tokens in, verdicts and claims out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema

from jotgate import Validator
from jotgate._columns import check, judge
from jotgate._native import Column, Columns

from ._claims import TYPES, Claim, Claims, chosen
from ._source import ArrowArray, ArrowStream, Source

__all__ = ["ArrowArray", "ArrowStream", "validate"]


def validate(
    validator: Validator,
    data: ArrowArray | ArrowStream,
    column: str | None = None,
    *,
    claims: Claims = (),
    as_of: float | datetime | None = None,
    time_column: str | None = None,
    scheme: str | None = None,
    keep: Sequence[str] = (),
    prefix: str = "",
    threads: int | None = None,
) -> RecordBatchReader:
    """Validates a column of tokens, and gives a reader of record batches with what came of each.

    data: a column of tokens, or a table, a relation or a reader with one: whatever has `__arrow_c_stream__` or
        `__arrow_c_array__`. column: the name of the column in a table.
    claims: claims that become columns: a list of names; or a dict that gives each column its type, or a claim and its
        type: `{"sub": "string", "tenant": ("https://example.com/tenant", "string")}`. The types are `string`, `int64`,
        `float64`, `bool`, `timestamp`, `list<string>` and `json`. In a list, `aud` is a list of strings, `exp`, `nbf`
        and `iat` are timestamps, and all others strings.
    as_of: judges all tokens for this time, in Unix seconds or as a datetime with a time zone, with the keys of today.
    time_column: judges each token for the time in this column: timestamps (in UTC where they have no zone), or Unix
        seconds as int64 or float64.
    scheme: takes the token out of the value of a header field of this scheme, `"Bearer"` for `Authorization`.
    keep: columns of the table to carry over, before the others.
    prefix: stands before the names of all other columns.
    threads: the most processors to use; None is all.

    The columns are `verdict` (`"accepted"`, `"rejected"` or `"unavailable"`), `code` and `claim` (why, and which claim
    it is about; null for accepted tokens), `issuer_index` (the entry of the policy's `issuers`, where the token got so
    far), then the claims. Where the token or its time is null, so are all of them.

    One record batch is read when one is asked for. Key sets are fetched once, and waited for as `validate_many` does.
    Raises TypeError and ValueError, before any token is read, for what is no column of tokens, names no column, or
    names two of them alike.
    """
    _check_options(validator, scheme, prefix)
    check(validator, threads)
    source = Source(data, column, time_column, _listed(keep))
    plan = _Plan(chosen(claims), [*source.kept], prefix, _time(as_of, time_column), scheme, threads)
    schema = plan.schema()
    return RecordBatchReader.from_batches(schema, _batches(validator, source, plan, schema))


class _Plan(NamedTuple):
    claims: list[Claim]
    kept: list[Field]
    prefix: str
    as_of: float | None
    scheme: str | None
    threads: int | None

    def made(self) -> list[Field]:
        """The columns behind those that are kept."""
        fixed = [Field(self.prefix + name, kind, nullable=True) for name, kind in _FIXED.items()]
        claims = [Field(self.prefix + claim.column, TYPES[claim.type], nullable=True) for claim in self.claims]
        return fixed + claims

    def schema(self) -> Schema:
        fields = [*self.kept, *self.made()]
        names = [field.name for field in fields]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(
                f"two columns would be named {twice[0]!r}: give a prefix, or the claim another name in a dict of claims"
            )
        return Schema(fields)


def _batches(validator: Validator, source: Source, plan: _Plan, schema: Schema) -> Iterator[RecordBatch]:
    columns = Columns([(claim.claim, claim.type) for claim in plan.claims])
    made = plan.made()
    for tokens, times, kept in source:
        column = Column(
            tokens.__arrow_c_array__(),
            times=None if times is None else times.__arrow_c_array__(),
            as_of=plan.as_of,
            scheme=plan.scheme,
        )
        begun, row = 0, 0
        while row < len(column):
            row, size = judge(validator, column, columns, first=row, threads=plan.threads)
            if row == len(column) or size >= LARGEST:
                carried = [array.slice(begun, row - begun) for array in kept]
                arrays = [_array(field, values) for field, values in zip(made, columns.take(), strict=True)]
                yield RecordBatch.from_arrays([*carried, *arrays], schema=schema)
                begun = row


def _array(field: Field, values: object) -> Array:
    return Array.from_arrow_pycapsule(field.__arrow_c_schema__(), values)


def _check_options(validator: object, scheme: object, prefix: object) -> None:
    if not isinstance(validator, Validator):
        raise TypeError(f"validator must be a jotgate.Validator, not {type(validator).__name__}")
    if scheme is not None and (not isinstance(scheme, str) or not scheme or not scheme.isascii() or " " in scheme):
        raise ValueError('scheme must be the name of a scheme such as "Bearer"')
    if not isinstance(prefix, str):
        raise TypeError(f"prefix must be a str, not {type(prefix).__name__}")


def _listed(keep: Sequence[str]) -> list[str]:
    if isinstance(keep, str | bytes) or not isinstance(keep, Sequence):
        raise TypeError(f"keep must be a list of names, not {type(keep).__name__}")
    return [*keep]


def _time(as_of: object, time_column: str | None) -> float | None:
    if as_of is None:
        return None
    if time_column is not None:
        raise ValueError("as_of excludes time_column: a token is judged for one time")
    if isinstance(as_of, datetime):
        if as_of.tzinfo is None:
            raise ValueError("as_of must have a time zone, or be Unix seconds")
        return as_of.timestamp()
    if isinstance(as_of, bool) or not isinstance(as_of, int | float):
        raise TypeError(f"as_of must be Unix seconds or a datetime, not {type(as_of).__name__}")
    return as_of


_FIXED = {
    "verdict": DataType.string(),
    "code": DataType.string(),
    "claim": DataType.string(),
    "issuer_index": DataType.int64(),
}
"""The columns of every verdict."""

LARGEST = 1 << 30
"""Bytes of texts after which a record batch ends: Arrow has 31 bits to count them, and a piece is smaller."""
