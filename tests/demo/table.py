"""The table that the demo prints: rows are requests, columns are languages, cells are what came back."""

import os
import sys
from dataclasses import dataclass, field

GREEN, RED, DIM, RESET = "\033[32m", "\033[31m", "\033[2m", "\033[0m"


@dataclass
class Row:
    """One request, what every service must answer to it, and what each did answer."""

    title: str
    expected: str
    cells: dict[str, str] = field(default_factory=dict)

    def wrong(self) -> list[str]:
        return [column for column, cell in self.cells.items() if cell != self.expected]


def render(rows: list[Row], columns: list[str]) -> str:
    colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    titles = ["request", *columns]
    lines = [[row.title, *(row.cells.get(column, "") for column in columns)] for row in rows]
    widths = [max(len(line[index]) for line in [titles, *lines]) for index in range(len(titles))]
    separator = "-+-".join("-" * width for width in widths)
    text = [" | ".join(title.ljust(width) for title, width in zip(titles, widths, strict=True)), separator]
    for row, line in zip(rows, lines, strict=True):
        padded = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        if colours:
            padded[1:] = [paint(cell, row.expected) for cell in padded[1:]]
        text.append(" | ".join(padded).rstrip())
    return "\n".join(text)


def paint(cell: str, expected: str) -> str:
    if not cell.strip():
        return cell
    colour = RED if cell.strip() != expected else GREEN if expected.startswith(("200", "accepted")) else DIM
    return f"{colour}{cell}{RESET}"
