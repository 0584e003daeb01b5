"""Pictures of the results, as SVG that is readable on light and dark pages: bars for each language, and curves of growth."""

from __future__ import annotations

import math
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from report import GROWING, Comparison, Line, comparisons, is_peer

ALGORITHMS = ("RS256", "ES256", "EdDSA", "HS256")
TICKS = (0.5, 1, 2, 5, 10, 20, 50)
LABELS, BARS, MARGIN, ROW, GAP = 250, 420, 60, 17, 12
CURVES, CURVE_HEIGHT = 420, 110
MOST = 1.5
"""The upper end of the curves, as a multiple of their first point."""

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #444 }
  .title { font-weight: 600 } .number { font-variant-numeric: tabular-nums }
  .tick { stroke: #8886; stroke-width: 1 } .one { stroke: #888; stroke-width: 2 }
  .slower { fill: #4a8fc7 } .faster { fill: #d08a3c }
  .curve { fill: none; stroke-width: 2 } .keys { stroke: #4a8fc7 } .issuers { stroke: #d08a3c }
  circle.keys { fill: #4a8fc7 } circle.issuers { fill: #d08a3c }
  @media (prefers-color-scheme: dark) { text { fill: #ccc } }
"""


def write(lines: list[Line], folder: Path) -> None:
    (folder / "latest.svg").write_text(bars(lines), encoding="utf-8")
    (folder / "growth.svg").write_text(curves(lines), encoding="utf-8")


def bars(lines: list[Line]) -> str:
    """Bars to the right of 1 are libraries that take longer than jotgate."""
    body: list[str] = []
    y = 2 * ROW + GAP
    shown = [line for comparison in comparisons(lines) if is_shown(comparison[0]) for line in labelled(comparison)]
    for title, of_title in groupby(shown, key=lambda entry: entry[0]):
        body.append(text(0, y + ROW - 4, title, "title"))
        y += ROW
        for _, line in of_title:
            body += bar(y, line)
            y += ROW
        y += GAP
    title = "Time per validated token (small, claims read), as a multiple of jotgate's"
    head = [text(0, ROW - 4, title, "title"), *(part for tick in TICKS for part in grid(tick, y))]
    return document(title, LABELS + BARS + MARGIN, y, [*head, *body])


def curves(lines: list[Line]) -> str:
    """What a validation costs with more and more keys and issuers, over that with one."""
    body: list[str] = []
    y = ROW + GAP
    growing = [comparison for comparison in comparisons(lines) if comparison[0]["scenario"] in GROWING]
    by_algorithm = sorted(growing, key=lambda comparison: comparison[0]["algorithm"])
    for algorithm, of_algorithm in groupby(by_algorithm, key=lambda comparison: comparison[0]["algorithm"]):
        body += frame(y, algorithm)
        for comparison in of_algorithm:
            body += curve(y, comparison)
        y += CURVE_HEIGHT + 3 * ROW
    title = "Time per token by number of keys (blue) and of issuers (orange), as a multiple of that with one"
    return document(title, CURVES + LABELS, y, [text(0, ROW - 4, title, "title"), *body])


def is_shown(first: Line) -> bool:
    return (first["scenario"], first["size"]) == ("validate", "small") and first["algorithm"] in ALGORITHMS


def labelled(comparison: Comparison) -> list[tuple[str, Line]]:
    first = comparison[0]
    title = f"{first['language']} on {first['provider']}" if first["language"] == "rust" else first["language"]
    return [(title, line) for line in comparison if is_peer(line)]


def bar(y: int, line: Line) -> list[str]:
    one, end = position(1), position(line["ratio"])
    left, width = min(one, end), max(abs(end - one), 1)
    kind = "slower" if line["ratio"] >= 1 else "faster"
    label = f"{line['algorithm']}  {line['library']} {line['version']}"
    return [
        text(12, y + ROW - 4, label, "label"),
        f'<rect class="{kind}" x="{left:.1f}" y="{y + 2}" width="{width:.1f}" height="{ROW - 5}"/>',
        text(max(one, end) + 5, y + ROW - 4, f"{line['ratio']:.2f}", "number"),
    ]


def grid(tick: float, height: int) -> list[str]:
    x, kind = position(tick), "one" if tick == 1 else "tick"
    line = f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{2 * ROW}" y2="{height}"/>'
    return [line, text(x - 6, 2 * ROW - 4, f"{tick:g}", "number")]


def position(ratio: float) -> float:
    """Logarithmic, so that twice as fast and twice as slow are equally far from 1."""
    first, last = math.log(TICKS[0]), math.log(TICKS[-1])
    share = (math.log(min(max(ratio, TICKS[0]), TICKS[-1])) - first) / (last - first)
    return LABELS + share * BARS


def frame(y: int, algorithm: str) -> list[str]:
    parts = [text(0, y + CURVE_HEIGHT // 2, algorithm, "title")]
    for value in (0, 0.5, 1, MOST):
        at = height_of(y, value)
        parts += [f'<line class="tick" x1="120" x2="{120 + CURVES}" y1="{at:.1f}" y2="{at:.1f}"/>']
        parts += [text(90, at + 4, f"{value:g}", "number")]
    return parts


def curve(y: int, comparison: Comparison) -> list[str]:
    kind = comparison[0]["scenario"]
    counts = [int(line["case"].rpartition("_")[2]) for line in comparison]
    # Logarithmic, from 1 to 1,000.
    places = [120 + math.log10(count) / 3 * CURVES for count in counts]
    heights = [height_of(y, line["ratio"]) for line in comparison]
    points = list(zip(places, heights, strict=True))
    path = " ".join(f"{x:.1f},{at:.1f}" for x, at in points)
    labels = [
        text(x - 6, y + CURVE_HEIGHT + ROW * (1 if kind == "keys" else 2), str(count), "number")
        for (x, _), count in zip(points, counts, strict=True)
    ]
    dots = [f'<circle class="{kind}" cx="{x:.1f}" cy="{at:.1f}" r="3"/>' for x, at in points]
    name = text(0, y + CURVE_HEIGHT + ROW * (1 if kind == "keys" else 2), f"{kind}:", "label")
    return [f'<polyline class="curve {kind}" points="{path}"/>', *dots, *labels, name]


def height_of(y: int, ratio: float) -> float:
    return y + CURVE_HEIGHT * (1 - min(ratio, MOST) / MOST)


def document(title: str, width: int, height: int, body: list[str]) -> str:
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}</style>",
    ]
    return "\n".join([*head, *body, "</svg>", ""])


def text(x: float, y: float, content: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(content)}</text>'
