"""Claims as an object of the application's own class.

A pydantic model and a msgspec.Struct are filled by their own library, which is here if they are. What is said of a
claim that does not fit comes from the class alone: values, and names that the token brought, stay out of it.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any, TypeVar

from ._native import Verified
from ._shapes import Misfit, is_typeddict, shape_of
from .errors import InvalidClaimError, InvalidToken, MissingRequiredClaimError

_T = TypeVar("_T")

_Fill = Callable[[dict[str, Any]], Any]
"""Makes the object of the claims. Raises `Misfit`."""


def claims_into(token: Verified, kind: type[_T]) -> _T:
    """What `Verified.into` does."""
    found: object = kind
    if not isinstance(found, type):
        raise _no_class(found)
    try:
        filled: _T = _kept(found)(token.claims)
    except Misfit as misfit:
        told = misfit
    else:
        return filled
    # Not inside of `except`: the libraries' own errors show values, and logs show what an error came from.
    raise _refusal(told, found.__name__, token.issuer_index)


def _refusal(misfit: Misfit, name: str, issuer: int) -> InvalidToken:
    if misfit.expected is None:
        return MissingRequiredClaimError(f"{name} needs it", misfit.claim, issuer)
    return InvalidClaimError(f"not as {name} has it: {misfit.expected}", misfit.claim, issuer)


def _fill_of(kind: type[Any]) -> _Fill:
    if hasattr(kind, "__pydantic_validator__"):
        return _pydantic(kind)
    if hasattr(kind, "__struct_encode_fields__"):
        return _msgspec(kind)
    if hasattr(kind, "__dataclass_fields__") or is_typeddict(kind):
        return shape_of(kind)
    raise _no_class(kind)


def _no_class(found: object) -> TypeError:
    name = getattr(found, "__name__", None) or type(found).__name__
    return TypeError(f"into takes a dataclass, a TypedDict, a msgspec.Struct or a pydantic model, not {name}")


def _pydantic(kind: Any) -> _Fill:
    pydantic: Any = importlib.import_module("pydantic")
    adapter = pydantic.TypeAdapter(kind)
    names: set[object] = set()
    for name, field in kind.__pydantic_fields__.items():
        names |= {name, field.alias, field.validation_alias}

    def fill(claims: dict[str, Any]) -> Any:
        try:
            return adapter.validate_python(claims)
        except pydantic.ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = first["loc"]
        claim = place[0] if place and place[0] in names else None
        # Its stable name and not its message, in which a validator of the application may write anything.
        raise Misfit(claim, None if first["type"] == "missing" and len(place) == 1 else first["type"])

    return fill


def _msgspec(kind: Any) -> _Fill:
    msgspec: Any = importlib.import_module("msgspec")
    names: Collection[str] = kind.__struct_encode_fields__

    def fill(claims: dict[str, Any]) -> Any:
        try:
            return msgspec.convert(claims, kind)
        except msgspec.ValidationError as error:
            said = str(error)
        if (missing := _MISSING(said)) is not None:
            raise Misfit(missing[1], None)
        what, _, place = said.partition(" - at `$")
        path = place.rstrip("`").removeprefix(".")
        claim = next((name for name in names if path == name or path.startswith((f"{name}.", f"{name}["))), None)
        # Other messages of it may show a value.
        raise Misfit(claim, what if _EXPECTED(what) else "the class does not take it")

    return fill


_kept = lru_cache(maxsize=256)(_fill_of)
_MISSING = re.compile(r"Object missing required field `([^`]*)`").fullmatch
_EXPECTED = re.compile(r"Expected `[^`]*`(, got `[a-z]*`| .*)?").fullmatch
