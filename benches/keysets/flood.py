"""Good tokens beside a flood of tokens whose key ids nobody knows: what they cost then, what of it reaches the issuer,
what memory grows by. See README.md.

    python3 benches/keysets/flood.py [--no-build] [--quick] [--docs]

Prints one table and writes `results/flood.json`; `--docs` puts the table into `core/docs/key-sets.md` as well. A quick
run shows that everything works, and writes nothing.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import languages  # noqa: E402
import machine  # noqa: E402
from issuer import Issuer  # noqa: E402
from languages import Failure, Workshop  # noqa: E402

PLAN = {"rounds": 20, "round_seconds": 0.25, "streams": 16, "junk": 200_000, "growth_seconds": 12.0}
"""Good tokens are validated for `round_seconds` in each of the three ways of a round: long against the 5 ms after which
Python's threads hand over. Then come `junk` tokens more, twice, and no longer than `growth_seconds`. Node's one thread
serves `streams` others at once."""
QUICK = PLAN | {"rounds": 2, "junk": 2000, "growth_seconds": 2.0}

RESULTS = HERE.parent / "results" / "flood.json"
DOCS = Workshop.ROOT / "core" / "docs" / "key-sets.md"
BEGIN, END = "<!-- flood.py writes this table -->\n", "\n<!-- the end of what flood.py writes -->"

FIGURES = ("p50", "p99", "mean")
Row = dict[str, Any]


def main() -> int:
    arguments = parse()
    workshop = Workshop(build=not arguments.no_build)
    try:
        languages.python(workshop)
        languages.node(workshop)
        workshop.run("npm", "ci", "--silent", cwd=HERE)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    facts = machine.facts(workshop.PYTHON)
    rows = measured(workshop, QUICK if arguments.quick else PLAN)
    print(table(rows))
    if not arguments.quick:
        write(facts, rows)
        if arguments.docs:
            write_docs(table(rows))
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measures good tokens beside a flood of unknown key ids.")
    parser.add_argument("--no-build", action="store_true", help="takes what is already built")
    parser.add_argument("--quick", action="store_true", help="a smoke run: few rounds, writes nothing")
    parser.add_argument("--docs", action="store_true", help="puts the table into core/docs/key-sets.md")
    return parser.parse_args()


def measured(workshop: Workshop, plan: dict[str, float]) -> list[Row]:
    """Each library in a process of its own, so that none meets what another has left in memory."""
    made = subprocess.run([workshop.PYTHON, HERE / "material.py"], check=True, capture_output=True, text=True)
    material = json.loads(made.stdout)
    issuer = Issuer(material.pop("key_set"))
    threading.Thread(target=issuer.serve_forever, daemon=True).start()
    given = workshop.MADE / "flood.json"
    given.write_text(json.dumps(material | {"base": issuer.url, "flood": plan}), encoding="utf-8")
    rows: list[Row] = []
    commands = [
        [workshop.PYTHON, HERE / "flood_client.py", given],
        ["node", "--expose-gc", HERE / "flood_client.mjs", given],
    ]
    for command in commands:
        for library in told(command):
            print(f"{library}: running", file=sys.stderr, flush=True)
            rows.append(summary(told([*command, library])))
    issuer.shutdown()
    return rows


def told(command: list[Any]) -> Any:
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=300).stdout)


def summary(row: Row) -> Row:
    """The median over the rounds, so that what else the machine did in some of them is left out."""
    rounds, junk = row.pop("rounds"), row.pop("junk_times")
    figures = [{mode: figures_of(times) for mode, times in one.items()} for one in rounds]
    for mode in ("alone", "beside_good", "beside_junk"):
        row[mode] = {}
        for name in FIGURES:
            row[mode][f"{name}_ns"] = round(statistics.median(one[mode][name] for one in figures))
            ratios = [one[mode][name] / one["alone"][name] for one in figures]
            row[mode][f"{name}_ratio"] = round(statistics.median(ratios), 3)
    return row | {"junk_p50_ns": statistics.median(junk)}


def figures_of(times: list[int]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50": ordered[(len(ordered) - 1) // 2],
        "p99": ordered[(len(ordered) - 1) * 99 // 100],
        "mean": statistics.fmean(ordered),
    }


COLUMNS = [
    "library",
    "good token alone: p50, p99, mean in µs",
    "beside other good traffic",
    "beside the flood",
    "a junk token: p50 in µs",
    "junk tokens",
    "requests at the issuer",
    "memory grows by, over so many more",
]


def table(rows: list[Row]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [COLUMNS, ["---"] * len(COLUMNS), *map(cells_of, rows)])


def write(facts: machine.Facts, rows: list[Row]) -> None:
    lines = ",\n".join(f"    {json.dumps(row)}" for row in rows)
    head = f'  "machine": {json.dumps(facts)},\n  "plan": {json.dumps(PLAN)},\n'
    RESULTS.write_text(f'{{\n{head}  "results": [\n{lines}\n  ]\n}}\n', encoding="utf-8")


def write_docs(made: str) -> None:
    """Between its two marks."""
    document = DOCS.read_text(encoding="utf-8")
    before, after = document.partition(BEGIN)[0], document.partition(END)[2]
    DOCS.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")


def cells_of(row: Row) -> list[str]:
    alone, others, growth = row["alone"], (row["beside_good"], row["beside_junk"]), row["growth"]
    return [
        f"{row['library']} {row['version']} ({row['language']})",
        ", ".join(f"{alone[f'{name}_ns'] / 1000:.0f}" for name in FIGURES),
        *(", ".join(f"{mode[f'{name}_ratio']:.2f}x" for name in FIGURES) for mode in others),
        f"{row['junk_p50_ns'] / 1000:.0f}",
        f"{row['junk']:,} in {row['seconds']:.0f} s",
        f"{row['requests']:,}",
        f"{max(0, growth['bytes']) / 1024 / 1024:.1f} MiB, {growth['junk']:,}",
    ]


if __name__ == "__main__":
    sys.exit(main())
