"""Puts Python's libraries to the experiments: `python client.py FILE`. `run.py` calls it and says what is in the file."""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jotgate
import jwt

GIVEN = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
CHECKS = {"issuer": GIVEN["issuer"], "audience": GIVEN["audience"]}
Validate = Callable[[str], Any]


def with_jotgate(uri: str, ttl: int | None) -> Validate:
    freshness = {"jwks": {"ttl": ttl, "min_ttl": ttl}} if ttl else {}
    entry = CHECKS | {"algorithms": ["RS256"], "keys": {"jwks_uri": uri}} | freshness
    return jotgate.Validator.from_policy({"version": 1, "issuers": [entry]}).validate


def with_pyjwt(uri: str, ttl: int | None) -> Validate:
    client = jwt.PyJWKClient(uri, lifespan=ttl or 300)
    return lambda token: jwt.decode(token, client.get_signing_key_from_jwt(token), algorithms=["RS256"], **CHECKS)


def burst(make: Callable[..., Validate], place: str) -> dict[str, int]:
    """Fifty at once, and no keys at hand."""
    validate = make(f"{place}/jwks", None)
    with ThreadPoolExecutor(len(GIVEN["burst"])) as pool:
        ended = list(pool.map(lambda token: accepted(validate, token), GIVEN["burst"]))
    return {"fetches": count(place), "accepted": sum(ended)}


def junk_kids(make: Callable[..., Validate], place: str) -> dict[str, int]:
    """Tokens whose keys nobody has, one after the other, and then a good one again."""
    validate = make(f"{place}/jwks", None)
    assert accepted(validate, GIVEN["good"])
    before = count(place)
    assert not any(accepted(validate, token) for token in GIVEN["junk"])
    return {"fetches": count(place) - before, "accepted": int(accepted(validate, GIVEN["good"]))}


def down(make: Callable[..., Validate], place: str) -> dict[str, int]:
    """Ten good tokens, and the issuer has been down from the beginning."""
    post(f"{place}/down")
    validate = make(f"{place}/jwks", None)
    assert not any([accepted(validate, GIVEN["good"]) for _ in range(10)])
    return {"fetches": count(place), "accepted": 0}


def outage(make: Callable[..., Validate], place: str) -> dict[str, int]:
    """Ten good tokens after the keys' freshness ended and the issuer went down."""
    validate = make(f"{place}/jwks", 1)
    assert accepted(validate, GIVEN["good"])
    before = count(place)
    post(f"{place}/down")
    time.sleep(1.5)
    ended = [accepted(validate, GIVEN["good"]) for _ in range(10)]
    return {"fetches": count(place) - before, "accepted": sum(ended)}


def accepted(validate: Validate, token: str) -> bool:
    try:
        validate(token)
    except (jwt.PyJWTError, jotgate.JotgateError):
        return False
    return True


def count(place: str) -> int:
    with urllib.request.urlopen(f"{place}/count") as answer:
        return int(answer.read())


def post(url: str) -> None:
    urllib.request.urlopen(urllib.request.Request(url, method="POST")).close()


EXPERIMENTS = {"burst": burst, "junkKids": junk_kids, "down": down, "outage": outage}

for library, package, make in (("jotgate", "jotgate", with_jotgate), ("PyJWKClient", "PyJWT", with_pyjwt)):
    results = {
        name: experiment(make, f"{GIVEN['base']}/python-{package}-{name}") for name, experiment in EXPERIMENTS.items()
    }
    print(json.dumps({"language": "Python", "library": library, "version": version(package), **results}))
