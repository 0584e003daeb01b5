"""What a key, an issuer and a cached token cost in memory: prints the bytes of each as JSON.

The core allocates with the C library's allocator, and Python hardly does, so that what the allocator has given out before and after is
the core's. Takes glibc 2.33.
"""

from __future__ import annotations

import ctypes
import gc
import json
import secrets
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tokens"))

import generate  # noqa: E402
from jotgate import Validator  # noqa: E402

KEYS = 500
ISSUERS = 1000
TOKENS = 2000


class Allocated(ctypes.Structure):
    """`struct mallinfo2` of malloc.h."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
        )
    ]  # fmt: skip


def main() -> None:
    # What is allocated once shall not count.
    growth(with_keys("RS256", [generate.new_key("RS256", "0").jwk]), with_keys("ES256", [generate.new_key("ES256", "0").jwk]))
    sizes = {f"bytes per {algorithm} key": per_key(algorithm) for algorithm in ("RS256", "ES256")}
    sizes["bytes per issuer"] = per_issuer()
    sizes["bytes per cached token"] = per_cached_token()
    print(json.dumps(sizes))


def per_key(algorithm: str) -> int:
    jwk = generate.new_key(algorithm, "0").jwk
    # RSA keys take long to make, and one is as large as the other.
    keys = [jwk | {"kid": f"key-{index:04}"} for index in range(KEYS)]
    if algorithm != "RS256":
        keys = [generate.new_key(algorithm, f"key-{index:04}").jwk for index in range(KEYS)]
    return growth(with_keys(algorithm, keys[:1]), with_keys(algorithm, keys)) // (KEYS - 1)


def with_keys(algorithm: str, keys: list[dict[str, str]]) -> dict[str, Any]:
    return generate.policy([generate.issuer(generate.ISSUER, algorithm, keys)])


def per_issuer() -> int:
    """With one key each, an ES256 one."""
    key = generate.new_key("ES256", "key").jwk
    entries = [generate.issuer(f"https://tenant-{index:04}.example.com/", "ES256", [key]) for index in range(ISSUERS)]
    return growth(generate.policy(entries[:1]), generate.policy(entries)) // (ISSUERS - 1)


def growth(small: dict[str, Any], large: dict[str, Any]) -> int:
    sizes = []
    for policy in (small, large):
        document, before = json.dumps(policy), allocated()
        validator = Validator.from_policy(json.loads(document))
        gc.collect()
        sizes.append(allocated() - before)
        del validator
    return sizes[1] - sizes[0]


def per_cached_token() -> int:
    """Small tokens, of some 500 bytes, by HS256."""
    key = generate.new_key("HS256", "key")
    issuer = generate.issuer(generate.ISSUER, "HS256", [key.jwk])
    policy = generate.policy([issuer]) | {"cache": {"entries": 2 * TOKENS}}
    validator = Validator.from_policy(policy)
    tokens = [generate.token("HS256", key, generate.claims("small") | {"jti": secrets.token_hex(16)}) for _ in range(TOKENS)]
    validator.validate(tokens[0])
    gc.collect()
    before = allocated()
    for token in tokens[1:]:
        validator.validate(token)
    gc.collect()
    return (allocated() - before) // (TOKENS - 1)


def allocated() -> int:
    """The bytes that the allocator has given out and not taken back."""
    library = ctypes.CDLL(None)
    library.mallinfo2.restype = Allocated
    told = library.mallinfo2()
    return told.uordblks + told.hblkhd


if __name__ == "__main__":
    main()
