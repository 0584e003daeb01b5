"""A runner without a binding, for the tests of the driver: each token says what to do.

Called as every runner is: `fake_runner.py VECTORS RAW_REPORT START_INDEX`.
"""

import json
import os
import sys
import threading


def main(vectors: str, raw: str, start: str) -> None:
    with open(vectors, encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    with open(raw, "a", encoding="utf-8") as report:
        for case in cases[int(start) :]:
            report.write(_line(case, report))
            report.flush()


def _line(case: dict, report) -> str:
    honest = json.dumps({"id": case["id"], **case["expect"]}) + "\n"
    match case["token"]:
        case "crash":
            os.abort()
        case "half a line":
            report.write(honest[:10])
            report.flush()
            os.abort()
        case "hang":
            threading.Event().wait()
        case "lie":
            return json.dumps({"id": case["id"], "verdict": "accepted", "claims": {}}) + "\n"
        case "wrong id":
            return json.dumps({"id": "somebody.else", "verdict": "accepted"}) + "\n"
        case "no json":
            return "accepted\n"
    return honest


if __name__ == "__main__":
    main(*sys.argv[1:])
