"""Runs the vectors through the public API: `runner.py VECTORS RAW_REPORT START_INDEX`.

They are token cases, explanations, imports, documents or scenarios. Appends one JSON line for each to the report and
flushes it, so that whoever started this knows which case ended the process, if one does.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

from arro3.core import Array, DataType

import jotgate_arrow
import scenarios
from jotgate import (
    FetchRequest,
    FetchResponse,
    InternalError,
    InvalidToken,
    JotgateError,
    KeysUnavailable,
    PolicyError,
    Requirement,
    Validator,
    Verified,
    import_policy,
)


def main(vectors: str, report: str, start: str) -> None:
    # Issuers that are down are what many cases are about; the scenarios listen to what is said of them.
    log = logging.getLogger("jotgate")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    file = json.loads(Path(vectors).read_text(encoding="utf-8"))
    with Path(report).open("a", encoding="utf-8") as lines:
        for case in file.get("cases", [])[int(start) :]:
            write(lines, {"id": case["id"], "code": None, "claim": None, "path": None, **verdict_of(case)})
        for case in file.get("explanations", [])[int(start) :]:
            write(lines, explained(case))
        for case in file.get("imports", [])[int(start) :]:
            write(lines, imported(case))
        for case in file.get("documents", [])[int(start) :]:
            write(lines, {"id": case["id"], **loaded(case)})
        for scenario in file.get("scenarios", [])[int(start) :]:
            write(lines, scenarios.play(scenario))


def write(lines: TextIO, outcome: dict[str, Any]) -> None:
    lines.write(json.dumps(outcome) + "\n")
    lines.flush()


def verdict_of(case: dict[str, Any]) -> dict[str, Any]:
    outcome = verdict_of_policy(case)
    return asked(case) if "require" in case else outcome


def asked(case: dict[str, Any]) -> dict[str, Any]:
    """What comes of what an endpoint asks for, in code."""
    validator = validator_of(case)
    try:
        requirement = Requirement.from_document(case["require"])
    except PolicyError as error:
        return shown(partial(given, error))
    try:
        verified = validator.require(given(validate(validator, case)), requirement)
    except InvalidToken as error:
        fields = dict(validator.answer(error, requirement).headers)
        return shown(partial(given, error)) | {"challenge": fields.get("WWW-Authenticate")}
    scopes = [scope for scope in verified.scopes if verified.has_scope(scope)]
    return shown(lambda: verified) | {"scopes": scopes}


def verdict_of_policy(case: dict[str, Any]) -> dict[str, Any]:
    alone = shown(lambda: validate(validator_of(case), case))
    if "token" not in case or alone["verdict"] == "policy_error":
        return alone
    for outcome in validator_of(case).validate_many([case["token"]] * 2):
        together = shown(partial(given, outcome))
        if together != alone:
            return {**together, "verdict": f"{together['verdict']} in a batch"}
    for in_column in columns_of(case, alone):
        if in_column != alone:
            return {**in_column, "verdict": f"{in_column['verdict']} in a column"}
    return alone


def columns_of(case: dict[str, Any], alone: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What each row of a column of this token twice is in the report, with the claims of `alone` where it has some."""
    names = list(alone.get("claims", {}))
    tokens = Array([case["token"].encode(errors="replace")] * 2, DataType.binary())
    claims = {str(place): (name, "json") for place, name in enumerate(names)}
    for batch in jotgate_arrow.validate(validator_of(case), tokens, claims=claims):
        columns = {name: batch.column(name).to_pylist() for name in batch.schema.names}
        for row in range(batch.num_rows):
            verdict, code = columns["verdict"][row], columns["code"][row]
            shown = {"verdict": verdict} | ({} if verdict == "accepted" else {"code": code})
            if verdict == "accepted":
                shown["claims"] = {name: json.loads(columns[str(place)][row]) for place, name in enumerate(names)}
            elif "claim" in alone:
                shown["claim"] = columns["claim"][row]
            yield shown


def given(outcome: Verified | JotgateError | None) -> Verified:
    if isinstance(outcome, Verified):
        return outcome
    raise outcome or InternalError("the request needs no token, and has none to ask of")


def shown(ask: Callable[[], Verified | None]) -> dict[str, Any]:
    """What an answer is in the report."""
    try:
        verified = ask()
    except PolicyError as error:
        paths = [problem.path for problem in error.problems]
        return {"verdict": "policy_error", "code": error.code, "path": error.path, "paths": paths}
    except KeysUnavailable as error:
        return {"verdict": "unavailable", "code": error.code}
    except InvalidToken as error:
        return {"verdict": "rejected", "code": error.code, "claim": error.claim}
    except InternalError as error:
        return {"verdict": "rejected", "code": error.code}
    if verified is None:
        return {"verdict": "skipped"}
    return {"verdict": "accepted", "claims": verified.claims}


def explained(case: dict[str, Any]) -> dict[str, Any]:
    validator = validator_of(case)
    has_token = "token" in case
    explanation = validator.explain(case["token"]) if has_token else validator.explain_request(*request_of(case))
    return {"id": case["id"], "explanation": explanation.to_dict(), "text": explanation.to_text()}


def imported(case: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"id": case["id"], "import": asdict(import_policy(case["kind"], case["text"]))}
    except PolicyError as error:
        return {"id": case["id"], "error": {"path": error.path}}


def loaded(case: dict[str, Any]) -> dict[str, Any]:
    """What comes of a policy file beside these files; its variables are set by whoever started this."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**case.get("files", {}), f"policy.{case['format']}": case["text"]}.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.encode())
        try:
            validator = Validator.from_file(Path(folder, f"policy.{case['format']}"), clock=lambda: case["now"])
        except PolicyError as error:
            return {
                "problems": [{"path": told.path, "line": told.line, "column": told.column} for told in error.problems]
            }
    return {"verdict": shown(lambda: validator.validate(case["token"]))["verdict"]}


def validator_of(case: dict[str, Any]) -> Validator:
    responses = case.get("responses", {})

    def fetch(request: FetchRequest) -> FetchResponse:
        answer = responses.get(request.url)
        if answer is None:
            raise ConnectionError("the case has no response for this URL")
        return FetchResponse(answer["status"], answer["headers"], answer["body"].encode(errors="surrogatepass"))

    host = case.get("host", {})
    return Validator.from_policy(
        case["policy"],
        fetch=fetch,
        clock=lambda: case["now"],
        client_lookup=saying(host.get("client")),
        is_revoked=saying(host.get("revoked")),
    )


def saying(answer: str | None) -> Callable[..., bool] | None:
    """A hook that says what the host of the case says."""

    def hook(*_: object) -> bool:
        if answer == "fail":
            raise RuntimeError("the host's function fails")
        return answer == "yes"

    return None if answer is None else hook


def validate(validator: Validator, case: dict[str, Any]) -> Verified | None:
    if "token" in case:
        return validator.validate(case["token"])
    return validator.validate_request(*request_of(case))


def request_of(case: dict[str, Any]) -> tuple[str, str, str, list[tuple[str, str]]]:
    request = case["request"]
    headers = pairs(request["headers"])
    if cookies := pairs(request.get("cookies", {})):
        headers.append(("Cookie", "; ".join(f"{name}={value}" for name, value in cookies)))
    query = "&".join(f"{quote(name, '')}={quote(value, '')}" for name, value in pairs(request.get("query", {})))
    return request["method"], request["path"], query, headers


def pairs(fields: dict[str, str | list[str]]) -> list[tuple[str, str]]:
    listed = ((name, [value] if isinstance(value, str) else value) for name, value in fields.items())
    return [(name, value) for name, values in listed for value in values]


if __name__ == "__main__":
    main(*sys.argv[1:])
