"""One service in every framework: `/orders` tells the token's claims, everything else is not there."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
import httpx
import uvicorn
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, JsonResponse
from django.test import override_settings
from django.urls import path
from flask import Blueprint, Flask

from jotgate import Validator, Verified
from jotgate.flask import Jotgate
from jotgate.wsgi import JotgateMiddleware

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="for these tests alone",
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["jotgate.rest_framework.JotgateAuthentication"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "EXCEPTION_HANDLER": "jotgate.rest_framework.exception_handler",
        "UNAUTHENTICATED_USER": None,
    },
)
django.setup()

# The framework reads its settings when it is imported.
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class Orders(APIView):
    def get(self, request: Request) -> Response:
        if request.auth is None:
            return Response(None)
        token = cast("Verified", request.auth)
        return Response({**token.claims, "user": str(request.user), "known": request.user.is_authenticated})


def orders(request: HttpRequest, item: str = "") -> JsonResponse:
    token = request.jotgate  # type: ignore[attr-defined]
    return JsonResponse(None if token is None else token.claims, safe=False)


urlpatterns = [path("orders", orders), path("catalog/<item>", orders), path("drf", Orders.as_view())]


@contextmanager
def wsgi(validator: Validator) -> Iterator[Any]:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        token = environ["jotgate"]
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(None if token is None else token.claims).encode()]

    yield JotgateMiddleware(app, validator)


@contextmanager
def flask_app(validator: Validator) -> Iterator[Any]:
    auth, app = Jotgate(validator), Flask("orders")
    auth.init_app(app)

    @app.get("/orders")
    @app.get("/catalog/<item>")
    @auth.required
    def orders(item: str = "") -> Any:
        return app.json.response(None if auth.token_or_none is None else auth.token.claims)

    yield app


@contextmanager
def flask_view(validator: Validator) -> Iterator[Any]:
    auth, app = Jotgate(validator), Flask("orders")

    @app.get("/orders")
    @app.get("/catalog/<item>")
    @auth.required
    async def orders(item: str = "") -> Any:
        return app.json.response(None if auth.token_or_none is None else auth.token.claims)

    @app.get("/open")
    def public() -> dict[str, bool]:
        return {"token": auth.token_or_none is not None}

    yield app


@contextmanager
def flask_blueprint(validator: Validator) -> Iterator[Any]:
    auth, app, shop = Jotgate(validator), Flask("orders"), Blueprint("shop", __name__)
    auth.init_app(shop)

    @shop.get("/orders")
    @shop.get("/catalog/<item>")
    def orders(item: str = "") -> Any:
        return app.json.response(None if auth.token_or_none is None else auth.token.claims)

    app.register_blueprint(shop)
    yield app


@contextmanager
def django_site(validator: Validator, handler: Callable[[], Any], *middleware: str) -> Iterator[Any]:
    with override_settings(JOTGATE_VALIDATOR=validator, MIDDLEWARE=list(middleware)):
        yield handler()


def django_wsgi(validator: Validator) -> Any:
    return django_site(validator, WSGIHandler, "jotgate.django.JotgateMiddleware")


def django_asgi(validator: Validator) -> Any:
    return django_site(validator, ASGIHandler, "jotgate.django.JotgateMiddleware")


def drf(validator: Validator) -> Any:
    return django_site(validator, WSGIHandler)


def drf_behind_middleware(validator: Validator) -> Any:
    return django_site(validator, WSGIHandler, "jotgate.django.JotgateMiddleware")


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class calls it so)
        pass


@contextmanager
def running(app: Any, eventually: Callable[..., None]) -> Iterator[httpx.Client]:
    """A client of the application, which listens on loopback behind a real server."""
    if isinstance(app, ASGIHandler):
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        eventually(lambda: server.started)
        with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}") as client:
            yield client
        server.should_exit = True
        thread.join()
        return
    with make_server("127.0.0.1", 0, app, _Server, _Quiet) as plain:
        thread = threading.Thread(target=plain.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{plain.server_port}") as client:
                yield client
        finally:
            plain.shutdown()
            thread.join()
