"""What a request came to before: a token is validated once, however many layers of one application ask for it."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ._native import Verified
    from ._validator import Validator


class NothingYet:
    """Nobody has asked about this request. None is an answer: that it needs no token."""


NOTHING_YET: Final = NothingYet()


def asked_before(
    store: MutableMapping[str, Any], validator: Validator, request: tuple[Any, ...]
) -> Verified | NothingYet | None:
    """What this validator has said of this very request: an application may hand on another, with the same store."""
    found: Verified | NothingYet | None
    before, found = store.get(_NAME, {}).get(validator, ((), NOTHING_YET))
    return found if before == request else NOTHING_YET


def keep(
    store: MutableMapping[str, Any], validator: Validator, request: tuple[Any, ...], verified: Verified | None
) -> None:
    """Keeps it for whoever asks next."""
    store[_NAME] = {**store.get(_NAME, {}), validator: (request, verified)}


def accepted_by(store: MutableMapping[str, Any], verified: Verified | None, otherwise: Validator) -> Validator:
    """The validator that has said so: what stands in for an application's own in a test, where that is another."""
    validator: Validator
    for validator, (_, found) in store.get(_NAME, {}).items():
        if verified is not None and found is verified:
            return validator
    return otherwise


_NAME = "jotgate.asked"
