"""The policy document of the single-issuer shorthand. It only writes the document: the core owns every default."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeAlias

from . import _native
from .errors import PolicyError, PolicyProblem

Duration: TypeAlias = float | str | timedelta
"""Seconds as a number, text with a unit (`ms`, `s`, `m`, `h`, `d`), or a timedelta."""

Secret: TypeAlias = str | bytes | Mapping[str, str]
"""Text, bytes, or `{"base64url": …}`, `{"hex": …}`, `{"text": …}`."""


def document_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """The document of the options that are given; None means not given."""
    given = {name: value for name, value in options.items() if value is not None}
    document: dict[str, Any] = {"version": 1}
    for name in ("limits", "responses"):
        if name in given:
            document[name] = given.pop(name)
    entry: dict[str, Any] = {"keys": {name: given.pop(name) for name in _KEY_SOURCES if name in given}}
    if "secret" in entry["keys"]:
        entry["keys"]["secret"] = _secret(entry["keys"]["secret"])
    if isinstance(entry["keys"].get("pem"), bytes):
        entry["keys"]["pem"] = entry["keys"]["pem"].decode("ascii", "replace")
    if "jwks_options" in given:
        entry["jwks"] = given.pop("jwks_options")
    document["issuers"] = [entry | given]
    return document


@contextmanager
def named_by_options(options: Mapping[str, Any]) -> Iterator[None]:
    """Says in the names of the options what is wrong: the core knows what they are called."""
    try:
        yield
    except PolicyError as error:
        given = [name for name, value in options.items() if value is not None]
        problems = [_told(problem, given) for problem in error.problems]
        first = problems[0]
        raise PolicyError(first.message, first.path, first.hint, problems) from None


def _told(problem: PolicyProblem, given: list[str]) -> PolicyProblem:
    path, message, hint = _native.in_options(problem.path, problem.message, problem.hint, given)
    return replace(problem, path=path, message=message, hint=hint)


def text_of(document: Mapping[str, Any] | str) -> str:
    """The document as JSON text. Raises TypeError for values that have no place in a policy."""
    if isinstance(document, str):
        return unicode(document)
    if not isinstance(document, Mapping):
        raise TypeError(f"the policy must be a mapping or JSON text, not {type(document).__name__}")
    return json.dumps(document, default=_plain, allow_nan=False)


def unicode(text: str) -> str:
    """The text as it is. Raises PolicyError for half of a surrogate pair, which cannot cross to the core."""
    return _native.policy_text(text.encode("utf-8", "surrogatepass"))


def _secret(secret: Secret) -> Mapping[str, str]:
    if isinstance(secret, str):
        return {"text": secret}
    if isinstance(secret, bytes):
        return {"base64url": base64.urlsafe_b64encode(secret).rstrip(b"=").decode()}
    return secret


def _plain(value: object) -> object:
    """What `json` does not write by itself."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, AbstractSet):
        return sorted(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return list(value)
    raise TypeError(f"a policy cannot hold a {type(value).__name__}")


_KEY_SOURCES = ("discovery", "jwks_uri", "jwks", "pem", "secret")
