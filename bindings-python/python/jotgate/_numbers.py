"""The numbers that cross the edge to the native library."""

# Made by tests/policy_types/generate.py from bindings-ffi/edge/src/numbers.rs.

from typing import Final

# What came of a validation.
VERDICT_NONE: Final = 0
"""The call brought no verdict. Refuse the request."""
VERDICT_ACCEPTED: Final = 1
"""The token may pass."""
VERDICT_REJECTED: Final = 2
"""The token must not pass; the code says why."""
VERDICT_UNAVAILABLE: Final = 3
"""Nobody can say, because the issuer's keys cannot be had for now. Answer 503, not 401."""
VERDICT_KEYS_NEEDED: Final = 4
"""Keys must be got first. Do the work that is due, wait for what the verdict waits for, ask again."""
VERDICT_SKIPPED: Final = 5
"""The policy asks for no token here: the request may pass, without claims."""
VERDICT_UNDECIDED: Final = 6
"""The token passes the policy, and the host has to be asked about it: it must not pass before the host's answer."""

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

# What kind of work is to be done.
WORK_LOAD: Final = 1
"""Look into the store that processes share."""
WORK_FETCH: Final = 2
"""Do one GET."""
WORK_SAVE: Final = 3
"""Put a text into the store."""

# Why nothing came of a piece of work.
FAILURE_CONNECTION: Final = 1
"""No connection, a TLS failure, a connection that broke."""
FAILURE_TIMEOUT: Final = 2
"""No end within the work's timeout."""
FAILURE_TOO_LARGE: Final = 3
"""The body was longer than the work allows."""
FAILURE_CANCELLED: Final = 4
"""The host gave the work up, for instance because it shuts down."""
FAILURE_CALLBACK: Final = 5
"""The host's own function failed."""

# How a policy document is written.
FORMAT_JSON: Final = 1
"""JSON, without duplicate members."""
FORMAT_YAML: Final = 2
"""YAML 1.2, without anchors, tags and words that other versions of YAML read differently."""
FORMAT_TOML: Final = 3
"""TOML 1.1, without dates and infinities."""

# A gateway whose policies are read.
PRODUCT_MULESOFT: Final = 1
"""MuleSoft: the YAML of Flex Gateway or the JSON of API Manager."""
PRODUCT_WSO2: Final = 2
"""WSO2 API Manager: its deployment.toml, which may name a trust store."""
