"""What a validator says beside its verdicts: answers, explanations, the health of its key sets."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from ._driver import Ask, Driver
from ._events import Events, OnEvent
from ._native import Explanation, Pending, Request, Verified
from ._native import Validator as NativeValidator
from ._request import RequestHeaders, RequestParts
from ._ruling import Ruling
from .errors import InternalError, InvalidToken, JotgateError, KeysUnavailable

if TYPE_CHECKING:
    from ._host import Clock
    from ._requirement import Requirement


class Answer(NamedTuple):
    """A complete HTTP answer to a request that may not pass."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Forward(NamedTuple):
    """How the policy's `forward` changes a request before it goes on.

    Take the header fields named in `remove` out, whatever their case, then set those of `set`, then replace the query
    where there is one.
    """

    remove: list[str]
    set: list[tuple[str, str]]
    query: str | None


class Inspection(NativeValidator):
    """The part of `Validator` that looks at things, and changes no verdict."""

    __slots__ = ("_clock", "_driver", "_events", "_listened", "_unfit")

    _clock: Clock | None
    _driver: Driver
    _events: Events
    _listened: bool
    _unfit: dict[str, str]
    """What cannot apply a policy's `forward`, and what it says of one that has it."""

    @property
    def _ruling(self) -> Ruling:
        """The policy that holds now. Every question takes one and keeps it."""
        ruling: Ruling = self._core
        return ruling

    def explain(self, token: str | bytes, *, as_of: float | None = None) -> Explanation:
        """Why a token passes the policy or not, check by check: for operators, not for whoever sent the token.

        Fetches keys as `validate` does where there are none, and blocks meanwhile. It tells of the policy alone, and
        calls neither the hooks nor `on_event`. `explain_request` does the same for a request.
        """
        return self._explain(token, as_of, self._ruling)

    async def explain_async(self, token: str | bytes, *, as_of: float | None = None) -> Explanation:
        """Like `explain`, but suspends the task while keys are fetched: under asyncio, trio or anyio."""
        return await self._explain_async(token, as_of, self._ruling)

    def explain_request(
        self,
        method: str,
        path: str,
        query: str | bytes = "",
        headers: RequestHeaders = (),
        *,
        as_of: float | None = None,
    ) -> Explanation:
        """Why a request passes the policy or not, as `explain` says it, beginning with its route."""
        ruling = self._ruling
        return self._explain(ruling.request(method, path, query, headers), as_of, ruling)

    async def explain_request_async(
        self,
        method: str,
        path: str,
        query: str | bytes = "",
        headers: RequestHeaders = (),
        *,
        as_of: float | None = None,
    ) -> Explanation:
        """Like `explain_request`, but suspends the task while keys are fetched: under asyncio, trio or anyio."""
        ruling = self._ruling
        return await self._explain_async(ruling.request(method, path, query, headers), as_of, ruling)

    def forward(
        self, verified: Verified | None, method: str, path: str, query: str | bytes = "", headers: RequestHeaders = ()
    ) -> Forward:
        """How the policy's `forward` changes this request before it goes on; the package's middleware does so.

        `verified` is what validating the request gave, None included: a header field that claims could set must not
        come from the client. Values come from the verified claims, whatever `transform` makes of them.
        """
        ruling = self._ruling
        return Forward(*ruling.forward(verified, ruling.request(method, path, query, headers)))

    @property
    def forwards(self) -> bool:
        """Whether the policy has a `forward`: whoever hands requests on must then apply it."""
        return self._ruling.changes_requests

    @property
    def reads(self) -> RequestParts:
        """The parts of requests that the policy reads, which stay the same until `replace` brings another policy.

        For what gathers the header fields of a request itself: more than these need not be given to `validate_request`,
        `explain_request` and `forward`, which come to the same with them alone.
        """
        return self._ruling.parts

    def refuse_to_forward(self, name: str, middleware: str = "jotgate.asgi or jotgate.wsgi") -> None:
        """For what cannot change the request that the application sees, under its own name.

        Raises ValueError where the policy has a `forward`: a header field that claims could set would come from the
        client instead. The error names the middleware that applies it. From now on `replace` takes no such policy.
        """
        if name in self._unfit:
            return
        unfit = f"{name} does not apply the policy's forward: use {middleware}"
        with self._driver.replacing:
            if self._ruling.changes_requests:
                raise ValueError(unfit)
            self._unfit[name] = unfit

    def answer(self, error: BaseException, requirement: Requirement | None = None) -> Answer:
        """The HTTP answer to send for an exception, in the manner that the policy's `responses` names.

        Takes anything: whatever is not jotgate's own is answered as an internal error, never let through. An endpoint
        that asks for more in code hands its `requirement` in, whose scopes the challenge names where one lacks; what
        `require` raises has it already.
        """
        issuer: int | None = None
        route: int | None = None
        retry_after: float | None = None
        code = InternalError.code
        if isinstance(error, InvalidToken | KeysUnavailable):
            code, issuer = error.code, error.issuer_index
        if isinstance(error, InvalidToken):
            route = error.route_index
            if (asked := requirement or error.requirement) is not None:
                return Answer(*asked._answer(self._core, error))
        if isinstance(error, KeysUnavailable):
            retry_after = error.retry_after
        return Answer(*self._ruling.answer(code, issuer, route, retry_after))

    def health(self) -> dict[str, Any]:
        """How the key sets are, for health checks and metrics: a new dict that `json.dumps` takes.

        `sources` has one entry for each URL of the policy with, among others, `url`, `state` (`"empty"`, `"fresh"`,
        `"due"`, `"stale"` or `"expired"`), `age` (seconds, or None), `next_refresh` (Unix seconds, or None), `keys`,
        `fetches`, `failures` and `fetch_time` (seconds that all fetches took which were answered or failed).
        `last_error` is why the last fetch failed, `last_error_cause` what the HTTP client said or where a redirect
        leads, `last_error_hint` what to do; None where nothing failed. Where the policy has a cache of verified tokens,
        `cache` has `entries`, `bytes`, `hits`, `misses` and `evictions`. Nothing of any token is in it.
        """
        return self._ruling.health(self._now())

    def subscribe(self, listener: OnEvent) -> Callable[[], None]:
        """Adds a listener beside `on_event`, for as long as until the function is called that this returns."""
        unsubscribe = self._events.subscribe(listener)
        self._listened = True
        self._accompany()
        return unsubscribe

    def refresh_keys(self) -> None:
        """Starts a fetch for every key set, past all caches, except for those that wait after a failure.

        For an operator who knows that keys were revoked, and for warming up before the first token. It does not wait
        for the answers: the fetches run on threads, or as tasks of the running event loop.
        """
        self._ruling.refresh_keys()
        self._driver.start()
        self._events.drain()

    def settle(self, timeout: float | None = None) -> bool:
        """Waits until no work of this validator is under way: no fetch, and nothing of its store.

        For a process that is about to be frozen, as those of AWS Lambda are, or about to fork. Each fetch has its own
        timeout; with `timeout` this waits for so many seconds at most, and says whether all has ended. Not for the
        thread of an event loop that fetches itself.
        """
        return self._driver.settle(timeout)

    def export_keys(self) -> str:
        """The fetched key sets as text for `import_keys`, in this process, a later one or on another host.

        It holds public keys and URLs. Whoever can change it can make tokens pass: store it like the policy.
        """
        return self._ruling.export_keys()

    def import_keys(self, snapshot: str) -> int:
        """Begins with the key sets of `export_keys`, as if they had been fetched when they were.

        Returns for how many of the policy's URLs that was of use: only a set of the very same URL counts, and only if
        it is newer than the one at hand and not past `max_stale`. Raises ValueError for a text that is no snapshot or
        was written later than now (the clock was set back since); then nothing has changed.
        """
        return self._ruling.import_keys(snapshot, self._now())

    def _now(self) -> float | None:
        if self._clock is None:
            return None
        now: object = self._clock()
        # None would stand for the system's clock, and a test's or a replay's tokens would be judged for another time.
        if isinstance(now, bool) or not isinstance(now, int | float):
            raise TypeError(f"clock must return seconds since the epoch as a number, not {type(now).__name__}")
        return now

    def _ask(self, question: str | bytes | Request, as_of: float | None, ruling: Ruling) -> Ask:
        """The question again, for after a fetch, about the same time of judgement and under the same policy."""
        return lambda: ruling.validate(question, self._now(), as_of)

    def _ask_again(self, pending: Pending, as_of: float | None, ruling: Ruling) -> Ask:
        """The same for a request, which the core has kept."""
        return lambda: ruling.validate(pending.request, self._now(), as_of)

    def _explain(self, question: str | bytes | Request, as_of: float | None, ruling: Ruling) -> Explanation:
        explanation = ruling.explain(question, self._now(), as_of)
        if explanation.verdict != "unavailable":
            return explanation
        with suppress(JotgateError):
            ask = self._ask(question, as_of, ruling)
            self._driver.finish(ask(), ask)
        return ruling.explain(question, self._now(), as_of)

    async def _explain_async(self, question: str | bytes | Request, as_of: float | None, ruling: Ruling) -> Explanation:
        explanation = ruling.explain(question, self._now(), as_of)
        if explanation.verdict != "unavailable":
            return explanation
        with suppress(JotgateError):
            ask = self._ask(question, as_of, ruling)
            await self._driver.finish_async(ask(), ask)
        return ruling.explain(question, self._now(), as_of)
