"""What a validator brings along: fetches, hooks, listeners, forks; and streams that are read as they come."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

from issuer import AUDIENCE, ISSUER, NOW, Clock, Key, KeyServer
from jotgate import UndecidedToken, Validator
from jotgate_arrow import validate
from samples import codes, rows


def remote(server: KeyServer, **options: Any) -> Validator:
    return Validator(**{"issuer": ISSUER, "audience": AUDIENCE, "jwks_uri": server.url, "clock": Clock(), **options})


def test_key_sets_are_fetched_once(server: KeyServer, key: Key) -> None:
    table = pa.table({"token": [key.token()] * 4000})
    found = codes(remote(server), table.to_reader(max_chunksize=300), "token")
    assert found == ["accepted"] * 4000
    assert server.fetches == 1


def test_a_new_key_is_looked_for_once(server: KeyServer, key: Key) -> None:
    validator, new = remote(server), Key("k2")
    validator.validate(key.token())
    server.keys = [key, new]
    assert codes(validator, pa.array([key.token(), new.token()] * 200)) == ["accepted"] * 400
    assert server.fetches == 2


def test_without_keys_tokens_are_unavailable(server: KeyServer, key: Key) -> None:
    validator = remote(server, fetch=lambda request: 1 / 0)
    (row,) = rows(validator, pa.array([key.token()]))
    assert row == {"verdict": "unavailable", "code": "keys_unavailable", "claim": None, "issuer_index": 0}


def test_hooks_are_asked_in_the_order_of_the_rows(server: KeyServer, key: Key) -> None:
    asked: list[str | None] = []

    def is_revoked(token: UndecidedToken) -> bool:
        asked.append(token.token_id)
        if token.token_id == "broken":
            raise RuntimeError("the list of revoked tokens is gone")
        return token.token_id == "stolen"

    names = ["mine", "stolen", "broken", "yours"]
    tokens = pa.array([key.token(jti=name) for name in names] + [key.token(exp=1), None])
    found = rows(remote(server, is_revoked=is_revoked), tokens, claims=["jti"])
    assert asked == names
    assert [row["code"] or row["verdict"] for row in found] == [
        "accepted",
        "revoked",
        "internal_error",
        "accepted",
        "expired",
        None,
    ]
    assert [row["jti"] for row in found] == ["mine", None, None, "yours", None, None]


def test_clients_are_looked_up(server: KeyServer, key: Key) -> None:
    client_id = {"allowed": "host", "claims": ["azp"]}
    validator = remote(server, client_id=client_id, client_lookup=lambda client, token: client == "web")
    tokens = pa.array([key.token(azp="web"), key.token(azp="other"), key.token()])
    assert codes(validator, tokens) == ["accepted", "client_not_allowed", "client_not_allowed"]


def test_listeners_hear_of_each_refusal(server: KeyServer, key: Key) -> None:
    events: list[dict[str, Any]] = []
    validator = remote(server, on_event=events.append, is_revoked=lambda token: token.token_id == "stolen")
    tokens = [key.token(exp=1), key.token(), "junk", key.token(jti="stolen"), None]
    for token in tokens:
        codes(validator, pa.array([token], pa.string()), scheme=None)
    alone = [(event["code"], event["claim"], event["issuer"]) for event in events if event["event"] == "rejected"]
    events.clear()
    codes(validator, pa.array(tokens))
    together = [(event["code"], event["claim"], event["issuer"]) for event in events if event["event"] == "rejected"]
    assert together == alone == [("expired", "exp", 0), ("malformed_token", None, None), ("revoked", None, 0)]
    events.clear()
    codes(validator, pa.array(["Basic x", "Bearer junk"]), scheme="Bearer")
    assert [event["code"] for event in events] == ["missing_token", "malformed_token"]


def test_a_validator_that_changes_claims_is_a_mistake(server: KeyServer, key: Key) -> None:
    with pytest.raises(ValueError, match="a validator with transform judges no columns"):
        validate(remote(server, transform=lambda claims: claims), pa.array([key.token()]))


def test_a_stream_is_read_as_it_is_asked_for(local: Validator, key: Key) -> None:
    read: list[int] = []
    schema = pa.schema({"token": pa.string(), "n": pa.int64()})

    def batches() -> Iterator[pa.RecordBatch]:
        for number in range(4):
            read.append(number)
            yield pa.record_batch(
                {"token": [key.token()] * 10, "n": pa.array([number] * 10, pa.int64())}, schema=schema
            )

    reader = validate(local, pa.RecordBatchReader.from_batches(schema, batches()), "token", keep=["n"])
    assert read == []
    first = pa.record_batch(next(iter(reader)))
    assert read == [0]
    assert first["n"].to_pylist() == [0] * 10
    rest = pa.table(reader)
    assert (read, rest.num_rows) == ([0, 1, 2, 3], 30)


def test_what_a_stream_raises_comes_through(local: Validator, key: Key) -> None:
    schema = pa.schema({"token": pa.string()})

    def batches() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"token": [key.token()]})
        raise RuntimeError("the disk is gone")

    reader = validate(local, pa.RecordBatchReader.from_batches(schema, batches()), "token")
    assert pa.record_batch(reader.read_next_batch()).num_rows == 1
    with pytest.raises(Exception, match="the disk is gone"):
        reader.read_next_batch()


def judged_in_child(connection: Any, validator: Validator, tokens: pa.Array) -> None:
    connection.send(codes(validator, tokens))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_workers_that_were_forked(server: KeyServer, key: Key) -> None:
    validator = remote(server)
    tokens = pa.array([key.token(), key.token(exp=1)] * 200)
    expected = ["accepted", "expired"] * 200
    assert codes(validator, tokens) == expected
    context = multiprocessing.get_context("fork")
    for late in (False, True):
        mine, theirs = context.Pipe()
        child = context.Process(target=judged_in_child, args=(theirs, remote(server) if late else validator, tokens))
        child.start()
        assert mine.poll(60), "the child came to no end"
        assert mine.recv() == expected
        child.join(60)
        assert child.exitcode == 0


def test_threads_judge_columns_at_the_same_time(local: Validator, key: Key) -> None:
    tokens = pa.array([key.token(), key.token(exp=NOW - 60)] * 300)
    found: list[list[str | None]] = []
    threads = [threading.Thread(target=lambda: found.append(codes(local, tokens))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["accepted", "expired"] * 300] * 4
