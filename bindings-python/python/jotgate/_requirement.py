"""What an endpoint asks of a token in code, beside what the policy asks of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from . import _native
from ._policy import text_of
from .errors import InvalidToken, PolicyError

if TYPE_CHECKING:
    from ._native import Core, Verified
    from ._options import Strings
    from .policy import ClaimRule


class Requirement:
    """What an endpoint asks of a token that the policy has let pass. Make it once, where the endpoint is defined.

        writing = Requirement(scopes=["orders:write"])
        validator.require(token, writing)

    scopes: all of these. any_scopes: one of these. They are looked for where the policy looks for scopes.
    claims: rules about claims, written as in a policy: `{"claim": "tenant", "equals": "blue"}`. All must hold.

    The checks are those of the policy's routes. Raises `PolicyError` for what cannot be asked; its `path` names the
    argument, as in `scopes[0]`.
    """

    __slots__ = ("_document", "_native")

    def __init__(self, *, scopes: Strings = (), any_scopes: Strings = (), claims: Sequence[ClaimRule] = ()) -> None:
        listed = {"all": _listed(scopes), "any": _listed(any_scopes)}
        document: dict[str, Any] = {}
        if any(listed.values()):
            document["scopes"] = {name: names for name, names in listed.items() if names}
        if claims:
            document["claims"] = claims
        try:
            self._begin(text_of(document))
        except PolicyError as error:
            problems = [replace(problem, path=_argument_of(problem.path)) for problem in error.problems]
            raise PolicyError(error.detail, _argument_of(error.path), error.hint, problems) from None

    @classmethod
    def from_document(cls, document: Mapping[str, Any] | str) -> Requirement:
        """Of what a route of a policy says: a mapping or JSON text with `scopes` (`all`, `any`) and `claims`."""
        requirement = cls.__new__(cls)
        requirement._begin(text_of(document))
        return requirement

    def __repr__(self) -> str:
        return f"<jotgate.Requirement {self._document}>"

    def __eq__(self, other: object) -> bool:
        return self._document == other._document if isinstance(other, Requirement) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._document)

    def __reduce__(self) -> tuple[Any, ...]:
        # An error that goes to another process has what it was asked for in it.
        return Requirement.from_document, (self._document,)

    def _begin(self, document: str) -> None:
        self._document = document
        self._native = _native.Requirement(document)

    def _ask(self, core: Core, verified: Verified) -> None:
        try:
            self._native.ask(core, verified)
        except InvalidToken as error:
            error.requirement = self
            raise

    def _answer(self, core: Core, error: InvalidToken) -> tuple[int, list[tuple[str, str]], bytes]:
        return self._native.answer(core, error.code, error.issuer_index, error.route_index)


def requirement_of(
    requirement: Requirement | None, scopes: Strings, any_scopes: Strings, claims: Sequence[ClaimRule]
) -> Requirement:
    """The one that is given, or the one that the arguments describe. Raises TypeError for both, or neither."""
    described = bool(scopes or any_scopes or claims)
    if (requirement is not None) is described:
        raise TypeError("give a Requirement, or scopes, any_scopes and claims")
    if requirement is not None:
        return requirement
    if claims:
        return Requirement(scopes=scopes, any_scopes=any_scopes, claims=claims)
    return of_scopes(_listed(scopes), _listed(any_scopes))


def of_scopes(scopes: tuple[str, ...], any_scopes: tuple[str, ...] = ()) -> Requirement:
    """One of scopes alone, made once for all who ask for the same."""
    return _kept(scopes, any_scopes)


def _of_scopes(scopes: tuple[str, ...], any_scopes: tuple[str, ...]) -> Requirement:
    return Requirement(scopes=scopes, any_scopes=any_scopes)


_kept = lru_cache(maxsize=512)(_of_scopes)


def _argument_of(path: str) -> str:
    """The name of the argument that a place of the document comes from."""
    return path.replace("scopes.all", "scopes").replace("scopes.any", "any_scopes")


def _listed(names: Strings) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)
