"""The options of a `Validator` as a type, for what takes them and hands them on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict

from ._host import HostOptions

if TYPE_CHECKING:
    from ._policy import Duration, Secret
    from .policy import ClientPolicy, KeySetSettings, ScopePolicy, TokenLimits

Strings: TypeAlias = str | Sequence[str]


class PolicyOptions(TypedDict, total=False):
    """Those that describe the policy; None is the default of each."""

    issuer: Strings | None
    audience: Strings | None
    discovery: bool | str | None
    jwks_uri: Strings | None
    jwks: Mapping[str, Any] | None
    pem: str | bytes | None
    secret: Secret | None
    algorithms: Sequence[str] | None
    typ: Strings | None
    profile: Literal["rfc9068"] | None
    required_claims: Sequence[str] | None
    leeway: Duration | None
    max_age: Duration | None
    max_lifetime: Duration | None
    reject_future_iat: bool | None
    confirmation: Literal["ignore"] | None
    client_id: ClientPolicy | None
    scopes: ScopePolicy | None
    try_all_keys: bool | None
    jwks_options: KeySetSettings | None
    responses: Literal["rfc6750", "mulesoft", "mulesoft-2020", "wso2"] | None
    limits: TokenLimits | None


class ValidatorOptions(PolicyOptions, HostOptions, total=False):
    """All options of `Validator`.

        def make(**options: Unpack[ValidatorOptions]) -> Validator:
            return Validator(**options)

    A type checker sees an option that does not exist, and a value that no option takes.
    """
