"""gRPC interceptors with real servers and clients on loopback: verdicts are statuses, streams end with tokens."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
import grpc.aio
import pytest

from issuer import AUDIENCE, ISSUER, NOW, Clock, Key, KeyServer, send
from jotgate import PolicyError, Validator, Verified, _grpc_calls
from jotgate.grpc import Jotgate

Make = Callable[..., Validator]
Call = Callable[..., Any]

SERVICE = "shop.Orders"
KINDS = {"Get": "unary_unary", "List": "unary_stream", "Put": "stream_unary", "Talk": "stream_stream"}
PLAIN: dict[str, Any] = {
    "request_deserializer": json.loads,
    "response_serializer": lambda message: json.dumps(message).encode(),
}


def as_bytes(message: Any) -> bytes:
    return json.dumps(message).encode()


def handlers_of(servicer: Any) -> grpc.GenericRpcHandler:
    def made(kind: str, behaviour: Any) -> Any:
        return getattr(grpc, f"{kind}_rpc_method_handler")(behaviour, **PLAIN)

    methods = {name: made(kind, getattr(servicer, f"on_{name.lower()}")) for name, kind in KINDS.items()}
    methods["Delete"] = made("unary_unary", servicer.on_delete)
    methods["Watch"] = made("unary_stream", servicer.on_watch)
    return grpc.method_handlers_generic_handler(SERVICE, methods)


class Orders:
    """One that answers with the subject of the token, in every kind of call."""

    def __init__(self, auth: Jotgate) -> None:
        self._auth = auth
        self.on_delete = auth.require_scopes("orders:write")(self.on_get)
        self.on_watch = auth.require_scopes("orders:write")(self.on_list)

    def subject(self) -> Any:
        return None if self._auth.token_or_none is None else self._auth.token.subject

    def on_get(self, request: Any, context: Any) -> Any:
        return [request, self.subject()]

    def on_list(self, request: Any, context: Any) -> Iterator[Any]:
        for each in range(request):
            yield [each, self.subject()]

    def on_put(self, requests: Iterator[Any], context: Any) -> Any:
        return [list(requests), self.subject()]

    def on_talk(self, requests: Iterator[Any], context: Any) -> Iterator[Any]:
        for request in requests:
            yield [request, self.subject()]


class AsyncOrders(Orders):
    async def on_get(self, request: Any, context: Any) -> Any:
        return [request, self.subject()]

    async def on_list(self, request: Any, context: Any) -> AsyncIterator[Any]:  # type: ignore[override]
        for each in range(request):
            await asyncio.sleep(0)
            yield [each, self.subject()]

    async def on_put(self, requests: Any, context: Any) -> Any:
        return [[each async for each in requests], self.subject()]

    async def on_talk(self, requests: Any, context: Any) -> None:  # type: ignore[override]
        # With reader and writer, which the framework has beside the generators.
        while (request := await context.read()) is not grpc.aio.EOF:
            await context.write([request, self.subject()])


@contextmanager
def running(servicer: Any, auth: Jotgate) -> Iterator[grpc.Channel]:
    server = grpc.server(ThreadPoolExecutor(8), interceptors=[auth.interceptor()])
    server.add_generic_rpc_handlers((handlers_of(servicer),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield channel
    finally:
        server.stop(None).wait()


@contextmanager
def running_aio(servicer: Any, auth: Jotgate) -> Iterator[grpc.Channel]:
    """On an event loop of its own; the client is not async."""
    ports: list[int] = []
    started, stopping = threading.Event(), threading.Event()

    async def serve() -> None:
        server = grpc.aio.server(interceptors=[auth.aio_interceptor()])
        server.add_generic_rpc_handlers((handlers_of(servicer),))
        ports.append(server.add_insecure_port("127.0.0.1:0"))
        await server.start()
        started.set()
        while not stopping.is_set():
            await asyncio.sleep(0.01)
        await server.stop(None)

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        with grpc.insecure_channel(f"127.0.0.1:{ports[0]}") as channel:
            yield channel
    finally:
        stopping.set()
        thread.join()


@contextmanager
def sync_site(auth: Jotgate) -> Iterator[grpc.Channel]:
    with running(Orders(auth), auth) as channel:
        yield channel


@contextmanager
def aio_site(auth: Jotgate) -> Iterator[grpc.Channel]:
    with running_aio(AsyncOrders(auth), auth) as channel:
        yield channel


@contextmanager
def sync_methods_on_aio(auth: Jotgate) -> Iterator[grpc.Channel]:
    with running_aio(Orders(auth), auth) as channel:
        yield channel


@pytest.fixture(params=[sync_site, aio_site, sync_methods_on_aio], ids=lambda site: site.__name__)
def site(request: pytest.FixtureRequest) -> Call:
    made: Call = request.param
    return made


def call(channel: grpc.Channel, name: str, request: Any, *, token: str | None = None, **metadata: str) -> Any:
    kind = KINDS.get(name, "unary_stream" if name == "Watch" else "unary_unary")
    fields = [(key.replace("_", "-"), value) for key, value in metadata.items()]
    if token is not None:
        fields.append(("authorization", f"Bearer {token}"))
    method = getattr(channel, kind)(f"/{SERVICE}/{name}", as_bytes, json.loads)
    answer = method(iter(request) if kind.startswith("stream") else request, metadata=fields, timeout=20)
    return list(answer) if kind.endswith("_stream") else answer


def refusal(
    channel: grpc.Channel, name: str, request: Any, **options: Any
) -> tuple[grpc.StatusCode, str, dict[str, str]]:
    with pytest.raises(grpc.RpcError) as refused:
        call(channel, name, request, **options)
    error: Any = refused.value
    return error.code(), error.details(), {str(key): str(value) for key, value in error.trailing_metadata() or ()}


def test_every_kind_of_call(site: Call, local: Validator, key: Key) -> None:
    with site(Jotgate(local)) as channel:
        token = key.token()
        assert call(channel, "Get", 7, token=token) == [7, "alice"]
        assert call(channel, "List", 3, token=token) == [[0, "alice"], [1, "alice"], [2, "alice"]]
        assert call(channel, "Put", [1, 2], token=token) == [[1, 2], "alice"]
        assert call(channel, "Talk", [1, 2], token=token) == [[1, "alice"], [2, "alice"]]
        for name, request in (("Get", 7), ("List", 3), ("Put", [1]), ("Talk", [1])):
            missing = refusal(channel, name, request)
            assert missing[:2] == (grpc.StatusCode.UNAUTHENTICATED, "missing_token")
            assert missing[2]["www-authenticate"] == "Bearer"
            expired = refusal(channel, name, request, token=key.token(exp=NOW - 60))
            assert expired[:2] == (grpc.StatusCode.UNAUTHENTICATED, "expired")
            assert 'error="invalid_token"' in expired[2]["www-authenticate"]


def test_scopes_of_a_method(site: Call, local: Validator, key: Key) -> None:
    with site(Jotgate(local)) as channel:
        writing, reading = key.token(scope="orders:write"), key.token(scope="orders:read")
        assert call(channel, "Delete", 7, token=writing) == [7, "alice"]
        assert call(channel, "Watch", 1, token=writing) == [[0, "alice"]]
        for name in ("Delete", "Watch"):
            code, details, trailers = refusal(channel, name, 7, token=reading)
            assert (code, details) == (grpc.StatusCode.PERMISSION_DENIED, "insufficient_scope")
            assert 'scope="orders:write"' in trailers["www-authenticate"]


def test_without_keys_it_is_unavailable(site: Call, remote: Make, key: Key, server: KeyServer) -> None:
    server.respond = lambda handler: send(handler, 500, b"")
    with site(Jotgate(remote())) as channel:
        code, details, trailers = refusal(channel, "Get", 7, token=key.token())
        assert (code, details) == (grpc.StatusCode.UNAVAILABLE, "keys_unavailable")
        assert int(trailers["retry-after"]) > 0


def test_routes_name_methods(site: Call, key: Key, clock: Clock) -> None:
    policy = {
        "version": 1,
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}],
        "routes": [
            {"methods": ["POST"], "path": f"/{SERVICE}/Get", "skip": True},
            {"methods": ["POST"], "path": f"/{SERVICE}/List", "scopes": {"all": ["orders:read"]}},
        ],
        "unmatched": "deny",
    }
    with site(Jotgate(Validator.from_policy(policy, clock=clock))) as channel:
        assert call(channel, "Get", 7) == [7, None]
        assert refusal(channel, "List", 1, token=key.token())[1] == "insufficient_scope"
        assert call(channel, "List", 1, token=key.token(scope="orders:read")) == [[0, "alice"]]
        denied = refusal(channel, "Put", [1], token=key.token())
        assert denied[:2] == (grpc.StatusCode.PERMISSION_DENIED, "unmatched_request")
        assert refusal(channel, "Nowhere", 1)[0] is grpc.StatusCode.UNIMPLEMENTED


def test_metadata_is_what_the_policy_reads(site: Call, local: Validator, key: Key) -> None:
    with site(Jotgate(local)) as channel:
        method = channel.unary_unary(f"/{SERVICE}/Get", as_bytes, json.loads)
        twice = tuple(("authorization", f"Bearer {key.token(sub=name)}") for name in ("alice", "bob"))
        with pytest.raises(grpc.RpcError) as several:
            method(7, metadata=twice, timeout=20)
        assert several.value.details() == "multiple_tokens"
        binary = (("authorization", f"Bearer {key.token()}"), ("trace-bin", b"\x00\xff"))
        assert method(7, metadata=binary, timeout=20) == [7, "alice"]


class Endless(Orders):
    """One whose token expires between two messages, and for which the leeway is over before the third one."""

    def __init__(self, auth: Jotgate, clock: Clock) -> None:
        super().__init__(auth)
        self._clock = clock

    def on_list(self, request: Any, context: Any) -> Iterator[Any]:
        for message, now in (("first", NOW), ("second", NOW + 602), ("third", NOW + 700)):
            self._clock.now = now
            yield [message, self.subject()]

    def on_put(self, requests: Iterator[Any], context: Any) -> Any:
        got = [next(requests)]
        self._clock.now = NOW + 602
        got.append(next(requests))
        self._clock.now = NOW + 700
        return [got, list(requests), self.subject()]


def test_a_stream_ends_when_the_policy_refuses_its_token(local: Validator, key: Key, clock: Clock) -> None:
    auth = Jotgate(local)
    with running(Endless(auth, clock), auth) as channel:
        answers = begun(channel, "List", 1, key.token())
        assert [next(answers), next(answers)] == [["first", "alice"], ["second", "alice"]]
        assert_refused(answers, grpc.StatusCode.UNAUTHENTICATED, "expired")
        clock.now = NOW
        assert call(channel, "Put", [1, 2], token=key.token()) == [[1, 2], [], "alice"]
        clock.now = NOW
        code, details, trailers = refusal(channel, "Put", [1, 2, 3], token=key.token())
        assert (code, details) == (grpc.StatusCode.UNAUTHENTICATED, "expired")
        assert 'error="invalid_token"' in trailers["www-authenticate"]


def test_a_stream_ends_with_what_the_policy_says_then(remote: Make, key: Key, clock: Clock, server: KeyServer) -> None:
    def is_revoked(token: Any) -> bool:
        return clock.now > NOW + 600

    def is_broken(token: Any) -> bool:
        if clock.now > NOW + 600:
            raise OSError
        return False

    def respond(handler: Any) -> None:
        if clock.now > NOW + 600:
            send(handler, 500, b"")
        else:
            server.send_keys(handler)

    server.respond = respond
    for options, code, details in (
        ({"is_revoked": is_revoked}, grpc.StatusCode.UNAUTHENTICATED, "revoked"),
        ({"is_revoked": is_broken}, grpc.StatusCode.INTERNAL, "internal_error"),
        # Nobody knows the issuer's keys by then.
        ({"jwks_options": {"ttl": 60, "max_stale": 120}}, grpc.StatusCode.UNAVAILABLE, "keys_unavailable"),
    ):
        clock.now = NOW
        auth = Jotgate(remote(**options))
        with running(Endless(auth, clock), auth) as channel:
            answers = begun(channel, "List", 1, key.token())
            assert next(answers) == ["first", "alice"]
            assert_refused(answers, code, details)


def test_a_stream_asks_no_more_than_once_a_second(remote: Make, key: Key) -> None:
    asked: list[Any] = []

    def is_revoked(token: Any) -> bool:
        asked.append(token)
        return False

    auth = Jotgate(remote(is_revoked=is_revoked))
    with running(Orders(auth), auth) as channel:
        assert len(call(channel, "List", 5, token=key.token(exp=NOW - 2))) == 5
        assert len(call(channel, "Talk", [1, 2, 3], token=key.token(exp=NOW - 2))) == 3
    assert len(asked) == 2


def begun(channel: grpc.Channel, name: str, request: Any, token: str) -> Iterator[Any]:
    """The answers of a call that may end before all of them have come."""
    kind = KINDS[name]
    method = getattr(channel, kind)(f"/{SERVICE}/{name}", as_bytes, json.loads)
    given = iter(request) if kind.startswith("stream") else request
    answers: Iterator[Any] = method(given, metadata=[("authorization", f"Bearer {token}")], timeout=20)
    return answers


def assert_refused(answers: Iterator[Any], code: grpc.StatusCode, details: str) -> None:
    """After any number of answers."""
    with pytest.raises(grpc.RpcError) as over:
        list(answers)
    error: Any = over.value
    assert (error.code(), error.details()) == (code, details)


def test_a_stream_may_outlive_its_token(local: Validator, key: Key, clock: Clock) -> None:
    unbounded = Validator(issuer=ISSUER, audience=AUDIENCE, pem=key.pem(), clock=clock, required_claims=["sub"])
    without_end = (Jotgate(local, end_streams_at_expiry=False), key.token())
    for auth, token in (without_end, (Jotgate(unbounded), key.token(exp=None))):
        clock.now = NOW
        with running(Endless(auth, clock), auth) as channel:
            assert call(channel, "List", 1, token=token) == [[nth, "alice"] for nth in ("first", "second", "third")]


class Idle(AsyncOrders):
    """One that sends one message, and then waits for ever."""

    async def on_list(self, request: Any, context: Any) -> AsyncIterator[Any]:  # type: ignore[override]
        yield ["first", self.subject()]
        await asyncio.Event().wait()

    async def on_talk(self, requests: Any, context: Any) -> None:  # type: ignore[override]
        await context.write(["first", self.subject()])
        await asyncio.Event().wait()

    async def on_put(self, requests: Any, context: Any) -> Any:
        await asyncio.Event().wait()


def test_an_idle_stream_ends_when_its_token_does(key: Key) -> None:
    auth = Jotgate(Validator(issuer=ISSUER, audience=AUDIENCE, pem=key.pem(), leeway=0))
    with running_aio(Idle(auth), auth) as channel:
        for name, request in (("List", 1), ("Talk", [1])):
            answers = begun(channel, name, request, key.token(exp=time.time() + 1))
            assert next(answers) == ["first", "alice"]
            assert_refused(answers, grpc.StatusCode.UNAUTHENTICATED, "expired")
        ended = refusal(channel, "Put", [1], token=key.token(exp=time.time() + 1))
        assert ended[:2] == (grpc.StatusCode.UNAUTHENTICATED, "expired")


class Busy(AsyncOrders):
    """One that sends for ever, and shorter than a hook takes between two messages."""

    async def on_list(self, request: Any, context: Any) -> AsyncIterator[Any]:  # type: ignore[override]
        while True:
            await asyncio.sleep(0)
            yield ["again", self.subject()]

    async def on_talk(self, requests: Any, context: Any) -> None:  # type: ignore[override]
        while True:
            await context.write(["again", self.subject()])

    async def on_put(self, requests: Any, context: Any) -> Any:
        while True:
            await asyncio.sleep(0)


@pytest.mark.parametrize("servicer", [Idle, Busy])
@pytest.mark.parametrize(("name", "request_"), [("List", 1), ("Talk", [1]), ("Put", [1])])
@pytest.mark.parametrize("ends_by", ["expired", "revoked"])
def test_a_stream_on_an_event_loop_has_the_leeway_of_the_policy(
    remote: Make,
    key: Key,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    servicer: type[AsyncOrders],
    name: str,
    request_: Any,
    ends_by: str,
) -> None:
    asked = 0

    async def is_revoked(token: Any) -> bool:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.01)
        if asked == 3 and ends_by == "expired":
            # This one passes yet, and the next one comes when the leeway is over.
            clock.now += 60
        return asked == 3 and ends_by == "revoked"

    monkeypatch.setattr(_grpc_calls, "AGAIN", 0.01)
    auth = Jotgate(remote(is_revoked=is_revoked))
    with running_aio(servicer(auth), auth) as channel:
        token = key.token(exp=NOW - 2)
        if name == "Put":
            assert refusal(channel, name, request_, token=token)[:2] == (grpc.StatusCode.UNAUTHENTICATED, ends_by)
        else:
            assert_refused(begun(channel, name, request_, token), grpc.StatusCode.UNAUTHENTICATED, ends_by)
    assert asked == 3


async def is_revoked(token: Any) -> bool:
    await asyncio.sleep(0)
    return bool(token["sub"] == "mallory")


def test_hooks_may_be_async_on_an_event_loop(remote: Make, key: Key) -> None:
    auth = Jotgate(remote(is_revoked=is_revoked))
    with running_aio(AsyncOrders(auth), auth) as channel:
        assert call(channel, "Get", 7, token=key.token()) == [7, "alice"]
        assert refusal(channel, "Get", 7, token=key.token(sub="mallory"))[1] == "revoked"
    with running(Orders(auth), auth) as channel:
        broken = refusal(channel, "Get", 7, token=key.token())
        assert broken[:2] == (grpc.StatusCode.INTERNAL, "internal_error")


class Lacking(Orders):
    def on_get(self, request: Any, context: Any) -> Any:
        return self._auth.token.token_id


def test_what_a_method_reads_and_the_token_lacks(local: Validator, key: Key) -> None:
    auth = Jotgate(local)
    with running(Lacking(auth), auth) as channel:
        assert refusal(channel, "Get", 7, token=key.token())[:2] == (grpc.StatusCode.UNAUTHENTICATED, "missing_claim")


def test_mistakes(local: Validator, key: Key) -> None:
    auth = Jotgate(local)
    with pytest.raises(PolicyError):
        auth.require_scopes("a b")
    with pytest.raises(RuntimeError, match="has no token"):
        _ = auth.token
    policy = {
        "version": 1,
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}],
        "forward": {"strip_token": True},
    }
    with pytest.raises(ValueError, match=r"jotgate\.grpc"):
        Jotgate(Validator.from_policy(policy))
    assert Jotgate(local).validator is local
    assert isinstance(local.validate(key.token()), Verified)
