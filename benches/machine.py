"""What results depend on beside the code: the processor, the toolchains, the date. Nothing that names the machine."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
import time
from pathlib import Path
from typing import Any

Facts = dict[str, Any]

VERSION_COMMANDS = {
    "rustc": ["rustc", "--version"],
    "node": ["node", "--version"],
    "go": ["go", "version"],
    "java": ["java", "-version"],
}


def facts(python: Path) -> Facts:
    """`python` is the one that is measured. To be asked when everything is built and nothing is measured yet."""
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        # Above 0.1 before the first program started, somebody else was at work: take the results for preliminary.
        "busy_before": busy(),
        "versions": {
            name: version(command)
            for name, command in {"python": [str(python), "--version"], **VERSION_COMMANDS}.items()
        },
    }


def busy(seconds: float = 2.0) -> float | None:
    """The share of all processors' time that others take. The load average would still show our own builds."""
    try:
        before = processor_times()
        time.sleep(seconds)
        idle, total = (now - then for now, then in zip(processor_times(), before, strict=True))
    except OSError:
        return None
    return round(1 - idle / total, 2)


def processor_times() -> tuple[int, int]:
    """Idle and in all, since the system started."""
    line = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
    # user, nice, system, idle, iowait, irq, softirq, steal; what follows is counted in the first two already.
    times = [int(number) for number in line.split()[1:9]]
    return times[3] + times[4], sum(times)


def cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def version(command: list[str]) -> str | None:
    """The first line of what the tool says about its version; None where there is no such tool."""
    try:
        process = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return process.stdout.splitlines()[0]
