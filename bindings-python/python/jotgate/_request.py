"""What the frameworks' requests have in common."""

from __future__ import annotations

from urllib.parse import quote


def escaped(path: str | bytes) -> str:
    """A path whose escapes the server has resolved, with the necessary escapes put back.

    The application goes by the resolved path. Written with the necessary escapes alone, it takes the same route of the
    policy whichever others the client had put in.
    """
    if isinstance(path, str):
        path = path.encode("utf-8", "replace")
    return quote(path, safe=_PLAIN_IN_PATHS)


_PLAIN_IN_PATHS = "/:@!$&'()*+,;="
"""What may stand in a path as it is, beside letters, digits and `-._~` (RFC 3986 section 3.3)."""
