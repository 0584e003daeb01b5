"""Good tokens beside a flood of unknown key ids, for one of Python's libraries: `python flood_client.py FILE LIBRARY`.

`flood.py` calls it. Without a library it prints the names of those it knows.
"""

from __future__ import annotations

import base64
import gc
import json
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from libraries import GIVEN, LIBRARIES, Library, Validate, accepted, count

GOOD: str = GIVEN["good"]
PLAN: dict[str, Any] = GIVEN["flood"]
REST = GOOD.partition(".")[2]
RUN = secrets.token_hex(4)
SAMPLE = 20_000
"""So many times of junk tokens are kept."""


def main() -> None:
    if len(sys.argv) < 3:
        print(json.dumps([library.name for library in LIBRARIES]))
        return
    library = next(library for library in LIBRARIES if library.name == sys.argv[2])
    print(json.dumps(flooded(library)))


def flooded(library: Library) -> dict[str, Any]:
    place = f"{GIVEN['base']}/python-{library.package}-flood"
    validate = library.make(f"{place}/jwks", None)
    assert accepted(validate, GOOD)
    started = time.monotonic()
    junk = Junk(validate)
    beside: dict[str, Callable[[], object] | None] = {
        "alone": None,
        "beside_good": lambda: validate(GOOD),
        "beside_junk": junk.refuse_one,
    }
    rounds = []
    # The first is for warming up.
    for turn in range(PLAN["rounds"] + 1):
        order = list(beside)[turn % 3 :] + list(beside)[: turn % 3]
        rounds.append({mode: times(validate, beside[mode]) for mode in order})
    # Heaps grow to their working size first, whatever is done.
    more(junk)
    before, resident = junk.tried, resident_bytes()
    more(junk)
    grown = resident_bytes() - resident
    assert accepted(validate, GOOD)
    assert junk.accepted == 0
    return {
        "language": "Python",
        "library": library.name,
        "version": library.version,
        "rounds": rounds[1:],
        "junk_times": junk.times,
        "junk": junk.tried,
        "seconds": round(time.monotonic() - started, 1),
        "requests": count(place),
        "growth": {"junk": junk.tried - before, "bytes": grown},
    }


def times(validate: Validate, other: Callable[[], object] | None) -> list[int]:
    """Nanoseconds of each good validation, while another thread does the other thing without a pause."""
    taken = []
    with repeated(other):
        until = time.monotonic() + PLAN["round_seconds"]
        while time.monotonic() < until:
            start = time.perf_counter_ns()
            validate(GOOD)
            taken.append(time.perf_counter_ns() - start)
    return taken


@contextmanager
def repeated(work: Callable[[], object] | None) -> Iterator[None]:
    if work is None:
        yield
        return
    ended = threading.Event()

    def repeat() -> None:
        while not ended.is_set():
            work()

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


class Junk:
    """Tokens that name ever new keys; nothing else of them differs from the good one."""

    def __init__(self, validate: Validate) -> None:
        self.validate = validate
        self.tried = self.accepted = 0
        self.times: list[int] = []
        """Nanoseconds of the first ones."""

    def refuse_one(self) -> None:
        self.tried += 1
        header = json.dumps({"alg": "RS256", "kid": f"{RUN}-{self.tried}", "typ": "JWT"})
        token = f"{base64.urlsafe_b64encode(header.encode()).rstrip(b'=').decode()}.{REST}"
        start = time.perf_counter_ns()
        self.accepted += accepted(self.validate, token)
        if len(self.times) < SAMPLE:
            self.times.append(time.perf_counter_ns() - start)


def more(junk: Junk) -> None:
    """So much more junk that memory would show it; as much as there is time for."""
    most, until = junk.tried + PLAN["junk"], time.monotonic() + PLAN["growth_seconds"]
    while junk.tried < most and time.monotonic() < until:
        junk.refuse_one()


def resident_bytes() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


if __name__ == "__main__":
    main()
