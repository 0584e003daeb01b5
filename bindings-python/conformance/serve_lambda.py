"""A function of AWS Lambda behind a server: each request becomes an event, as API Gateway and its like make one."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

from jotgate import Validator
from jotgate.aws_lambda import Jotgate

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


class Arrived(NamedTuple):
    """A request as it came."""

    method: str
    path: str
    query: str
    fields: list[tuple[str, str]]


def with_lambda(validator: Validator) -> Handler:
    """A function that tells what it sees of the token. What goes on to it no policy changes."""
    auth = Jotgate(validator)

    @auth.required
    def handler(_event: dict[str, Any], _context: Any) -> dict[str, Any]:
        token = auth.token_or_none
        told = {"claims": None if token is None else token.claims, "fields": {}, "query": None}
        return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(told)}

    return handler


def server_of(handlers: dict[str, Handler], source: str) -> type[BaseHTTPRequestHandler]:
    """What stands in the place of API Gateway: hands each request to its function, in the shape of this source."""

    class Gateway(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            # Not `self.path`, which is cleaned.
            method, target, _ = self.requestline.split(" ", 2)
            path, _, query = target.partition("?")
            fields = [(name.lower(), value) for name, value in self.headers.items()]
            answer = handlers[self.headers["X-Exchange"]](EVENTS[source](Arrived(method, path, query, fields)), None)
            body = answer["body"].encode()
            several = answer.get("multiValueHeaders") or {name: [value] for name, value in answer["headers"].items()}
            self.send_response(answer["statusCode"])
            for name, values in several.items():
                for value in values:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if method != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 (the base class calls them so)

        def log_message(self, *_: Any) -> None:
            """Writes no line for each request."""

    return Gateway


def rest_event(arrived: Arrived) -> dict[str, Any]:
    """Payload 1.0 of a REST API: each field alone and with all its values, the path as it came."""
    several: dict[str, list[str]] = {}
    for name, value in arrived.fields:
        several.setdefault(name, []).append(value)
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(arrived.query, keep_blank_values=True):
        query.setdefault(name, []).append(value)
    return {
        "resource": "/{proxy+}",
        "path": arrived.path,
        "httpMethod": arrived.method,
        "headers": {name: values[-1] for name, values in several.items()},
        "multiValueHeaders": several,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "requestContext": {"stage": "prod", "path": f"/prod{arrived.path}", "apiId": "abc123"},
        "body": None,
        "isBase64Encoded": False,
    }


def http_event(arrived: Arrived, domain: str = "abc123.execute-api.eu-west-1.amazonaws.com") -> dict[str, Any]:
    """Payload 2.0 of an HTTP API: values of one field joined, cookies apart, the path with its stage and resolved."""
    fields: dict[str, str] = {}
    cookies: list[str] = []
    for name, value in arrived.fields:
        if name == "cookie":
            cookies += value.split("; ")
        else:
            fields[name] = f"{fields[name]},{value}" if name in fields else value
    is_url = ".lambda-url." in domain
    path = arrived.path if is_url else f"/prod{unquote(arrived.path)}"
    stage = "$default" if is_url else "prod"
    http = {"method": arrived.method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": arrived.query,
        **({"cookies": cookies} if cookies else {}),
        "headers": fields,
        "requestContext": {"apiId": "abc123", "domainName": domain, "stage": stage, "http": http},
        "isBase64Encoded": False,
    }


def url_event(arrived: Arrived) -> dict[str, Any]:
    """Payload 2.0 of a function URL: the path as it came, without a stage."""
    return http_event(arrived, "abc123.lambda-url.eu-west-1.on.aws")


def alb_event(arrived: Arrived) -> dict[str, Any]:
    """A load balancer that hands on several values: names in lower case, and a query that nobody has resolved."""
    event = rest_event(arrived)
    query: dict[str, list[str]] = {}
    for pair in filter(None, arrived.query.split("&")):
        name, _, value = pair.partition("=")
        query.setdefault(name, []).append(value)
    target = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders/6d0ecf831eec9f09"
    return {
        "requestContext": {"elb": {"targetGroupArn": target}},
        "httpMethod": event["httpMethod"],
        "path": event["path"],
        "multiValueQueryStringParameters": query,
        "multiValueHeaders": event["multiValueHeaders"],
        "body": "",
        "isBase64Encoded": False,
    }


EVENTS: dict[str, Callable[[Arrived], dict[str, Any]]] = {
    "rest": rest_event,
    "http": http_event,
    "url": url_event,
    "alb": alb_event,
}
