"""Your API gateway's JWT policy, inside your process, with the same verdict in every language.

    from jotgate import InvalidToken, KeysUnavailable, Validator

    validator = Validator(issuer="https://idp.example.com/", audience="orders")
    claims = validator.validate(token)

Make one `Validator` for each policy and share it: it keeps the issuers' keys, finds and fetches them when it must and
renews them in the background, with at most one fetch at a time for each source.
"""

from collections.abc import Mapping as _Mapping

from ._aiohttp import AiohttpFetcher
from ._documents import (
    ImportNote,
    PolicyImport,
    PolicyWarning,
    import_policy,
    lint,
    policy_json,
    products,
    schema,
)
from ._fetch import Fetch, FetchResponse, ResponseTooLarge
from ._host import HostOptions
from ._httpx import AsyncHttpxFetcher, HttpxFetcher
from ._inspection import Answer, Forward
from ._native import Explanation, FetchRequest, Verified
from ._options import ValidatorOptions
from ._requests import RequestsFetcher
from ._requirement import Requirement
from ._shadow import Difference, Shadow, shadow
from ._store import KeyStore
from ._undecided import UndecidedToken
from ._urllib import UrllibFetcher
from ._validator import Validator
from .errors import (
    AmbiguousKeyError,
    AmbiguousTargetError,
    ClaimRejectedError,
    ClientNotAllowedError,
    ConfirmationFailedError,
    DecodeError,
    ExpiredSignatureError,
    ImmatureSignatureError,
    InsufficientScopeError,
    InternalError,
    InvalidAlgorithmError,
    InvalidAudienceError,
    InvalidClaimError,
    InvalidIssuedAtError,
    InvalidIssuerError,
    InvalidSignatureError,
    InvalidToken,
    InvalidTypeError,
    JotgateError,
    KeysUnavailable,
    LifetimeTooLongError,
    MissingIssuerError,
    MissingRequiredClaimError,
    MissingTokenError,
    MultipleTokensError,
    PolicyError,
    PolicyProblem,
    RevokedTokenError,
    TokenTooLargeError,
    TokenTooOldError,
    UnknownKeyError,
    UnmatchedRequestError,
    UnsupportedCriticalError,
    UnsupportedTokenError,
    UnusableKeyError,
)

# The native class has a mapping's methods; this makes `isinstance(verified, Mapping)` and pattern matching agree.
_Mapping.register(Verified)  # pyright: ignore[reportAttributeAccessIssue] (it is an abstract base class)

__all__ = [
    "AiohttpFetcher",
    "AmbiguousKeyError",
    "AmbiguousTargetError",
    "Answer",
    "AsyncHttpxFetcher",
    "ClaimRejectedError",
    "ClientNotAllowedError",
    "ConfirmationFailedError",
    "DecodeError",
    "Difference",
    "ExpiredSignatureError",
    "Explanation",
    "Fetch",
    "FetchRequest",
    "FetchResponse",
    "Forward",
    "HostOptions",
    "HttpxFetcher",
    "ImmatureSignatureError",
    "ImportNote",
    "InsufficientScopeError",
    "InternalError",
    "InvalidAlgorithmError",
    "InvalidAudienceError",
    "InvalidClaimError",
    "InvalidIssuedAtError",
    "InvalidIssuerError",
    "InvalidSignatureError",
    "InvalidToken",
    "InvalidTypeError",
    "JotgateError",
    "KeyStore",
    "KeysUnavailable",
    "LifetimeTooLongError",
    "MissingIssuerError",
    "MissingRequiredClaimError",
    "MissingTokenError",
    "MultipleTokensError",
    "PolicyError",
    "PolicyImport",
    "PolicyProblem",
    "PolicyWarning",
    "RequestsFetcher",
    "Requirement",
    "ResponseTooLarge",
    "RevokedTokenError",
    "Shadow",
    "TokenTooLargeError",
    "TokenTooOldError",
    "UndecidedToken",
    "UnknownKeyError",
    "UnmatchedRequestError",
    "UnsupportedCriticalError",
    "UnsupportedTokenError",
    "UnusableKeyError",
    "UrllibFetcher",
    "Validator",
    "ValidatorOptions",
    "Verified",
    "import_policy",
    "lint",
    "policy_json",
    "products",
    "schema",
    "shadow",
]
