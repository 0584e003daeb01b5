"""The exceptions of jotgate: one class for each stable code, under one base class.

The names follow PyJWT where it has one. Catch `InvalidToken` for every token that must not pass, and
`KeysUnavailable` for a token about which nobody can say anything: answer 401 or 403 to the first, 503 to the second.

No exception carries any part of a token, a claim's value or a key.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

if TYPE_CHECKING:
    from ._requirement import Requirement


class JotgateError(Exception):
    """The base of everything that jotgate raises on purpose."""

    code: ClassVar[str] = "internal_error"
    """The stable code, the same in every language that jotgate speaks."""


class InvalidToken(JotgateError):
    """The token must not pass.

    `code` is the stable code, `claim` the name of the claim that it is about (or None), `detail` a text for operators
    that may change between versions, `issuer_index` the entry of the policy's `issuers` that the token picked (or
    None, when it did not get that far), `route_index` the entry of its `routes` that the request took (or None).

    Applications may raise these themselves, for instance `RevokedTokenError`: `Validator.answer` takes them too.
    """

    requirement: Requirement | None = None
    """What the endpoint asked for in code, where it was that which the token is not: the challenge names its scopes."""
    detail: str
    claim: str | None
    issuer_index: int | None
    route_index: int | None

    def __init__(
        self,
        detail: str = "",
        claim: str | None = None,
        issuer_index: int | None = None,
        route_index: int | None = None,
    ) -> None:
        super().__init__(detail, claim, issuer_index, route_index)
        self.detail = detail
        self.claim = claim
        self.issuer_index = issuer_index
        self.route_index = route_index

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            # The native module gives `args` and calls no `__init__`, whose four attributes cost what the checks of
            # an HMAC token: most refusals are caught by their class, and nobody asks for more. Who does gets all four.
            if name in FIELDS and len(self.args) == len(FIELDS):
                for field, value in zip(FIELDS, self.args, strict=True):
                    self.__dict__.setdefault(field, value)
                return self.__dict__[name]
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)

    def __str__(self) -> str:
        text = f"{self.code}: {self.detail}" if self.detail else self.code
        return text if self.claim is None else f"{text} ({self.claim})"


FIELDS: Final = ("detail", "claim", "issuer_index", "route_index")
"""The attributes of an `InvalidToken`, in the order of its arguments."""


class MissingTokenError(InvalidToken):
    """The request carries no token where the policy looks for one."""

    code = "missing_token"


class MultipleTokensError(InvalidToken):
    """The request carries several tokens that differ."""

    code = "multiple_tokens"


class UnmatchedRequestError(InvalidToken):
    """No route of the policy names the request, and the policy says `unmatched: deny`."""

    code = "unmatched_request"


class AmbiguousTargetError(InvalidToken):
    """Servers read the path of the request in more than one way, and one of them could let it pass somewhere."""

    code = "ambiguous_target"


class DecodeError(InvalidToken):
    """The token is not three strict base64url segments that hold strict JSON objects."""

    code = "malformed_token"


class UnsupportedTokenError(DecodeError):
    """A token of a kind that is not read: encrypted, compressed, nested or with a detached payload."""

    code = "unsupported_token"


class UnsupportedCriticalError(DecodeError):
    """The header demands an extension (`crit`); none is supported."""

    code = "unsupported_critical"


class TokenTooLargeError(DecodeError):
    """The token is longer than the policy's `limits.token_bytes`."""

    code = "token_too_large"


class InvalidSignatureError(DecodeError):
    """The signature does not verify under the issuer's key."""

    code = "invalid_signature"


class InvalidIssuerError(InvalidToken):
    """`iss` is none of the policy's issuers."""

    code = "unknown_issuer"


class MissingIssuerError(InvalidIssuerError):
    """The token names no issuer."""

    code = "missing_issuer"


class InvalidAlgorithmError(InvalidToken):
    """The token's algorithm is not one that the policy allows."""

    code = "algorithm_not_allowed"


class UnknownKeyError(InvalidToken):
    """The issuer has no key of the token's `kid`, and all its key sets have been asked."""

    code = "unknown_key"


class AmbiguousKeyError(InvalidToken):
    """Several different keys fit the token."""

    code = "ambiguous_key"


class UnusableKeyError(InvalidToken):
    """The issuer has a key of the token's `kid`, but it cannot verify this token."""

    code = "unusable_key"


class ExpiredSignatureError(InvalidToken):
    """`exp` has passed."""

    code = "expired"


class ImmatureSignatureError(InvalidToken):
    """`nbf` lies ahead."""

    code = "not_yet_valid"


class InvalidIssuedAtError(InvalidToken):
    """`iat` lies ahead."""

    code = "issued_in_future"


class TokenTooOldError(InvalidToken):
    """The token was issued longer ago than the policy's `max_age`."""

    code = "too_old"


class LifetimeTooLongError(InvalidToken):
    """The token lives longer than the policy's `max_lifetime`."""

    code = "lifetime_too_long"


class MissingRequiredClaimError(InvalidToken):
    """A claim that the policy requires is absent or null."""

    code = "missing_claim"


class InvalidClaimError(InvalidToken):
    """A claim has a type or value that its definition does not allow."""

    code = "invalid_claim"


class InvalidTypeError(InvalidToken):
    """The header's `typ` is not one that the policy accepts."""

    code = "invalid_type"


class InvalidAudienceError(InvalidToken):
    """None of the policy's audiences is in `aud`."""

    code = "audience_mismatch"


class ClaimRejectedError(InvalidToken):
    """A claim rule of the policy does not hold."""

    code = "claim_rejected"


class ConfirmationFailedError(InvalidToken):
    """The token is bound to a key (`cnf`), and nothing proves that the client holds it."""

    code = "confirmation_failed"


class ClientNotAllowedError(InvalidToken):
    """The client is none of those that the policy allows, or `client_lookup` does not know it."""

    code = "client_not_allowed"


class InsufficientScopeError(InvalidToken):
    """The token lacks a scope that the policy asks for."""

    code = "insufficient_scope"


class RevokedTokenError(InvalidToken):
    """The token was revoked."""

    code = "revoked"


class KeysUnavailable(JotgateError):
    """The issuer's keys are not at hand, so the token can be neither accepted nor refused: answer 503, never 401.

    `retry_at` says when to come back, in seconds since the Unix epoch; `retry_after` is the same as a wait in
    seconds; `issuer_index` is the entry of the policy's `issuers` whose keys are missing. `detail` says what became of
    the last fetch, for operators alone: which URL, why, what the HTTP client said, and what to do.
    """

    code = "keys_unavailable"

    def __init__(
        self,
        detail: str = "",
        retry_at: float = 0.0,
        retry_after: float = 0.0,
        issuer_index: int | None = None,
    ) -> None:
        super().__init__(detail, retry_at, retry_after, issuer_index)
        self.detail = detail
        self.retry_at = retry_at
        self.retry_after = retry_after
        self.issuer_index = issuer_index

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else self.code


@dataclass(frozen=True)
class PolicyProblem:
    """One thing that is wrong with a policy: where, what, and what to do about it.

    `line` and `column` count from 1, in the text of the document; they are None where there is no text.
    """

    path: str
    message: str
    hint: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        place = None if self.line is None else f"line {self.line}, column {self.column}"
        places = dict.fromkeys(word for word in (self.path, place) if word)
        text = f"{', '.join(places)}: {self.message}" if places else self.message
        return text if self.hint is None else f"{text} ({self.hint})"


class PolicyError(JotgateError, ValueError):
    """The policy is wrong, or what an endpoint asks for. Making a `Validator` or a `Requirement` raises it.

    `path` is the place in the policy document (`issuers[0].audience`) or the option of `Validator` (`audience`), `hint`
    what to do about it (or None). `problems` has everything that is wrong, at most 20 things, this one first.
    """

    code = "policy_error"

    def __init__(
        self, detail: str = "", path: str = "", hint: str | None = None, problems: Iterable[PolicyProblem] = ()
    ) -> None:
        told = tuple(problems) or (PolicyProblem(path, detail, hint),)
        super().__init__(detail, path, hint, told)
        self.detail = detail
        self.path = path
        self.hint = hint
        self.problems: tuple[PolicyProblem, ...] = told

    def __str__(self) -> str:
        first, *others = self.problems
        lines = [str(first), *([f"and {len(others)} more:"] if others else []), *(f"  {other}" for other in others)]
        return "\n".join(lines)


class InternalError(JotgateError):
    """A bug in jotgate, or in a function of the application that it calls. The token is refused: answer 500."""

    code = "internal_error"


CLASS_OF_CODE: Final[dict[str, type[JotgateError]]] = {
    error.code: error
    for error in (
        MissingTokenError,
        MultipleTokensError,
        UnmatchedRequestError,
        AmbiguousTargetError,
        DecodeError,
        UnsupportedTokenError,
        UnsupportedCriticalError,
        TokenTooLargeError,
        MissingIssuerError,
        InvalidIssuerError,
        InvalidAlgorithmError,
        UnknownKeyError,
        AmbiguousKeyError,
        UnusableKeyError,
        InvalidSignatureError,
        ExpiredSignatureError,
        ImmatureSignatureError,
        InvalidIssuedAtError,
        TokenTooOldError,
        LifetimeTooLongError,
        MissingRequiredClaimError,
        InvalidClaimError,
        InvalidTypeError,
        InvalidAudienceError,
        ClaimRejectedError,
        ConfirmationFailedError,
        ClientNotAllowedError,
        InsufficientScopeError,
        RevokedTokenError,
        KeysUnavailable,
        PolicyError,
        InternalError,
    )
}
"""The exception class of every code. The native module looks its classes up here."""
