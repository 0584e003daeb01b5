"""Measures a new process up to its first verdict, the memory that it has then, and what keys cost of that: see README.md.

    python3 benches/starts/run.py TOKENS [--quick] [--no-build] [--build] [--only rust,python,node,go,java]

Prints one JSON line for each contender and case. `--build` builds what is measured, and measures nothing.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from contenders import PROGRAMS, Contender, Program  # noqa: E402
from languages import Command, Failure, Workshop  # noqa: E402

ROUNDS = 20
QUICK_ROUNDS = 3
FURTHER = 10_000

Line = dict[str, Any]


class Start(NamedTuple):
    """Nanoseconds of a whole process: by the clock, and of the processor."""

    clock: float
    processor: float


def main() -> int:
    arguments = parse()
    workshop = Workshop(build=not arguments.no_build)
    given = json.loads(arguments.tokens.read_text(encoding="utf-8"))
    config = written(given, workshop)
    programs, failed = [], False
    for program in arguments.only:
        missing = [tool for tool in program.tools if shutil.which(tool) is None]
        if missing:
            print(f"{program.language}: left out, there is no {' and no '.join(missing)}", file=sys.stderr)
            continue
        try:
            program.build(workshop)
            programs.append(program)
        except Failure as failure:
            print(f"{program.language}: {failure}", file=sys.stderr)
            failed = True
    for program in [] if arguments.build else programs:
        try:
            for line in measured(program, config, workshop, quick=arguments.quick):
                print(json.dumps(line), flush=True)
        except Failure as failure:
            print(f"{program.language}: {failure}", file=sys.stderr)
            failed = True
    return 1 if failed else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measures starts and memory.")
    parser.add_argument("tokens", type=Path, help="what benches/tokens/generate.py has written")
    parser.add_argument("--quick", action="store_true", help="a smoke run: few rounds")
    parser.add_argument("--no-build", action="store_true", help="measures what is already built")
    parser.add_argument("--build", action="store_true", help="builds, and measures nothing")
    parser.add_argument("--only", type=chosen, default=PROGRAMS, help="languages, with commas between them")
    return parser.parse_args()


def chosen(names: str) -> list[Program]:
    known = {program.language: program for program in PROGRAMS}
    unknown = set(names.split(",")) - set(known)
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return [known[name] for name in names.split(",")]


def written(given: dict[str, Any], workshop: Workshop) -> Path:
    """What each program is told: a token, and the policy and the key set that it passes with."""
    row = next(row for row in given["rows"] if (row["algorithm"], row["size"]) == ("RS256", "small"))
    payload = row["token"].split(".")[1]
    config = {
        "token": row["token"],
        "policy": row["policy"],
        "jwks": {"keys": [row["jwk"]]},
        "issuer": given["issuer"],
        "audience": given["audience"],
        "subject": json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"],
        "node": str(workshop.ROOT / "bindings-node"),
        "peers": str(workshop.BENCHES / "node"),
    }
    path = workshop.MADE / "starts" / "config.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(config), encoding="utf-8")
    return path


def measured(program: Program, config: Path, workshop: Workshop, *, quick: bool) -> Iterator[Line]:
    commands = {
        contender.library: [*program.command(workshop), contender.library, str(config)]
        for contender in program.contenders
    }
    starts: dict[str, list[Start]] = {library: [] for library in commands}
    # Once before, so that no file has to be read from a disk.
    for library in commands:
        started(commands[library])
    for round_ in range(QUICK_ROUNDS if quick else ROUNDS):
        libraries = list(commands)
        turn = round_ % len(libraries)
        for library in [*libraries[turn:], *libraries[:turn]]:
            starts[library].append(started(commands[library]))
    for contender in program.contenders:
        yield common(program, contender, workshop, "first_verdict") | times(starts, program, contender)
    memory = {library: resident(command) for library, command in commands.items()}
    for case, index in {"memory": 0, f"memory after {FURTHER}": 1}.items():
        for contender in program.contenders:
            line = common(program, contender, workshop, case)
            ours = memory[program.contenders[0].library][index]
            yield line | {"bytes": memory[contender.library][index], "ratio": memory[contender.library][index] / ours}
    if program.language == "python":
        yield from pieces(program, workshop)


def times(starts: dict[str, list[Start]], program: Program, contender: Contender) -> Line:
    theirs, ours = starts[contender.library], starts[program.contenders[0].library]
    clock = sorted(start.clock for start in theirs)
    return {
        "median_ns": statistics.median(clock),
        "p10_ns": clock[len(clock) // 10],
        "cpu_ns": statistics.median(start.processor for start in theirs),
        "ratio": statistics.median(one.processor / other.processor for one, other in zip(theirs, ours, strict=True)),
    }


def pieces(program: Program, workshop: Workshop) -> Iterator[Line]:
    """What a key, an issuer and a cached token cost, as the allocator of a Python process sees it: it is the core's memory."""
    process = subprocess.run([workshop.PYTHON, HERE / "pieces.py"], stdout=subprocess.PIPE, text=True, check=False)
    if process.returncode != 0:
        raise Failure(f"pieces.py ended with {process.returncode}")
    for case, size in json.loads(process.stdout).items():
        yield common(program, program.contenders[0], workshop, case) | {"bytes": size, "ratio": 1.0}


def common(program: Program, contender: Contender, workshop: Workshop, case: str) -> Line:
    return {
        "language": program.language,
        "library": contender.library,
        "version": contender.version(workshop),
        "provider": contender.provider,
        "scenario": "start",
        "algorithm": "RS256",
        "size": "small",
        "case": case,
    }


def started(command: Command) -> Start:
    """A process that ends after its first verdict, because nobody wants more."""
    start = time.perf_counter_ns()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, preexec_fn=pin)
    _, status, usage = os.wait4(process.pid, 0)
    clock = time.perf_counter_ns() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failure(f"{' '.join(command[:2])} ended with {process.returncode}")
    return Start(clock, (usage.ru_utime + usage.ru_stime) * 1e9)


def resident(command: Command) -> tuple[int, int]:
    """The bytes of memory that a process has at its first verdict, and after the further ones."""
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=pin
    )
    sizes = []
    for _ in range(2):
        if process.stdout.readline() != "ready\n":
            raise Failure(f"{' '.join(command[:2])} says nothing")
        sizes.append(resident_bytes(process.pid))
        process.stdin.write("\n")
        process.stdin.flush()
    process.communicate()
    return sizes[0], sizes[1]


def resident_bytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


def pin() -> None:
    """All on the same core, where the system can do that; the last one, since interrupts favour the first."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


if __name__ == "__main__":
    sys.exit(main())
