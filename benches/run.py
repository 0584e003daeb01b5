"""Runs the benchmarks of all languages one after the other: see README.md.

    python3 benches/run.py [--quick] [--no-build] [--only rust,python,node,go,java]

Builds what is measured, prints one table, and writes `results/latest.json` and `results/latest.svg`. A quick run, or
one of some languages only, shows that everything works and writes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys

import chart
import machine
import report
from languages import LANGUAGES, Command, Failure, Language, Workshop

RESULTS = Workshop.ROOT / "benches" / "results"


def main() -> int:
    arguments = parse()
    workshop = Workshop(build=not arguments.no_build)
    try:
        tokens = workshop.tokens()
    except Failure as failure:
        print(f"tokens: {failure}", file=sys.stderr)
        return 1
    # Everything is built before anything is measured: a machine that has just built is not at rest.
    commands, failed = prepared(arguments.only, workshop)
    facts = machine.facts()
    lines: list[report.Line] = []
    for name, command in commands.items():
        print(f"{name}: running", file=sys.stderr, flush=True)
        try:
            lines += measured(command, [str(tokens), *(["--quick"] if arguments.quick else [])])
        except Failure as failure:
            print(f"{name}: {failure}", file=sys.stderr)
            failed = True
    print(report.table(lines))
    complete = {line["language"] for line in lines} == {language.name for language in LANGUAGES}
    if complete and not failed and not arguments.quick:
        write(facts, lines)
    return 1 if failed else 0


def prepared(languages: list[Language], workshop: Workshop) -> tuple[dict[str, Command], bool]:
    """How to run what is built of each language, and whether something could not be built."""
    commands, failed = {}, False
    for language in languages:
        missing = [tool for tool in language.tools if shutil.which(tool) is None]
        if missing:
            print(f"{language.name}: left out, there is no {' and no '.join(missing)}", file=sys.stderr)
            continue
        try:
            commands[language.name] = language.prepare(workshop)
        except Failure as failure:
            print(f"{language.name}: {failure}", file=sys.stderr)
            failed = True
    return commands, failed


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Runs the benchmarks.")
    parser.add_argument("--quick", action="store_true", help="a smoke run: few rounds, writes no results")
    parser.add_argument("--no-build", action="store_true", help="measures what is already built")
    parser.add_argument("--only", type=chosen, default=LANGUAGES, help="languages, with commas between them")
    return parser.parse_args()


def chosen(names: str) -> list[Language]:
    known = {language.name: language for language in LANGUAGES}
    unknown = set(names.split(",")) - set(known)
    if unknown:
        raise argparse.ArgumentTypeError(f"no language {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return [known[name] for name in names.split(",")]


def measured(command: Command, arguments: list[str]) -> list[report.Line]:
    """The lines that a language's program prints."""
    process = subprocess.run([*pinned(), *command, *arguments], stdout=subprocess.PIPE, text=True, check=False)
    if process.returncode != 0:
        raise Failure(f"its program ended with {process.returncode}")
    return [json.loads(line) for line in process.stdout.splitlines()]


def pinned() -> list[str]:
    """All on the same core, where the system can do that; the last one, since interrupts favour the first."""
    if shutil.which("taskset") is None:
        return []
    return ["taskset", "--cpu-list", str(max(os.sched_getaffinity(0)))]


def write(facts: machine.Facts, lines: list[report.Line]) -> None:
    RESULTS.mkdir(exist_ok=True)
    rounded = [line | {name: round(line[name], 3) for name in ("median_ns", "p10_ns", "ratio")} for line in lines]
    rows = ",\n".join(f"    {json.dumps(line)}" for line in rounded)
    document = f'{{\n  "machine": {json.dumps(facts)},\n  "results": [\n{rows}\n  ]\n}}\n'
    (RESULTS / "latest.json").write_text(document, encoding="utf-8")
    (RESULTS / "latest.svg").write_text(chart.draw(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
