"""What the driver has under way: its threads, and who waits."""

from __future__ import annotations

import threading

from jotgate import Validator


def waiting(validator: Validator) -> int:
    return sum(len(piece.wakes) for piece in list(validator._driver._under_way._work.values()))


def is_fetching(validator: Validator) -> bool:
    """Whether a thread may still go by the time at which a fetch ended: if the clock jumps then, it was set back."""
    return any(piece.work.kind == "fetch" for piece in list(validator._driver._under_way._work.values()))


def fetch_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("jotgate-")]
