"""Dataclasses and TypedDicts filled from JSON, by the types that they say themselves.

Nothing is made fit: a number in a text is a text. What is more than this belongs to pydantic and msgspec.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import enum
import types
import typing
from collections.abc import Callable
from typing import Any, Literal, Union

Shape = Callable[[Any], Any]
"""Gives the value as the type has it. Raises `Misfit`."""


class Misfit(Exception):
    """A claim that is not as the class has it: which one, and what was expected; None for one that is missing."""

    def __init__(self, claim: str | None, expected: str | None) -> None:
        super().__init__()
        self.claim = claim
        self.expected = expected


class _Unfit(Exception):
    """A value of another type than this one."""

    def __init__(self, expected: str) -> None:
        super().__init__()
        self.expected = expected


def shape_of(kind: type[Any]) -> Shape:
    """Fills a dataclass or a TypedDict. Raises TypeError for a type in it that JSON does not have."""
    return _Record(kind, ()).fill


def is_typeddict(kind: type[Any]) -> bool:
    """Whether it is a TypedDict, of `typing` or of `typing_extensions`."""
    return hasattr(kind, "__required_keys__")


class _Record:
    """The fields of a class, each with the claim that it comes from."""

    def __init__(self, kind: Any, within: tuple[Any, ...]) -> None:
        if kind in within:
            raise TypeError(f"{kind.__name__} contains itself: use pydantic or msgspec")
        self._kind = kind
        hints = typing.get_type_hints(kind, include_extras=True)
        self._fields: list[tuple[str, str, Shape, bool]] = []
        for name, claim, needed in _fields_of(kind, hints):
            shape = _shape(hints[name], f"{kind.__name__}.{name}", (*within, kind))
            self._fields.append((name, claim, shape, needed))

    def fill(self, claims: dict[str, Any]) -> Any:
        try:
            return self._made(claims)
        except Misfit as misfit:
            raise Misfit(misfit.claim, misfit.expected and f"expected {misfit.expected}") from None
        except ValueError:
            raise Misfit(None, "its own check refuses it") from None

    def fill_within(self, value: Any) -> Any:
        """The same inside of another claim, which is what the error names."""
        name = self._kind.__name__
        if not isinstance(value, dict):
            raise _Unfit(f"an object for {name}")
        try:
            return self._made(value)
        except Misfit as misfit:
            lacks, found = f"an object for {name} with {misfit.claim}", misfit.expected
            raise _Unfit(lacks if found is None else f"an object for {name} whose {misfit.claim} is {found}") from None
        except ValueError:
            raise _Unfit(f"what the check of {name} takes") from None

    def _made(self, claims: dict[str, Any]) -> Any:
        values: dict[str, Any] = {}
        for name, claim, shape, needed in self._fields:
            if claim in claims:
                try:
                    values[name] = shape(claims[claim])
                except _Unfit as unfit:
                    raise Misfit(claim, unfit.expected) from None
            elif needed:
                raise Misfit(claim, None)
        return self._kind(**values)


def _fields_of(kind: Any, hints: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Names of fields, of their claims, and whether they must be there."""
    if not dataclasses.is_dataclass(kind):
        # Python does not count `NotRequired` where annotations are kept as texts.
        optional = {name for name, hint in hints.items() if _wrapper(hint) == "NotRequired"}
        return [(name, name, name in kind.__required_keys__ and name not in optional) for name in hints]
    fields = [field for field in dataclasses.fields(kind) if field.init]
    unset = dataclasses.MISSING
    return [
        (field.name, field.metadata.get("claim", field.name), field.default is unset and field.default_factory is unset)
        for field in fields
    ]


def _shape(hint: Any, place: str, within: tuple[Any, ...]) -> Shape:
    def inner(hint: Any) -> Shape:
        return _shape(hint, place, within)

    for of in (_of_class, _of_form, _of_container):
        shape = of(hint, inner)
        if shape is not None:
            return shape
    if isinstance(hint, type) and (is_typeddict(hint) or dataclasses.is_dataclass(hint)):
        return _Record(hint, within).fill_within
    raise TypeError(f"{place} is of a type that JSON does not have: use pydantic or msgspec for it")


_Inner = Callable[[Any], Shape]


def _of_class(hint: Any, inner: _Inner) -> Shape | None:
    if hint is Any or hint is object:
        return lambda value: value
    if hasattr(hint, "__supertype__"):
        return inner(hint.__supertype__)
    if not isinstance(hint, type):
        return None
    if hint in _PLAIN:
        return _plain(*_PLAIN[hint])
    return _enum(hint) if issubclass(hint, enum.Enum) else None


def _of_form(hint: Any, inner: _Inner) -> Shape | None:
    """A type that is made of others, and of which a value is one."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {Union, types.UnionType}:
        return _one_of([inner(each) for each in arguments])
    if origin is Literal:
        return _literal(arguments)
    return inner(arguments[0]) if origin is typing.Annotated or _wrapper(hint) else None


def _of_container(hint: Any, inner: _Inner) -> Shape | None:
    origin, arguments = typing.get_origin(hint) or hint, typing.get_args(hint)
    if origin in _LISTS:
        return _list(origin, [inner(each) for each in arguments if each is not ...], arguments)
    if origin in _OBJECTS:
        return _object(inner(arguments[1]) if arguments else None)
    return None


def _wrapper(hint: Any) -> str:
    """What says something of a member of a TypedDict, and not of its value; `typing` has it later than others."""
    name = getattr(typing.get_origin(hint), "_name", None)
    return name if name in {"Required", "NotRequired", "ReadOnly"} else ""


def _plain(kinds: tuple[type[Any], ...], told: str) -> Shape:
    def read(value: Any) -> Any:
        # A bool is an int in Python, and none in JSON.
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise _Unfit(told)
        return value

    return read


def _one_of(shapes: list[Shape]) -> Shape:
    def read(value: Any) -> Any:
        expected: list[str] = []
        for shape in shapes:
            try:
                return shape(value)
            except _Unfit as unfit:  # noqa: PERF203 (few forms, and mostly the first one fits)
                expected.append(unfit.expected)
        raise _Unfit(" or ".join(expected))

    return read


def _literal(values: tuple[Any, ...]) -> Shape:
    def read(value: Any) -> Any:
        if not any(type(each) is type(value) and each == value for each in values):
            raise _Unfit(f"one of {', '.join(map(repr, values))}")
        return value

    return read


def _list(origin: Any, shapes: list[Shape], arguments: tuple[Any, ...]) -> Shape:
    make = _LISTS[origin]
    is_fixed = origin is tuple and bool(arguments) and arguments[-1] is not ...

    def read(value: Any) -> Any:
        if not isinstance(value, list) or (is_fixed and len(value) != len(shapes)):
            raise _Unfit(f"a list of {len(shapes)}" if is_fixed else "a list")
        if not shapes:
            return make(value)
        items = zip(shapes, value, strict=True) if is_fixed else ((shapes[0], item) for item in value)
        try:
            return make([shape(item) for shape, item in items])
        except TypeError:
            raise _Unfit("a list of what can be in a set") from None

    return read


def _object(shape: Shape | None) -> Shape:
    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise _Unfit("an object")
        return value if shape is None else {name: shape(item) for name, item in value.items()}

    return read


def _enum(kind: type[enum.Enum]) -> Shape:
    def read(value: Any) -> Any:
        try:
            return kind(value)
        except ValueError:
            raise _Unfit(f"a value of {kind.__name__}") from None

    return read


_PLAIN: dict[Any, tuple[tuple[type[Any], ...], str]] = {
    str: ((str,), "a text"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    bool: ((bool,), "true or false"),
    type(None): ((type(None),), "null"),
}

_LISTS: dict[Any, Callable[[list[Any]], Any]] = {
    list: list,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
    collections.abc.Sequence: list,
    collections.abc.Collection: list,
    collections.abc.Iterable: list,
    collections.abc.Set: frozenset,
}

_OBJECTS = {dict, collections.abc.Mapping}
