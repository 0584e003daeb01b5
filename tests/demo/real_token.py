"""The real WSO2 token through every language's public API, with its own clock and with today's."""

import json
import subprocess
import sys
import time
from pathlib import Path

from .table import Row

DATA = Path("tests/data/wso2")
WORK = Path("target/demo")
ITS_OWN_CLOCK = 1602582000


def vectors() -> Path:
    """Writes the two cases as a vector file, so that each language's conformance runner takes them."""
    policy = {
        "version": 1,
        "issuers": [
            {
                "issuer": "https://localhost:9444/oauth2/token",
                "audience": "FxJodiaOM5DrW9X1bP4zsA86M2Aa",
                "keys": {"jwks_uri": "https://localhost:9443/oauth2/jwks"},
            }
        ],
    }
    common = {
        "spec": "RFC 7519 4.1.4",
        "note": "A token that WSO2's documentation shows.",
        "policy": policy,
        "responses": {
            "https://localhost:9443/oauth2/jwks": {
                "status": 200,
                "headers": {"Content-Type": "application/json"},
                "body": (DATA / "jwks.json").read_text(),
            }
        },
        "token": (DATA / "token.jwt").read_text().strip(),
    }
    claims = json.loads((DATA / "claims.json").read_text())
    accepted = {"id": "demo.wso2.its-clock", "now": ITS_OWN_CLOCK, "expect": {"verdict": "accepted", "claims": claims}}
    expired = {"id": "demo.wso2.today", "now": int(time.time()), "expect": {"verdict": "rejected", "code": "expired"}}
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / "wso2.json"
    path.write_text(json.dumps({"cases": [common | accepted, common | expired]}))
    return path


def rows(languages: dict[str, str]) -> list[Row]:
    """One row for each clock; `languages` maps column titles to binding names."""
    result = [Row("WSO2's token in 2020", "accepted, claims equal"), Row("WSO2's token today", "rejected expired")]
    file = vectors()
    for title, binding in languages.items():
        report = WORK / f"wso2-{binding}.jsonl"
        report.unlink(missing_ok=True)
        command = [sys.executable, "tests/conformance/run.py", "--binding", binding]
        subprocess.run([*command, "--vectors", str(file), "--report", str(report)], stdout=subprocess.DEVNULL, check=False)
        lines = [json.loads(line) for line in report.read_text().splitlines()] if report.exists() else []
        for row, line in zip(result, lines, strict=False):
            if line["verdict"] == "accepted":
                row.cells[title] = "accepted, claims equal" if line["pass"] else "accepted, claims differ"
            else:
                row.cells[title] = f"{line['verdict']} {line['code']}"
        for row in result:
            row.cells.setdefault(title, "did not run")
    return result
