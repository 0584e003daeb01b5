"""A worker of a service that shares its key sets through Redis: validates a token when told to, and says what came."""

from __future__ import annotations

import json
import os
import sys

import redis

from jotgate import Validator
from redis_store import RedisStore

validator = Validator(
    issuer=os.environ["ISSUER"],
    audience=os.environ["AUDIENCE"],
    jwks_uri=os.environ["JWKS_URI"],
    store=RedisStore(redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=2), "orders"),
)


def say(line: str) -> None:
    """One line to whoever started this."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


say("ready")
sys.stdin.readline()
verified = validator.validate(os.environ["TOKEN"])
say(json.dumps({"sub": verified.subject, "shared": validator.health()["sources"][0]["shared"]}))
# A service goes on; its process must not end before its save has.
sys.stdin.read()
