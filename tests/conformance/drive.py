"""Driving a runner: start it, watch it, and start it again behind a case that took it down."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

# How often the raw report is looked at. It bounds how late a hang is noticed, and decides nothing.
_LOOK_EVERY = 0.05


class RunnerBroken(Exception):
    """The runner does not keep to its protocol; nothing it reports can be believed."""


def outcomes(command: list[str], vectors: Path, raw: Path, ids: list[str], patience: float) -> Iterator[dict]:
    """What the runner reported for each case, in order; `crash` for a case that ended or stopped it.

    `patience` is how many seconds may pass without a new line in the raw report.
    """
    start = 0
    while start < len(ids):
        raw.write_bytes(b"")
        arguments = [*command, str(vectors), str(raw), str(start)]
        # A session of its own, so that helper processes of the runner end with it.
        process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            _wait(process, raw, len(ids) - start, patience)
        finally:
            _end(process)
        reported = _read(raw)
        if len(reported) > len(ids) - start:
            raise RunnerBroken(f"{len(reported)} lines for {len(ids) - start} cases")
        for outcome in reported:
            if outcome.get("id") != ids[start]:
                raise RunnerBroken(f"reported {outcome.get('id')!r} where {ids[start]!r} was next")
            yield outcome
            start += 1
        if start < len(ids):
            yield {"id": ids[start], "verdict": "crash", "status": process.returncode}
            start += 1


def _wait(process: subprocess.Popen, raw: Path, expected: int, patience: float) -> None:
    """Returns when the process has ended, reported everything, or gone without progress for too long."""
    size, since = 0, time.monotonic()
    while process.poll() is None:
        now = time.monotonic()
        grown = raw.stat().st_size
        if grown != size:
            size, since = grown, now
        elif now - since > patience:
            return
        try:
            process.wait(_LOOK_EVERY)
        except subprocess.TimeoutExpired:
            continue


def _end(process: subprocess.Popen) -> None:
    # When nothing of its session is left, it has ended by itself.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _read(raw: Path) -> list[dict]:
    """The whole lines of the report: a process that died while writing leaves half of one."""
    found = []
    for line in raw.read_bytes().split(b"\n")[:-1]:
        try:
            outcome = json.loads(line)
        except ValueError as error:
            raise RunnerBroken(f"a line of the raw report is no JSON: {error}") from error
        if not isinstance(outcome, dict):
            raise RunnerBroken("a line of the raw report is no object")
        found.append(outcome)
    return found
