"""A bar chart of the ratios for small tokens, as an SVG that is readable on light and dark pages."""

from __future__ import annotations

import math
from itertools import groupby
from xml.sax.saxutils import escape

from report import Line

ALGORITHMS = ("RS256", "ES256", "EdDSA", "HS256")
TICKS = (0.25, 0.5, 1, 2, 5, 10, 20, 50)
LABELS, BARS, MARGIN, LINE, GAP = 250, 420, 60, 17, 12

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #444 }
  .title { font-weight: 600 } .number { font-variant-numeric: tabular-nums }
  .tick { stroke: #8886; stroke-width: 1 } .one { stroke: #888; stroke-width: 2 } .slower { fill: #4a8fc7 }
  .faster { fill: #d08a3c }
  @media (prefers-color-scheme: dark) { text { fill: #ccc } }
"""


def draw(lines: list[Line]) -> str:
    """Bars to the right of 1 are libraries that take longer than jotgate."""
    shown = [line for line in lines if is_peer(line)]
    body: list[str] = []
    y = 2 * LINE + GAP
    for language, of_language in groupby(shown, key=lambda line: line["language"]):
        body.append(text(0, y + LINE - 4, language, "title"))
        y += LINE
        for line in of_language:
            body += bar(y, line)
            y += LINE
        y += GAP
    width, height = LABELS + BARS + MARGIN, y
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        "<title>Time per validated token, as a multiple of jotgate's</title>",
        f"<style>{STYLE}</style>",
        text(0, LINE - 4, "Time per validated token (small, claims read), as a multiple of jotgate's", "title"),
        *(part for tick in TICKS for part in grid(tick, height)),
    ]
    return "\n".join([*head, *body, "</svg>", ""])


def is_peer(line: Line) -> bool:
    ours = line["library"].startswith("jotgate") or line["library"].endswith("signature alone")
    return not ours and (line["case"], line["size"]) == ("accepted", "small") and line["algorithm"] in ALGORITHMS


def bar(y: int, line: Line) -> list[str]:
    one, end = position(1), position(line["ratio"])
    left, width = min(one, end), max(abs(end - one), 1)
    kind = "slower" if line["ratio"] >= 1 else "faster"
    label = f"{line['algorithm']}  {line['library']} {line['version']}"
    return [
        text(12, y + LINE - 4, label, "label"),
        f'<rect class="{kind}" x="{left:.1f}" y="{y + 2}" width="{width:.1f}" height="{LINE - 5}"/>',
        text(max(one, end) + 5, y + LINE - 4, f"{line['ratio']:.2f}", "number"),
    ]


def grid(tick: float, height: int) -> list[str]:
    x, kind = position(tick), "one" if tick == 1 else "tick"
    line = f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{2 * LINE}" y2="{height}"/>'
    return [line, text(x - 6, 2 * LINE - 4, f"{tick:g}", "number")]


def position(ratio: float) -> float:
    """Logarithmic, so that twice as fast and twice as slow are equally far from 1."""
    first, last = math.log(TICKS[0]), math.log(TICKS[-1])
    share = (math.log(min(max(ratio, TICKS[0]), TICKS[-1])) - first) / (last - first)
    return LABELS + share * BARS


def text(x: float, y: float, content: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y}">{escape(content)}</text>'
