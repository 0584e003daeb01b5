"""Middleware that cannot change what the application sees refuses a policy that asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import override_settings

from jotgate import Validator
from jotgate import django as jotgate_django
from jotgate import fastapi as jotgate_fastapi
from jotgate import flask as jotgate_flask

ISSUER = {
    "issuer": "https://idp.test/",
    "audience": "https://api.test",
    "keys": {"secret": {"text": "a secret of at least 32 bytes, which nobody knows"}},
}
FORWARDING = Validator.from_policy(
    {"version": 1, "issuers": [ISSUER], "forward": {"claims_to_headers": {"sub": "X-User"}}}
)
PLAIN = Validator.from_policy({"version": 1, "issuers": [ISSUER]})


def django(validator: Validator) -> Any:
    with override_settings(JOTGATE_VALIDATOR=validator):
        return jotgate_django.JotgateMiddleware(lambda request: request)


def rest_framework(validator: Validator) -> Any:
    from jotgate.rest_framework import JotgateAuthentication

    with override_settings(JOTGATE_VALIDATOR=validator):
        return JotgateAuthentication()


@pytest.mark.parametrize("make", [jotgate_flask.Jotgate, jotgate_fastapi.Jotgate, django, rest_framework])
def test_a_policy_with_forward_is_refused(make: Callable[[Validator], Any]) -> None:
    assert FORWARDING.forwards
    with pytest.raises(ValueError, match="does not apply the policy's forward"):
        make(FORWARDING)


@pytest.mark.parametrize("make", [jotgate_flask.Jotgate, jotgate_fastapi.Jotgate, django, rest_framework])
def test_a_policy_without_is_taken(make: Callable[[Validator], Any]) -> None:
    assert not PLAIN.forwards
    assert make(PLAIN) is not None
