"""Base64url and JSON text, exactly as a token carries them."""

import base64
import json


def b64(data: bytes) -> str:
    """Base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64(text: str) -> bytes:
    """The inverse of `b64`, for our own well-formed text."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def b64_int(value: int, length: int | None = None) -> str:
    """Base64url of a big-endian integer, as short as possible unless a length is given."""
    return b64(value.to_bytes(length or max(1, (value.bit_length() + 7) // 8), "big"))


def unb64_int(text: str) -> int:
    return int.from_bytes(unb64(text), "big")


def compact(value: object) -> str:
    """JSON without spaces. Non-ASCII text is escaped, so a case file is plain ASCII."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def as_bytes(part: dict | str | bytes) -> bytes:
    """A header or payload is given as an object, or as the exact text or bytes to be signed."""
    if isinstance(part, bytes):
        return part
    if isinstance(part, str):
        return part.encode("utf-8")
    return compact(part).encode("utf-8")
