"""Tokens: well-formed by default, and broken in exactly one place where a case wants it."""

from collections.abc import Callable

from .encoding import as_bytes, b64
from .sign import default_alg, sign

NOW = 1_800_000_000
ISSUER = "https://idp.test/"
AUDIENCE = "https://api.test"
ABSENT = object()
Forge = Callable[[bytes], bytes]


def claims(**changes) -> dict:
    """The usual claims with changes; ABSENT removes one."""
    usual = {"iss": ISSUER, "sub": "alice", "aud": AUDIENCE, "exp": NOW + 600}
    return {name: value for name, value in (usual | changes).items() if value is not ABSENT}


def header(key: str = "ec-a", alg: str | None = None, **changes) -> dict:
    """The usual protected header with changes; ABSENT removes a member."""
    usual = {"alg": default_alg(key) if alg is None else alg, "kid": key}
    return {name: value for name, value in (usual | changes).items() if value is not ABSENT}


def token(
    payload: dict | str | bytes | None = None,
    head: dict | str | bytes | None = None,
    *,
    key: str = "ec-a",
    alg: str | None = None,
    forge: Forge | None = None,
) -> str:
    """A compact JWS. `alg` names what is really signed with; `forge` makes the signature instead of `key`."""
    algorithm = alg or default_alg(key)
    return seal(
        b64(as_bytes(header(key, algorithm) if head is None else head)),
        b64(as_bytes(claims() if payload is None else payload)),
        key=key,
        alg=algorithm,
        forge=forge,
    )


def seal(head: str, payload: str, *, key: str = "ec-a", alg: str | None = None, forge: Forge | None = None) -> str:
    """Signs two segments exactly as they are written, broken or not."""
    message = f"{head}.{payload}".encode()
    signature = forge(message) if forge else sign(key, alg or default_alg(key), message)
    return f"{head}.{payload}.{b64(signature)}"
