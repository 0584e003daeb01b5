"""The public validator."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from ._batch import Batch, Outcome
from ._documents import filled, placed, policy_json, text_of_file
from ._driver import Driver, Verdict
from ._events import Events, OnEvent
from ._fetch import Fetch, FetchResponse
from ._hooks import ClientLookup, Hooks, IsRevoked, Transform
from ._host import Clock, HostOptions, checked
from ._native import FetchRequest, Pending, Undecided, Verified
from ._options import Strings
from ._policy import Duration, Secret, document_of, named_by_options, text_of
from ._replacing import Replacing
from ._request import RequestHeaders
from ._requirement import Requirement, requirement_of
from ._ruling import Ruling
from ._store import KeyStore
from ._urllib import UrllibFetcher
from .errors import InternalError, JotgateError, KeysUnavailable, MissingTokenError

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._options import ValidatorOptions
    from .policy import ClaimRule, ClientPolicy, KeySetSettings, ScopePolicy, TokenLimits


_T = TypeVar("_T")


class Validator(Replacing):
    """Validates JWTs by one policy: share one instance between all threads, tasks and requests of a process.

    The options describe one issuer; `Validator.from_policy` takes a whole policy document. Options that are not
    given are left to the core's defaults. Durations are seconds, text such as `"5m"`, or timedeltas.

    issuer: the `iss` to accept, exactly; or several that share everything below.
    audience: the audiences that this service answers to; a token must name one of them. `"any"` waives the check.
    discovery: True has the issuer's metadata say where its keys are, and a URL says where that metadata is. Default:
        True where no keys are given and the one issuer is an https URL.
    jwks_uri: where the issuer publishes its keys, or several such places. Fetched when the first token needs it.
    jwks: a key set `{"keys": [...]}` instead. pem: one public key. secret: an HMAC secret of at least 32 bytes.
    algorithms: the `alg` values to accept. Default: every asymmetric algorithm that fits the keys; with a secret,
        every HS algorithm that fits its length.
    typ: accepted header `typ` values, such as `"at+jwt"`. Default: any but those of other things than access tokens.
    profile: `"rfc9068"` where the issuer follows it: the type, and the claims that must be there. Default: none.
    required_claims: claims that must be there. Default: `["exp"]`.
    leeway: tolerated clock difference, 0 to 300 s. Default: 5 s.
    max_age: longest time since `iat`. max_lifetime: longest time between `iat` and `exp`. Default: no bound.
    reject_future_iat: whether a token from the future is refused even without `max_age`. Default: no.
    confirmation: `"ignore"` takes tokens that are bound to a key (`cnf`) as bearer tokens. Default: they are refused.
    client_id: `{"allowed": [...]}`, or `{"allowed": "host"}` to ask `client_lookup`; and `"claims"` where the client's
        name stands elsewhere.
    scopes: `{"all": [...], "any": [...]}`, and `"claims"` where the scopes stand elsewhere.
    try_all_keys: whether a token without `kid` may be tried against up to four keys. Default: no.
    jwks_options: how key sets are kept: `ttl`, `max_stale`, `timeout`, `cooldown`, `max_body`, `max_keys`,
        `allow_http`.
    responses: whose manner of answering `answer` follows: `"rfc6750"` (default), `"mulesoft"`, `"mulesoft-2020"`,
        `"wso2"`.
    limits: `{"token_bytes": 16384, "json_depth": 32}`.
    fetch: the fetch callback, sync or async. Default: `UrllibFetcher()`.
    store: where key sets are left for other processes and found in place of fetches, see `KeyStore`. Default: none.
    clock: the clock for everything. Default: the system's.
    client_lookup: called with the client id and the `UndecidedToken` where the policy leaves clients to it; all but
        True refuses the token with `ClientNotAllowedError`.
    is_revoked: called with every `UndecidedToken` that passed all else; True refuses it with `RevokedTokenError`.
    transform: called with a copy of the claims; what it returns is what the `Verified` shows in their place.
    on_event: called with a dict for everything that happens to the key sets, and for every token that is refused.

    These may be async but for `on_event`, and then only the async methods can call them. One that raises, or returns
    anything else than it should, refuses the token: with `InternalError`, unless it says otherwise above.

    Raises `PolicyError` for a policy that is wrong or contradicts itself; its `path` names the option. All of them are
    in `ValidatorOptions`, for what hands them on.
    """

    __slots__ = ("__weakref__", "_hooks", "_transforms")

    def __init__(
        self,
        *,
        issuer: Strings | None = None,
        audience: Strings | None = None,
        discovery: bool | str | None = None,
        jwks_uri: Strings | None = None,
        jwks: Mapping[str, Any] | None = None,
        pem: str | bytes | None = None,
        secret: Secret | None = None,
        algorithms: Sequence[str] | None = None,
        typ: Strings | None = None,
        profile: Literal["rfc9068"] | None = None,
        required_claims: Sequence[str] | None = None,
        leeway: Duration | None = None,
        max_age: Duration | None = None,
        max_lifetime: Duration | None = None,
        reject_future_iat: bool | None = None,
        confirmation: Literal["ignore"] | None = None,
        client_id: ClientPolicy | None = None,
        scopes: ScopePolicy | None = None,
        try_all_keys: bool | None = None,
        jwks_options: KeySetSettings | None = None,
        responses: Literal["rfc6750", "mulesoft", "mulesoft-2020", "wso2"] | None = None,
        limits: TokenLimits | None = None,
        fetch: Fetch | None = None,
        store: KeyStore | None = None,
        clock: Clock | None = None,
        client_lookup: ClientLookup | None = None,
        is_revoked: IsRevoked | None = None,
        transform: Transform | None = None,
        on_event: OnEvent | None = None,
    ) -> None:
        options = {
            "issuer": issuer,
            "audience": audience,
            "discovery": discovery,
            "jwks_uri": jwks_uri,
            "jwks": jwks,
            "pem": pem,
            "secret": secret,
            "algorithms": algorithms,
            "typ": typ,
            "profile": profile,
            "required_claims": required_claims,
            "leeway": leeway,
            "max_age": max_age,
            "max_lifetime": max_lifetime,
            "reject_future_iat": reject_future_iat,
            "confirmation": confirmation,
            "client_id": client_id,
            "scopes": scopes,
            "try_all_keys": try_all_keys,
            "jwks_options": jwks_options,
            "responses": responses,
            "limits": limits,
        }
        host: HostOptions = {
            "fetch": fetch,
            "store": store,
            "clock": clock,
            "client_lookup": client_lookup,
            "is_revoked": is_revoked,
            "transform": transform,
            "on_event": on_event,
        }
        with named_by_options(options):
            self._build(text_of(document_of(options)), host)

    @classmethod
    def from_policy(
        cls,
        policy: Mapping[str, Any] | str,
        *,
        format: Literal["json", "yaml", "toml"] = "json",  # noqa: A002 (what everyone calls it)
        **host: Unpack[HostOptions],
    ) -> Validator:
        """Makes a validator of a whole policy document: a mapping, or text in the `format`.

        Takes the same `fetch`, `store`, `clock`, hooks and `on_event` as the constructor. A path of `{"file": ...}` in
        the policy starts at the working directory. Raises `PolicyError`.
        """
        validator = cls.__new__(cls)
        if not isinstance(policy, str):
            validator._build(text_of(policy), host)
            return validator
        with placed(policy, format):
            validator._build(policy_json(policy, format), host)
        return validator

    @classmethod
    def from_file(cls, path: str | PathLike[str], **host: Unpack[HostOptions]) -> Validator:
        """Makes a validator of a policy file, whose name ends in `.json`, `.yaml`, `.yml` or `.toml`.

        A path of `{"file": ...}` in it starts at its folder. Raises `PolicyError`, OSError for a file that cannot be
        read, and ValueError for another ending.
        """
        text, kind = text_of_file(Path(path))
        validator = cls.__new__(cls)
        with placed(text, kind):
            validator._build(policy_json(text, kind), host, Path(path).parent)
        return validator

    def _build(self, policy: str, options: HostOptions, folder: Path | None = None) -> None:
        host = checked(options)
        policy = filled(policy, folder)
        lookup, is_revoked, transform = (host.get("client_lookup"), host.get("is_revoked"), host.get("transform"))
        store = host.get("store")
        ruling = Ruling(
            policy,
            # Only spreads refreshes in time, so that many processes do not fetch at once.
            secrets.randbits(64),
            client_lookup=lookup is not None,
            revocation_check=is_revoked is not None,
            store=store is not None,
        ).learn()
        self._clock = host.get("clock")
        self._hooks = Hooks(lookup, is_revoked, transform)
        self._transforms = transform is not None
        self._events = Events(ruling, self._now)
        self._unfit = {}
        # Asked here on the way of every validation, because a call would cost more than all the rest of this module.
        self._listened = False
        fetch = host.get("fetch") or (UrllibFetcher() if self._fetches(ruling) else _fetch_after_all)
        self._driver = Driver(ruling, fetch, store, self._now, self._events.drain)
        # Undecided tokens and refusals come to Python by themselves; these three would not be asked otherwise.
        listener = host.get("on_event")
        self._begin(ruling, alone=self._clock is None and transform is None and listener is None)
        if listener is not None:
            self.subscribe(listener)

    @overload
    async def validate_async(
        self, token: str | bytes, *, as_of: float | None = None, into: None = None
    ) -> Verified: ...

    @overload
    async def validate_async(self, token: str | bytes, *, as_of: float | None = None, into: type[_T]) -> _T: ...

    async def validate_async(
        self, token: str | bytes, *, as_of: float | None = None, into: type[Any] | None = None
    ) -> Any:
        """Like `validate`, but suspends the task while keys are fetched: under asyncio, trio or anyio.

        Cancelling the task does not stop a fetch that others may wait for.
        """
        if into is not None:
            return (await self.validate_async(token, as_of=as_of)).into(into)
        try:
            ruling = self._ruling
            verdict = ruling.validate(token, None if self._clock is None else self._now(), as_of)
            if isinstance(verdict, Verified) and not self._transforms:
                return verdict
            verdict = await self._driver.finish_async(verdict, self._ask(token, as_of, ruling))
            return await self._hooks.run_async(_of_token(verdict))
        except JotgateError as error:
            self._events.refused(error)
            raise
        finally:
            if self._listened:
                self._events.drain()

    @overload
    def validate_nowait(self, token: str | bytes, *, as_of: float | None = None, into: None = None) -> Verified: ...

    @overload
    def validate_nowait(self, token: str | bytes, *, as_of: float | None = None, into: type[_T]) -> _T: ...

    def validate_nowait(self, token: str | bytes, *, as_of: float | None = None, into: type[Any] | None = None) -> Any:
        """Like `validate`, but never waits: raises `KeysUnavailable` when keys would have to be fetched first.

        The fetch is started all the same, on another thread or as a task, so a later call finds the keys.
        """
        verified = self._judge(token, as_of, wait=False)
        return verified if into is None else verified.into(into)

    def validate_many(
        self, tokens: Iterable[str | bytes], *, as_of: float | None = None, threads: int | None = None
    ) -> list[Verified | JotgateError]:
        """Validates many tokens: gives for each, in their order, what `validate` returns or raises.

        Other threads of Python go on meanwhile, and key sets are fetched once for all tokens; blocks like `validate`.
        `threads` is the most processors to use; None is all. The hooks are called after that, token by token. Raises
        TypeError when any of the tokens is neither str nor bytes.
        """
        batch = Batch(self._ruling, tokens, as_of=as_of, threads=threads)
        try:
            self._driver.finish_many(batch)
            return [self._settled(outcome) for outcome in batch.outcomes(self._unavailable)]
        finally:
            if self._listened:
                self._events.drain()

    async def validate_many_async(
        self, tokens: Iterable[str | bytes], *, as_of: float | None = None, threads: int | None = None
    ) -> list[Verified | JotgateError]:
        """Like `validate_many`, but suspends the task: under asyncio, trio or anyio.

        Others of its event loop go on. Cancelling the task does not stop a fetch that others may wait for.
        """
        batch = Batch(self._ruling, tokens, as_of=as_of, threads=threads)
        try:
            await self._driver.finish_many_async(batch)
            return [await self._settled_async(outcome) for outcome in batch.outcomes(self._unavailable)]
        finally:
            if self._listened:
                self._events.drain()

    async def validate_request_async(
        self,
        method: str,
        path: str,
        query: str | bytes = "",
        headers: RequestHeaders = (),
        *,
        as_of: float | None = None,
    ) -> Verified | None:
        """Like `validate_request`, but suspends the task while keys are fetched: under asyncio, trio or anyio."""
        try:
            now = None if self._clock is None else self._now()
            ruling = self._ruling
            verdict = ruling.validate_request(method, path, query, headers, now, as_of)
            if isinstance(verdict, Verified) and not self._transforms:
                return verdict
            if isinstance(verdict, Pending):
                verdict = await self._driver.finish_async(verdict, self._ask_again(verdict, as_of, ruling))
            return None if verdict is None else await self._hooks.run_async(verdict)
        except JotgateError as error:
            self._events.refused(error)
            raise
        finally:
            if self._listened:
                self._events.drain()

    def require(
        self,
        verified: Verified | None,
        requirement: Requirement | None = None,
        *,
        scopes: Strings = (),
        any_scopes: Strings = (),
        claims: Sequence[ClaimRule] = (),
    ) -> Verified:
        """Asks for more of a token that this validator has let pass, and gives it back.

        Takes a `Requirement`, or what one is made of: all of `scopes`, one of `any_scopes`, rules about `claims`. With
        rules it is made anew each time, so make one where the endpoint is defined. Raises what a route of the policy
        raises: `InsufficientScopeError` (403, with a challenge that names the scopes), `InvalidClaimError`,
        `MissingRequiredClaimError` and `ClaimRejectedError`; `MissingTokenError` for None, which `validate_request`
        gives for a request that the policy's `routes` let through without a token; and `PolicyError` for what cannot be
        asked.
        """
        asked = requirement_of(requirement, scopes, any_scopes, claims)
        try:
            if verified is None:
                raise MissingTokenError(
                    "the endpoint asks for more of a token than the policy's routes, which need none"
                )
            asked._ask(self._core, verified)
        except JotgateError as error:
            self._events.refused(error)
            raise
        finally:
            if self._listened:
                self._events.drain()
        return verified

    def _judge(
        self,
        token: str | bytes,
        as_of: float | None,
        ruling: Ruling | None = None,
        verdict: Verified | Undecided | Pending | None = None,
        *,
        wait: bool = True,
    ) -> Verified:
        """What `validate` does where the core has not the only say. `verdict` is what a core has said already."""
        try:
            ruling = ruling or self._ruling
            if verdict is None:
                verdict = ruling.validate(token, self._now(), as_of)
            if isinstance(verdict, Verified) and not self._transforms:
                return verdict
            if wait:
                verdict = self._driver.finish(verdict, self._ask(token, as_of, ruling))
            else:
                verdict = self._driver.finish_nowait(verdict)
            if isinstance(verdict, Pending):
                raise self._unavailable()
            return self._hooks.run(_of_token(verdict))
        except JotgateError as error:
            self._events.refused(error)
            raise
        finally:
            if self._listened:
                self._events.drain()

    def _judge_request(  # noqa: PLR0917 (they are those of the caller)
        self,
        method: str,
        path: str,
        query: str | bytes,
        headers: RequestHeaders,
        as_of: float | None,
        ruling: Ruling | None = None,
        verdict: Verified | Undecided | Pending | None = None,
        *,
        wait: bool = True,
    ) -> Verified | None:
        """The same for `validate_request`."""
        try:
            ruling = ruling or self._ruling
            if verdict is None:
                verdict = ruling.validate_request(method, path, query, headers, self._now(), as_of)
            if isinstance(verdict, Verified) and not self._transforms:
                return verdict
            if isinstance(verdict, Pending) and wait:
                verdict = self._driver.finish(verdict, self._ask_again(verdict, as_of, ruling))
            elif isinstance(verdict, Pending):
                verdict = self._driver.finish_nowait(verdict)
            if isinstance(verdict, Pending):
                raise self._unavailable()
            return None if verdict is None else self._hooks.run(verdict)
        except JotgateError as error:
            self._events.refused(error)
            raise
        finally:
            if self._listened:
                self._events.drain()

    def _settled(self, outcome: Outcome) -> Verified | JotgateError:
        """What a token of a batch ends with, once the hooks have been asked and the listeners told."""
        if isinstance(outcome, Undecided) or (isinstance(outcome, Verified) and self._transforms):
            try:
                return self._hooks.run(outcome)
            except JotgateError as error:
                return self._refused(error)
        return self._refused(outcome) if isinstance(outcome, JotgateError) else outcome

    async def _settled_async(self, outcome: Outcome) -> Verified | JotgateError:
        if isinstance(outcome, Undecided) or (isinstance(outcome, Verified) and self._transforms):
            try:
                return await self._hooks.run_async(outcome)
            except JotgateError as error:
                return self._refused(error)
        return self._refused(outcome) if isinstance(outcome, JotgateError) else outcome

    def _refused(self, error: JotgateError) -> JotgateError:
        self._events.refused(error)
        # Nobody raises it further, and its traceback would keep the whole batch for as long as it lives.
        return error.with_traceback(None)

    def _fetches(self, ruling: Ruling) -> bool:
        """Whether there is anything to fetch. A clock of the application's own is not asked before there is a token."""
        return self._clock is not None or bool(ruling.health()["sources"])

    def _unavailable(self) -> KeysUnavailable:
        """For keys that are being fetched while the caller cannot wait."""
        return KeysUnavailable("the keys are being fetched", self._events.now())


def validator_of(validator: Validator | None, options: ValidatorOptions) -> Validator:
    """The one that is given, or one of these options. Raises TypeError for both."""
    if validator is None:
        return Validator(**options)
    if options:
        raise TypeError("give a Validator or the options of one, not both")
    return validator


def _of_token(verdict: Verdict) -> Verified | Undecided:
    """The verdict on a token: only a request can need none."""
    if verdict is None:
        raise InternalError("the core gave no verdict on a token")
    return verdict


def _fetch_after_all(request: FetchRequest) -> FetchResponse:
    """For a policy that has nothing to fetch: never called, and right if it is."""
    return UrllibFetcher()(request)
