"""Applications under load, in turns: what a request costs each of them, and what that is over the unprotected one."""

from __future__ import annotations

import base64
import json
import statistics
import time
from typing import Any, NamedTuple

from applications import Application
from languages import Failure
from processes import Load, Server

Line = dict[str, Any]

# How long one server is under load before the next has its turn.
CHUNK_SECONDS = 0.2
QUICK_CHUNK_SECONDS = 0.1
ROUNDS = 25
QUICK_ROUNDS = 3
# Of the time that an application has to get warm.
QUICK_SHARE = 0.1
WARM_UP_REQUESTS = 50


class Cost(NamedTuple):
    """Nanoseconds of one request, in the mean of a chunk: of the server's processor, and of the clock."""

    processor: float
    clock: float


Costs = dict[str, list[Cost]]
"""Of each server, round by round."""


def held(servers: list[Server], load: Load, *, warm_up: float, quick: bool) -> Costs:
    """The first server is the unprotected one. `warm_up` is how many seconds each is under load before the first round."""
    for server in servers:
        if server.protects:
            is_protected(server, load)
    seconds, share = (QUICK_CHUNK_SECONDS, QUICK_SHARE) if quick else (CHUNK_SECONDS, 1.0)
    sizes = {server.name: chunk_size(server, load, warm_up * share, seconds) for server in servers}
    costs: Costs = {server.name: [] for server in servers}
    for round_ in range(QUICK_ROUNDS if quick else ROUNDS):
        turn = round_ % len(servers)
        for server in [*servers[turn:], *servers[:turn]]:
            costs[server.name].append(cost(server, load, sizes[server.name]))
    return costs


def is_protected(server: Server, load: Load) -> None:
    """Whoever lets a forged token pass has measured nothing."""
    signed, _, signature = load.token.rpartition(".")
    forged = f"{signed}.{signature[:20]}{'A' if signature[20] != 'A' else 'B'}{signature[21:]}"
    sent = load.send(server, 1, forged)
    if sent.status != 401:
        raise Failure(f"{server.name} answers {sent.status} to a forged token: {sent.body[:200]}")


def chunk_size(server: Server, load: Load, warm_up: float, seconds: float) -> int:
    """How many requests fill a chunk, once the server is warm."""
    end = time.monotonic() + warm_up
    while True:
        last = cost(server, load, WARM_UP_REQUESTS)
        if time.monotonic() > end:
            return max(int(seconds * 1e9 / last.clock), WARM_UP_REQUESTS)


def cost(server: Server, load: Load, requests: int) -> Cost:
    before = server.processor_nanoseconds()
    sent = load.send(server, requests)
    taken = server.processor_nanoseconds() - before
    if sent.accepted != requests:
        raise Failure(f"{server.name} accepted {sent.accepted} of {requests}: {sent.status} {sent.body[:200]}")
    return Cost(taken / requests, sent.nanoseconds / requests)


def lines(application: Application, versions: list[str], costs: Costs) -> list[Line]:
    """What each contender adds, and after that what the unprotected application costs, as a comparison of its own."""
    unprotected, *contenders = application.contenders
    bare = costs[unprotected.library]
    added = {contender.library: over(costs[contender.library], bare) for contender in contenders}
    ours = added[contenders[0].library]
    found = []
    for contender, version in zip(contenders, versions[1:], strict=True):
        theirs = added[contender.library]
        ratio = statistics.median(their.processor / our.processor for their, our in zip(theirs, ours, strict=True))
        found.append(line(application, contender, version, application.name, theirs, ratio))
    found.append(line(application, unprotected, versions[0], f"{application.name}, unprotected", bare, 1.0))
    return found


def over(costs: list[Cost], bare: list[Cost]) -> list[Cost]:
    """Round by round, so that a change of the machine's speed meets both."""
    return [
        Cost(one.processor - other.processor, one.clock - other.clock) for one, other in zip(costs, bare, strict=True)
    ]


def line(
    application: Application, contender: Any, version: str, case: str, costs: list[Cost], ratio: float
) -> Line:
    clock = sorted(cost.clock for cost in costs)
    return {
        "language": application.language,
        "library": contender.library,
        "version": version,
        "provider": contender.provider,
        "scenario": "framework",
        "algorithm": "RS256",
        "size": "small",
        "case": case,
        "median_ns": statistics.median(clock),
        "p10_ns": clock[len(clock) // 10],
        "cpu_ns": statistics.median(cost.processor for cost in costs),
        "ratio": ratio,
    }


def subject(token: str) -> str:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"]
