"""The answers to requests that may not pass, in the OpenAPI document of an application."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from .errors import DecodeError, InsufficientScopeError, JotgateError, KeysUnavailable, MissingTokenError

if TYPE_CHECKING:
    from ._validator import Validator


def describe_refusals(
    document: dict[str, Any], validator: Validator, asks: Callable[[str, str, dict[str, Any]], bool]
) -> dict[str, Any]:
    """Adds the answers to the operations of a document that ask for a token, where they have none.

    `asks` says of a path, a method and its operation whether it does. Status, header fields and bodies are those of the
    policy's `responses`, as the core writes them.
    """
    answers = dict(_answers(validator))
    for path, method, operation in _operations(document):
        if asks(path, method, operation):
            told = operation.setdefault("responses", {})
            told.update({status: answer for status, answer in answers.items() if status not in told})
    return document


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document.get("paths", {}).items():
        yield from ((path, method, operation) for method, operation in item.items() if isinstance(operation, dict))


def _answers(validator: Validator) -> Iterator[tuple[str, dict[str, Any]]]:
    # The last one of a status is its example.
    for error, description in _REFUSALS:
        answer = validator.answer(error)
        fields = dict(answer.headers)
        kind = fields.pop("Content-Type", "application/json")
        described: dict[str, Any] = {
            "description": description,
            "content": {kind: {"schema": {"type": "object"}, "example": json.loads(answer.body)}},
        }
        if fields:
            described["headers"] = {name: {"schema": {"type": "string"}} for name in fields}
        yield str(answer.status), described


_REFUSALS: tuple[tuple[JotgateError, str], ...] = (
    (DecodeError(), "There is no token, or none that may pass"),
    (MissingTokenError(), "There is no token, or none that may pass"),
    (InsufficientScopeError(), "The token lacks a scope, or its client may not do this"),
    (KeysUnavailable(), "The keys of the token's issuer cannot be had: try again later"),
)
