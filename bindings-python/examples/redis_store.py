"""Key sets that all workers of a service share through Redis: one of them fetches, the others read.

    client = redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=2)
    validator = Validator(..., store=RedisStore(client, "orders"))

Take one name for each policy. Whoever can write to this Redis can make tokens pass.
"""

from __future__ import annotations

import asyncio
import time

import redis
import redis.asyncio


class RedisStore:
    """Keeps key sets in Redis under `jotgate:<name>`.

    When there are none yet, as when all workers start at once, one of them gets a lease and fetches, and the others
    wait for what it saves: so the issuer gets one request. Where the holder of the lease dies, or finds the issuer
    down, they go on by themselves after `lease` seconds: keep that below the fetch timeout of the policy, 10 s. Of
    several key sets, whoever needs one that is not in the text yet fetches it.

    `keep` is how many seconds a text stays, the policy's `max_stale`: after that no worker would use it.
    """

    def __init__(self, client: redis.Redis, name: str, *, lease: float = 5.0, keep: int = 86400) -> None:
        self._client = client
        self._text = f"jotgate:{name}"
        self._taken = f"jotgate:{name}:lease"
        self._lease = lease
        self._keep = keep

    def load(self) -> str | None:
        """The text that was saved last; None for the one who shall fetch."""
        give_up = time.monotonic() + self._lease
        while (text := self._client.get(self._text)) is None:
            taken = self._client.set(self._taken, "1", nx=True, px=int(self._lease * 1000))
            if taken or time.monotonic() > give_up:
                return None
            time.sleep(PAUSE)
        return text.decode() if isinstance(text, bytes) else str(text)

    def save(self, text: str) -> None:
        """Keeps the text for all workers."""
        self._client.set(self._text, text, ex=self._keep)
        self._client.delete(self._taken)


class AsyncRedisStore:
    """The same for `validate_async`, with a client of `redis.asyncio`, which belongs to one event loop."""

    def __init__(self, client: redis.asyncio.Redis, name: str, *, lease: float = 5.0, keep: int = 86400) -> None:
        self._client = client
        self._text = f"jotgate:{name}"
        self._taken = f"jotgate:{name}:lease"
        self._lease = lease
        self._keep = keep

    async def load(self) -> str | None:
        """The text that was saved last; None for the one who shall fetch."""
        give_up = time.monotonic() + self._lease
        while (text := await self._client.get(self._text)) is None:
            taken = await self._client.set(self._taken, "1", nx=True, px=int(self._lease * 1000))
            if taken or time.monotonic() > give_up:
                return None
            await asyncio.sleep(PAUSE)
        return text.decode() if isinstance(text, bytes) else str(text)

    async def save(self, text: str) -> None:
        """Keeps the text for all workers."""
        await self._client.set(self._text, text, ex=self._keep)
        await self._client.delete(self._taken)


PAUSE = 0.02
"""Seconds between two looks for what the holder of the lease saves."""
