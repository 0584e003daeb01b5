"""What the host brings beside the policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypedDict

from ._events import OnEvent
from ._fetch import Fetch
from ._hooks import ClientLookup, IsRevoked, Transform
from ._store import KeyStore

Clock: TypeAlias = Callable[[], float]
"""Gives the time in seconds since the Unix epoch, like `time.time`."""


class HostOptions(TypedDict, total=False):
    """The options that every way of making a `Validator` takes; None is the default of each."""

    fetch: Fetch | None
    store: KeyStore | None
    clock: Clock | None
    client_lookup: ClientLookup | None
    is_revoked: IsRevoked | None
    transform: Transform | None
    on_event: OnEvent | None


def checked(options: HostOptions) -> HostOptions:
    """The options, each of which can be called as it will be. Raises TypeError for a name or a value that is wrong."""
    given: dict[str, Any] = {**options}
    for name, value in given.items():
        if name not in HostOptions.__annotations__:
            raise TypeError(f"there is no option {name!r}")
        if name == "store":
            _check_store(value)
        elif value is not None and not callable(value):
            raise TypeError(f"{name} must be callable, not {type(value).__name__}")
    return options


def _check_store(store: object) -> None:
    if store is not None and not all(callable(getattr(store, name, None)) for name in ("load", "save")):
        raise TypeError(f"store must have the methods load and save, which {type(store).__name__} lacks")
