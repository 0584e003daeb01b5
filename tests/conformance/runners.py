"""Where the runner of each binding is, and whether it can run here."""

import json
import os
import shlex
import shutil
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINDINGS = ("rust", "rust-http", "python", "node", "edge", "edge-browser", "c", "go", "java", "kotlin", "ruby")
# Runs where it was built, and is missed nowhere: a bare machine has no toolchain for it.
PREVIEW = ("swift",)


class RunnerMissing(Exception):
    """The binding has no runner that could be started; the text says what is missing."""


def command(binding: str, provider: str | None = None) -> list[str]:
    """The command that runs cases through `binding`, without its arguments: through its package, or through a build of it that
    verifies with `provider`.

    `runners.json` names it, with paths relative to the repository, and the other programs that it needs; `JOTGATE_RUNNER_<BINDING>` replaces the interpreter,
    the first word, for example by the Python of a virtual environment or by `node --expose-gc`.
    """
    name = binding if provider in (None, packaged(binding)) else f"{binding}-{provider}"
    listed = _listed(name)
    for program in listed.get("needs", []):
        if shutil.which(program) is None:
            raise RunnerMissing(f"{binding}: {program} is not installed")
    return located(binding, listed["command"])


def missed(bindings: Iterable[str]) -> set[str]:
    """Those of these bindings whose absence is a mistake on a machine that has every toolchain."""
    return set(bindings) - set(PREVIEW)


def packaged(binding: str) -> str:
    """The provider of cryptography that the package of `binding` verifies with."""
    return _listed(binding)["provider"]


def _listed(name: str) -> dict:
    listed = json.loads((ROOT / "tests" / "conformance" / "runners.json").read_text())
    if name not in listed:
        raise RunnerMissing(f"{name} has no runner in tests/conformance/runners.json")
    return listed[name]


def located(binding: str, words: list[str]) -> list[str]:
    """The words of a command of `binding`, with the interpreter replaced and every path absolute."""
    first, *rest = words
    replaced = os.environ.get(f"JOTGATE_RUNNER_{binding.upper()}")
    words = [*(shlex.split(replaced) if replaced else [first]), *rest]
    return [_located(word, is_program=position == 0, binding=binding) for position, word in enumerate(words)]


def _located(word: str, *, is_program: bool, binding: str) -> str:
    if "/" in word and not word.startswith("-"):
        path = ROOT / word  # An absolute word stays absolute.
        if not path.exists():
            raise RunnerMissing(f"{binding}: {word} is not there; build the {binding} package first")
        return str(path)
    if is_program and shutil.which(word) is None:
        raise RunnerMissing(f"{binding}: {word} is not installed")
    return word
