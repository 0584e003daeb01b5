"""Writes the section on performance of the README from the results: `python benches/readme.py [--check]`.

It stands between two marks. `--check` writes nothing, and fails where the section is not that of the results.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from report import Comparison, Line, comparisons, is_peer

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
RESULTS = ROOT / "benches" / "results" / "latest.json"
BEGIN, END = "<!-- performance: made by benches/readme.py -->\n", "<!-- end of performance -->\n"
NAMES = {"rust": "Rust", "python": "Python", "node": "Node", "go": "Go", "java": "Java"}
FRAMEWORKS = {
    "express": "Express",
    "fastify": "Fastify",
    "fastapi": "FastAPI",
    "nethttp": "net/http",
    "spring": "Spring Boot",
}

Table = list[list[str]]


def main() -> int:
    if "--check" not in sys.argv[1:]:
        update()
        return 0
    if is_current():
        return 0
    print("README.md: its section on performance is not that of benches/results: run python3 benches/readme.py")
    return 1


def update() -> None:
    before, after = around()
    README.write_text(before + section() + after, encoding="utf-8")


def is_current() -> bool:
    before, after = around()
    return README.read_text(encoding="utf-8") == before + section() + after


def around() -> tuple[str, str]:
    """The README up to the section, and from its end; with the marks."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"README.md: it has no section between {BEGIN.strip()} and {END.strip()}")
    return before + BEGIN, END + after


def section() -> str:
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    measured = comparisons(results["results"])
    parts = [heading(results["machine"])]
    parts += [part for language in NAMES for part in validations(language, measured)]
    parts += [*summary(measured), *frameworks(measured), *starts(measured), PICTURES]
    return "\n" + "\n\n".join(parts) + "\n\n"


def heading(machine: dict[str, Any]) -> str:
    versions = ", ".join(text for text in map(short, machine["versions"].items()) if text)
    return (
        "Microseconds for each token on one core, claims read, beside the fastest other library of the language that was measured;"
        f" how many times faster jotgate is comes from processor time. {machine['date']}, {machine['cpu']}, {versions}.\n"
        "`make bench` repeats it, with all libraries and cases, and says which targets hold; `QUICK=1 make bench` shows in three"
        " minutes that it works. [benches/README.md](benches/README.md) says what is measured, and how."
    )


def short(version: tuple[str, str | None]) -> str:
    name, text = version
    number = next(
        (word.strip('"v,').removeprefix("go") for word in (text or "").split() if any(map(str.isdigit, word))), ""
    )
    return f"{NAMES.get(name.replace('rustc', 'rust'), name)} {number}" if number else ""


def validations(language: str, measured: list[Comparison]) -> list[str]:
    """One table for each provider that the language has."""
    good = [one for one in measured if (one[0]["language"], one[0]["scenario"]) == (language, "validate")]
    providers = dict.fromkeys(one[0]["provider"] for one in good)
    if language != "rust":
        return [titled(NAMES[language], good)] if good else []
    # HMAC is ring's in both builds.
    tables = {provider: [one for one in good if one[0]["provider"] == provider] for provider in providers}
    return [titled(f"Rust on {provider}", table) for provider, table in tables.items()]


def titled(name: str, good: list[Comparison]) -> str:
    algorithms = dict.fromkeys(one[0]["algorithm"] for one in good)
    rows: Table = [[f"{name}", "small: jotgate", "next best", "times", "4 KB: jotgate", "next best", "times"]]
    for algorithm in algorithms:
        cells = [algorithm]
        for size in ("small", "large"):
            found = [one for one in good if (one[0]["algorithm"], one[0]["size"]) == (algorithm, size)]
            cells += against_best(found[0]) if found else ["", "", ""]
        rows.append(cells)
    return markdown(rows)


def against_best(comparison: Comparison) -> list[str]:
    ours, peers = comparison[0], [line for line in comparison if is_peer(line)]
    if not peers:
        return [micros(ours), "", ""]
    best = min(peers, key=lambda line: line["ratio"])
    return [micros(ours), f"{micros(best)} {best['library']}", f"**{best['ratio']:.2f}**"]


def summary(measured: list[Comparison]) -> list[str]:
    """What is jotgate's alone: nothing where the results do not have it."""
    wanted: list[tuple[str, Callable[[str], str]]] = [
        ("a token from the cache (RS256), claims unread, µs", lambda language: repeated(language, measured)),
        ("a request over its token alone (RS256)", lambda language: requested(language, measured)),
        ("100,000 tokens (RS256): two threads over one", lambda language: batched(language, measured)),
    ]
    rows = [[what, *(cell(language) for language in NAMES)] for what, cell in wanted]
    rows = [row for row in rows if any(row[1:])]
    return [markdown([["jotgate", *NAMES.values()], *rows])] if rows else []


def repeated(language: str, measured: list[Comparison]) -> str:
    line = line_of(language, "repeat", "jotgate, cached, claims unread", measured)
    return micros(line) if line else ""


def requested(language: str, measured: list[Comparison]) -> str:
    line = line_of(language, "request", "jotgate, request", measured)
    return f"{line['ratio']:.2f}" if line else ""


def batched(language: str, measured: list[Comparison]) -> str:
    # The first line of these is one thread, or one token after the other where threads cannot be chosen.
    line = line_of(language, "batch", "jotgate, two threads", measured)
    return f"{1 / line['ratio']:.2f}" if line else ""


def line_of(language: str, scenario: str, library: str, measured: list[Comparison]) -> Line | None:
    wanted = (language, scenario, "RS256", "small")
    found = (
        one
        for one in measured
        if tuple(one[0][name] for name in ("language", "scenario", "algorithm", "size")) == wanted
    )
    return next((line for one in found for line in one if line["library"] == library), None)


def frameworks(measured: list[Comparison]) -> list[str]:
    """Processor time, since the clock's counts the client's turns as well. What the bare application takes is left out."""
    added = [one for one in measured if one[0]["scenario"] == "framework" and one[0]["provider"] != "-"]
    rows = [[FRAMEWORKS.get(one[0]["case"], one[0]["case"]), *best_by(one, "cpu_ns", 1000)] for one in added]
    return [markdown([["added to a request, µs", "jotgate", "next best", "times"], *rows])] if rows else []


def starts(measured: list[Comparison]) -> list[str]:
    first = [one for one in measured if one[0]["scenario"] == "start" and "bytes" not in one[0]]
    rows = [[NAMES[one[0]["language"]], *best_by(one, "median_ns", 1e6)] for one in first]
    return (
        [markdown([["a new process up to its first verdict, ms", "jotgate", "next best", "times"], *rows])]
        if rows
        else []
    )


def best_by(comparison: Comparison, field: str, unit: float) -> list[str]:
    ours, peers = comparison[0], [line for line in comparison if is_peer(line)]
    if not peers:
        return [f"{ours[field] / unit:.1f}", "", ""]
    best = min(peers, key=lambda line: line[field])
    times = best[field] / ours[field]
    return [f"{ours[field] / unit:.1f}", f"{best[field] / unit:.1f} {best['library']}", f"**{times:.2f}**"]


def micros(line: Line) -> str:
    time = line["median_ns"] / 1000
    return f"{time:.0f}" if time >= 100 else f"{time:.1f}" if time >= 10 else f"{time:.2f}"


def markdown(rows: Table) -> str:
    head, *body = rows
    lines = [head, ["---", *("---:" for _ in head[1:])], *body]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


PICTURES = (
    "![Time per token, as a multiple of jotgate's](benches/results/latest.svg)\n\n"
    "![Time per token by number of keys and of issuers](benches/results/growth.svg)"
)


if __name__ == "__main__":
    sys.exit(main())
