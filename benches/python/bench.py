"""Measures jotgate against its peers in Python: `python bench.py TOKENS [--quick] [--cores NUMBER]`. `../run.py` calls it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from importlib.metadata import version
from itertools import cycle, islice
from pathlib import Path

import jotgate
import peers
from harness import LANGUAGE, Comparison, Contender, Operation, Row, run
from peers import File, Peer

SUBJECT = "auth0|5f7c8ec7c33c6c004bbafe82"


def main() -> None:
    arguments = parse()
    file = json.loads(arguments.tokens.read_text(encoding="utf-8"))
    rows = [row for row in file["comparisons"] if is_measured(row, arguments.cores)]
    # A kind of scenario that is not known here is an error: it would be missed in silence.
    run([Comparison(row, SCENARIOS[row["does"]](file, row, arguments.quick)) for row in rows], quick=arguments.quick)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("tokens", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--cores", type=int, default=1)
    return parser.parse_args()


def is_measured(row: Row, cores: int) -> bool:
    return row["program"] == "languages" and row["cores"] == cores and LANGUAGE in row["languages"]


def validated(file: File, row: Row, _quick: bool) -> list[Contender]:
    """One claim read, all of them as a dict, and none; the peers always make the dict."""
    validator, token = jotgate.Validator.from_policy(row["policy"]), row["token"]
    return [
        ours("jotgate", row, lambda: validator.validate(token)["sub"] == SUBJECT),
        ours("jotgate, all claims", row, lambda: validator.validate(token).claims["sub"] == SUBJECT),
        ours("jotgate, claims unread", row, lambda: validator.validate(token) is not None),
        *(accepts(peer, token) for peer in peers.of(file, row)),
    ]


def refused(file: File, row: Row, _quick: bool) -> list[Contender]:
    """A token that is refused, beside one that passes: an attacker must not cost more than a user."""
    validator, token, good, code = jotgate.Validator.from_policy(row["policy"]), row["token"], row["good"], row["case"]

    def refuses() -> bool:
        try:
            validator.validate(token)
        except jotgate.InvalidToken as error:
            return bool(error.code == code)
        return False

    accepting = ours("jotgate, accepting", row, lambda: validator.validate(good) is not None)
    return [ours("jotgate", row, refuses), accepting, *(raises(peer, token) for peer in peers.of(file, row))]


def requested(_file: File, row: Row, _quick: bool) -> list[Contender]:
    """The token alone, and a request that carries it in a dict of header fields; claims unread."""
    validator, token, request = jotgate.Validator.from_policy(row["policy"]), row["token"], row["request"]
    method, path, query, headers = request["method"], request["path"], request["query"], dict(request["headers"])

    def request_passes() -> bool:
        return validator.validate_request(method, path, query, headers) is not None

    alone = ours("jotgate, token alone", row, lambda: validator.validate(token) is not None)
    return [alone, ours("jotgate, request", row, request_passes)]


def cached(_file: File, row: Row, _quick: bool) -> list[Contender]:
    """With a cache of verified tokens that holds the token, and without."""
    caching, token = jotgate.Validator.from_policy(row["cached_policy"]), row["token"]
    validator = jotgate.Validator.from_policy(row["policy"])
    return [
        ours("jotgate, cached", row, lambda: caching.validate(token)["sub"] == SUBJECT),
        ours("jotgate, cached, claims unread", row, lambda: caching.validate(token) is not None),
        ours("jotgate", row, lambda: validator.validate(token)["sub"] == SUBJECT),
    ]


def batched(_file: File, row: Row, quick: bool) -> list[Contender]:
    validator, count = jotgate.Validator.from_policy(row["policy"]), row["quick_tokens" if quick else "tokens"]
    tokens = list(islice(cycle(row["distinct"]), count))

    def together(threads: int) -> Operation:
        return lambda: all(
            isinstance(one, jotgate.Verified) for one in validator.validate_many(tokens, threads=threads)
        )

    def one_by_one() -> bool:
        return all(validator.validate(token) is not None for token in tokens)

    return [
        ours("jotgate, one thread", row, together(1), count),
        ours("jotgate, two threads", row, together(2), count),
        ours("jotgate, one by one", row, one_by_one, count),
    ]


def ours(name: str, row: Row, operation: Operation, tokens: int = 1) -> Contender:
    # The wheel verifies with aws-lc, and hashes with ring: core/docs/adr/0005-two-providers.md.
    provider = "ring" if row["algorithm"].startswith("HS") else "aws-lc"
    return Contender(name, version("jotgate"), provider, operation, tokens)


def accepts(peer: Peer, token: str) -> Contender:
    decode = peer.decode
    return peer.contender(lambda: decode(token)["sub"] == SUBJECT)


def raises(peer: Peer, token: str) -> Contender:
    decode = peer.decode

    def refuses() -> bool:
        try:
            decode(token)
        except Exception:  # noqa: BLE001 - each peer has its own errors, and all of them are refusals here
            return True
        return False

    return peer.contender(refuses)


SCENARIOS: dict[str, Callable[[File, Row, bool], list[Contender]]] = {
    "validate": validated,
    "refuse": refused,
    "request": requested,
    "cache": cached,
    "batch": batched,
}


if __name__ == "__main__":
    main()
