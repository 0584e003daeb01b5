"""The table: one row for each language, algorithm and case; times in microseconds; ratios to jotgate in the same run."""

from __future__ import annotations

from itertools import groupby
from typing import Any

Line = dict[str, Any]
"""What a program prints for one library in one case."""

Row = list[str]


def table(lines: list[Line]) -> str:
    blocks: list[list[Row]] = []
    for _, of_language in groupby(lines, key=lambda line: line["language"]):
        cases = [list(case) for _, case in groupby(of_language, key=case_of)]
        for _, block in groupby(cases, key=lambda case: [line["library"] for line in case]):
            block_cases = list(block)
            blocks.append([heading(block_cases[0]), *(row(case) for case in block_cases)])
    widths = widths_of([row for block in blocks for row in block])
    return "\n\n".join("\n".join(aligned(row, widths) for row in block) for block in blocks)


def case_of(line: Line) -> tuple[str, str, str]:
    return line["algorithm"], line["size"], line["case"]


def heading(case: list[Line]) -> Row:
    return ["", "", "", "", *(f"{line['library']} {line['version']}" for line in case)]


def row(case: list[Line]) -> Row:
    first = case[0]
    return [first["language"], first["algorithm"], first["size"], first["case"], *(cell(line) for line in case)]


def cell(line: Line) -> str:
    time = f"{line['median_ns'] / 1000:.2f}"
    return time if line["library"] == "jotgate" else f"{time} {line['ratio']:6.2f}x"


def widths_of(rows: list[Row]) -> list[int]:
    columns = max((len(row) for row in rows), default=0)
    return [max(len(row[column]) for row in rows if column < len(row)) for column in range(columns)]


def aligned(row: Row, widths: list[int]) -> str:
    words = [text.ljust(width) for text, width in zip(row[:4], widths, strict=False)]
    numbers = [text.rjust(width) for text, width in zip(row[4:], widths[4:], strict=False)]
    return "  ".join([*words, *numbers]).rstrip()
