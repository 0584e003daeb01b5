"""`jotgate audit` of logs with columns, and with a file of what came of each token. It prints no token.

What a user writes is checked by the program first. It hands on what it cannot do itself, and its help is about both.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import NoReturn

from jotgate import PolicyError, Validator
from jotgate._documents import json_of_file

from ._audit_files import FileProblem, opened, written
from ._claims import REGISTERED, TYPES
from ._summary import Summary
from ._validate import validate

REJECTED, UNAVAILABLE, WRONG_POLICY, USAGE, NO_INPUT = 1, 2, 3, 64, 66


class _Problem(Exception):
    """What ends the program, with its exit status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program with these arguments, those behind `audit`, and gives its exit status."""
    try:
        return _run(_parsed(arguments))
    except _Problem as problem:
        sys.stderr.write(f"jotgate: {problem}\n")
        return problem.status


def _run(options: argparse.Namespace) -> int:
    policy = _policy(options.policy)
    validator = Validator.from_policy(policy)
    progress = sys.stderr.isatty() and not options.quiet
    summary = Summary(_issuers(policy))
    with ExitStack() as stack:
        try:
            others = [name for name in (options.time_column, *options.keep) if name]
            tokens = stack.enter_context(opened(options.tokens, options.column, others))
            column = options.column or _only(tokens.schema.names)
            if column in options.keep:
                raise _Problem(USAGE, "--keep names the column of the tokens: they are never written")
            verdicts = validate(
                validator,
                tokens,
                column,
                claims=options.claims,
                as_of=options.now,
                time_column=options.time_column,
                scheme=options.scheme,
                keep=options.keep,
                threads=options.threads,
            )
            out = stack.enter_context(written(options.out, verdicts.schema))
            for batch in verdicts:
                summary.add(batch)
                out(batch)
                if progress:
                    summary.progress(sys.stderr)
        except (TypeError, ValueError) as error:
            raise _Problem(USAGE, str(error)) from None
        except FileProblem as error:
            raise _Problem(NO_INPUT, str(error)) from None
        finally:
            if progress:
                summary.end_progress(sys.stderr)
    form = "json" if options.json else options.format
    sys.stdout.write(summary.told(form, scheme=options.scheme))
    sys.stdout.flush()
    return _status(summary, options.fail_on)


def _status(summary: Summary, fail_on: str) -> int:
    if summary.rejected and fail_on == "rejected":
        return REJECTED
    return UNAVAILABLE if summary.unavailable and fail_on != "never" else 0


def _policy(path: str) -> str:
    try:
        policy = json_of_file(path)
        Validator.from_policy(policy)
    except PolicyError as error:
        raise _Problem(WRONG_POLICY, f"{path}: {error}") from None
    except OSError as error:
        raise _Problem(WRONG_POLICY, f"{path}: cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise _Problem(WRONG_POLICY, f"{path}: {error}") from None
    return policy


def _issuers(policy: str) -> list[str]:
    """The issuers by their places, as the policy writes them."""
    written = [entry["issuer"] for entry in json.loads(policy)["issuers"]]
    return [name if isinstance(name, str) else ", ".join(name) for name in written]


def _only(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    raise _Problem(USAGE, f"expected --column NAME with the tokens: one of {', '.join(names)}")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # Never the value: it may be a token that was given in the wrong place.
        named = re.sub("(: invalid|: ignored| invalid).*", ": this is no value of it", message, flags=re.DOTALL)
        raise _Problem(USAGE, f"{named} (see jotgate audit --help)")


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = _Parser(prog="jotgate audit", add_help=False, allow_abbrev=False)
    add = parser.add_argument
    add("-p", "--policy", required=True)
    add("--tokens", required=True)
    add("--column")
    add("--scheme")
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--time-column")
    when.add_argument("--now", type=_time)
    add("--claims", type=_claims, default={})
    add("--keep", type=_names, default=[])
    add("--out")
    add("--fail-on", choices=["rejected", "unavailable", "never"], default="rejected")
    add("--threads", type=int)
    add("--format", choices=["text", "json", "yaml"], default="text")
    add("--json", action="store_true")
    add("-q", "--quiet", action="store_true")
    options, others = parser.parse_known_args(arguments)
    if others:
        parser.error("there are arguments that are no options")
    return options


def _time(text: str) -> float:
    from datetime import datetime, timezone

    try:
        return float(text)
    except ValueError:
        found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).timestamp()


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _claims(text: str) -> dict[str, str]:
    """Names with types behind the last colon, where that is one: claims may be URLs."""
    found: dict[str, str] = {}
    for name in _names(text):
        head, _, kind = name.rpartition(":")
        if head and kind in TYPES:
            found[head] = kind
        else:
            found[name] = REGISTERED.get(name, "string")
    return found
