"""The policy's `forward` in Flask and Django: nothing that a view can look at shows the request as it was sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, JsonResponse
from django.test import override_settings
from django.urls import path
from flask import Blueprint, Flask, request

import sites
from issuer import AUDIENCE, ISSUER, Clock, Key
from jotgate import Validator
from jotgate.flask import Jotgate

Eventually = Callable[..., None]


@pytest.fixture
def validator(key: Key, clock: Clock) -> Validator:
    policy = {
        "version": 1,
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": {"pem": key.pem()}}],
        "routes": [{"path": "/open", "optional": True}],
        "token": {
            "sources": [{"query": "token"}, {"cookie": "token"}, {"header": "Authorization", "scheme": "Bearer"}]
        },
        "forward": {"claims_to_headers": {"sub": "X-User", "lang": "Accept-Language"}, "strip_token": True},
    }
    return Validator.from_policy(policy, clock=clock)


def seen_in_flask() -> dict[str, Any]:
    raw = {name: str(value) for name, value in request.environ.items() if name.startswith(("HTTP_", "QUERY_"))}
    return {
        "headers": {name.lower(): value for name, value in request.headers.items()},
        "args": request.args.to_dict(),
        "cookies": dict(request.cookies),
        "languages": list(request.accept_languages.values()),
        "form": request.form.to_dict(),
        "texts": [
            request.url,
            request.full_path,
            request.query_string.decode(),
            repr(request.authorization),
            repr(raw),
        ],
    }


def flask_site(validator: Validator) -> Flask:
    app = Flask("orders")

    @app.before_request
    def earlier() -> None:
        seen_in_flask()

    return app


@contextmanager
def flask_app(validator: Validator) -> Iterator[Any]:
    app = flask_site(validator)
    auth = Jotgate(validator, app)
    app.add_url_rule("/orders", view_func=auth.required(seen_in_flask), methods=["GET", "POST"])
    app.add_url_rule("/open", "open", seen_in_flask)
    yield app


@contextmanager
def flask_view(validator: Validator) -> Iterator[Any]:
    app, auth = flask_site(validator), Jotgate(validator)
    app.add_url_rule("/orders", view_func=auth.required(seen_in_flask), methods=["GET", "POST"])
    app.add_url_rule("/open", "open", auth.required(seen_in_flask))
    yield app


@contextmanager
def flask_blueprint(validator: Validator) -> Iterator[Any]:
    app, shop = flask_site(validator), Blueprint("shop", __name__)
    Jotgate(validator).init_app(shop)
    shop.add_url_rule("/orders", view_func=seen_in_flask, methods=["GET", "POST"])
    shop.add_url_rule("/open", "open", seen_in_flask)
    app.register_blueprint(shop)
    yield app


def seen_in_django(http: HttpRequest) -> dict[str, Any]:
    raw = {name: str(value) for name, value in http.META.items() if name.startswith(("HTTP_", "QUERY_"))}
    scope = (http.scope["headers"], http.scope["query_string"]) if isinstance(http, ASGIRequest) else ()
    languages = http.headers.get("Accept-Language", "")
    return {
        "headers": {name.lower(): value for name, value in http.headers.items()},
        "args": http.GET.dict(),
        "cookies": http.COOKIES,
        "languages": [languages] if languages else [],
        "form": http.POST.dict(),
        "texts": [http.build_absolute_uri(), http.get_full_path(), repr(raw), repr(scope)],
    }


def orders(http: HttpRequest) -> JsonResponse:
    return JsonResponse(seen_in_django(http))


class Orders(sites.Orders):
    def get(self, request: Any) -> Any:
        return JsonResponse({**seen_in_django(request._request), "user": str(request.user)})


urlpatterns = [path("orders", orders), path("open", orders), path("drf", Orders.as_view())]


class Earlier:
    """Middleware that has a look before the token is taken out."""

    sync_capable = async_capable = True

    def __new__(cls, get_response: Any) -> Any:
        def look(http: HttpRequest) -> Any:
            seen_in_django(http)
            return get_response(http)

        from asgiref.sync import iscoroutinefunction, markcoroutinefunction

        return markcoroutinefunction(look) if iscoroutinefunction(get_response) else look


@contextmanager
def django_site(validator: Validator, handler: Callable[[], Any]) -> Iterator[Any]:
    middleware = ["test_forward_frameworks.Earlier", "jotgate.django.JotgateMiddleware"]
    with override_settings(JOTGATE_VALIDATOR=validator, MIDDLEWARE=middleware, ROOT_URLCONF=__name__):
        yield handler()


SITES: dict[str, Callable[[Validator], Any]] = {
    "flask": flask_app,
    "flask view": flask_view,
    "flask blueprint": flask_blueprint,
    "django": lambda validator: django_site(validator, WSGIHandler),
    "django asgi": lambda validator: django_site(validator, ASGIHandler),
}


@pytest.fixture(params=SITES.values(), ids=list(SITES))
def http(request: pytest.FixtureRequest, validator: Validator, eventually: Eventually) -> Iterator[httpx.Client]:
    with ExitStack() as stack:
        yield stack.enter_context(sites.running(stack.enter_context(request.param(validator)), eventually))


SMUGGLED = [("X-User", "root"), ("x_user", "root"), ("X-Other", "stays"), ("Accept-Language", "xx")]


def test_claims_come_in_and_the_clients_own_fields_go(http: httpx.Client, key: Key) -> None:
    token = key.token(lang="de")
    seen = http.get("/orders?a=1", headers=[*SMUGGLED, ("Authorization", f"Bearer {token}")]).json()
    assert (seen["headers"]["x-user"], seen["headers"]["x-other"]) == ("alice", "stays")
    assert (seen["headers"]["accept-language"], seen["languages"]) == ("de", ["de"])
    assert "authorization" not in seen["headers"]
    assert seen["args"] == {"a": "1"}
    assert "root" not in str(seen)
    assert token not in str(seen)


def test_the_token_goes_from_wherever_it_was(http: httpx.Client, key: Key) -> None:
    token = key.token()
    seen = http.get(f"/orders?a=1&token={token}&b=%2B", headers=SMUGGLED).json()
    assert (seen["args"], seen["headers"]["x-user"]) == ({"a": "1", "b": "+"}, "alice")
    assert "accept-language" not in seen["headers"], "the token has no such claim"
    assert token not in str(seen)
    seen = http.get("/orders", headers=[*SMUGGLED, ("Cookie", f"a=1; token={token}; b=2")]).json()
    assert (seen["cookies"], seen["headers"]["x-user"]) == ({"a": "1", "b": "2"}, "alice")
    assert token not in str(seen)


def test_without_a_token_the_clients_own_fields_go_all_the_same(http: httpx.Client) -> None:
    seen = http.get("/open?a=1", headers=SMUGGLED).json()
    assert (seen["args"], seen["headers"]["x-other"], seen["languages"]) == ({"a": "1"}, "stays", [])
    assert "root" not in str(seen)


def test_a_form_that_was_read_before_stays(http: httpx.Client, key: Key) -> None:
    bearer = {"Authorization": f"Bearer {key.token()}"}
    seen = http.post("/orders", data={"item": "tea"}, headers=bearer).json()
    assert (seen["form"], seen["headers"]["x-user"]) == ({"item": "tea"}, "alice")


def test_a_refusal_is_the_answer_as_ever(http: httpx.Client) -> None:
    assert http.get("/orders", headers=SMUGGLED).json()["code"] == "missing_token"


def test_drf_takes_the_token_of_the_middleware(validator: Validator, key: Key, eventually: Eventually) -> None:
    with django_site(validator, WSGIHandler) as app, sites.running(app, eventually) as http:
        seen = http.get("/drf", headers=[*SMUGGLED, ("Authorization", f"Bearer {key.token()}")]).json()
    assert (seen["user"], seen["headers"]["x-user"]) == ("alice", "alice")
    assert "authorization" not in seen["headers"]
