#!/usr/bin/env python3
"""Sends odd request targets to real routers behind the middlewares, as bytes: `targets.py [--router NAME]`.

A policy decides by the path that it reads, the router behind it by the path that *it* reads. Where the two differ, a request
evades the route that asks for more. So each framework serves the same small application, in the way that its users write
one, with its own router; what decides is which handler ran.

| handler | is for | the policy asks for |
|---|---|---|
| `orders.list`, `orders.create`, `orders.one` | `GET /orders`, `POST /orders`, `GET /orders/{id}` | a scope |
| `admin` | every method below `/admin/` | a scope |
| `health` | `GET /health` | nothing (`skip`) |
| `catalog` | `GET /catalog` | nothing, or a good token (`optional`) |
| `open` | `GET /open` | what is asked of requests that no route names |

It is served at the root and below `/shop`, mounted as the framework does it. A handler answers with its name in `X-Handler`
and the subject of the token in `X-Subject`, `none` without a token. A server is a program of its binding, listed in
`routers.json` and called as `<command> FILE`; it starts and ends as `exchanges.py` says, and picks the policy by the field
`X-Exchange`, too. A policy whose `mount` is `/shop` stands before the application that is mounted there.

What must hold, whatever the target: a token without scopes runs no handler that asks for one; a request without a token runs
`health` and `catalog` alone, and `open` where the last route of the policy is an optional one for every path; with
`unmatched: deny` nothing runs `open`. And the plain requests reach their handlers, or a test that refuses everything would pass.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import os
import re
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import exchanges
import runners

HERE = Path(__file__).parent
REPORTS = runners.ROOT / "target" / "conformance" / "targets"
NOW = 1_800_000_000
TIMEOUT_SECONDS = 20
TRAITS = ("head", "bare_500")
SECRET = "a secret of at least 32 bytes for odd targets"
MOUNT = "/shop"
GUARDED = {"orders.list", "orders.create", "orders.one", "admin"}
FREE = {"health", "catalog"}
WAIVERS = [
    "encoded_slash",
    "backslash",
    "path_parameters",
    "empty_segments",
    "encoded_delimiters",
    "outer_spaces",
    "stray_percent",
    "not_utf8",
]


@dataclass(frozen=True)
class Sent:
    """A request, and which handlers may run for it, or the one that must."""

    policy: str
    token: str
    method: str
    target: str
    fields: tuple[tuple[str, str], ...] = ()
    must_run: str | None = None
    may_run: frozenset[str] = field(default=frozenset())

    def octets(self, tokens: dict[str, str]) -> bytes:
        given = [("Host", "host"), ("X-Exchange", self.policy), ("Connection", "close")]
        given = [pair for pair in given if pair[0] not in dict(self.fields)] + list(self.fields)
        if self.token != "none":
            given.append(("Authorization", f"Bearer {tokens[self.token]}"))
        if self.method.upper() not in {"GET", "HEAD", "OPTIONS", "TRACE", "CONNECT"}:
            given.append(("Content-Length", "0"))
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in given), "", ""]
        return "\r\n".join(lines).encode("latin-1")


@dataclass
class Answer:
    status: int | None
    handler: str | None = None
    subject: str | None = None
    by_policy: bool = False
    has_fields: bool = True

    def is_bare_500(self) -> bool:
        return self.status == 500 and not self.has_fields

    def kind(self) -> str:
        if self.handler:
            return "ran"
        if self.by_policy:
            return "policy"
        return "not found" if self.status == 404 else "server"


def main() -> int:
    known = json.loads((HERE / "routers.json").read_text())
    parser = argparse.ArgumentParser(description="Sends odd request targets to the routers behind the middlewares.")
    parser.add_argument("--router", choices=sorted(known), action="append")
    parser.add_argument("--bindings", nargs="*", help="those of these bindings alone")
    options = parser.parse_args()
    chosen = [name for name in known if not options.bindings or known[name]["binding"] in options.bindings]
    REPORTS.mkdir(parents=True, exist_ok=True)
    (REPORTS / "policies.json").write_text(json.dumps({"exchanges": policies()}, indent=1))
    rows, missing = [], {}
    for name in options.router or chosen:
        try:
            command = runners.located(known[name]["binding"], known[name]["command"])
        except runners.RunnerMissing as error:
            missing[name] = str(error)
            continue
        rows.append(row_of(name, command, **{trait: known[name][trait] for trait in TRAITS if trait in known[name]}))
    print(*table(rows), sep="\n")
    for name, reason in missing.items():
        print(f"targets: did not run: {name}: {reason}")
    failed = sum(row["failed"] for row in rows)
    print(f"targets: {sum(row['requests'] for row in rows) - failed} passed, {failed} failed")
    complete = os.environ.get("CI") != "true" or not runners.missed(known[name]["binding"] for name in missing)
    return 0 if rows and not failed and complete else 1


# --- what is sent -----------------------------------------------------------------------------------------------------


def policies() -> list[dict]:
    """Policies at the root, one of which waives all that can be waived, and one for the application below the mount."""
    token, deny = {"unmatched": "token"}, {"unmatched": "deny"}
    shaped = {
        "token": ("", token, []),
        "deny": ("", deny, []),
        "open": ("", token, [{"path_regex": "/.*", "optional": True}]),
        "waived": ("", token | {"targets": {"allow": WAIVERS}}, []),
        "shop": (MOUNT, token, []),
    }
    return [
        {"id": name, "mount": mount, "policy": policy(mount, more, last), "responses": {}, "now": NOW}
        for name, (mount, more, last) in shaped.items()
    ]


def policy(mount: str, more: dict, last: list[dict]) -> dict:
    def asks(*scopes: str) -> dict:
        return {"scopes": {"all": list(scopes)}}

    return {
        "version": 1,
        "issuers": [{"issuer": "https://idp.test/", "audience": "api", "keys": {"secret": {"text": SECRET}}}],
        "routes": [
            {"methods": "GET", "path": f"{mount}/orders"} | asks("orders:read"),
            {"methods": "POST", "path": f"{mount}/orders"} | asks("orders:write"),
            {"methods": "GET", "path": f"{mount}/orders/{{id}}"} | asks("orders:read"),
            {"path_regex": f"{mount}/admin(/.*)?"} | asks("admin"),
            {"methods": "GET", "path": f"{mount}/health", "skip": True},
            {"methods": "GET|HEAD", "path": f"{mount}/catalog", "optional": True},
            *last,
        ],
    } | more


def tokens() -> dict[str, str]:
    """One with the scopes, and one without any."""
    made = {}
    for subject, scope in (("strong", "orders:read orders:write admin"), ("weak", "nothing")):
        claims = {"iss": "https://idp.test/", "aud": "api", "sub": subject, "scope": scope, "exp": NOW + 600}
        text = ".".join(_encoded(json.dumps(part).encode()) for part in ({"alg": "HS256"}, claims))
        made[subject] = f"{text}.{_encoded(hmac.digest(SECRET.encode(), text.encode(), hashlib.sha256))}"
    return made


def controls() -> Iterator[Sent]:
    """Plain requests, with what must come of them."""
    for name, mount in (("token", ""), ("deny", ""), ("open", ""), ("waived", ""), ("shop", MOUNT)):
        for method, path, token, handler in (
            ("GET", "/orders", "strong", "orders.list"),
            ("HEAD", "/orders", "strong", "orders.list"),
            ("GET", "/orders?page=1", "strong", "orders.list"),
            ("POST", "/orders", "strong", "orders.create"),
            ("GET", "/orders/7", "strong", "orders.one"),
            ("GET", "/orders/caf%C3%A9", "strong", "orders.one"),
            ("GET", "/admin/users", "strong", "admin"),
            ("POST", "/admin/users/7", "strong", "admin"),
            ("GET", "/health", "none", "health"),
            ("GET", "/health", "weak", "health"),
            ("GET", "/catalog", "none", "catalog"),
            ("GET", "/catalog", "weak", "catalog"),
        ):
            yield Sent(name, token, method, mount + path, must_run=handler)
        if name != "deny":
            yield Sent(name, "weak", "GET", f"{mount}/open", must_run="open")
    yield Sent("deny", "strong", "GET", "/open")


def odd_requests() -> Iterator[Sent]:
    listed = json.loads((HERE / "targets.json").read_text())
    spellings = [spelling for group in listed["spellings"].values() for spelling in group]
    for spelling in spellings:
        for name, token, method, path in (
            ("token", "weak", "POST", "orders"),
            ("token", "weak", "GET", "admin/users"),
            ("open", "none", "GET", "orders/7"),
            ("waived", "weak", "POST", "orders"),
            ("waived", "weak", "GET", "admin/users"),
            ("shop", "weak", "POST", "orders"),
            ("deny", "none", "GET", "health"),
        ):
            yield sent(name, token, method, spelled(spelling, MOUNT if name == "shop" else "", path))
    for method in listed["methods"]:
        for path in ("orders", "orders/7", "admin/users", "health", "orders/"):
            yield sent("token", "weak", method, f"/{path}")
            yield sent("open", "none", method, f"/{path}")
        yield sent("deny", "weak", method, "/open")
        yield sent("shop", "weak", method, f"{MOUNT}/orders")
    for one in listed["fields"]:
        for method, path in (("GET", "/health"), ("POST", "/health"), ("GET", "/catalog"), ("PUT", "/orders")):
            yield sent("token", "none", method, path, tuple(one))
            yield sent("token", "weak", method, path, tuple(one))
        # Servers take a prefix from such a field when a proxy that they trust hands it on: then it is a path of its own.
        yield sent("deny", "weak", "POST", "/x/orders", tuple(one))


def sent(name: str, token: str, method: str, target: str, *fields: tuple[str, str]) -> Sent:
    may_run = set(FREE)
    if name == "open" or (token == "weak" and name != "deny"):
        may_run.add("open")
    return Sent(name, token, method, target, fields, may_run=frozenset(may_run))


def spelled(spelling: str, mount: str, path: str) -> str:
    first, rest = path[0], path[1:]
    wide = "".join(f"%ef%bd%{0x80 + ord(c) - 0x60:02x}" if c.isalpha() else c for c in path)
    texts = {
        "m": mount,
        "n": path,
        "N": path.upper(),
        "T": path.title(),
        "h": f"%{ord(first):02x}{rest}",
        "H": f"%{ord(first):02X}{rest}",
        "e": "".join(f"%{ord(c):02x}" if c.isalpha() else c for c in path),
        "ee": f"%25{ord(first):02x}{rest}",
        "o": f"%c1%{ord(first) | 0x80:02x}{rest}",
        "u": wide,
    }
    for name, text in texts.items():
        spelling = spelling.replace(f"<{name}>", text)
    return re.sub(r"<many:(.+?)>", lambda found: found[1] * (6000 // len(found[1])), spelling)


def _encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


# --- what comes back --------------------------------------------------------------------------------------------------


def row_of(name: str, command: list[str], *, head: bool = True, bare_500: bool = False) -> dict:
    """What came of all requests to one router.

    head: whether its handlers of GET answer HEAD, too.
    bare_500: whether its server itself answers 500 to a target that is no URI, without a single header field. No application
    answers so.
    """
    requests = [request for request in controls() if head or request.method != "HEAD"] + [*odd_requests()]
    given = tokens()
    began = time.monotonic()
    counts: Counter[str] = Counter()
    failures = []
    with exchanges.server(command, REPORTS / "policies.json") as port, ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda request: answered(port, request.octets(given)), requests)
        with (REPORTS / f"{name}.jsonl").open("w", encoding="utf-8") as lines:
            for request, answer in zip(requests, answers, strict=True):
                is_excused = bare_500 and answer.is_bare_500() and not request.must_run
                failure = None if is_excused else failure_of(request, answer)
                counts["FAILED" if failure else answer.kind()] += 1
                lines.write(
                    json.dumps(vars(request) | {"may_run": sorted(request.may_run)} | vars(answer) | {"failure": failure})
                    + "\n"
                )
                if failure:
                    failures.append(f"  {request.policy} {request.token}: {shown(request)}: {failure}")
    shown_at_most = 12
    print(*failures[:shown_at_most], sep="\n", end="\n" if failures else "")
    if len(failures) > shown_at_most:
        print(f"  and {len(failures) - shown_at_most} more in {REPORTS.relative_to(runners.ROOT)}/{name}.jsonl")
    print(
        f"targets {name}: {len(requests) - len(failures)} passed, {len(failures)} failed, {time.monotonic() - began:.1f} s",
        flush=True,
    )
    return {"name": name, "requests": len(requests), "failed": len(failures), "counts": counts}


def answered(port: int, octets: bytes) -> Answer:
    """The answer to a request on a connection of its own; no status where the server sends none."""
    came = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS) as connection:
            connection.sendall(octets)
            while more := connection.recv(65536):
                came += more
    except ConnectionError:
        pass
    except TimeoutError:
        return Answer(None, handler="(the server did not answer in time)")
    head, _, _ = came.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.[01] (\d{3})", head)
    fields = dict(line.split(":", 1) for line in head.decode("latin-1").split("\r\n")[1:] if ":" in line)
    named = {name.lower(): value.strip() for name, value in fields.items()}
    return Answer(
        int(status[1]) if status else None,
        named.get("x-handler"),
        named.get("x-subject"),
        "problem+json" in named.get("content-type", ""),
        bool(named),
    )


def failure_of(request: Sent, answer: Answer) -> str | None:
    if request.must_run:
        subject = "none" if answer.handler == "health" else request.token
        if (answer.handler, answer.subject) != (request.must_run, subject):
            return (
                f"expected {request.must_run} for {subject}, got {answer.status} from {answer.handler} for {answer.subject}"
            )
        return None
    # gunicorn answers so where a path does not begin with the prefix that the field names.
    if answer.status == 500 and "SCRIPT_NAME" not in dict(request.fields):
        return "500: something broke"
    if answer.handler and answer.handler not in request.may_run:
        return f"ran {answer.handler} for {answer.subject}"
    return None


def shown(request: Sent) -> str:
    target = request.target if len(request.target) < 100 else f"{request.target[:60]}… ({len(request.target)})"
    return f"{request.method} {target.encode('unicode_escape').decode()}" + "".join(
        f" with {name}: {value}" for name, value in request.fields
    )


def table(rows: list[dict]) -> list[str]:
    heads = ("policy", "server", "not found", "ran", "FAILED")
    told = ("refused by the policy", "by the server", "not found", "permitted handler", "EVADED")
    lines = [f"{'router':22}" + "".join(f"  {head:>{max(9, len(head))}}" for head in ("requests", *told))]
    for row in rows:
        cells = [row["requests"], *(row["counts"][head] for head in heads)]
        lines.append(
            f"{row['name']:22}"
            + "".join(f"  {cell:>{max(9, len(head))}}" for cell, head in zip(cells, ("requests", *told), strict=True))
        )
    return lines


if __name__ == "__main__":
    sys.exit(main())
