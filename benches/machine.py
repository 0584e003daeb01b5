"""What results depend on beside the code: the processor, the toolchains, the date. Nothing that names the machine."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

Facts = dict[str, Any]

VERSION_COMMANDS = {
    "rustc": ["rustc", "--version"],
    "node": ["node", "--version"],
    "go": ["go", "version"],
    "java": ["java", "-version"],
}


def facts() -> Facts:
    one_minute = os.getloadavg()[0]
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        # Above 0.5 before the first program started, somebody else was at work: take the results for preliminary.
        "load_before": round(one_minute, 2),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in VERSION_COMMANDS},
    }


def cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def version(name: str) -> str | None:
    """The first line of what the tool says about its version; None where there is no such tool."""
    try:
        process = subprocess.run(
            VERSION_COMMANDS[name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return process.stdout.splitlines()[0]
