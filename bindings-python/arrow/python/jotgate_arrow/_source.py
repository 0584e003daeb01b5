"""What goes in: any object of the PyCapsule interface, and where in it the tokens are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, runtime_checkable

from arro3.core import Array, ArrayReader, DataType, Field, RecordBatch, RecordBatchReader, Schema


@runtime_checkable
class ArrowArray(Protocol):
    """An array or a record batch of any library."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...


@runtime_checkable
class ArrowStream(Protocol):
    """A table, a chunked array, a reader or a relation of any library."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class Source:
    """The tokens, chunk by chunk, with their times and the columns that are kept."""

    def __init__(
        self, data: ArrowArray | ArrowStream, column: str | None, time_column: str | None, keep: Sequence[str]
    ) -> None:
        self._next: Callable[[], Array | RecordBatch]
        chunks = _opened(data)
        if DataType.is_struct(chunks.field.type):
            batches = RecordBatchReader.from_stream(chunks)
            schema = batches.schema
            self._column: int | None = _place(schema, column, "column", "the tokens")
            self._times = None if time_column is None else _place(schema, time_column, "time_column", "the times")
            self._kept = [_place(schema, name, "keep", "a column to keep") for name in keep]
            self.kept = [schema.field(place) for place in self._kept]
            tokens: Field = schema.field(self._column)
            if self._times is not None:
                _check_times(schema.field(self._times))
            self._next = batches.read_next_batch
        else:
            for name, given in {"column": column, "time_column": time_column, "keep": keep}.items():
                if given:
                    raise ValueError(
                        f"{name} names a column of a table, and what is given is a single column: leave it out"
                    )
            self._column, self._times, self._kept, self.kept = None, None, [], []
            tokens = chunks.field
            self._next = chunks.read_next_array
        _check_tokens(tokens)

    def __iter__(self) -> Iterator[tuple[Array, Array | None, list[Array]]]:
        """For each chunk the tokens, the times and the columns that are kept."""
        while (chunk := self._take()) is not None:
            if isinstance(chunk, RecordBatch) and self._column is not None:
                times = None if self._times is None else chunk.column(self._times)
                yield chunk.column(self._column), times, [chunk.column(place) for place in self._kept]
            elif isinstance(chunk, Array):
                yield chunk, None, []

    def _take(self) -> Array | RecordBatch | None:
        try:
            return self._next()
        except StopIteration:
            return None


def _opened(data: ArrowArray | ArrowStream) -> ArrayReader:
    # The stream first: an object that has both is a table more often than not, and a stream is read chunk by chunk.
    if isinstance(data, ArrowStream):
        return ArrayReader.from_stream(data)
    if isinstance(data, ArrowArray):
        array = Array.from_arrow(data)
        return ArrayReader.from_arrays(array.field, [array])
    raise TypeError(
        "the tokens must be an Arrow column or table, an object with __arrow_c_stream__ or __arrow_c_array__ as those "
        f"of pyarrow, polars and DuckDB, not {type(data).__name__}"
    )


def _place(schema: Schema, name: str | None, option: str, what: str) -> int:
    if name is not None and not isinstance(name, str):
        raise TypeError(f"{option} must be the name of a column, not {type(name).__name__}")
    found = [place for place, known in enumerate(schema.names) if known == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise ValueError(f"{option} names {len(found)} columns of the table: expected one")
    names = ", ".join(map(repr, schema.names))
    raise ValueError(
        f"{option} must name the column with {what}: one of {names}" if names else "the table has no columns"
    )


def _check_tokens(field: Field) -> None:
    kind = field.type
    if DataType.is_dictionary(kind):
        kind = kind.value_type or kind
    if not any(test(kind) for test in _TEXTS):
        raise TypeError(
            "a column of tokens must be of a type of strings or bytes, or a dictionary of them, "
            f"not {_named(field.type)}"
        )


def _check_times(field: Field) -> None:
    kind = field.type
    if not (DataType.is_timestamp(kind) or DataType.is_int64(kind) or DataType.is_float64(kind)):
        raise TypeError(
            "a column of times must be of a type of timestamps, or Unix seconds as int64 or float64, "
            f"not {_named(kind)}"
        )


def _named(kind: DataType) -> str:
    """Its name, without the type's own frame around it."""
    return str(kind).strip().removeprefix("arro3.core.DataType<").removesuffix(">")


_TEXTS = (
    DataType.is_string,
    DataType.is_large_string,
    DataType.is_string_view,
    DataType.is_binary,
    DataType.is_large_binary,
    DataType.is_binary_view,
    DataType.is_null,
)
