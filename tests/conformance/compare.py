#!/usr/bin/env python3
"""Compares the reports of several languages: the same cases, with the same verdict, code and claim.

    compare.py [--reports FOLDER] [BINDING ...]

The folder holds `<binding>/<file>.jsonl` as `run.py --all` writes them. Without bindings, all that have reports there.
"""

import argparse
import json
import sys
from pathlib import Path

import runners
import vector_file

Answer = tuple[object, object, object]
_AT_MOST = 20


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Compares the reports of several languages.")
    parser.add_argument("--reports", type=Path, default=runners.ROOT / "target" / "conformance", metavar="FOLDER")
    parser.add_argument("bindings", nargs="*", metavar="BINDING")
    options = parser.parse_args(arguments)
    found = [binding for binding in runners.BINDINGS if (options.reports / binding).is_dir()]
    return 0 if compare(options.reports, options.bindings or found) else 1


def compare(reports: Path, bindings: list[str]) -> bool:
    """Whether all bindings executed every case that is indexed for them and said the same; prints what differs and who did not
    run."""
    problems, answers, wanted = [], {}, {}
    for binding in bindings:
        wanted[binding] = [path.stem for path in vector_file.indexed(runners.packaged(binding))]
        answers[binding] = _answers(reports / binding, wanted[binding], problems)
    everything = sorted({(file, case) for said in answers.values() for file, case in said})
    for file, case in everything:
        asked = {binding: said.get((file, case)) for binding, said in answers.items() if file in wanted[binding]}
        problem = _difference(f"{file}: {case}", asked)
        if problem:
            problems.append(problem)
    for problem in problems[:_AT_MOST]:
        print(f"compare: {problem}")
    if len(problems) > _AT_MOST:
        print(f"compare: and {len(problems) - _AT_MOST} more")
    absent = [binding for binding in runners.BINDINGS if binding not in bindings]
    print(
        f"compare: {len(everything)} cases in {', '.join(bindings) or 'no language'}: {len(problems)} differences"
        + (f"; did not run: {', '.join(absent)}" if absent else "")
    )
    return bool(everything) and not problems


def _answers(folder: Path, wanted: list[str], problems: list[str]) -> dict[tuple[str, str], Answer]:
    """What one binding said, by file and id. A file without a report is a problem."""
    said: dict[tuple[str, str], Answer] = {}
    for name in wanted:
        report = folder / f"{name}.jsonl"
        if not report.is_file():
            problems.append(f"{folder.name} has no report of {name}")
            continue
        for line in report.read_text(encoding="utf-8").splitlines():
            outcome = json.loads(line)
            said[name, outcome["id"]] = (outcome["verdict"], outcome["code"], outcome["claim"])
    return said


def _difference(case: str, said: dict[str, Answer | None]) -> str | None:
    silent = [binding for binding, answer in said.items() if answer is None]
    if silent:
        return f"{case} was not executed by {', '.join(silent)}"
    if len(set(said.values())) == 1:
        return None
    return f"{case}: " + "; ".join(f"{binding} says {_words(answer)}" for binding, answer in said.items())


def _words(answer: Answer | None) -> str:
    return " ".join(str(word) for word in answer or () if word is not None)


if __name__ == "__main__":
    sys.exit(main())
