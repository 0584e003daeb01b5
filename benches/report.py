"""What the programs print, put in order: comparisons, and the table that people read."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from typing import Any

Line = dict[str, Any]
"""What a program prints for one library in one case."""

Comparison = list[Line]
"""The lines whose ratios refer to the first of them."""

Row = list[str]

SCENARIOS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "scenarios.json").read_text(encoding="utf-8"))[
    "scenarios"
]
GROWING = {scenario["name"] for scenario in SCENARIOS if scenario["does"] == "grow"}


def comparisons(lines: list[Line]) -> list[Comparison]:
    return [list(comparison) for _, comparison in groupby(lines, key=comparison_of)]


def is_peer(line: Line) -> bool:
    """Whether it is a library that one would use otherwise."""
    return not line["library"].startswith("jotgate") and not line["library"].endswith("signature alone")


def table(lines: list[Line]) -> str:
    """A block for each language, scenario and set of libraries; times in microseconds; ratios to the first column."""
    blocks: list[list[Row]] = []
    for (language, scenario, *libraries), block in groupby(comparisons(lines), key=block_of):
        rows = [["", *libraries], *(row(comparison) for comparison in block)]
        widths = [max(len(cells[column]) for cells in rows) for column in range(len(rows[0]))]
        blocks.append([[f"{language}: {scenario}"], *(aligned(cells, widths) for cells in rows)])
    return "\n\n".join("\n".join("  ".join(cells).rstrip() for cells in block) for block in blocks)


def comparison_of(line: Line) -> tuple[str, ...]:
    # The steps of a curve are cases of one comparison.
    case = "" if line["scenario"] in GROWING else line["case"]
    return line["language"], line["scenario"], line["algorithm"], line["size"], case


def block_of(comparison: Comparison) -> tuple[str, ...]:
    first = comparison[0]
    # Where the program is built with one provider and with another one.
    language = f"{first['language']} on {first['provider']}" if first["language"] == "rust" else first["language"]
    names = [line["case"] if first["scenario"] in GROWING else name_of(line) for line in comparison]
    return language, first["scenario"], *names


def name_of(line: Line) -> str:
    return f"{line['library']} {line['version']}" if is_peer(line) else line["library"]


def row(comparison: Comparison) -> Row:
    first = comparison[0]
    case = [] if first["scenario"] in GROWING else [first["case"]]
    return [" ".join([first["algorithm"], first["size"], *case]), *(cell(line) for line in comparison)]


def cell(line: Line) -> str:
    if "bytes" in line:
        return f"{line['bytes'] / 1024:,.0f} KiB"
    # Three digits, and never fewer than all before the point.
    time = f"{line['median_ns'] / 1000:.3g}" if line["median_ns"] < 1e6 else f"{line['median_ns'] / 1000:.0f}"
    return f"{time} {line['ratio']:6.2f}x"


def aligned(cells: Row, widths: list[int]) -> Row:
    return [cells[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))]
