"""Serves an application with routes behind a middleware: `serve_routes.py FRAMEWORK FILE`.

See `tests/conformance/targets.py`.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import flask
import litestar
import quart
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path, re_path
from fastapi import Depends, FastAPI, Response
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from litestar.di import NamedDependency
from serve import serve_asgi, tell, validator_of
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, Router
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from jotgate import Validator, Verified
from jotgate import asgi as jotgate_asgi
from jotgate import django as jotgate_django
from jotgate import fastapi as jotgate_fastapi
from jotgate import flask as jotgate_flask
from jotgate import litestar as jotgate_litestar
from jotgate import quart as jotgate_quart
from jotgate import wsgi as jotgate_wsgi

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY", "FOO"]
GETS = {
    "orders.list": "/orders",
    "orders.one": "/orders/{id}",
    "health": "/health",
    "catalog": "/catalog",
    "open": "/open",
}


def main(framework: str, file: str) -> None:
    exchanges = json.loads(Path(file).read_text(encoding="utf-8"))["exchanges"]
    validators = {exchange["id"]: (validator_of(exchange), exchange["mount"]) for exchange in exchanges}
    if framework in ASGI:
        serve_asgi({name.encode(): ASGI[framework](*of) for name, of in validators.items()})
    elif framework in WSGI:
        apps = {name: mounted(WSGI[framework](validator), mount) for name, (validator, mount) in validators.items()}
        serve_wsgi(lambda environ, start: apps[environ["HTTP_X_EXCHANGE"]](environ, start))
    else:
        app = DJANGO[framework]({name: validator for name, (validator, _) in validators.items()})
        apps = {name: mounted(app, mount) for name, (_, mount) in validators.items()}
        serve_wsgi(lambda environ, start: apps[environ["HTTP_X_EXCHANGE"]](environ, start))


def told(handler: str, verified: Any) -> dict[str, str]:
    """Which handler ran, and for whom."""
    return {"X-Handler": handler, "X-Subject": verified["sub"] if verified else "none"}


def mounted(app: Any, mount: str) -> Any:
    """The application below a prefix, which goes into SCRIPT_NAME."""

    def nothing(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("404 Not Found", [])
        return []

    return DispatcherMiddleware(nothing, {mount: app}) if mount else app


def serve_wsgi(app: Any) -> None:
    """On gunicorn, which hands targets on as they came: the server of the standard library cleans some of them."""
    listener = socket.create_server(("127.0.0.1", 0))
    # It warns of each answer to HEAD with a body, which Django leaves to the server to cut.
    logging.getLogger("gunicorn").setLevel(logging.CRITICAL)

    class Served(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            self.cfg.set("bind", f"fd://{listener.fileno()}")
            self.cfg.set("worker_class", "gthread")
            self.cfg.set("loglevel", "critical")

        def load(self) -> Any:
            return app

    tell(listener.getsockname()[1], lambda: os.kill(os.getpid(), signal.SIGTERM))
    Served().run()


def with_starlette(validator: Validator, mount: str) -> Any:
    def run(handler: str) -> Callable[[Any], Any]:
        async def endpoint(request: Any) -> PlainTextResponse:
            return PlainTextResponse(handler, headers=told(handler, request.state.jotgate))

        return endpoint

    routes = [Route(route, run(name), methods=["GET"]) for name, route in GETS.items()]
    routes += [Route("/orders", run("orders.create"), methods=["POST"])]
    routes += [Route("/admin/{rest:path}", run("admin"), methods=METHODS)]
    if not mount:
        return jotgate_asgi.JotgateMiddleware(Starlette(routes=routes), validator)
    inner = jotgate_asgi.JotgateMiddleware(Router(routes=routes), validator)
    return Starlette(routes=[Mount(mount, app=inner)])


def with_fastapi(validator: Validator, mount: str) -> Any:
    """Told of its prefix as behind a proxy that takes it away; requests that still have it are served all the same."""
    app = FastAPI()
    auth = jotgate_fastapi.Jotgate(validator)
    auth.install(app)
    verified_token = Depends(auth)

    def run(handler: str) -> Callable[..., Response]:
        def endpoint(verified: Any = verified_token) -> Response:
            return Response(handler, headers=told(handler, verified))

        return endpoint

    for name, route in GETS.items():
        app.add_api_route(route, run(name), methods=["GET"], operation_id=name)
    app.add_api_route("/orders", run("orders.create"), methods=["POST"])
    app.add_api_route("/admin/{rest:path}", run("admin"), methods=METHODS)

    return below(app, mount)


def with_quart(validator: Validator, mount: str) -> Any:
    app = quart.Quart("orders")
    auth = jotgate_quart.Jotgate(validator, app)

    def run(handler: str) -> Callable[..., Any]:
        async def view(**_: Any) -> Any:
            return handler, told(handler, auth.token_or_none)

        return view

    for name, route in GETS.items():
        app.add_url_rule(route.replace("{", "<").replace("}", ">"), name, run(name))
    app.add_url_rule("/orders", "orders.create", run("orders.create"), methods=["POST"])
    app.add_url_rule("/admin/<path:rest>", "admin", run("admin"), methods=METHODS)
    inner = below(app, mount)

    async def with_a_path(scope: Any, receive: Any, send: Any) -> None:
        # The framework itself breaks at a path without a character, before anything of the application is asked.
        await inner({**scope, "path": scope["path"] or "/"}, receive, send)

    return with_a_path


def with_litestar(validator: Validator, mount: str) -> Any:
    def run(handler: str) -> Callable[..., Any]:
        async def endpoint(token: NamedDependency[Verified | None]) -> litestar.Response[str]:
            return litestar.Response(handler, headers=told(handler, token))

        return endpoint

    handlers: list[Any] = [litestar.get(route, name=name)(run(name)) for name, route in LITESTAR_GETS.items()]
    handlers += [litestar.post("/orders", name="orders.create", status_code=200)(run("orders.create"))]
    methods: Any = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    handlers += [litestar.route("/admin/{rest:path}", http_method=methods, name="admin", status_code=200)(run("admin"))]
    auth = jotgate_litestar.Jotgate(validator)
    app = litestar.Litestar(handlers, plugins=[auth], openapi_config=None, logging_config=None)
    return below(app, mount)


def below(app: Any, mount: str) -> Any:
    """The application told of its prefix, as by a server that is; it stays in the path (ASGI 3.0, `root_path`)."""

    async def below_the_mount(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "root_path": mount}, receive, send)

    return below_the_mount if mount else app


def with_flask(validator: Validator, *, strict: bool = True) -> Any:
    app = flask.Flask("orders")
    app.url_map.strict_slashes = strict
    auth = jotgate_flask.Jotgate(validator, app)
    add_views(app, lambda: auth.token_or_none)
    return app


def with_lenient_flask(validator: Validator) -> Any:
    return with_flask(validator, strict=False)


def with_wsgi(validator: Validator) -> Any:
    app = flask.Flask("orders")
    app.url_map.merge_slashes = False
    add_views(app, lambda: flask.request.environ["jotgate"])
    return jotgate_wsgi.JotgateMiddleware(app, validator)


def add_views(app: flask.Flask, verified: Callable[[], Any]) -> None:
    def run(handler: str) -> Callable[..., Any]:
        return lambda **_: (handler, told(handler, verified()))

    for name, route in GETS.items():
        app.add_url_rule(route.replace("{", "<").replace("}", ">"), name, run(name))
    app.add_url_rule("/orders", "orders.create", run("orders.create"), methods=["POST"])
    app.add_url_rule("/admin/<path:rest>", "admin", run("admin"), methods=METHODS)


def with_django(validators: dict[str, Validator]) -> Any:
    """One application for all policies: Django's settings are those of the process."""

    def by_policy(get_response: Any) -> Callable[[Any], Any]:
        layers = {}
        for name, validator in validators.items():
            settings.JOTGATE_VALIDATOR = validator
            layers[name] = jotgate_django.JotgateMiddleware(get_response)
        return lambda request: layers[request.headers["X-Exchange"]](request)

    def run(request: Any, *handlers: tuple[str, str]) -> HttpResponse:
        handler = dict(handlers).get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            return HttpResponse(status=405)
        return HttpResponse(handler, headers=told(handler, request.jotgate))

    def orders(request: Any) -> HttpResponse:
        return run(request, ("GET", "orders.list"), ("POST", "orders.create"))

    def admin(request: Any, **_: Any) -> HttpResponse:
        return HttpResponse("admin", headers=told("admin", request.jotgate))

    def get(handler: str) -> Callable[..., HttpResponse]:
        return lambda request, **_: run(request, ("GET", handler))

    urls = [path("orders", orders), path("orders/<id>", get("orders.one")), path("admin/<path:rest>", admin)]
    urls += [path(name, get(name)) for name in ("health", "catalog", "open")]
    vars(sys.modules[__name__]).update(by_policy=by_policy, urlpatterns=urls)
    configure({}, "django.middleware.common.CommonMiddleware", f"{__name__}.by_policy")
    return get_wsgi_application()


def with_rest_framework(validators: dict[str, Validator]) -> Any:
    """One application for all, as above; its patterns take a slash at the end, as those of its routers do."""
    configure({"EXCEPTION_HANDLER": "jotgate.rest_framework.exception_handler", "UNAUTHENTICATED_USER": None})
    # The framework reads its settings when it is imported.
    from rest_framework.response import Response as ApiResponse
    from rest_framework.views import APIView

    from jotgate.rest_framework import JotgateAuthentication

    class ByPolicy(JotgateAuthentication):
        def __init__(self) -> None:
            """Which validator it is, the request says."""

        def authenticate(self, request: Any) -> tuple[Any, Any] | None:
            self._validator = validators[request.headers["X-Exchange"]]
            return super().authenticate(request)

    def view(*methods: str, **handlers: str) -> Any:
        def run(handler: str) -> Callable[..., Any]:
            return lambda _, request, **__: ApiResponse(handler, headers=told(handler, request.auth))

        members = {method: run(handler) for method, handler in handlers.items()}
        members |= {method: run("admin") for method in methods}
        made: Any = type("View", (APIView,), {"authentication_classes": (ByPolicy,), **members})
        return made.as_view()

    orders = view(get="orders.list", post="orders.create")
    admin = view("get", "post", "put", "patch", "delete", "trace")
    urls = [re_path("^orders/?$", orders), re_path("^orders/(?P<id>[^/.]+)/?$", view(get="orders.one"))]
    urls += [re_path("^admin/(?P<rest>.+)$", admin)]
    urls += [re_path(f"^{name}/?$", view(get=name)) for name in ("health", "catalog", "open")]
    vars(sys.modules[__name__]).update(urlpatterns=urls)
    return get_wsgi_application()


def configure(rest_framework: dict[str, Any], *middleware: str) -> None:
    # What a view or a pattern raises is an answer, and not printed.
    quiet: dict[str, Any] = {"version": 1, "disable_existing_loggers": True}
    settings.configure(
        ALLOWED_HOSTS=["*"],
        MIDDLEWARE=middleware,
        ROOT_URLCONF=__name__,
        REST_FRAMEWORK=rest_framework,
        LOGGING=quiet,
    )
    django.setup()


LITESTAR_GETS = {**GETS, "orders.one": "/orders/{id:str}"}
ASGI: dict[str, Callable[[Validator, str], Any]] = {
    "starlette": with_starlette,
    "fastapi": with_fastapi,
    "litestar": with_litestar,
    "quart": with_quart,
}
WSGI: dict[str, Callable[[Validator], Any]] = {
    "flask": with_flask,
    "flask-lenient": with_lenient_flask,
    "wsgi": with_wsgi,
}
DJANGO: dict[str, Callable[[dict[str, Validator]], Any]] = {
    "django": with_django,
    "rest-framework": with_rest_framework,
}


if __name__ == "__main__":
    main(*sys.argv[1:])
