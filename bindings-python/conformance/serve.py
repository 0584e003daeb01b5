"""Serves HTTP exchanges through a middleware: `serve.py MIDDLEWARE FILE`. See `tests/conformance/exchanges.py`."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
import flask
import litestar
import quart
import uvicorn
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import re_path
from fastapi import Depends, FastAPI, Request
from litestar.di import NamedDependency
from serve_lambda import server_of, with_lambda

from jotgate import FetchRequest, FetchResponse, Validator, Verified
from jotgate import asgi as jotgate_asgi
from jotgate import django as jotgate_django
from jotgate import fastapi as jotgate_fastapi
from jotgate import flask as jotgate_flask
from jotgate import litestar as jotgate_litestar
from jotgate import quart as jotgate_quart
from jotgate import wsgi as jotgate_wsgi

METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE"]


def main(middleware: str, file: str) -> None:
    exchanges = json.loads(Path(file).read_text(encoding="utf-8"))["exchanges"]
    validators = {exchange["id"]: validator_of(exchange) for exchange in exchanges}
    if middleware == "django":
        serve_wsgi(with_django(validators))
    elif middleware == "rest_framework":
        serve_wsgi(with_rest_framework(validators))
    elif middleware.startswith("lambda-"):
        handlers = {name: with_lambda(validator) for name, validator in validators.items()}
        serve_http(server_of(handlers, middleware.removeprefix("lambda-")))
    elif middleware in WSGI:
        apps = {name: WSGI[middleware](validator) for name, validator in validators.items()}
        serve_wsgi(lambda environ, start: apps[environ["HTTP_X_EXCHANGE"]](environ, start))
    else:
        serve_asgi({name.encode(): ASGI[middleware](validator) for name, validator in validators.items()})


def serve_asgi(apps: dict[bytes, Any]) -> None:
    async def by_exchange(scope: Any, receive: Any, send: Any) -> None:
        await apps[dict(scope["headers"])[b"x-exchange"]](scope, receive, send)

    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(by_exchange, log_level="error", lifespan="off"))

    def stop() -> None:
        server.should_exit = True

    tell(listener.getsockname()[1], stop)
    asyncio.run(server.serve(sockets=[listener]))


def serve_wsgi(app: Any) -> None:
    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        tell(server.server_port, server.shutdown)
        server.serve_forever()


def serve_http(handler: type[BaseHTTPRequestHandler]) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        tell(server.server_port, server.shutdown)
        server.serve_forever()


class Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def tell(port: int, stop: Callable[[], None]) -> None:
    """Says where the server is, and stops it when the input ends."""
    sys.stdout.write(json.dumps({"port": port}) + "\n")
    sys.stdout.flush()

    def wait() -> None:
        sys.stdin.read()
        stop()

    threading.Thread(target=wait, daemon=True).start()


def validator_of(exchange: dict[str, Any]) -> Validator:
    def fetch(request: FetchRequest) -> FetchResponse:
        answer = exchange["responses"].get(request.url)
        if answer is None:
            raise ConnectionError("the exchange has no response for this URL")
        return FetchResponse(answer["status"], answer["headers"], answer["body"].encode())

    return Validator.from_policy(exchange["policy"], fetch=fetch, clock=lambda: exchange["now"])


def seen(verified: Any, fields: Iterable[tuple[str, str]], query: str) -> dict[str, Any]:
    """What the application saw of a request."""
    joined: dict[str, str] = {}
    for name, value in fields:
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return {"claims": verified.claims if verified else None, "fields": joined, "query": query}


def seen_in(environ: Mapping[str, Any], verified: Any) -> dict[str, Any]:
    fields = ((name.removeprefix("HTTP_"), value) for name, value in environ.items() if name.startswith("HTTP_"))
    return seen(verified, fields, environ.get("QUERY_STRING", ""))


def with_asgi(validator: Validator) -> Any:
    async def application(scope: Any, _receive: Any, send: Any) -> None:
        fields = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        told = seen(scope["state"]["jotgate"], fields, scope["query_string"].decode("latin-1"))
        body = json.dumps(told).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return jotgate_asgi.JotgateMiddleware(application, validator)


def with_fastapi(validator: Validator) -> Any:
    app = FastAPI()
    auth = jotgate_fastapi.Jotgate(validator)
    auth.install(app)
    verified_token = Depends(auth)

    @app.api_route("/{path:path}", methods=METHODS)
    async def application(request: Request, verified: Any = verified_token) -> dict[str, Any]:
        return seen(verified, request.headers.items(), request.url.query)

    return app


def with_quart(validator: Validator) -> Any:
    app = quart.Quart("exchanges")
    app.url_map.merge_slashes = False
    auth = jotgate_quart.Jotgate(validator, app)

    @app.route("/", defaults={"path": ""}, methods=METHODS)
    @app.route("/<path:path>", methods=METHODS)
    async def application(path: str) -> dict[str, Any]:  # noqa: ARG001 (every path is the same to it)
        return seen(auth.token_or_none, quart.request.headers.items(), quart.request.query_string.decode("latin-1"))

    return app


def with_litestar(validator: Validator) -> Any:
    @litestar.route("/{path:path}", http_method=METHODS, status_code=200)  # type: ignore[arg-type]
    async def application(
        request: litestar.Request[Any, Any, Any], token: NamedDependency[Verified | None]
    ) -> dict[str, Any]:
        return seen(token, request.headers.multi_items(), request.scope["query_string"].decode("latin-1"))

    auth = jotgate_litestar.Jotgate(validator)
    return litestar.Litestar([application], plugins=[auth], openapi_config=None, logging_config=None)


def with_wsgi(validator: Validator) -> Any:
    def application(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(seen_in(environ, environ["jotgate"])).encode()]

    return jotgate_wsgi.JotgateMiddleware(application, validator)


def with_flask(validator: Validator) -> Any:
    app = flask.Flask("exchanges")
    app.url_map.merge_slashes = False
    auth = jotgate_flask.Jotgate(validator, app)

    @app.route("/", defaults={"path": ""}, methods=METHODS)
    @app.route("/<path:path>", methods=METHODS)
    def application(path: str) -> dict[str, Any]:  # noqa: ARG001 (every path is the same to it)
        return seen_in(flask.request.environ, auth.token_or_none)

    return app


def with_django(validators: dict[str, Validator]) -> Any:
    """One application for all: Django's settings are those of the process."""

    def by_exchange(get_response: Any) -> Callable[[Any], Any]:
        layers = {}
        for name, validator in validators.items():
            settings.JOTGATE_VALIDATOR = validator
            layers[name] = jotgate_django.JotgateMiddleware(get_response)
        return lambda request: layers[request.headers["X-Exchange"]](request)

    module = sys.modules[__name__]
    vars(module).update(by_exchange=by_exchange, urlpatterns=[re_path("", django_view)])
    configure({}, f"{__name__}.by_exchange")
    return get_wsgi_application()


def with_rest_framework(validators: dict[str, Validator]) -> Any:
    """One application for all, as above."""
    configure({"EXCEPTION_HANDLER": "jotgate.rest_framework.exception_handler", "UNAUTHENTICATED_USER": None})
    # The framework reads its settings when it is imported.
    from rest_framework.request import Request as ApiRequest
    from rest_framework.response import Response
    from rest_framework.views import APIView

    from jotgate.rest_framework import JotgateAuthentication

    class ByExchange(JotgateAuthentication):
        def __init__(self) -> None:
            """Which validator it is, the request says."""

        def authenticate(self, request: ApiRequest) -> tuple[Any, Any] | None:
            self._validator = validators[request.headers["X-Exchange"]]
            return super().authenticate(request)

    class Application(APIView):
        authentication_classes = (ByExchange,)

        def get(self, request: ApiRequest) -> Response:
            return Response(seen_in(request.META, request.auth))

        head = post = put = delete = get

    vars(sys.modules[__name__]).update(urlpatterns=[re_path("", Application.as_view())])
    return get_wsgi_application()


def configure(rest_framework: dict[str, Any], *middleware: str) -> None:
    settings.configure(ALLOWED_HOSTS=["*"], MIDDLEWARE=middleware, ROOT_URLCONF=__name__, REST_FRAMEWORK=rest_framework)
    django.setup()


def django_view(request: Any) -> JsonResponse:
    return JsonResponse(seen_in(request.META, request.jotgate))


ASGI: dict[str, Callable[[Validator], Any]] = {
    "asgi": with_asgi,
    "fastapi": with_fastapi,
    "litestar": with_litestar,
    "quart": with_quart,
}
WSGI: dict[str, Callable[[Validator], Any]] = {"wsgi": with_wsgi, "flask": with_flask}


if __name__ == "__main__":
    main(*sys.argv[1:])
