"""Puts Python's libraries to the experiments: `python client.py FILE`. `run.py` calls it and writes the file."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

from libraries import GIVEN, LIBRARIES, Make, accepted, count, post


def burst(make: Make, place: str) -> dict[str, int]:
    """Fifty at once, and no keys at hand."""
    validate = make(f"{place}/jwks", None)
    with ThreadPoolExecutor(len(GIVEN["burst"])) as pool:
        ended = list(pool.map(lambda token: accepted(validate, token), GIVEN["burst"]))
    return {"fetches": count(place), "accepted": sum(ended)}


def junk_kids(make: Make, place: str) -> dict[str, int]:
    """Tokens whose keys nobody has, one after the other, and then a good one again."""
    validate = make(f"{place}/jwks", None)
    assert accepted(validate, GIVEN["good"])
    before = count(place)
    assert not any(accepted(validate, token) for token in GIVEN["junk"])
    return {"fetches": count(place) - before, "accepted": int(accepted(validate, GIVEN["good"]))}


def down(make: Make, place: str) -> dict[str, int]:
    """Ten good tokens, and the issuer has been down from the beginning."""
    post(f"{place}/down")
    validate = make(f"{place}/jwks", None)
    assert not any([accepted(validate, GIVEN["good"]) for _ in range(10)])
    return {"fetches": count(place), "accepted": 0}


def outage(make: Make, place: str) -> dict[str, int]:
    """Ten good tokens after the keys' freshness ended and the issuer went down."""
    validate = make(f"{place}/jwks", 1)
    assert accepted(validate, GIVEN["good"])
    before = count(place)
    post(f"{place}/down")
    time.sleep(1.5)
    ended = [accepted(validate, GIVEN["good"]) for _ in range(10)]
    return {"fetches": count(place) - before, "accepted": sum(ended)}


EXPERIMENTS = {"burst": burst, "junkKids": junk_kids, "down": down, "outage": outage}

for library in LIBRARIES:
    results = {
        name: experiment(library.make, f"{GIVEN['base']}/python-{library.package}-{name}")
        for name, experiment in EXPERIMENTS.items()
    }
    print(json.dumps({"language": "Python", "library": library.name, "version": library.version, **results}))
