"""The HTTP requests in the events of AWS Lambda, and answers as its callers read them.

The shapes are those of AWS's documents: proxy integrations of REST APIs (payload 1.0) and HTTP APIs (1.0 and 2.0),
function URLs (2.0), target groups of an Application Load Balancer, and the events of Lambda authorizers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import quote, urlencode

from ._inspection import Answer
from ._request import PLAIN_IN_PATHS, escaped

Event: TypeAlias = Mapping[str, Any]

Fields: TypeAlias = list[tuple[str, str]]


class EventRequest(NamedTuple):
    """The arguments of `Validator.validate_request`."""

    method: str
    path: str
    query: str
    headers: Fields


def request_of(event: Event, base_path: str) -> EventRequest:
    """The request of an event. Raises ValueError for one that holds none."""
    try:
        return _request_of(event, base_path)
    except (AttributeError, KeyError, TypeError):
        # What such an event holds stays out of the error.
        pass
    raise ValueError(_NO_REQUEST)


def _request_of(event: Event, base_path: str) -> EventRequest:
    context = event.get("requestContext") or {}
    if event.get("type") == "TOKEN":
        return _of_token(event)
    if event.get("version") == "2.0":
        http = context["http"]
        path = _without_stage(str(event["rawPath"]), str(context.get("stage") or ""))
        # HTTP APIs resolve the escapes of a path, and function URLs do not.
        path = _as_sent(path) if ".lambda-url." in str(context.get("domainName", "")) else escaped(path)
        return EventRequest(
            str(http["method"]), _below(path, base_path), str(event.get("rawQueryString") or ""), _joined_fields(event)
        )
    if "httpMethod" in event:
        path = str(event["path"])
        # Payload 1.0 names its version where it comes from an HTTP API; REST APIs and load balancers leave escapes.
        path = escaped(path) if event.get("version") == "1.0" else _as_sent(path)
        return EventRequest(
            str(event["httpMethod"]), _below(path, base_path), _query(event, context), list(_fields(event))
        )
    raise ValueError(_NO_REQUEST)


def response_of(answer: Answer, event: Event) -> dict[str, Any]:
    """An answer as the caller of the function reads it."""
    response: dict[str, Any] = {
        "statusCode": answer.status,
        "body": answer.body.decode("utf-8"),
        "isBase64Encoded": False,
    }
    # A load balancer that sends several values of a field takes its answer in that shape alone.
    if event.get("multiValueHeaders") is not None:
        several: dict[str, list[str]] = {}
        for name, value in answer.headers:
            several.setdefault(name, []).append(value)
        response["multiValueHeaders"] = several
        return response
    joined: dict[str, str] = {}
    for name, value in answer.headers:
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    response["headers"] = joined
    return response


def arn_of(event: Event) -> str:
    """The method that an authorizer is asked about. Raises ValueError for an event of something else."""
    arn = event.get("methodArn") or event.get("routeArn")
    if arn:
        return str(arn)
    raise ValueError("expected the event of a Lambda authorizer, with its methodArn or routeArn")


def _of_token(event: Event) -> EventRequest:
    # arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH
    parts = arn_of(event).split("/", 3)
    if len(parts) < 3:
        raise ValueError("expected a methodArn that ends in API/STAGE/METHOD/PATH")
    path = parts[3] if len(parts) > 3 else ""
    return EventRequest(parts[2], f"/{_as_sent(path)}", "", [("authorization", str(event["authorizationToken"]))])


def _without_stage(path: str, stage: str) -> str:
    """Payload 2.0 has the stage before the path, unless it is the one without a name."""
    return path if stage == "$default" else _below(path, stage)


def _below(path: str, prefix: str) -> str:
    prefix = f"/{prefix.strip('/')}"
    if prefix == "/" or not (path == prefix or path.startswith(f"{prefix}/")):
        return path
    return path[len(prefix) :] or "/"


def _as_sent(path: str) -> str:
    return quote(path, safe=f"{PLAIN_IN_PATHS}%")


def _joined_fields(event: Event) -> Fields:
    """The fields of payload 2.0, which has several values of one field joined, and cookies apart."""
    headers: Mapping[str, Any] = event.get("headers") or {}
    cookies = event.get("cookies")
    if not cookies:
        return [(str(name), str(value)) for name, value in headers.items()]
    fields = [(str(name), str(value)) for name, value in headers.items() if str(name).lower() != "cookie"]
    return [*fields, ("cookie", "; ".join(cookies))]


def _fields(event: Event) -> Iterator[tuple[str, str]]:
    several: Mapping[str, Any] = event.get("multiValueHeaders") or {}
    if several:
        yield from ((str(name), str(value)) for name, values in several.items() for value in values or ())
        return
    yield from ((str(name), str(value)) for name, value in (event.get("headers") or {}).items())


def _query(event: Event, context: Mapping[str, Any]) -> str:
    several: Mapping[str, Any] = event.get("multiValueQueryStringParameters") or {}
    pairs = [(name, value) for name, values in several.items() for value in values or ()]
    pairs = pairs or list((event.get("queryStringParameters") or {}).items())
    if "elb" in context:
        # A load balancer hands names and values on as they came.
        return "&".join(f"{name}={value}" for name, value in pairs)
    return urlencode(pairs)


_NO_REQUEST = "expected an HTTP event of API Gateway, a function URL or a load balancer, or of an authorizer"
