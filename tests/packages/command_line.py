"""The program `jotgate` of the Python and of the Node package: the same arguments give the same bytes and exit codes.

    command_line.py PYTHON_PROGRAM NODE_PROGRAM

Each case runs in a folder of its own files. Nothing in them depends on the time or on a network.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOKEN = (ROOT / "tests" / "data" / "wso2" / "token.jwt").read_text().strip()
KEYS = json.loads((ROOT / "tests" / "data" / "wso2" / "jwks.json").read_text())
ISSUER = "https://localhost:9444/oauth2/token"
IN_TIME = "1602582000"


def files() -> dict[str, str]:
    entry = {"issuer": ISSUER, "audience": "any", "keys": {"jwks": KEYS}}
    nowhere = entry | {"keys": {"jwks_uri": "http://127.0.0.1:1/jwks"}}
    recipes = ROOT / "tests" / "recipes"
    return {
        "policy.json": json.dumps({"version": 1, "issuers": [entry]}),
        "down.json": json.dumps({"version": 1, "issuers": [nowhere]}),
        "wrong.json": json.dumps({"version": 1, "issuers": [entry | {"audiance": "x"}]}),
        "policy.yaml": "version: 1\nissuers:\n  - issuer: https://idp.test/\n    audience: api\n    keys: {pem: x}\n",
        "broken.yaml": "version: 1\nversion: 1\n",
        "flex.yaml": (recipes / "mulesoft-flex" / "policy.yaml").read_text(),
        "deployment.toml": (recipes / "wso2" / "deployment.toml").read_text(),
        "mistyped.yaml": (recipes / "mulesoft-flex" / "policy.yaml")
        .read_text()
        .replace("signingMethod:", "jwtSigningMethod:"),
        "empty.json": "",
    }


# Arguments, and the exit code that both must end with.
CASES: list[tuple[list[str], int]] = [
    (["--help"], 0),
    (["explain", "--help"], 0),
    (["lint", "--help"], 0),
    (["import", "--help"], 0),
    (["--version"], 0),
    ([], 64),
    (["expalin"], 64),
    (["explain", "--policy"], 64),
    (["explain", "--policy", "policy.json", "--now", IN_TIME, TOKEN], 0),
    (["explain", "--policy", "policy.json", "--now", IN_TIME, "-"], 0),
    (["explain", "--policy", "policy.json", "--now", IN_TIME, "--json", TOKEN], 0),
    (["explain", "--policy", "policy.json", "--now", "1702582000", TOKEN], 1),
    (["explain", "--policy", "policy.json", "--now", IN_TIME, "a.b.c"], 1),
    (["explain", "--policy", "policy.json", "--now", "soon", TOKEN], 64),
    (["explain", "--policy", "wrong.json", TOKEN], 3),
    (["explain", "--policy", "policy.yaml", TOKEN], 3),
    (["explain", "--policy", "broken.yaml", TOKEN], 3),
    (["explain", "--policy", "nothing.json", TOKEN], 3),
    (["lint", "policy.json"], 1),
    (["lint", "--json", "policy.json"], 1),
    (["lint", "wrong.json"], 3),
    (["import", "mulesoft", "flex.yaml"], 0),
    (["import", "wso2", "deployment.toml"], 0),
    (["import", "mulesoft", "mistyped.yaml"], 1),
    (["import", "mulesoft", "empty.json"], 3),
    (["import", "kong", "flex.yaml"], 64),
]


def main(python: str, node: str) -> int:
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files().items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        for arguments, expected in CASES:
            ended = [run([*program, *arguments], folder) for program in ([python, "-m", "jotgate"], ["node", node])]
            told = " ".join(argument if len(argument) < 40 else "TOKEN" for argument in arguments)
            for program, (status, stdout, stderr) in zip(("python", "node"), ended, strict=True):
                if status != expected:
                    wrong += 1
                    print(
                        f"jotgate {told}: {program} ended with {status}, not {expected}\n{(stderr or stdout).decode()}"
                    )
            if ended[0] != ended[1]:
                wrong += 1
                print(f"jotgate {told}: the programs differ\n{ended[0]}\n{ended[1]}")
        status, stdout, _ = run(
            [python, "-m", "jotgate", "explain", "--policy", "down.json", "--now", IN_TIME, TOKEN], folder
        )
        other, same, _ = run(["node", node, "explain", "--policy", "down.json", "--now", IN_TIME, TOKEN], folder)
        if (status, other) != (2, 2):
            wrong += 1
            print(f"without keys the programs end with {status} and {other}\n{stdout.decode()}\n{same.decode()}")
    print(f"{len(CASES) + 1 - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


def run(command: list[str], folder: str) -> tuple[int, bytes, bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in {"FORCE_COLOR", "NO_COLOR"}}
    process = subprocess.run(
        command, cwd=folder, env=environment, input=TOKEN.encode(), capture_output=True, timeout=60, check=False
    )
    return process.returncode, process.stdout, process.stderr


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
