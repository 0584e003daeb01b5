"""WSGI middleware: every request must carry a good token where the policy asks for one, or it gets its answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ._asked_before import NothingYet, asked_before, keep
from ._inspection import Answer, Forward
from ._request import escaped
from ._requirement import Requirement
from ._ruling import under_one
from ._validator import Validator
from .errors import JotgateError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class JotgateMiddleware:
    """Lets requests through whose token passes, for any WSGI application.

    The application finds the `Verified` token in `environ["jotgate"]`; None stands there for a request that needs no
    token by the policy's `routes`. Everything else gets `Validator.answer`: 401 or 403 for a bad token, 503 without
    keys. The policy's `forward` is applied to what goes on.

    A WSGI server joins header fields of one name: two tokens in two `Authorization` fields are one broken token.

    requires: what is asked of the token beside the policy. In front of a part of an application, behind another one of
    the same validator, it asks for that alone.
    """

    def __init__(self, app: WSGIApplication, validator: Validator, *, requires: Requirement | None = None) -> None:
        self._app = app
        self._validator = validator
        self._requires = requires

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Validates the request and calls the application, or answers in its place."""
        validator = self._validator
        before = asked_before(environ, validator, request_of(environ, validator))
        try:
            if isinstance(before, NothingYet):
                verified = under_one(validator, lambda: validator.validate_request(*request_of(environ, validator)))
            else:
                verified = before
            if self._requires is not None:
                validator.require(verified, self._requires)
        except JotgateError as error:
            return _send(validator.answer(error, self._requires), environ, start_response)
        if isinstance(before, NothingYet):
            if validator.forwards:
                apply(
                    under_one(validator, lambda: validator.forward(verified, *request_of(environ, validator))), environ
                )
            environ["jotgate"] = verified
            keep(environ, validator, request_of(environ, validator), verified)
        return self._app(environ, start_response)


def request_of(environ: WSGIEnvironment, validator: Validator) -> tuple[str, str, str, list[tuple[str, str]]]:
    """The arguments of `Validator.validate_request` for a request."""
    # Text in a WSGI environment is bytes, each as the character of its number (PEP 3333).
    path = (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1", "replace")
    headers = read_fields(environ, validator)
    if headers is None:
        headers = list(_fields(environ))
    return environ["REQUEST_METHOD"], escaped(path), environ.get("QUERY_STRING", ""), headers


def apply(forward: Forward, environ: dict[str, Any]) -> None:
    """Changes a request as the policy's `forward` says, in its WSGI environment or what is named like one."""
    for name in forward.remove:
        environ.pop(_variable(name), None)
    for name, value in forward.set:
        environ[_variable(name)] = value
    if forward.query is not None:
        environ["QUERY_STRING"] = forward.query


def read_fields(environ: dict[str, Any], validator: Validator) -> list[tuple[str, str]] | None:
    """The fields that the policy reads, of an environment or what is named like one; None where it may be any."""
    variables = validator._ruling.variables
    if variables is None:
        return None
    return [(name, str(environ[variable])) for variable, name in variables if variable in environ]


def _fields(environ: WSGIEnvironment) -> Iterator[tuple[str, str]]:
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            yield name[5:].replace("_", "-"), str(value)
        elif name in {"CONTENT_TYPE", "CONTENT_LENGTH"} and value:
            yield name.replace("_", "-"), str(value)


def _variable(name: str) -> str:
    """The name of a header field in the environment."""
    variable = name.upper().replace("-", "_")
    return variable if variable in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{variable}"


def _send(answer: Answer, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    headers = [*answer.headers, ("Content-Length", str(len(answer.body)))]
    start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]
