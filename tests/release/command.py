"""How a command of a release ends that cannot go on: it says on standard error why, behind its own name, with status 1."""

from __future__ import annotations

import functools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec

Given = ParamSpec("Given")


class CannotGoOn(Exception):
    """Things are not as the command needs them; the text says what is wrong."""


# What ends a command, or a step of it, and is no mistake in the command.
REASONS = (CannotGoOn, subprocess.CalledProcessError)


def why(reason: Exception) -> str:
    """Its text. For a program that failed that is what the program wrote to standard error, if somebody has kept it."""
    if not isinstance(reason, subprocess.CalledProcessError):
        return str(reason)
    program = Path(reason.cmd[0]).name
    said = reason.stderr.decode(errors="replace") if isinstance(reason.stderr, bytes) else reason.stderr or ""
    return f"{program}: {said.strip()}" if said.strip() else f"{program} ended with status {reason.returncode}"


def command(main: Callable[Given, int]) -> Callable[Given, int]:
    """`main`, ending in that way. It has the name of its file: a module that Python runs is called `__main__`."""
    name = Path(main.__code__.co_filename).stem

    @functools.wraps(main)
    def run(*words: Given.args, **options: Given.kwargs) -> int:
        try:
            return main(*words, **options)
        except REASONS as reason:
            print(f"{name}: {why(reason)}", file=sys.stderr)
            return 1

    return run
