"""The numbers that cross the edge to the native library."""

# Made by tests/policy_types/generate.py from bindings-ffi/edge/src/numbers.rs.

from typing import Final

# What the host is asked about a token.
QUESTION_CLIENT: Final = 1
"""Whether the host knows the client that the token names."""
QUESTION_REVOKED: Final = 2
"""Whether the token was revoked."""

# What the host answers.
ANSWER_YES: Final = 1
"""The host knows the client; the token was revoked."""
ANSWER_NO: Final = 2
"""The host does not know the client; the token was not revoked."""
ANSWER_FAILED: Final = 3
"""The host cannot say: its look-up failed, or gave neither."""

# Why nothing came of a piece of work.
FAILURE_CONNECTION: Final = 1
"""No connection, a failed TLS handshake, a connection that broke."""
FAILURE_TIMEOUT: Final = 2
"""No end within the work's timeout."""
FAILURE_TOO_LARGE: Final = 3
"""The body was longer than the work allows."""
FAILURE_CANCELLED: Final = 4
"""The host gave the work up, for instance because it shuts down."""
FAILURE_CALLBACK: Final = 5
"""The host's own function failed."""
FAILURE_CERTIFICATE: Final = 6
"""The server's certificate is not trusted, not valid now, or not for this host."""
