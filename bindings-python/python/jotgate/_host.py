"""What the host brings beside the policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypedDict

from ._events import OnEvent
from ._fetch import Fetch
from ._hooks import ClientLookup, IsRevoked, Transform

Clock: TypeAlias = Callable[[], float]
"""Gives the time in seconds since the Unix epoch, like `time.time`."""


class HostOptions(TypedDict, total=False):
    """The options that every way of making a `Validator` takes; None is the default of each."""

    fetch: Fetch | None
    clock: Clock | None
    client_lookup: ClientLookup | None
    is_revoked: IsRevoked | None
    transform: Transform | None
    on_event: OnEvent | None


def checked(options: HostOptions) -> HostOptions:
    """The options, all of which are callable. Raises TypeError for a name or a value that is wrong."""
    given: dict[str, Any] = {**options}
    for name, value in given.items():
        if name not in HostOptions.__annotations__:
            raise TypeError(f"there is no option {name!r}")
        if value is not None and not callable(value):
            raise TypeError(f"{name} must be callable, not {type(value).__name__}")
    return options
