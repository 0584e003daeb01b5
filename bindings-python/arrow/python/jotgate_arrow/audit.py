"""`jotgate audit`: the tokens of a log, judged by a policy and counted by what came of them. It prints no token."""

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
    sys.stdout.write(summary.to_json() if options.json else summary.to_text(scheme=options.scheme))
    return _status(summary, options.fail_on)


def _status(summary: Summary, fail_on: str) -> int:
    if summary.unavailable and fail_on != "never":
        return UNAVAILABLE
    return REJECTED if summary.rejected and fail_on == "rejected" else 0


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
    parser = _Parser(
        prog="jotgate audit",
        description="Judges the tokens of a log by a policy, and counts what came of them. Prints no token.",
        epilog=_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("-p", "--policy", metavar="FILE", required=True, help="the policy: .json, .yaml, .yml or .toml")
    add(
        "--tokens",
        metavar="FILE",
        required=True,
        help="the log: .parquet, .csv, .ndjson, .jsonl, .arrow, or .txt with a token a line; - reads lines",
    )
    add("--column", metavar="NAME", help="the column with the tokens; not needed where there is but one")
    add("--scheme", metavar="NAME", help="the column holds whole header fields of this scheme: Bearer")
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--time-column", metavar="NAME", help="judge each token for the time in this column")
    when.add_argument(
        "--now",
        metavar="TIME",
        type=_time,
        help="judge all tokens for this time: Unix seconds, or 2027-01-15T08:00:00Z",
    )
    add(
        "--claims",
        metavar="NAMES",
        type=_claims,
        default={},
        help="claims for --out, with commas: sub,roles:list<string>",
    )
    add(
        "--keep",
        metavar="NAMES",
        type=_names,
        default=[],
        help="columns of the log to carry over to --out, with commas",
    )
    add("--out", metavar="FILE", help="write what came of each token: .parquet, .csv or .arrow")
    add(
        "--fail-on",
        choices=["rejected", "unavailable", "never"],
        default="rejected",
        help="what the exit status tells of",
    )
    add("--threads", metavar="N", type=int, help="the most processors to use; all of them unless given")
    add("--json", action="store_true", help="print the counts as JSON")
    add("-q", "--quiet", action="store_true", help="show no progress")
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


_STATUS = """\
exit status:
  0 all tokens were accepted, 1 some were rejected, 2 of some nobody can say, because keys are
  unavailable, 3 the policy is wrong, 64 the arguments are wrong, 66 the log cannot be read,
  69 a package that this needs is not installed
"""
