"""What cannot change the request that the application sees refuses a policy that asks for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import override_settings

import sites
from jotgate import Validator
from jotgate import fastapi as jotgate_fastapi

ISSUER = {
    "issuer": "https://idp.test/",
    "audience": "https://api.test",
    "keys": {"secret": {"text": "a secret of at least 32 bytes, which nobody knows"}},
}
FORWARDING = Validator.from_policy(
    {"version": 1, "issuers": [ISSUER], "forward": {"claims_to_headers": {"sub": "X-User"}}}
)
PLAIN = Validator.from_policy({"version": 1, "issuers": [ISSUER]})


def test_the_dependency_of_fastapi() -> None:
    assert FORWARDING.forwards
    with pytest.raises(ValueError, match=r"use jotgate\.asgi\.JotgateMiddleware"):
        jotgate_fastapi.Jotgate(FORWARDING)
    assert not PLAIN.forwards
    assert jotgate_fastapi.Jotgate(PLAIN) is not None


def test_the_class_of_the_rest_framework_alone() -> None:
    from rest_framework.request import Request
    from rest_framework.test import APIRequestFactory

    from jotgate.rest_framework import JotgateAPIException, JotgateAuthentication

    request = Request(APIRequestFactory().get("/"))
    named = pytest.raises(ValueError, match=r"use jotgate\.django\.JotgateMiddleware")
    with override_settings(JOTGATE_VALIDATOR=FORWARDING), named:
        JotgateAuthentication().authenticate(request)
    with override_settings(JOTGATE_VALIDATOR=PLAIN), pytest.raises(JotgateAPIException):
        JotgateAuthentication().authenticate(request)


def test_a_site_of_the_rest_framework_alone(eventually: Callable[..., None]) -> None:
    with sites.drf(FORWARDING) as app, sites.running(app, eventually) as http:
        assert http.get("/drf").status_code == 500
