"""One service in every framework whose endpoints ask for more than a token.

`/orders` asks for a scope, `/either` for one of two, `/tenant` for a claim; `/subject` reads the subject of any token,
and `/customer` its claims as an object.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, JsonResponse
from django.test import override_settings
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View
from fastapi import Depends, FastAPI, Security
from flask import Flask
from litestar import Litestar, get
from litestar.di import NamedDependency
from quart import Quart
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request as StarletteRequest
from starlette.responses import JSONResponse
from starlette.routing import Route

import sites
from jotgate import Requirement, Validator, Verified
from jotgate import asgi as jotgate_asgi
from jotgate import django as jotgate_django
from jotgate import fastapi as jotgate_fastapi
from jotgate import flask as jotgate_flask
from jotgate import litestar as jotgate_litestar
from jotgate import quart as jotgate_quart
from jotgate import wsgi as jotgate_wsgi
from jotgate.rest_framework import HasScopes, MeetsRequirement

# isort: split
# The framework reads its settings, which the site of the other tests makes, when it is imported.
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

READING = "orders:read"
EITHER = Requirement(any_scopes=["a", "b"])
BLUE = Requirement(claims=[{"claim": "tenant", "equals": "blue"}])


@dataclass
class Customer:
    sub: str
    tenant: str


def fastapi_app(validator: Validator) -> FastAPI:
    auth = jotgate_fastapi.Jotgate(validator)
    app = FastAPI(dependencies=[Depends(auth)])
    auth.install(app)

    @app.get("/orders")
    async def orders(token: Annotated[Verified, Security(auth, scopes=[READING])]) -> str:
        return token.subject

    @app.get("/either")
    async def either(token: Annotated[Verified, Depends(auth.require(EITHER))]) -> str:
        return token.subject

    @app.get("/tenant")
    async def tenant(
        token: Annotated[Verified, Depends(auth.require(claims=[{"claim": "tenant", "equals": "blue"}]))],
    ) -> str:
        return token.subject

    @app.get("/subject")
    def subject(token: Annotated[Verified, Depends(auth)]) -> str:
        return token.subject

    @app.get("/customer")
    async def customer(it: Annotated[Customer, Security(auth.into(Customer), scopes=[READING])]) -> str:
        return it.tenant

    return app


def starlette_app(validator: Validator) -> Starlette:
    async def subject(request: StarletteRequest) -> JSONResponse:
        return JSONResponse(request.state.jotgate["sub"])

    def route(place: str, requirement: Requirement) -> Route:
        guard = Middleware(jotgate_asgi.JotgateMiddleware, validator, requires=requirement)
        return Route(place, subject, middleware=[guard])

    routes = [
        route("/orders", Requirement(scopes=[READING])),
        route("/either", EITHER),
        route("/tenant", BLUE),
        Route("/subject", subject),
    ]
    return Starlette(routes=routes, middleware=[Middleware(jotgate_asgi.JotgateMiddleware, validator)])


def quart_app(validator: Validator, *, whole: bool = False) -> Quart:
    auth, app = jotgate_quart.Jotgate(validator), Quart("orders")
    if whole:
        auth.init_app(app)

    @app.get("/orders")
    @auth.require_scopes(READING)
    async def orders() -> Any:
        return app.json.response(auth.token.subject)

    @app.get("/either")
    @auth.require(EITHER)
    def either() -> Any:
        return app.json.response(auth.token.subject)

    @app.get("/tenant")
    @auth.require(claims=[{"claim": "tenant", "equals": "blue"}])
    async def tenant() -> Any:
        return app.json.response(auth.token.subject)

    async def subject() -> Any:
        return app.json.response(auth.token.subject)

    app.get("/subject")(subject if whole else auth.required(subject))

    @app.get("/customer")
    @auth.require_scopes(READING)
    async def customer() -> Any:
        return app.json.response(auth.token.into(Customer).tenant)

    return app


def quart_whole(validator: Validator) -> Quart:
    return quart_app(validator, whole=True)


def litestar_app(validator: Validator) -> Litestar:
    blue = jotgate_litestar.require(claims=[{"claim": "tenant", "equals": "blue"}])

    @get("/orders", guards=[jotgate_litestar.require_scopes(READING)])
    async def orders(token: NamedDependency[Verified]) -> str:
        return json.dumps(token.subject)

    @get("/either", guards=[jotgate_litestar.require(EITHER)], sync_to_thread=False)
    def either(token: NamedDependency[Verified]) -> str:
        return json.dumps(token.subject)

    @get("/tenant", guards=[blue])
    async def tenant(token: NamedDependency[Verified]) -> str:
        return json.dumps(token.subject)

    @get("/subject")
    async def subject(token: NamedDependency[Verified]) -> str:
        return json.dumps(token.subject)

    @get("/customer", guards=[jotgate_litestar.require_scopes(READING)])
    async def customer(token: NamedDependency[Verified]) -> str:
        return json.dumps(token.into(Customer).tenant)

    handlers = [orders, either, tenant, subject, customer]
    return Litestar(handlers, plugins=[jotgate_litestar.Jotgate(validator)])


@contextmanager
def wsgi(validator: Validator) -> Iterator[Any]:
    def subject(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b'"' + environ["jotgate"]["sub"].encode() + b'"']

    asked = {"/orders": Requirement(scopes=[READING]), "/either": EITHER, "/tenant": BLUE}
    parts = {place: jotgate_wsgi.JotgateMiddleware(subject, validator, requires=each) for place, each in asked.items()}

    def by_path(environ: Any, start_response: Any) -> Any:
        return parts.get(environ["PATH_INFO"], subject)(environ, start_response)

    yield jotgate_wsgi.JotgateMiddleware(by_path, validator)


@contextmanager
def flask_app(validator: Validator, *, whole: bool = False) -> Iterator[Any]:
    auth, app = jotgate_flask.Jotgate(validator), Flask("orders")
    if whole:
        auth.init_app(app)

    @app.get("/orders")
    @auth.require_scopes(READING)
    def orders() -> Any:
        return app.json.response(auth.token.subject)

    @app.get("/either")
    @auth.require(EITHER)
    async def either() -> Any:
        return app.json.response(auth.token.subject)

    @app.get("/tenant")
    @auth.require(claims=[{"claim": "tenant", "equals": "blue"}])
    def tenant() -> Any:
        return app.json.response(auth.token.subject)

    def subject() -> Any:
        return app.json.response(auth.token.subject)

    app.get("/subject")(subject if whole else auth.required(subject))

    @app.get("/customer")
    @auth.require_scopes(READING)
    def customer() -> Any:
        return app.json.response(auth.token.into(Customer).tenant)

    yield app


def flask_whole(validator: Validator) -> Any:
    return flask_app(validator, whole=True)


@jotgate_django.require_scopes(READING)
def orders(request: HttpRequest) -> JsonResponse:
    return subject(request)


@jotgate_django.require(EITHER)
async def either(request: HttpRequest) -> JsonResponse:
    return subject(request)


@method_decorator(jotgate_django.require(claims=[{"claim": "tenant", "equals": "blue"}]), name="dispatch")
class Tenant(View):
    def get(self, request: HttpRequest) -> JsonResponse:
        return subject(request)


def subject(request: HttpRequest) -> JsonResponse:
    return JsonResponse(request.jotgate.subject, safe=False)  # type: ignore[attr-defined]


@jotgate_django.require_scopes(READING)
def customer(request: HttpRequest) -> JsonResponse:
    return JsonResponse(request.jotgate.into(Customer).tenant, safe=False)  # type: ignore[attr-defined]


class Subject(APIView):
    def get(self, request: Request) -> Response:
        return Response(request.auth.subject)  # type: ignore[union-attr]


class RestOrders(Subject):
    permission_classes = (HasScopes,)
    required_scopes = (READING,)


class IsEither(MeetsRequirement):
    requirement = EITHER


class IsBlue(MeetsRequirement):
    requirement = BLUE


class RestEither(Subject):
    permission_classes = (IsEither,)


class RestTenant(Subject):
    permission_classes = (IsBlue,)


class Customers(Subject):
    permission_classes = (HasScopes.of(READING),)

    def get(self, request: Request) -> Response:
        return Response(request.auth.into(Customer).tenant)  # type: ignore[union-attr]


class Combined(Subject):
    permission_classes = (HasScopes.of("admin") | IsBlue,)


urlpatterns = [
    path("orders", orders),
    path("either", either),
    path("tenant", Tenant.as_view()),
    path("subject", jotgate_django.require(EITHER)(subject)),
    path("bare", subject),
    path("customer", customer),
    path("drf/orders", RestOrders.as_view()),
    path("drf/either", RestEither.as_view()),
    path("drf/tenant", RestTenant.as_view()),
    path("drf/subject", Subject.as_view()),
    path("drf/customer", Customers.as_view()),
    path("drf/combined", Combined.as_view()),
]


@contextmanager
def django_site(validator: Validator, handler: Callable[[], Any], *middleware: str) -> Iterator[Any]:
    with sites.django_site(validator, handler, *middleware) as site, override_settings(ROOT_URLCONF=__name__):
        yield site


def django(validator: Validator) -> Any:
    return django_site(validator, WSGIHandler)


def django_asgi(validator: Validator) -> Any:
    return django_site(validator, ASGIHandler)


def django_behind_middleware(validator: Validator) -> Any:
    return django_site(validator, WSGIHandler, "jotgate.django.JotgateMiddleware")


def django_asgi_behind_middleware(validator: Validator) -> Any:
    return django_site(validator, ASGIHandler, "jotgate.django.JotgateMiddleware")


WSGI_SITES: dict[str, Callable[[Validator], Any]] = {
    "wsgi": wsgi,
    "flask": flask_app,
    "flask whole": flask_whole,
    "django": django,
    "django asgi": django_asgi,
    "django behind middleware": django_behind_middleware,
    "django asgi behind middleware": django_asgi_behind_middleware,
    "drf": django,
    "drf behind middleware": django_behind_middleware,
}
ASGI_SITES: dict[str, Callable[[Validator], Any]] = {
    "fastapi": fastapi_app,
    "litestar": litestar_app,
    "quart": quart_app,
    "quart whole": quart_whole,
    "starlette": starlette_app,
}
