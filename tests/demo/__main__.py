"""`python -m demo` with `tests` on the path: runs the requests, prints the table, exits 1 when a cell is wrong."""

import json
import sys
import time
from pathlib import Path

from . import real_token
from .issuer import Issuer, SigningKey
from .services import Service, start
from .table import Row, render

COMMANDS = Path("target/demo/services.json")


def main() -> int:
    plan = json.loads(COMMANDS.read_text())
    issuer = Issuer()
    print(f"issuer at {issuer.url}, key set at {issuer.jwks_uri}")
    services: list[Service] = []
    try:
        for title, command in plan["services"].items():
            services.append(start(title, command, issuer))
            print(f"{title} at http://127.0.0.1:{services[-1].port}/orders")
        rows = list(requests(issuer, services))
    finally:
        for service in services:
            service.stop()
    columns = [service.name for service in services]
    print(f"\nThe same requests to every service (status and subject or code):\n\n{render(rows, columns)}")
    fetched = issuer.fetches
    print(f"\nThe issuer's key set was fetched {fetched} times by {len(services)} services for {len(rows) * len(services)} requests.")

    real = real_token.rows(plan["languages"])
    print(f"\nA real token through every language:\n\n{render(real, list(plan['languages']))}")

    wrong = [f"{row.title}: {column} gave {row.cells[column]}, expected {row.expected}" for row in rows + real for column in row.wrong()]
    if fetched != 2 * len(services):
        wrong.append(f"expected one fetch and one refetch from each service, counted {fetched}")
    for missing in plan["missing"]:
        print(f"did not run: {missing}")
    print("\n" + ("\n".join(wrong) if wrong else "Every cell is what it must be."))
    return 1 if wrong else 0


def requests(issuer: Issuer, services: list[Service]):
    """Each request goes to all services before the next, since the issuer changes on the way."""
    old_token = issuer.token()

    def row(title: str, expected: str, token: str | None) -> Row:
        result = Row(title, expected)
        for service in services:
            status, said = service.request(token)
            result.cells[service.name] = f"{status} {said}"
        return result

    yield row("good token", "200 sub alice", old_token)
    yield row("no token", "401 missing_token", None)
    yield row("not a token", "401 malformed_token", "not-a-token")
    yield row("expired", "401 expired", issuer.token(exp=int(time.time()) - 60))
    yield row("other audience", "401 audience_mismatch", issuer.token(aud="https://billing.example"))
    yield row("other issuer", "401 unknown_issuer", issuer.token(iss="https://evil.example/"))
    yield row("forged signature", "401 invalid_signature", issuer.forged_token())
    yield row("alg none", "401 algorithm_not_allowed", issuer.unsigned_token())
    yield row("HS256 with the public key", "401 algorithm_not_allowed", issuer.confused_token())
    issuer.rotate()
    yield row("rotated key", "200 sub alice", issuer.token())
    yield row("old key after the rotation", "200 sub alice", old_token)
    issuer.switch_off()
    yield row("issuer down, known key", "200 sub alice", issuer.token())
    yield row("issuer down, key never seen", "503 keys_unavailable", issuer.token(SigningKey("2026-c")))


if __name__ == "__main__":
    sys.exit(main())
