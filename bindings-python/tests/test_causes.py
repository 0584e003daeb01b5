"""Why there are no keys: in the health, the event, the error, the explanation, and one warning for each outage."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any

import pytest

from issuer import AUDIENCE, ISSUER, NOW, Clock, Handler, Key, KeyServer, send, set_of
from jotgate import (
    AiohttpFetcher,
    AsyncHttpxFetcher,
    FetchRequest,
    FetchResponse,
    HttpxFetcher,
    KeysUnavailable,
    RequestsFetcher,
    UrllibFetcher,
    Validator,
)
from jotgate._fetch import cause_of, failure_of
from jotgate._numbers import FAILURE_CERTIFICATE

FETCHERS = [UrllibFetcher, HttpxFetcher, AsyncHttpxFetcher, RequestsFetcher, AiohttpFetcher]

Make = Callable[..., Validator]


@pytest.fixture(params=FETCHERS)
def fetcher(request: pytest.FixtureRequest) -> Any:
    return request.param()


@pytest.fixture
def closed() -> str:
    """A URL where nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}/jwks"


def outage(validator: Validator, key: Key) -> tuple[dict[str, Any], KeysUnavailable]:
    """The source's health and the error, after one token."""
    with pytest.raises(KeysUnavailable) as caught:
        validator.validate(key.token())
    return validator.health()["sources"][0], caught.value


def test_a_refused_connection_is_told_everywhere(
    closed: str, fetcher: Any, key: Key, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[dict[str, Any]] = []
    options = {"issuer": ISSUER, "audience": AUDIENCE, "jwks_uri": closed, "clock": clock, "fetch": fetcher}
    validator = Validator(**options, on_event=heard.append)
    token = key.token()
    source, error = outage(validator, key)
    cause = source["last_error_cause"]
    assert (source["last_error"], "refused" in cause or "Connect call failed" in cause) == ("connection", True)
    assert "host name" in source["last_error_hint"]
    (event,) = [event for event in heard if event["event"] == "fetch_failed"]
    assert (event["problem"], event["cause"]) == ("connection", cause)
    assert f"{closed}: connection ({cause}): no answer" in str(error)
    explanation = validator.explain(token)
    assert explanation.to_dict()["key_sets"][0]["last_error_cause"] == cause
    assert cause in explanation.to_text()
    (record,) = caplog.records
    assert (record.name, record.levelno, record.exc_info) == ("jotgate", logging.WARNING, None)
    assert f"{closed}: connection ({cause})" in record.getMessage()
    assert not any(segment in caplog.text for segment in token.split("."))
    answer = validator.answer(error)
    assert answer.status == 503
    assert not any(word in answer.body.decode() + str(answer.headers) for word in (closed, cause))


def test_a_host_name_that_nobody_knows(fetcher: Any, key: Key, clock: Clock) -> None:
    # A name that begins like this has no server to be asked about it, which could be slow to answer.
    validator = Validator(
        issuer=ISSUER, audience=AUDIENCE, jwks_uri="https://-idp.invalid/jwks", clock=clock, fetch=fetcher
    )
    source, error = outage(validator, key)
    assert source["last_error"] == "connection"
    assert "gaierror" in source["last_error_cause"]
    assert "https://-idp.invalid/jwks: connection (gaierror: " in error.detail


def test_a_redirect_and_a_status(remote: Make, server: KeyServer, key: Key) -> None:
    server.respond = lambda handler: send(handler, 302, b"", Location="https://elsewhere.test/keys")
    source, error = outage(remote(), key)
    assert (source["last_error"], source["last_error_cause"]) == ("status_302", "to https://elsewhere.test/keys")
    assert "to https://elsewhere.test/keys" in str(error)
    server.respond = lambda handler: send(handler, 500, b"")
    source, error = outage(remote(), key)
    assert (source["last_error"], source["last_error_cause"]) == ("status_500", None)
    assert "status_500: the issuer's server fails" in str(error)


def test_a_proxy_that_wants_credentials(
    server: KeyServer, key: Key, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", server.url.removesuffix("/jwks").replace("//", "//me:secret@"))
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    handler_class = server.handler_class
    monkeypatch.setattr(handler_class, "do_CONNECT", lambda self: self.send_error(407), raising=False)
    source, error = outage(Validator(issuer=ISSUER, audience=AUDIENCE, clock=clock, jwks_uri=f"{ISSUER}jwks"), key)
    assert "407" in source["last_error_cause"]
    assert "secret" not in str(error)


@pytest.mark.parametrize("asynchronous", [False, True])
def test_one_warning_for_each_outage(
    remote: Make,
    server: KeyServer,
    key: Key,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    asynchronous: bool,  # noqa: FBT001
) -> None:
    token = key.token(exp=NOW + 1e6)

    def validate() -> None:
        asyncio.run(validator.validate_async(token)) if asynchronous else validator.validate(token)

    def fail(times: int) -> None:
        for _ in range(times):
            with pytest.raises(KeysUnavailable) as caught:
                validate()
            clock.now = caught.value.retry_at

    validator = remote(jwks_options={"ttl": 60, "max_stale": 0})
    server.respond = lambda handler: send(handler, 500, b"")
    fail(3)
    assert server.fetches == 3
    assert [record.getMessage().count("status_500") for record in caplog.records] == [1]
    assert "503" in caplog.text
    server.respond = server.send_keys
    validate()
    clock.now += 100
    server.respond = lambda handler: send(handler, 404, b"")
    fail(2)
    assert [record.getMessage().count("status_404") for record in caplog.records] == [0, 1]


def test_a_callbacks_own_error_comes_with_its_traceback_once(
    remote: Make, key: Key, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    def fetch(request: FetchRequest) -> FetchResponse:
        raise LookupError("no setting for " + request.url)

    validator = remote(fetch=fetch)
    source, error = outage(validator, key)
    clock.now = error.retry_at
    outage(validator, key)
    assert source["last_error"] == "callback"
    assert source["last_error_cause"].startswith("LookupError: no setting for http")
    (record,) = caplog.records
    assert record.exc_info is not None


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_logger_that_raises_breaks_nothing(remote: Make, key: Key, clock: Clock, asynchronous: bool) -> None:  # noqa: FBT001
    class Broken(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise RuntimeError(record.getMessage())

    working = False

    def fetch(_: FetchRequest) -> FetchResponse:
        if not working:
            raise ConnectionError("gone")
        return FetchResponse(200, {}, set_of(key))

    validator = remote(fetch=fetch)
    logger, handler = logging.getLogger("jotgate"), Broken()
    logger.addHandler(handler)
    try:
        _, error = outage(validator, key)
        working, clock.now = True, error.retry_at
        token = key.token()
        verified = asyncio.run(validator.validate_async(token)) if asynchronous else validator.validate(token)
        assert verified.subject == "alice"
    finally:
        logger.removeHandler(handler)


class Unprintable(Exception):
    @property
    def reason(self) -> str:
        raise RuntimeError("reason")

    def __str__(self) -> str:
        raise RuntimeError("str")


class Circle(Exception):
    @property
    def reason(self) -> BaseException:
        return self


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (ConnectionError(), "ConnectionError"),
        (Unprintable(), "Unprintable"),
        (Circle("round"), "Circle: round"),
        (OSError("\udcff lone"), "OSError: ? lone"),
        (RuntimeError("user:pass at https://user:pass@idp.test/"), "RuntimeError: user:pass at https://…@idp.test/"),
        (RuntimeError("x\r\n\x1b[2J"), "RuntimeError: x \\u{1b}[2J"),
    ],
    ids=["nothing", "unprintable", "circle", "surrogate", "user", "steering"],
)
def test_whatever_is_raised_has_words_that_harm_nothing(remote: Make, key: Key, error: Exception, cause: str) -> None:
    def fetch(_: FetchRequest) -> FetchResponse:
        raise error

    source, unavailable = outage(remote(fetch=fetch), key)
    assert source["last_error_cause"] == cause
    assert cause in str(unavailable)


def test_no_token_comes_into_a_cause(remote: Make, key: Key) -> None:
    token = key.token()

    def fetch(_: FetchRequest) -> FetchResponse:
        raise RuntimeError(f"the request was {token}")

    source, error = outage(remote(fetch=fetch), key)
    assert not any(segment in str(error) + json.dumps(source) for segment in token.split("."))


def test_the_innermost_error_with_words_is_told() -> None:
    try:
        try:
            try:
                raise ssl.SSLCertVerificationError("self-signed certificate")
            except ssl.SSLError as inner:
                raise RuntimeError("client") from inner
        except RuntimeError as inner:
            raise ConnectionError from inner
    except ConnectionError as caught:
        error: BaseException = caught
    assert cause_of(error).startswith("SSLCertVerificationError: ")
    assert failure_of(error) == FAILURE_CERTIFICATE
    outer = ConnectionError("while writing")
    outer.__cause__ = OSError()
    assert cause_of(outer) == "ConnectionError: while writing"
    group = Exception("several")
    group.exceptions = [OSError("first"), OSError("second")]  # type: ignore[attr-defined]
    assert cause_of(group) == "OSError: first"


@contextlib.contextmanager
def metadata(server: KeyServer, issuer: str | None = None) -> Any:
    """The key server with metadata; it yields the issuer's name."""
    origin = server.url.removesuffix("/jwks")

    def respond(handler: Handler) -> None:
        if handler.path == "/.well-known/openid-configuration":
            send(handler, 200, json.dumps({"issuer": issuer or origin, "jwks_uri": server.url}).encode())
        else:
            server.send_keys(handler)

    server.respond = respond
    yield origin


def test_issuer_and_audience_are_enough(server: KeyServer, key: Key) -> None:
    with metadata(server) as issuer:
        token = key.token(iss=issuer, exp=time.time() + 60)
        assert Validator(issuer=issuer, audience=AUDIENCE).validate(token).subject == "alice"
        document = {"version": 1, "issuers": [{"issuer": issuer, "audience": AUDIENCE}]}
        assert asyncio.run(Validator.from_policy(document).validate_async(token)).subject == "alice"
        assert Validator(issuer=issuer, audience=AUDIENCE, discovery=True).validate(token).subject == "alice"
    assert server.paths == ["/.well-known/openid-configuration", "/jwks"] * 3


def test_discovery_may_be_a_url(server: KeyServer, key: Key, clock: Clock) -> None:
    with metadata(server, ISSUER) as origin:
        place = f"{origin}/.well-known/openid-configuration"
        validator = Validator(issuer=ISSUER, audience=AUDIENCE, discovery=place, clock=clock)
        assert validator.validate(key.token()).subject == "alice"
        other = Validator(issuer="https://other.test", audience=AUDIENCE, discovery=place, clock=clock)
        with pytest.raises(KeysUnavailable, match="other_issuer") as caught:
            other.validate(key.token(iss="https://other.test"))
    assert ISSUER in str(caught.value)
