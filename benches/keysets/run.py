"""Puts jotgate and other libraries that fetch key sets to the same experiments against the same issuer: see README.md.

    python3 benches/keysets/run.py [--no-build]

Prints one table, and writes `results/keysets.json` beside the benchmarks' results.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import languages  # noqa: E402
from languages import Failure, Workshop  # noqa: E402

COLUMNS = {
    "burst": "50 at once, cold: fetches",
    "junkKids": "30 unknown kids: fetches",
    "down": "10 tokens, issuer down: attempts",
    "outage": "keys aged, issuer down: accepted of 10",
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Compares how libraries treat an issuer.")
    parser.add_argument("--no-build", action="store_true", help="takes what is already built")
    workshop = Workshop(build=not parser.parse_args().no_build)
    try:
        languages.python(workshop)
        languages.node(workshop)
        workshop.run("npm", "ci", "--silent", cwd=HERE)
        workshop.run("sh", workshop.ROOT / "bindings-ffi" / "go" / "build-native.sh")
        workshop.run("go", "build", "-o", workshop.MADE / "jotgate-keysets-go", ".", cwd=HERE / "go")
        java(workshop)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    rows = measured(workshop)
    print(table(rows))
    results = HERE.parent / "results" / "keysets.json"
    results.write_text("[\n" + ",\n".join(f"  {json.dumps(row)}" for row in rows) + "\n]\n", encoding="utf-8")
    return 0


def java(workshop: Workshop) -> list[str | Path]:
    package, made = workshop.ROOT / "bindings-ffi" / "java", workshop.MADE / "keysets-java"
    class_path = f"{made / 'classes'}:{package / 'target' / 'classes'}:{made / 'libraries'}/*"
    workshop.run(sys.executable, "-m", "release.place", "java", cwd=workshop.ROOT / "tests")
    workshop.run("mvn", "--quiet", "--batch-mode", "-f", package, "process-classes")
    copy = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
    workshop.run("mvn", "--quiet", "--batch-mode", "-f", HERE / "java", copy, f"-DoutputDirectory={made / 'libraries'}")
    sources = sorted((HERE / "java").rglob("*.java"))
    workshop.run("javac", "-d", made / "classes", "-cp", class_path, *sources)
    return ["java", f"-Djotgate.version={workshop.version()}", "-cp", class_path, "io.jotgate.keysets.Main"]


def measured(workshop: Workshop) -> list[dict]:
    # Both are here once the build has made its environment, and nowhere else.
    made = subprocess.run([workshop.PYTHON, HERE / "material.py"], check=True, capture_output=True, text=True)
    material = json.loads(made.stdout)
    from issuer import Issuer

    issuer = Issuer(material.pop("key_set"))
    threading.Thread(target=issuer.serve_forever, daemon=True).start()
    given = workshop.MADE / "keysets.json"
    given.write_text(json.dumps(material | {"base": issuer.url}), encoding="utf-8")
    rows: list[dict] = []
    commands = [
        [workshop.PYTHON, HERE / "client.py"],
        ["node", HERE / "client.mjs"],
        [workshop.MADE / "jotgate-keysets-go"],
        java(Workshop(build=False)),
    ]
    for command in commands:
        process = subprocess.run([*command, given], check=True, stdout=subprocess.PIPE, text=True, timeout=300)
        rows += [json.loads(line) for line in process.stdout.splitlines()]
    issuer.shutdown()
    return rows


def table(rows: list[dict]) -> str:
    lines = ["| library | " + " | ".join(COLUMNS.values()) + " |", "|---|" + "---|" * len(COLUMNS)]
    for row in rows:
        cells = [cell(name, row[name]) for name in COLUMNS]
        lines.append(f"| {row['library']} {row['version']} ({row['language']}) | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def cell(experiment: str, result: dict | None) -> str:
    if result is None:
        return "knows no age"
    if experiment == "outage":
        return f"{result['accepted']} ({result['fetches']} attempts)"
    if experiment == "junkKids" and not result["accepted"]:
        return f"{result['fetches']}, then a good token is refused"
    if experiment == "burst" and result["accepted"] != 50:
        return f"{result['fetches']}, {result['accepted']} accepted"
    return str(result["fetches"])


if __name__ == "__main__":
    sys.exit(main())
