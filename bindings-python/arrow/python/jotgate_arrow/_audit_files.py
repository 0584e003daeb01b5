"""Logs as streams of record batches, and what came of them as files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.json
import pyarrow.parquet
from arro3.core import RecordBatch, Schema


class FileProblem(Exception):
    """A file that cannot be read or written. It never quotes what is in it."""


@contextmanager
def opened(path: str, tokens: str | None, others: Sequence[str]) -> Iterator[pa.RecordBatchReader]:
    """The log, as a stream. Where the column of the tokens is known, no others are read than these."""
    read = _READERS.get("" if path == "-" else Path(path).suffix.lower())
    if read is None:
        raise ValueError(f"--tokens must end in one of {', '.join(filter(None, _READERS))}, or be - for lines")
    try:
        yield read(path, tokens, others)
    except (OSError, pa.ArrowException) as error:
        raise _problem(path, error) from None


@contextmanager
def written(path: str | None, schema: Schema) -> Iterator[Callable[[RecordBatch], None]]:
    """A function that writes record batches of this schema; one that does nothing without a path."""
    if path is None:
        yield lambda _batch: None
        return
    make = _WRITERS.get(Path(path).suffix.lower())
    if make is None:
        raise ValueError(f"--out must end in one of {', '.join(_WRITERS)}")
    columns = _flat(pa.schema(schema)) if make is pyarrow.csv.CSVWriter else pa.schema(schema)
    try:
        with make(path, columns) as writer:
            yield lambda batch: writer.write_batch(_as(pa.record_batch(batch), columns))
    except OSError as error:
        raise _problem(path, error) from None


def _problem(path: str, error: Exception) -> FileProblem:
    if isinstance(error, FileNotFoundError):
        return FileProblem(f"{path}: no such file")
    if isinstance(error, PermissionError):
        return FileProblem(f"{path}: permission denied")
    # The words of the library may quote a line of the file.
    return FileProblem(f"{path}: cannot be read or written as what its name says ({type(error).__name__})")


def _parquet(path: str, tokens: str | None, others: Sequence[str]) -> pa.RecordBatchReader:
    file = pyarrow.parquet.ParquetFile(path)
    schema = file.schema_arrow
    wanted = [] if tokens is None else list(dict.fromkeys([tokens, *others]))
    # What is not there is told of by whoever looks for it, with the names that are.
    if wanted and all(name in schema.names for name in wanted):
        schema = pa.schema([schema.field(name) for name in wanted])
    return pa.RecordBatchReader.from_batches(schema, file.iter_batches(batch_size=ROWS, columns=schema.names))


def _csv(path: str, tokens: str | None, _others: Sequence[str]) -> pa.RecordBatchReader:
    # Whatever the first of them look like.
    types = {} if tokens is None else {tokens: pa.string()}
    convert = pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=True)
    return pyarrow.csv.open_csv(path, convert_options=convert)


def _ndjson(path: str, tokens: str | None, _others: Sequence[str]) -> pa.RecordBatchReader:
    schema = None if tokens is None else pa.schema([(tokens, pa.string())])
    parse = pyarrow.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="infer")
    return pyarrow.json.open_json(path, parse_options=parse)


def _lines(path: str, _tokens: str | None, _others: Sequence[str]) -> pa.RecordBatchReader:
    source: Any = sys.stdin.buffer if path == "-" else path
    # Nothing in a line means anything: no quotes, and a delimiter that stands in no token.
    read = pyarrow.csv.ReadOptions(column_names=["token"])
    parse = pyarrow.csv.ParseOptions(delimiter="\x01", quote_char=False)
    convert = pyarrow.csv.ConvertOptions(column_types={"token": pa.binary()}, strings_can_be_null=False)
    return pyarrow.csv.open_csv(source, read_options=read, parse_options=parse, convert_options=convert)


def _ipc(path: str, _tokens: str | None, _others: Sequence[str]) -> pa.RecordBatchReader:
    source = pa.memory_map(path)
    try:
        file = pyarrow.ipc.open_file(source)
    except pa.ArrowInvalid:
        return pyarrow.ipc.open_stream(source)
    batches = (file.get_batch(number) for number in range(file.num_record_batches))
    return pa.RecordBatchReader.from_batches(file.schema, batches)


def _flat(schema: pa.Schema) -> pa.Schema:
    """The same with texts in place of lists, which CSV does not have."""
    flat = [pa.field(field.name, pa.string()) if pa.types.is_list(field.type) else field for field in schema]
    return pa.schema(flat)


def _as(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    if batch.schema == schema:
        return batch
    arrays = [_joined(column) if pa.types.is_list(column.type) else column for column in batch.columns]
    return pa.record_batch(arrays, schema=schema)


def _joined(column: pa.Array) -> pa.Array:
    return pa.array([None if items is None else " ".join(items) for items in column.to_pylist()], pa.string())


_READERS: dict[str, Callable[[str, str | None, Sequence[str]], pa.RecordBatchReader]] = {
    ".parquet": _parquet,
    ".csv": _csv,
    ".ndjson": _ndjson,
    ".jsonl": _ndjson,
    ".arrow": _ipc,
    ".txt": _lines,
    "": _lines,
}

_WRITERS: dict[str, Any] = {
    ".parquet": pyarrow.parquet.ParquetWriter,
    ".csv": pyarrow.csv.CSVWriter,
    ".arrow": pyarrow.ipc.new_file,
}

ROWS = 64 * 1024
"""Rows of a record batch of a log."""
