"""Measures what middlewares add to a request, over the same application without them: see README.md.

    python3 benches/frameworks/run.py TOKENS [--quick] [--no-build] [--build] [--only express,fastify,fastapi,nethttp,spring]

Prints one JSON line for each contender. `--build` builds what is measured, and measures nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import contest  # noqa: E402
from applications import APPLICATIONS, Application  # noqa: E402
from languages import Failure, Workshop  # noqa: E402
from processes import Issuer, Load, Server  # noqa: E402


def main() -> int:
    arguments = parse()
    workshop = Workshop(build=not arguments.no_build)
    applications, failed = [], False
    for application in arguments.only:
        missing = [tool for tool in application.tools if shutil.which(tool) is None]
        if missing:
            print(f"{application.name}: left out, there is no {' and no '.join(missing)}", file=sys.stderr)
            continue
        try:
            application.build(workshop)
            applications.append(application)
        except Failure as failure:
            print(f"{application.name}: {failure}", file=sys.stderr)
            failed = True
    load = workshop.MADE / "frameworks" / "load"
    workshop.run("go", "build", "-o", load, ".", cwd=HERE / "load")
    if arguments.build or not applications:
        return 1 if failed else 0
    given = json.loads(arguments.tokens.read_text(encoding="utf-8"))
    for application in applications:
        try:
            for line in measured(application, given, workshop, quick=arguments.quick):
                print(json.dumps(line), flush=True)
        except Failure as failure:
            print(f"{application.name}: {failure}", file=sys.stderr)
            failed = True
    return 1 if failed else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measures middlewares under load.")
    parser.add_argument("tokens", type=Path, help="what benches/tokens/generate.py has written")
    parser.add_argument("--quick", action="store_true", help="a smoke run: few rounds")
    parser.add_argument("--no-build", action="store_true", help="measures what is already built")
    parser.add_argument("--build", action="store_true", help="builds, and measures nothing")
    parser.add_argument("--only", type=chosen, default=APPLICATIONS, help="frameworks, with commas between them")
    return parser.parse_args()


def chosen(names: str) -> list[Application]:
    known = {application.name: application for application in APPLICATIONS}
    unknown = set(names.split(",")) - set(known)
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return [known[name] for name in names.split(",")]


def measured(application: Application, given: dict[str, Any], workshop: Workshop, *, quick: bool) -> list[contest.Line]:
    """All contenders of one framework and the unprotected application, in turns."""
    row = next(row for row in given["rows"] if (row["algorithm"], row["size"]) == ("RS256", "small"))
    client_core, server_core = cores()
    with Issuer(row["jwk"]) as issuer, Load(workshop.MADE / "frameworks" / "load", row["token"], client_core) as load:
        config = workshop.MADE / "frameworks" / f"{application.name}.json"
        config.write_text(json.dumps(configuration(given, row, issuer, workshop)), encoding="utf-8")
        servers: list[Server] = []
        try:
            for contender in application.contenders:
                command = application.command(contender, config, workshop)
                protects = contender.provider != "-"
                servers.append(Server(contender.library, command, server_core, protects=protects))
            versions = [application.version(contender, workshop) for contender in application.contenders]
            result = contest.held(servers, load, warm_up=application.warm_up, quick=quick)
        finally:
            for server in servers:
                server.end()
    return contest.lines(application, versions, result)


def configuration(given: dict[str, Any], row: dict[str, Any], issuer: Issuer, workshop: Workshop) -> dict[str, Any]:
    """What each server is told: who issues, for whom, and where the keys are fetched."""
    entry = {name: given[name] for name in ("issuer", "audience")} | {"algorithms": ["RS256"]}
    return {
        "issuer": given["issuer"],
        "audience": given["audience"],
        "base": issuer.url,
        "jwks_uri": issuer.jwks_uri,
        "policy": {"version": 1, "issuers": [entry | {"keys": {"jwks_uri": issuer.jwks_uri}}]},
        "subject": contest.subject(row["token"]),
        "node": str(workshop.ROOT / "bindings-node"),
    }


def cores() -> tuple[int | None, int | None]:
    """One for the client and one for the servers; the last one, since interrupts favour the first."""
    if not hasattr(os, "sched_setaffinity"):
        return None, None
    available = sorted(os.sched_getaffinity(0))
    return available[0], available[-1]


if __name__ == "__main__":
    sys.exit(main())
