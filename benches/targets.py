"""What is aimed at, as `targets.json` has it, beside what was measured. For people: no test depends on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from report import Comparison, Line, comparisons

TARGETS = Path(__file__).resolve().parent / "targets.json"

Target = dict[str, Any]

# What is compared, of our line and of the other one. Ratios of one comparison refer to its first line, both of them.
MEASURES = {
    "times": lambda ours, theirs: theirs["ratio"] / ours["ratio"],
    "share": lambda ours, theirs: ours["ratio"] / theirs["ratio"],
    "more_ns": lambda ours, theirs: ours["cpu_ns"] - theirs["cpu_ns"],
    "ns": lambda ours, _: ours["cpu_ns"],
}


def told(lines: list[Line]) -> str:
    """One line for each target: the range of what was measured, and where it falls short."""
    measured = comparisons(lines)
    targets: list[Target] = json.loads(TARGETS.read_text(encoding="utf-8"))["targets"]
    results = [result(target, measured) for target in targets]
    counts = {word: sum(1 for text in results if text.startswith(word)) for word in (HOLDS, MISSED, NONE)}
    return "\n".join([*results, "targets: " + ", ".join(f"{count} {word.strip()}" for word, count in counts.items())])


def result(target: Target, measured: list[Comparison]) -> str:
    found = [pair for one in measured if matches(target["where"], one[0]) for pair in judged(target, one)]
    bound = f"at least {target['at_least']}" if "at_least" in target else f"at most {target['at_most']}"
    if not found:
        return f"{NONE}  {target['what']}, {bound}"
    values = [value for value, _ in found]
    missed = [f"{number(value)} {where}" for value, where in found if not holds(target, value)]
    span = " to ".join(dict.fromkeys([number(min(values)), number(max(values))]))
    told = f"{MISSED if missed else HOLDS}  {target['what']}, {bound}: {span}"
    return told + "".join(f"\n            {one}" for one in missed)


def matches(where: dict[str, Any], line: Line) -> bool:
    """Each field is the text that it must be, or one of a list."""
    return all(line[name] in (value if isinstance(value, list) else [value]) for name, value in where.items())


def judged(target: Target, comparison: Comparison) -> list[tuple[float, str]]:
    """What is compared, and where. Nothing where one of both was not measured, as a peer that lacks the algorithm."""
    ours = next((line for line in comparison if is_named(line, target["ours"])), None)
    if ours is None:
        return []
    others = [line for line in comparison if is_named(line, target.get("theirs", target["ours"]))]
    return [(MEASURES[target["measure"]](ours, other), place(ours, other)) for other in others]


def is_named(line: Line, wanted: str | list[str]) -> bool:
    """By the name of the library, or by its case where libraries of one name differ by that."""
    names = wanted if isinstance(wanted, list) else [wanted]
    return line["library"] in names or line["case"] in names


def holds(target: Target, value: float) -> bool:
    return bool(value >= target["at_least"] if "at_least" in target else value <= target["at_most"])


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def place(ours: Line, other: Line) -> str:
    names = [ours[name] for name in ("language", "algorithm", "size", "case")]
    return " ".join([*names, *([] if other is ours else ["against", other["library"]])])


HOLDS, MISSED, NONE = "holds       ", "MISSED      ", "not measured"
