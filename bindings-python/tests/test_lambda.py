"""AWS Lambda: events in the shapes of AWS's documents, and answers that their senders read."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from test_asgi import bearer

from issuer import AUDIENCE, ISSUER, NOW, Clock, Key, KeyServer, send
from jotgate import MissingRequiredClaimError, PolicyError, Requirement, Validator
from jotgate.aws_lambda import Jotgate, Unauthorized

Make = Callable[..., Validator]
Event = dict[str, Any]

API = "arn:aws:execute-api:eu-west-1:123456789012:abc123/prod"


class Context:
    """The second argument of a handler, as far as it is asked."""

    def __init__(self, milliseconds: int = 3000) -> None:
        self.milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


def rest(method: str, path: str, **headers: str) -> Event:
    """A proxy integration of a REST API."""
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": dict(headers) or None,
        "multiValueHeaders": {name: [value] for name, value in headers.items()} or None,
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": path.strip("/")},
        "stageVariables": None,
        "requestContext": {
            "resourceId": "123456",
            "resourcePath": "/{proxy+}",
            "httpMethod": method,
            "path": f"/prod{path}",
            "stage": "prod",
            "apiId": "abc123",
            "domainName": "abc123.execute-api.eu-west-1.amazonaws.com",
            "identity": {"sourceIp": "192.0.2.1"},
        },
        "body": None,
        "isBase64Encoded": False,
    }


def http1(method: str, path: str, **headers: str) -> Event:
    """An HTTP API with payload 1.0."""
    return {**rest(method, path, **headers), "version": "1.0"}


def http2(method: str, path: str, **headers: str) -> Event:
    """An HTTP API with payload 2.0, at a stage with a name."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": f"/prod{path}",
        "rawQueryString": "page=1&page=2",
        "headers": {name.lower(): value for name, value in headers.items()},
        "queryStringParameters": {"page": "1,2"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc123",
            "domainName": "abc123.execute-api.eu-west-1.amazonaws.com",
            "domainPrefix": "abc123",
            "http": {
                "method": method,
                "path": f"/prod{path}",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "agent",
            },
            "requestId": "id",
            "routeKey": "$default",
            "stage": "prod",
            "time": "12/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1583348638390,
        },
        "isBase64Encoded": False,
    }


def function_url(method: str, path: str, **headers: str) -> Event:
    event = http2(method, path, **headers)
    context = {**event["requestContext"], "stage": "$default", "domainName": "abc123.lambda-url.eu-west-1.on.aws"}
    return {**event, "rawPath": path, "requestContext": context}


def alb(method: str, path: str, **headers: str) -> Event:
    """A load balancer that does not hand on several values."""
    target = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders/6d0ecf831eec9f09"
    return {
        "requestContext": {"elb": {"targetGroupArn": target}},
        "httpMethod": method,
        "path": path,
        "queryStringParameters": {"q": "a%20b"},
        "headers": {"host": "orders.example.com", **{name.lower(): value for name, value in headers.items()}},
        "body": "",
        "isBase64Encoded": False,
    }


SHAPES = [rest, http1, http2, function_url, alb]


@pytest.fixture(params=SHAPES, ids=lambda shape: shape.__name__)
def shape(request: pytest.FixtureRequest) -> Callable[..., Event]:
    made: Callable[..., Event] = request.param
    return made


def fields(answer: Event) -> dict[str, str]:
    several: dict[str, list[str]] = answer.get("multiValueHeaders") or {}
    return answer.get("headers") or {name: values[0] for name, values in several.items()}


def orders_of(auth: Jotgate) -> Callable[..., Any]:
    @auth.required
    def orders(event: Event, context: Any) -> Event:
        return {"statusCode": 200, "body": json.dumps(auth.token.claims)}

    return orders


def test_a_good_token_and_bad_ones(shape: Callable[..., Event], local: Validator, key: Key) -> None:
    auth = Jotgate(local)
    orders = orders_of(auth)
    good = orders(shape("GET", "/orders", **bearer(key.token())), Context())
    assert json.loads(good["body"])["sub"] == "alice"
    missing = orders(shape("GET", "/orders"), Context())
    assert (missing["statusCode"], json.loads(missing["body"])["code"]) == (401, "missing_token")
    assert fields(missing)["WWW-Authenticate"] == "Bearer"
    assert missing["isBase64Encoded"] is False
    expired = orders(shape("GET", "/orders", **bearer(key.token(exp=NOW - 60))), Context())
    assert (expired["statusCode"], json.loads(expired["body"])["code"]) == (401, "expired")
    assert fields(expired)["Content-Type"] == "application/problem+json"
    assert auth.token_or_none is None
    with pytest.raises(RuntimeError, match="has no token"):
        _ = auth.token


def test_scopes(shape: Callable[..., Event], local: Validator, key: Key) -> None:
    auth = Jotgate(local)

    @auth.require_scopes("orders:write")
    def delete(event: Event, context: Any) -> str:
        return auth.token.subject

    lacking = delete(shape("DELETE", "/orders/7", **bearer(key.token(scope="other"))), Context())
    assert lacking["statusCode"] == 403
    assert 'scope="orders:write"' in fields(lacking)["WWW-Authenticate"]
    assert delete(shape("DELETE", "/orders/7", **bearer(key.token(scope="orders:write"))), Context()) == "alice"
    with pytest.raises(PolicyError):
        auth.require_scopes("a b")


def test_routes_see_the_path_without_stage_and_prefix(shape: Callable[..., Event], key: Key, clock: Clock) -> None:
    policy = {
        "version": 1,
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}],
        "routes": [
            {"path": "/health", "skip": True},
            {"path": "/caf%C3%A9", "skip": True},
            {"path": "/admin/{rest}", "scopes": {"all": ["admin"]}},
        ],
        "unmatched": "token",
    }
    auth = Jotgate(Validator.from_policy(policy, clock=clock), base_path="/shop")

    @auth.required
    def handler(event: Event, context: Any) -> int:
        return 1 if auth.token_or_none else 0

    def code(answer: Any) -> Any:
        return answer if isinstance(answer, int) else json.loads(answer["body"])["code"]

    weak = bearer(key.token())
    for prefix in ("", "/shop"):
        assert code(handler(shape("GET", f"{prefix}/health"), Context())) == 0
        assert code(handler(shape("GET", f"{prefix}/orders"), Context())) == "missing_token"
        assert code(handler(shape("GET", f"{prefix}/orders", **weak), Context())) == 1
        assert code(handler(shape("GET", f"{prefix}/admin/users", **weak), Context())) == "insufficient_scope"
    resolved = shape in {http1, http2}
    assert code(handler(shape("GET", "/café" if resolved else "/caf%c3%a9"), Context())) == 0
    # What is left of an escape that was escaped is no escape of the application's.
    twice = "/%61dmin/users" if resolved else "/%2561dmin/users"
    assert code(handler(shape("GET", twice, **weak), Context())) == "ambiguous_target"


def test_several_values_and_cookies(local: Validator, key: Key, clock: Clock) -> None:
    orders = orders_of(Jotgate(local))
    event = rest("GET", "/orders")
    event["multiValueHeaders"] = {"Authorization": [f"Bearer {key.token()}", f"Bearer {key.token(sub='bob')}"]}
    several = orders(event, Context())
    assert json.loads(several["body"])["code"] == "multiple_tokens"
    policy = {
        "version": 1,
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}],
        "token": {"sources": [{"cookie": "session"}, {"query": "access_token"}]},
    }
    by_cookie = orders_of(Jotgate(Validator.from_policy(policy, clock=clock)))
    event = http2("GET", "/orders", cookie="other=1")
    event["cookies"] = ["other=1", f"session={key.token()}"]
    assert by_cookie(event, Context())["statusCode"] == 200
    event = rest("GET", "/orders")
    event["multiValueQueryStringParameters"] = {"access_token": [key.token()], "a b": ["ü"]}
    assert by_cookie(event, Context())["statusCode"] == 200
    event = http2("GET", "/orders")
    event["rawQueryString"] = f"access_token={key.token()}"
    assert by_cookie(event, Context())["statusCode"] == 200


def test_without_keys_it_is_503(shape: Callable[..., Event], remote: Make, key: Key, server: KeyServer) -> None:
    server.respond = lambda handler: send(handler, 500, b"")
    outage = orders_of(Jotgate(remote()))(shape("GET", "/orders", **bearer(key.token())), Context())
    assert (outage["statusCode"], json.loads(outage["body"])["code"]) == (503, "keys_unavailable")
    assert int(fields(outage)["Retry-After"]) > 0


def test_the_keys_are_kept_and_no_fetch_is_left_behind(
    remote: Make, key: Key, server: KeyServer, clock: Clock, eventually: Callable[..., None]
) -> None:
    seen: list[int] = []
    going_on, begun = threading.Event(), threading.Event()

    def slow(handler: Any) -> None:
        begun.set()
        going_on.wait(10)
        server.send_keys(handler)

    auth = Jotgate(remote(jwks_options={"ttl": "10m"}))
    orders = orders_of(auth)
    for _ in range(3):
        assert orders(http2("GET", "/orders", **bearer(key.token())), Context())["statusCode"] == 200
    assert server.fetches == 1
    clock.now += 595
    server.respond = slow

    @auth.required
    def handler(event: Event, context: Any) -> None:
        assert begun.wait(10)
        seen.append(server.fetches)
        going_on.set()

    # The set is due: it is renewed beside the request, and the invocation ends when that has ended.
    handler(http2("GET", "/orders", **bearer(key.token())), Context(10_000))
    assert seen == [2]
    (source,) = auth.validator.health()["sources"]
    assert (source["fetches"], source["state"]) == (2, "fresh")
    eventually(lambda: not [each for each in threading.enumerate() if each.name.startswith("jotgate")])


def test_it_does_not_wait_for_longer_than_there_is_time(
    remote: Make, key: Key, server: KeyServer, clock: Clock
) -> None:
    going_on = threading.Event()
    auth = Jotgate(remote(jwks_options={"ttl": "10m"}))
    orders = orders_of(auth)
    orders(http2("GET", "/orders", **bearer(key.token())), Context())
    clock.now += 595

    def late(handler: Any) -> None:
        going_on.wait(10)
        server.send_keys(handler)

    server.respond = late
    assert orders(http2("GET", "/orders", **bearer(key.token())), Context(0))["statusCode"] == 200
    assert auth.validator.settle(0) is False
    going_on.set()
    assert auth.validator.settle(10) is True


def test_what_a_handler_raises(local: Validator, key: Key) -> None:
    auth = Jotgate(local)

    @auth.required
    def lacking(event: Event, context: Any) -> str:
        return auth.token.token_id

    answer = lacking(http2("GET", "/orders", **bearer(key.token())), Context())
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (401, "missing_claim")

    @auth.required
    def broken(event: Event, context: Any) -> str:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        broken(http2("GET", "/orders", **bearer(key.token())), Context())
    assert auth.token_or_none is None


@pytest.mark.parametrize(
    "event", [{}, {"Records": []}, {"version": "2.0"}, {"httpMethod": "GET"}, {"type": "TOKEN"}, {"requestContext": 7}]
)
def test_other_events_are_a_mistake(event: Event, local: Validator) -> None:
    with pytest.raises(ValueError, match="expected"):
        orders_of(Jotgate(local))(event, Context())


def test_a_policy_that_forwards_is_refused(key: Key) -> None:
    policy = {
        "version": 1,
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}],
        "forward": {"strip_token": True},
    }
    with pytest.raises(ValueError, match=r"jotgate\.aws_lambda"):
        Jotgate(Validator.from_policy(policy))


# --- authorizers ------------------------------------------------------------------------------------------------------


def token_event(authorization: str, arn: str = f"{API}/GET/orders/7") -> Event:
    return {"type": "TOKEN", "authorizationToken": authorization, "methodArn": arn}


def request_event(*_: Any, **headers: str) -> Event:
    return {**rest("GET", "/orders/7", **headers), "type": "REQUEST", "methodArn": f"{API}/GET/orders/7"}


def route_event(**headers: str) -> Event:
    return {
        **http2("GET", "/orders/7", **headers),
        "type": "REQUEST",
        "routeArn": f"{API}/GET/orders/7",
        "identitySource": ["user1", "123"],
    }


def test_an_authorizer_with_a_policy(local: Validator, key: Key) -> None:
    authorize = Jotgate(local).authorizer(requirement=Requirement(scopes=["read"]))
    good = key.token(scope="read")
    for event in (token_event(f"Bearer {good}"), request_event(**bearer(good)), route_event(**bearer(good))):
        answer = authorize(event, Context())
        assert answer == {
            "principalId": "alice",
            "policyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": f"{API}/GET/orders/7"},
                ],
            },
            "context": {"sub": "alice", "iss": ISSUER, "scope": "read"},
        }
    lacking = authorize(token_event(f"Bearer {key.token()}"), Context())
    assert lacking["policyDocument"]["Statement"][0]["Effect"] == "Deny"
    assert lacking["context"] == {"code": "insufficient_scope"}
    for bad in ("Bearer nonsense", f"Bearer {key.token(exp=1)}", ""):
        with pytest.raises(Unauthorized, match=r"^Unauthorized$"):
            authorize(token_event(bad), Context())


def test_an_authorizer_with_a_simple_answer(local: Validator, key: Key) -> None:
    authorize = Jotgate(local).authorizer(simple=True, context=lambda token: {"tenant": token["tenant"]})
    answer = authorize(route_event(**bearer(key.token(tenant="blue"))), Context())
    assert answer == {"isAuthorized": True, "context": {"tenant": "blue"}}
    assert authorize(route_event(), Context()) == {"isAuthorized": False, "context": {"code": "missing_token"}}


def test_an_authorizer_without_keys_says_nothing_that_is_kept(remote: Make, key: Key, server: KeyServer) -> None:
    from jotgate import KeysUnavailable

    server.respond = lambda handler: send(handler, 500, b"")
    auth = Jotgate(remote())
    for simple in (False, True):
        with pytest.raises(KeysUnavailable):
            auth.authorizer(simple=simple)(route_event(**bearer(key.token())), Context())


def test_no_policy_allows_more_than_was_asked_about(local: Validator, key: Key) -> None:
    authorize = Jotgate(local).authorizer()
    for path in ("*", "orders/*", "orders/?"):
        with pytest.raises(Unauthorized):
            authorize(token_event(f"Bearer {key.token()}", f"{API}/GET/{path}"), Context())


def test_the_routes_count_for_an_authorizer(key: Key, clock: Clock) -> None:
    policy = {
        "version": 1,
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}],
        "routes": [{"path": "/orders/{id}", "optional": True}],
        "unmatched": "token",
    }
    authorize = Jotgate(Validator.from_policy(policy, clock=clock)).authorizer()
    assert authorize(token_event(""), Context())["principalId"] == "anonymous"
    with pytest.raises(Unauthorized):
        authorize(token_event("", f"{API}/GET/"), Context())
    with pytest.raises(ValueError, match="expected the event of a Lambda authorizer"):
        authorize(rest("GET", "/orders"), Context())
    error = MissingRequiredClaimError("mine", "tenant")

    def broken(token: Any) -> Any:
        raise error

    with pytest.raises(Unauthorized):
        Jotgate(Validator.from_policy(policy, clock=clock)).authorizer(context=broken)(
            token_event(f"Bearer {key.token()}"), Context()
        )
