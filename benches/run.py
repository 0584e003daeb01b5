"""Runs the benchmarks of all languages one after the other: see README.md.

    python3 benches/run.py [--quick] [--no-build] [--only rust,python,node,go,java,frameworks,starts]

Builds what is measured, prints one table and which targets hold, and writes `results/latest.json` and its pictures. A quick
run, or one of some parts only, shows that everything works and writes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import chart
import machine
import readme
import report
import targets
from languages import LANGUAGES, Command, Failure, Language, Workshop

RESULTS = Workshop.ROOT / "benches" / "results"
# What is no language: programs of their own, which build and measure by themselves. A part that is not there is left out.
PARTS = ("frameworks", "starts")
NAMES = [*(language.name for language in LANGUAGES), *PARTS]
START = time.monotonic()


class Run(NamedTuple):
    """One program under measurement."""

    name: str
    command: Command
    flags: list[str]


def main() -> int:
    arguments = parse()
    workshop = Workshop(build=not arguments.no_build)
    try:
        tokens = workshop.tokens()
    except Failure as failure:
        say(f"tokens: {failure}")
        return 1
    # Everything is built before anything is measured: a machine that has just built is not at rest.
    runs, failed = prepared(arguments.only, workshop, tokens)
    facts = machine.facts(workshop.PYTHON)
    lines: list[report.Line] = []
    for run in runs:
        say(f"{run.name}: measuring")
        try:
            lines += measured(run, tokens, quick=arguments.quick)
        except Failure as failure:
            say(f"{run.name}: {failure}")
            failed = True
    print(report.table(lines))
    print(f"\n{targets.told(lines)}")
    left_out(lines, arguments.only)
    if set(arguments.only) == set(NAMES) and not failed and not arguments.quick:
        write(facts, lines)
    return 1 if failed else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Runs the benchmarks.")
    parser.add_argument("--quick", action="store_true", help="a smoke run: few rounds, writes no results")
    parser.add_argument("--no-build", action="store_true", help="measures what is already built")
    parser.add_argument("--only", type=chosen, default=NAMES, help="languages and parts, with commas between them")
    return parser.parse_args()


def chosen(names: str) -> list[str]:
    unknown = set(names.split(",")) - set(NAMES)
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    return names.split(",")


def prepared(names: list[str], workshop: Workshop, tokens: Path) -> tuple[list[Run], bool]:
    """How to run what is built, and whether something could not be built."""
    single, wide, failed = [], [], False
    for language in [language for language in LANGUAGES if language.name in names]:
        say(f"{language.name}: {'building' if workshop.build else 'as it was built'}")
        try:
            commands = built(language, workshop)
        except Failure as failure:
            say(f"{language.name}: {failure}")
            failed = True
            continue
        single += [Run(language.name, [*pinned(), *command], []) for command in commands]
        # What takes several cores comes after that. One provider of a language shows it as well as two.
        wide += [Run(f"{language.name}, two cores", command, ["--cores", "2"]) for command in commands[:1]]
    if (os.cpu_count() or 1) < 2:
        say("what takes two cores is left out, there is one")
        wide = []
    others, others_failed = parts(names, workshop, tokens)
    return [*single, *wide, *others], failed or others_failed


def built(language: Language, workshop: Workshop) -> list[Command]:
    missing = [tool for tool in language.tools if shutil.which(tool) is None]
    if missing:
        say(f"{language.name}: left out, there is no {' and no '.join(missing)}")
        return []
    return language.prepare(workshop)


def parts(names: list[str], workshop: Workshop, tokens: Path) -> tuple[list[Run], bool]:
    """The programs of `PARTS`, built: each takes `--build` and then measures nothing, or `--no-build`."""
    runs, failed = [], False
    for name in [name for name in PARTS if name in names]:
        program = workshop.BENCHES / name / "run.py"
        if not program.exists():
            say(f"{name}: left out, there is no {program.relative_to(workshop.ROOT)}")
            continue
        say(f"{name}: {'building' if workshop.build else 'as it was built'}")
        try:
            workshop.run(workshop.PYTHON, program, tokens, "--build")
        except Failure as failure:
            say(f"{name}: {failure}")
            # What could be built of it is measured all the same.
            failed = True
        runs.append(Run(name, [str(workshop.PYTHON), str(program)], ["--no-build"]))
    return runs, failed


def measured(run: Run, tokens: Path, *, quick: bool) -> list[report.Line]:
    """The lines that a program prints."""
    command = [*run.command, str(tokens), *run.flags, *(["--quick"] if quick else [])]
    process = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if process.returncode != 0:
        raise Failure(f"its program ended with {process.returncode}")
    return [json.loads(line) for line in process.stdout.splitlines()]


def pinned() -> list[str]:
    """All on the same core, where the system can do that; the last one, since interrupts favour the first."""
    if shutil.which("taskset") is None:
        return []
    return ["taskset", "--cpu-list", str(max(os.sched_getaffinity(0)))]


def left_out(lines: list[report.Line], names: list[str]) -> None:
    """The languages that a scenario has nothing of."""
    for scenario in report.SCENARIOS:
        measured = {line["language"] for line in lines if line["scenario"] == scenario["name"]}
        wanted = [language.name for language in LANGUAGES if language.name in names or scenario["program"] in names]
        without = [name for name in wanted if name not in measured]
        if without and (scenario["program"] in names or scenario["program"] == "languages"):
            say(f"scenario {scenario['name']}: left out in {', '.join(without)}")


def write(facts: machine.Facts, lines: list[report.Line]) -> None:
    RESULTS.mkdir(exist_ok=True)
    rows = ",\n".join(f"    {json.dumps(rounded(line))}" for line in lines)
    document = f'{{\n  "machine": {json.dumps(facts)},\n  "results": [\n{rows}\n  ]\n}}\n'
    (RESULTS / "latest.json").write_text(document, encoding="utf-8")
    chart.write(lines, RESULTS)
    readme.update()


def rounded(line: report.Line) -> report.Line:
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in line.items()}


def say(text: str) -> None:
    """What goes on, with the seconds since the start; standard output is for the table."""
    print(f"[{time.monotonic() - START:4.0f} s] {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
