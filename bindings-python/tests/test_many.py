"""Batches: for each token, in its place, what `validate` says about it alone."""

from __future__ import annotations

import asyncio
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import trio

from issuer import AUDIENCE, ISSUER, NOW, Clock, Key, KeyServer, send
from jotgate import (
    InternalError,
    InvalidToken,
    JotgateError,
    KeysUnavailable,
    RevokedTokenError,
    UndecidedToken,
    Validator,
    Verified,
)
from stores import Memory

Make = Callable[..., Validator]
Eventually = Callable[..., None]
Tokens = Iterable[str | bytes]
Outcomes = list[Verified | JotgateError]
Many = Callable[[Validator, Tokens], Outcomes]

SYNC: dict[str, Many] = {
    "all processors": lambda validator, tokens: validator.validate_many(tokens),
    "one thread": lambda validator, tokens: validator.validate_many(tokens, threads=1),
}
ASYNC: dict[str, Many] = {
    "asyncio": lambda validator, tokens: asyncio.run(validator.validate_many_async(tokens)),
    "trio": lambda validator, tokens: trio.run(validator.validate_many_async, tokens),
}
EVERY = SYNC | ASYNC


@pytest.fixture(params=EVERY.values(), ids=list(EVERY))
def many(request: pytest.FixtureRequest) -> Many:
    found: Many = request.param
    return found


def told(outcome: Verified | JotgateError) -> tuple[Any, ...]:
    """What an outcome says, for comparing it with another; when to come again differs from validator to validator."""
    if isinstance(outcome, Verified):
        return ("accepted", outcome.claims, outcome.header, outcome.issuer_index)
    if isinstance(outcome, InvalidToken):
        return (type(outcome), outcome.claim, outcome.detail, outcome.issuer_index, outcome.route_index)
    return (type(outcome), getattr(outcome, "issuer_index", None))


def alone(validator: Validator, token: str | bytes) -> Verified | JotgateError:
    try:
        return validator.validate(token)
    except JotgateError as error:
        return error


def issuer_entry(name: str, url: str) -> dict[str, Any]:
    return {"issuer": name, "audience": AUDIENCE, "keys": {"jwks_uri": url}}


def mixed(key: Key, issuers: list[str]) -> list[str | bytes]:
    """Tokens of every issuer, good ones and each kind of bad ones."""
    stranger = Key("k2")
    tokens: list[str | bytes] = ["", "junk", b"\xff\xfe", "a\ud800b.c.d", "e30.e30.e30", "a" * 20_000]
    for issuer in [*issuers, "https://nobody.test/"]:
        good = key.token(iss=issuer)
        head, payload, signature = good.split(".")
        tokens += [good, good.encode(), f"{head}.{payload}.{signature[::-1]}", f"{head}.{payload}.", f"{good}."]
        tokens += [
            key.token(iss=issuer, sub="bob"),
            key.token(iss=issuer, exp=NOW - 60),
            key.token(iss=issuer, nbf=NOW + 600),
            key.token(iss=issuer, exp=None),
            key.token(iss=issuer, exp="soon"),
            key.token(iss=issuer, aud="other"),
            key.token(iss=issuer, cnf={"jkt": "x"}),
            key.token(iss=issuer, header={"alg": "none"}),
            key.token(iss=issuer, header={"alg": "RS256"}),
            key.token(iss=issuer, header={"typ": "logout+jwt"}),
            key.token(iss=issuer, header={"crit": ["b64"]}),
            key.token(payload=b'{"iss":"%b","iss":"%b"}' % (issuer.encode(), issuer.encode())),
            stranger.token(iss=issuer),
        ]
    return tokens


@pytest.fixture
def three(server: KeyServer, key: Key, clock: Clock) -> Callable[..., Validator]:
    """Makes validators of two issuers whose keys can be had, and one that is down."""

    def respond(handler: Any) -> None:
        if handler.path.startswith("/down"):
            send(handler, 503, b"")
        else:
            server.send_keys(handler)

    server.respond = respond
    base = server.url.removesuffix("/jwks")
    entries = [issuer_entry(f"https://{name}.test/", f"{base}/{name}") for name in ("one", "two", "down")]

    def make(**options: Any) -> Validator:
        return Validator.from_policy({"version": 1, "issuers": entries}, clock=clock, **options)

    return make


THREE = ["https://one.test/", "https://two.test/", "https://down.test/"]


@pytest.mark.parametrize("count", [1, 64, 65, 400])
def test_a_batch_says_what_each_token_alone_is_told(
    three: Make, server: KeyServer, key: Key, many: Many, count: int
) -> None:
    tokens = random.Random(count).choices(mixed(key, THREE), k=count)
    expected = [told(alone(singly, token)) for singly in [three()] for token in tokens]
    fetched = Counter(server.paths)
    server.paths.clear()
    together = three()
    assert [told(outcome) for outcome in many(together, tokens)] == expected
    assert Counter(server.paths) <= fetched, "no more fetches than the tokens cost alone"
    assert [told(outcome) for outcome in many(together, iter(tokens))] == expected, "and with the keys at hand"


def test_every_kind_is_among_them(three: Make, key: Key) -> None:
    codes = {outcome.code for outcome in three().validate_many(mixed(key, THREE)) if isinstance(outcome, JotgateError)}
    assert len(codes) >= 14, codes
    assert {"keys_unavailable", "unknown_issuer", "unknown_key", "expired", "token_too_large"} <= codes


def test_key_sets_are_fetched_once(three: Make, server: KeyServer, key: Key, many: Many) -> None:
    tokens = [key.token(iss=issuer, jti=str(number)) for number in range(50) for issuer in THREE]
    outcomes = many(three(), tokens)
    assert [isinstance(outcome, Verified) for outcome in outcomes] == [True, True, False] * 50
    assert [outcome["jti"] for outcome in outcomes[::3] if isinstance(outcome, Verified)] == list(map(str, range(50)))
    assert all(isinstance(outcome, KeysUnavailable) for outcome in outcomes[2::3])
    assert sorted(server.paths) == ["/down", "/one", "/two"]


def test_a_new_key_is_looked_for_once(remote: Make, server: KeyServer, key: Key, many: Many) -> None:
    validator, new = remote(), Key("k2")
    validator.validate(key.token())
    server.keys = [key, new]
    outcomes = many(validator, [key.token(), new.token()] * 40)
    assert all(isinstance(outcome, Verified) for outcome in outcomes)
    assert server.fetches == 2


def test_no_tokens_have_no_verdicts(remote: Make, server: KeyServer, many: Many) -> None:
    assert many(remote(), []) == []
    assert many(remote(), iter(())) == []
    assert server.fetches == 0


@pytest.mark.parametrize("tokens", ["a.b.c", b"a.b.c", bytearray(b"a.b.c"), 7, None])
def test_what_holds_no_tokens_is_a_mistake(remote: Make, many: Many, tokens: Any) -> None:
    with pytest.raises(TypeError, match="tokens must be an iterable of str or bytes, not "):
        many(remote(), tokens)


@pytest.mark.parametrize("wrong", [7, None, bytearray(b"a.b.c"), ["a.b.c"]])
def test_one_of_another_type_is_a_mistake_and_nothing_is_judged(
    remote: Make, server: KeyServer, key: Key, many: Many, wrong: Any
) -> None:
    events: list[dict[str, Any]] = []
    with pytest.raises(TypeError, match=r"tokens\[2\] must be str or bytes, not "):
        many(remote(on_event=events.append), [key.token(), "junk", wrong])
    assert (server.fetches, events) == (0, [])


@pytest.mark.parametrize(("threads", "error"), [(0, ValueError), (-1, ValueError), (True, TypeError), (1.5, TypeError)])
def test_threads_are_a_number_of_them(remote: Make, threads: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="threads must be "):
        remote().validate_many([], threads=threads)


def test_tokens_can_be_judged_for_another_time(local: Validator, key: Key) -> None:
    tokens = [key.token(exp=NOW + 60), key.token(exp=NOW + 6000)]
    outcomes = local.validate_many(tokens, as_of=NOW + 600)
    assert [isinstance(outcome, Verified) for outcome in outcomes] == [False, True]
    outcomes = asyncio.run(local.validate_many_async(tokens, as_of=NOW + 600))
    assert [isinstance(outcome, Verified) for outcome in outcomes] == [False, True]


def test_a_refusal_can_be_raised_and_answered_and_keeps_no_batch(remote: Make, key: Key, many: Many) -> None:
    validator = remote(is_revoked=lambda token: token.token_id == "stolen")
    for outcome in many(validator, [key.token(exp=1), key.token(jti="stolen")]):
        assert isinstance(outcome, InvalidToken)
        assert validator.answer(outcome).status == 401
        assert outcome.__traceback__ is None
        with pytest.raises(InvalidToken):
            raise outcome


def test_hooks_are_asked_token_by_token_in_their_order(remote: Make, key: Key, many: Many) -> None:
    asked: list[str | None] = []

    def is_revoked(token: UndecidedToken) -> bool:
        asked.append(token.token_id)
        if token.token_id == "broken":
            raise RuntimeError("the list of revoked tokens is gone")
        return token.token_id == "stolen"

    validator = remote(is_revoked=is_revoked, transform=lambda claims: {"id": claims["jti"]})
    names = ["mine", "stolen", "broken", "yours"]
    outcomes = many(validator, [key.token(jti=name) for name in names] + [key.token(exp=1, jti="old")])
    assert asked == names
    assert [type(outcome).__name__ for outcome in outcomes] == [
        "Verified",
        "RevokedTokenError",
        "InternalError",
        "Verified",
        "ExpiredSignatureError",
    ]
    assert [outcome.claims for outcome in outcomes if isinstance(outcome, Verified)] == [
        {"id": "mine"},
        {"id": "yours"},
    ]


@pytest.mark.parametrize("call", ASYNC.values(), ids=list(ASYNC))
def test_hooks_may_be_async(remote: Make, key: Key, call: Many) -> None:
    async def is_revoked(token: UndecidedToken) -> bool:
        return token.token_id == "stolen"

    async def transform(claims: dict[str, Any]) -> dict[str, Any]:
        return {"id": claims["jti"]}

    validator = remote(is_revoked=is_revoked, transform=transform)
    tokens = [key.token(jti="mine"), key.token(jti="stolen")]
    mine, stolen = call(validator, tokens)
    assert isinstance(mine, Verified)
    assert mine.claims == {"id": "mine"}
    assert isinstance(stolen, RevokedTokenError)
    assert all(isinstance(outcome, InternalError) for outcome in validator.validate_many(tokens))


def test_clients_are_looked_up(key: Key, clock: Clock, many: Many) -> None:
    def client_lookup(client: str, token: UndecidedToken) -> bool:
        return client == "web"

    client_id = {"allowed": "host", "claims": ["azp"]}
    options: dict[str, Any] = {
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "pem": key.pem(),
        "clock": clock,
        "client_id": client_id,
    }
    validator = Validator(**options, client_lookup=client_lookup)
    tokens = [key.token(azp="web"), key.token(azp="other"), key.token()]
    assert [told(outcome) for outcome in many(validator, tokens)] == [told(alone(validator, token)) for token in tokens]


def test_listeners_hear_of_each_refusal_in_its_order(remote: Make, key: Key, many: Many) -> None:
    events: list[dict[str, Any]] = []
    validator = remote(on_event=events.append, is_revoked=lambda token: token.token_id == "stolen")
    many(validator, [key.token(exp=1), key.token(), "junk", key.token(jti="stolen")])
    refusals = [event["code"] for event in events if event["event"] == "rejected"]
    assert refusals == ["expired", "malformed_token", "revoked"]
    assert [event["event"] for event in events[:3]] == ["fetch_started", "fetch_ok", "keys_changed"]


def test_a_refresh_that_is_due_is_begun(
    remote: Make, server: KeyServer, key: Key, clock: Clock, many: Many, eventually: Eventually
) -> None:
    validator = remote(jwks_options={"ttl": "1h"})
    validator.validate(key.token())
    clock.now = NOW + 3600
    (outcome,) = many(validator, [key.token(exp=NOW + 7200)])
    assert isinstance(outcome, Verified)
    eventually(lambda: server.fetches == 2 and not validator._driver._under_way._work)


def test_a_store_spares_the_fetch(
    remote: Make, server: KeyServer, key: Key, many: Many, eventually: Eventually
) -> None:
    store = Memory()
    assert all(isinstance(outcome, Verified) for outcome in many(remote(store=store), [key.token()] * 3))
    eventually(lambda: store.saves == 1)
    assert all(isinstance(outcome, Verified) for outcome in many(remote(store=store), [key.token()] * 3))
    assert (server.fetches, store.loads) == (1, 2)


@pytest.fixture
def unhurried() -> Iterator[None]:
    """Threads of Python give the interpreter's lock away when they wait, and not because their time is up."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("unhurried")
def test_other_threads_run_while_tokens_are_judged(local: Validator, key: Key) -> None:
    turns, stop = [0], threading.Event()

    def turn() -> None:
        while not stop.is_set():
            turns[0] += 1
            time.sleep(0)

    tokens = [key.token()] * 200
    other = threading.Thread(target=turn)
    other.start()
    try:
        before = turns[0]
        for token in tokens:
            local.validate(token)
        assert turns[0] == before, "single tokens do not give the lock away"
        for _ in range(100):
            local.validate_many(tokens)
            if turns[0] > before:
                break
        assert turns[0] > before
    finally:
        stop.set()
        other.join()


def test_an_event_loop_goes_on_while_tokens_are_judged(local: Validator, key: Key) -> None:
    async def on_a_loop() -> int:
        turns, judged = 0, asyncio.create_task(local.validate_many_async([key.token()] * 2000))
        while not judged.done():
            turns += 1
            await asyncio.sleep(0)
        assert all(isinstance(outcome, Verified) for outcome in await judged)
        return turns

    assert asyncio.run(on_a_loop()) > 10, "it takes a few turns to begin and to end"


def test_no_thread_outlives_the_call(local: Validator, key: Key, many: Many) -> None:
    before = set(threading.enumerate())
    assert all(isinstance(outcome, Verified) for outcome in many(local, [key.token()] * 500))
    others = [thread for thread in set(threading.enumerate()) - before if thread.name.startswith("jotgate-")]
    for thread in others:
        thread.join(10)
        assert not thread.is_alive()
