"""Draws what reaches the issuer after an outage: `python3 chart.py REPORT PICTURE`, a report of the simulation to an SVG."""

from __future__ import annotations

import json
import sys
from pathlib import Path

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 260, 48, 16, 44, 34

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #444 }
  .title { font-weight: 600 } .number { font-variant-numeric: tabular-nums } .end { text-anchor: end }
  .middle { text-anchor: middle } .grid { stroke: #8886; stroke-width: 1 } .load { fill: #4a8fc7 }
  @media (prefers-color-scheme: dark) { text { fill: #ccc } }
"""


def main() -> None:
    source, target = map(Path, sys.argv[1:])
    target.write_text(draw(json.loads(source.read_text(encoding="utf-8"))), encoding="utf-8")


def draw(report: dict) -> str:
    """One bar for each second since the issuer came back."""
    load = report["requests_in_each_second_after_the_worst_outage"]
    peak, across, up = max(load), WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    title = f"Requests per second at the issuer after an outage, {report['nodes']:,} nodes"
    floor, bar = HEIGHT - BOTTOM, across / len(load)
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{title}</title>",
        f"<style>{STYLE}</style>",
        f'<text class="title" x="0" y="14">{title}</text>',
        f'<text x="0" y="30">{sum(load):,} requests within {len(load):,} seconds, {peak} in the busiest</text>',
    ]
    for value in sorted({0, peak // 2, peak}):
        y = floor - up * value / peak
        body.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        body.append(f'<text class="number end" x="{LEFT - 6}" y="{y + 4:.1f}">{value}</text>')
    for second, requests in enumerate(load):
        if requests:
            tall = up * requests / peak
            place = f'x="{LEFT + second * bar:.2f}" y="{floor - tall:.1f}" width="{bar:.2f}" height="{tall:.1f}"'
            body.append(f'<rect class="load" {place}/>')
    for minute in range(0, len(load) // 60 + 1):
        label = "0" if minute == 0 else f"{minute} min"
        body.append(f'<text class="middle" x="{LEFT + minute * 60 * bar:.1f}" y="{floor + 18}">{label}</text>')
    return "\n".join([*body, "</svg>", ""])


if __name__ == "__main__":
    main()
