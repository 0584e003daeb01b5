#!/usr/bin/env python3
"""Runs token cases and scenarios through one language's package, or all that are indexed through all of them.

    run.py --binding python --vectors cases.json --report report.jsonl
    run.py --all
    run.py --all --provider ring
    run.py --all --binding go --reports FOLDER

A runner is a program of the binding, called as `<command> VECTORS RAW_REPORT START_INDEX`. It takes the cases from
START_INDEX on through the language's public API, and for each appends one JSON line to RAW_REPORT and flushes it:
`{"id", "verdict", "code", "claim", "path", "claims"}`, null or left out where there is none, `claims` only when accepted.
For a case with `require`, `scopes` when accepted and `challenge` when rejected.
It judges nothing: the comparison with `expect` is made here, the same for every language. For a scenario the line is
`{"id", "steps"}`, with what each step showed; for an explanation `{"id", "explanation", "text"}`, the core's JSON and text;
for an import, `{"id", "import"}` or `{"id", "error"}`; for a document, `{"id", "verdict"}` or `{"id", "problems"}`.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import compare
import documents
import drive
import explanations
import imports
import judge
import runners
import scenarios
import vector_file

REPORTS = runners.ROOT / "target" / "conformance"


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    try:
        if options.all:
            if options.binding:
                return 0 if run_binding(options.binding, None, options.reports or REPORTS / "alone", options.patience) else 1
            return run_all(options.patience, options.provider)
        vectors, report = Path(options.vectors), Path(options.report)
        return 0 if run_file(options.binding, vectors, report, options.patience) else 1
    except (vector_file.BadVectors, runners.RunnerMissing, drive.RunnerBroken) as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 2


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Runs token cases through one language's package, or through all.")
    parser.add_argument("--binding", choices=(*runners.BINDINGS, *runners.PREVIEW))
    parser.add_argument("--vectors", metavar="FILE", help="a file of token cases, indexed or not")
    parser.add_argument("--report", metavar="FILE", help="where to write one JSON line per case")
    parser.add_argument("--all", action="store_true", help="all indexed files, through --binding, or through all and then compare")
    parser.add_argument("--reports", metavar="FOLDER", type=Path, help="with --all and --binding: where the reports go")
    parser.add_argument(
        "--provider",
        choices=("ring", "aws-lc"),
        help="with --all: the Rust runner alone, of a build that verifies with this; without it every package, as it ships",
    )
    parser.add_argument(
        "--patience", type=float, default=60, metavar="SECONDS", help="longest time without progress (60)"
    )
    options = parser.parse_args(arguments)
    single = (options.vectors, options.report)
    if options.all == any(single) or (not options.all and not all((options.binding, *single))):
        parser.error("give --binding, --vectors and --report, or --all")
    if options.all and options.binding and options.provider:
        parser.error("--provider is for the Rust runner alone")
    return options


def run_file(binding: str, vectors: Path, report: Path, patience: float, provider: str | None = None) -> bool:
    """Runs one file through one binding, writes its report, tells the result; whether all cases passed."""
    cases = vector_file.load(vectors)
    documents.set_variables(cases)
    command = runners.command(binding, provider)
    with tempfile.TemporaryDirectory() as scratch:
        raw = Path(scratch) / "raw.jsonl"
        vectors = vectors.resolve()
        kind = "scenarios" if "steps" in cases[0] else "cases"
        playable = scenarios.playable(binding, cases) if kind == "scenarios" else cases
        left_out = len(cases) - len(playable)
        if left_out:
            cases = playable
            vectors = Path(scratch) / vectors.name
            vectors.write_text(json.dumps({kind: cases}), encoding="utf-8")
        found = drive.outcomes(command, vectors, raw, [case["id"] for case in cases], patience)
        good = _reported(binding, vectors.name, cases, found, report)
    if left_out:
        print(f"conformance {binding} {vectors.name}: {left_out} not played: the runner cannot yet", flush=True)
    return good


def run_files(binding: str, reports: dict[Path, Path], patience: float, provider: str | None = None) -> bool:
    """Runs indexed files of one kind, each with its report, as `run_file` does, but in one process: to start one for each
    takes longer than the cases do. All of their cases must be playable."""
    cases = {vectors: vector_file.load(vectors) for vectors in reports}
    with tempfile.TemporaryDirectory() as scratch:
        joined = Path(scratch) / "joined.json"
        joined.write_bytes(vector_file.joined(cases))
        ids = [case["id"] for listed in cases.values() for case in listed]
        documents.set_variables([case for listed in cases.values() for case in listed])
        raw = Path(scratch) / "raw.jsonl"
        found = drive.outcomes(runners.command(binding, provider), joined, raw, ids, patience)
        return all([_reported(binding, path.name, cases[path], found, report) for path, report in reports.items()])


def _reported(binding: str, name: str, cases: list[dict], found: Iterator[dict], report: Path) -> bool:
    """Takes the outcomes of the cases of one file, and says how they are."""
    report.parent.mkdir(parents=True, exist_ok=True)
    failures = []
    with report.open("w", encoding="utf-8") as lines:
        for case in cases:
            line, failure = _judged(case, next(found))
            lines.write(json.dumps(line) + "\n")
            lines.flush()
            if failure:
                failures.append(f"  {case['id']}: {failure}")
    print(*failures, sep="\n", end="\n" if failures else "")
    print(f"conformance {binding} {name}: {len(cases) - len(failures)} passed, {len(failures)} failed", flush=True)
    return not failures


def _judged(case: dict, got: dict) -> tuple[dict, str | None]:
    if "steps" in case:
        return _judged_scenario(case, got)
    if "kind" in case:
        return _judged_import(case, got)
    if "format" in case:
        return _judged_document(case, got)
    if "checks" in case["expect"]:
        failure = explanations.failure(case["expect"], got)
        verdict = (got.get("explanation") or {}).get("verdict") or got.get("verdict")
        return {"id": case["id"], "verdict": verdict, "pass": failure is None}, failure
    return _judged_case(case, got)


def _judged_case(case: dict, got: dict) -> tuple[dict, str | None]:
    """The line of the report, and what went wrong."""
    passed = judge.is_met(case["expect"], got)
    line = {"id": case["id"]} | {name: got.get(name) for name in ("verdict", "code", "claim")} | {"pass": passed}
    return line, None if passed else f"expected {judge.told(case['expect'])}, got {judge.told(got)}"


def _judged_scenario(scenario: dict, got: dict) -> tuple[dict, str | None]:
    failure = scenarios.failure(scenario, got)
    verdict = got.get("verdict") or ("played" if failure is None else "other steps")
    return {"id": scenario["id"], "verdict": verdict, "pass": failure is None}, failure


def _judged_import(case: dict, got: dict) -> tuple[dict, str | None]:
    failure = imports.failure(case, got)
    verdict = got.get("verdict") or ("imported" if failure is None else "another import")
    return {"id": case["id"], "verdict": verdict, "pass": failure is None}, failure


def _judged_document(case: dict, got: dict) -> tuple[dict, str | None]:
    failure = documents.failure(case, got)
    verdict = got.get("verdict") or ("told" if failure is None else "other problems")
    return {"id": case["id"], "verdict": verdict, "pass": failure is None}, failure


def _report_of(reports: Path, binding: str, vectors: Path) -> Path:
    # Files of another kind may have the name of a file of token cases.
    kind = "" if vectors.parent.name == "tokens" else vectors.parent.name
    return reports / binding / kind / f"{vectors.stem}.jsonl"


def run_binding(binding: str, provider: str | None, reports: Path, patience: float) -> bool:
    """Every file that is indexed for its provider through one binding; whether all cases passed."""
    provided, good = provider or runners.packaged(binding), True
    whole, parts = [], []
    for path in vector_file.indexed_scenarios(provided):
        listed = vector_file.load(path)
        if playable := scenarios.playable(binding, listed):
            (whole if len(playable) == len(listed) else parts).append(path)
    explained = vector_file.indexed_explanations() if binding in explanations.BINDINGS else []
    importable = vector_file.indexed_imports(provided) if binding in imports.BINDINGS else []
    readable = vector_file.indexed_documents() if binding in documents.BINDINGS else []
    for paths in filter(None, (vector_file.indexed(provided), whole, explained, importable, readable)):
        each = {path: _report_of(reports, binding, path) for path in paths}
        good &= run_files(binding, each, patience, provider)
    for path in parts:
        good &= run_file(binding, path, _report_of(reports, binding, path), patience, provider)
    return good


def run_all(patience: float, chosen: str | None) -> int:
    """Every file through every binding that can run, then the comparison of what they said."""
    ran, missing, good = [], {}, True
    bindings, reports = (("rust",), REPORTS / chosen) if chosen else ((*runners.BINDINGS, *runners.PREVIEW), REPORTS)
    for binding in bindings:
        try:
            runners.command(binding, chosen)
        except runners.RunnerMissing as error:
            missing[binding] = str(error)
            continue
        ran.append(binding)
        good &= run_binding(binding, chosen, reports, patience)
    if not chosen:
        good &= compare.compare(REPORTS, ran)
    for reason in missing.values():
        print(f"conformance: did not run: {reason}")
    # A build server has every toolchain, so there a missing language is a mistake and not a circumstance.
    complete = not runners.missed(missing) or os.environ.get("CI") != "true"
    return 0 if good and ran and complete else 1


if __name__ == "__main__":
    sys.exit(main())
