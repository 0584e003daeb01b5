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
    """Whether it is a library that one would use otherwise; `-` is the provider of what validates nothing."""
    others = line["library"].startswith("jotgate") or line["library"].endswith("signature alone")
    return not others and line["provider"] != "-"


def table(lines: list[Line]) -> str:
    """A block for each language and scenario; times in microseconds; ratios to the first column."""
    blocks: list[str] = []
    for title, of_title in groupby(comparisons(lines), key=title_of):
        block = list(of_title)
        names = list(dict.fromkeys(name_of(line) for comparison in block for line in comparison))
        rows = [["", *names], *(row(comparison, names) for comparison in block)]
        widths = [max(len(cells[column]) for cells in rows) for column in range(len(names) + 1)]
        blocks.append("\n".join([title, *(aligned(cells, widths) for cells in rows)]))
    return "\n\n".join(blocks)


def comparison_of(line: Line) -> tuple[str, ...]:
    # The steps of a curve are cases of one comparison.
    case = "" if line["scenario"] in GROWING else line["case"]
    return line["language"], line["scenario"], line["algorithm"], line["size"], case


def title_of(comparison: Comparison) -> str:
    first = comparison[0]
    # Rust has a program for each provider.
    provider = f" on {first['provider']}" if first["language"] == "rust" else ""
    return f"{first['language']}{provider}: {first['scenario']}"


def name_of(line: Line) -> str:
    if line["scenario"] in GROWING:
        return line["case"]
    return f"{line['library']} {line['version']}" if is_peer(line) else line["library"]


def row(comparison: Comparison, names: list[str]) -> Row:
    first = comparison[0]
    case = [] if first["scenario"] in GROWING else [first["case"]]
    cells = {name_of(line): cell(line) for line in comparison}
    return [" ".join([first["algorithm"], first["size"], *case]), *(cells.get(name, "") for name in names)]


def cell(line: Line) -> str:
    if "bytes" in line:
        size = f"{line['bytes'] / 1024:,.0f} KiB" if line["bytes"] >= 10_000 else f"{line['bytes']} bytes"
        return f"{size} {line['ratio']:6.2f}x"
    # Three digits, and never fewer than all before the point.
    micros = line["median_ns"] / 1000
    return f"{micros:.0f} {line['ratio']:6.2f}x" if micros >= 1000 else f"{micros:.3g} {line['ratio']:6.2f}x"


def aligned(cells: Row, widths: list[int]) -> str:
    words = [cells[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))]
    return "  ".join(words).rstrip()
