"""Shadow mode: what decides today goes on deciding, and jotgate judges the same tokens beside it."""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, cast, overload

from ._calls import is_async
from .errors import InternalError, InvalidToken, JotgateError, KeysUnavailable

if TYPE_CHECKING:
    from ._request import RequestHeaders
    from ._validator import Validator

_T = TypeVar("_T")
_Judge = Callable[[], object]

_log = logging.getLogger("jotgate")


@dataclass(frozen=True)
class Difference:
    """One token about which the two do not agree. Nothing of the token is in it."""

    existing: Literal["accepted", "refused"]
    """What the one said that decides."""
    jotgate: str
    """What jotgate says: `"accepted"`, or the code of the refusal."""
    hint: str | None
    """Why jotgate refuses it, for operators."""
    issuer: int | None
    """Which entry of the policy's `issuers` the token picked, counted from 0."""
    exception: str | None
    """The name of the type that the existing one raised."""

    def __str__(self) -> str:
        if self.existing == "refused":
            return f"jotgate accepts a token that is refused today ({self.exception or 'no claims'})"
        why = f": {self.hint}" if self.hint else ""
        return f"jotgate refuses a token that is accepted today: {self.jotgate}{why}"


OnDifference = Callable[[Difference], object]
"""Takes one difference. What it returns does not matter; what it raises is logged to the logger `jotgate`."""


class Shadow(Generic[_T]):
    """Stands in the place of the existing validator, and is called as it is. See `shadow`."""

    def __init__(
        self, validator: Validator, existing: Callable[..., _T], on_difference: OnDifference, reports_per_minute: int
    ) -> None:
        functools.update_wrapper(self, existing)
        self._validator = validator
        self._existing = existing
        self._on_difference = on_difference
        self._per_minute = reports_per_minute
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._unreported = 0
        self._minute, self._reported = 0, 0

    def __call__(self, token: str | bytes, *args: Any, **kwargs: Any) -> _T:
        """Gives what the existing one gives, and raises what it raises."""
        try:
            given = self._existing(token, *args, **kwargs)
        except Exception as error:
            self._compare(self._judge_token(token), error)
            raise
        self._compare(self._judge_token(token), _refusal_of(given))
        return given

    def compare_request(
        self,
        method: str,
        path: str,
        query: str | bytes = "",
        headers: RequestHeaders = (),
        *,
        refused: BaseException | bool = False,
    ) -> None:
        """Judges a request about which something else has decided, such as a middleware. Never raises.

        refused: what it raised, or whether it refused the request. The parts of the request are those of
        `Validator.validate_request`; a policy with `routes` counts as a whole.
        """
        self._compare(lambda: self._validator._judge_request(method, path, query, headers, None, wait=False), refused)

    @property
    def counts(self) -> dict[str, int]:
        """How often either said what: `"accepted/accepted"`, `"accepted/expired"` and so on, the existing one first.

        `"…/keys_unavailable"` are tokens about which jotgate could say nothing yet: no difference.
        """
        with self._lock:
            return {"/".join(said): count for said, count in sorted(self._counts.items())}

    @property
    def differences(self) -> int:
        """How many tokens the two did not agree about, reported or not."""
        with self._lock:
            return sum(count for said, count in self._counts.items() if _differ(*said))

    @property
    def unreported(self) -> int:
        """How many of the differences were over the rate, and not reported."""
        with self._lock:
            return self._unreported

    def _judge_token(self, token: str | bytes) -> _Judge:
        return lambda: self._validator.validate_nowait(token)

    def _compare(self, judge: _Judge, refused: BaseException | bool) -> None:  # noqa: FBT001 (what was raised, or said)
        try:
            difference = self._difference(judge, refused)
            if difference is not None and self._may_report():
                self._on_difference(difference)
        except Exception:  # noqa: BLE001 (nothing of this may come into the request)
            _log.exception("a shadow could not report")

    def _difference(self, judge: _Judge, refused: BaseException | bool) -> Difference | None:  # noqa: FBT001 (as above)
        existing: Literal["accepted", "refused"] = "accepted" if refused is False else "refused"
        code, hint, issuer = "accepted", None, None
        try:
            issuer = getattr(judge(), "issuer_index", None)
        except JotgateError as error:
            code, hint = error.code, _hint_of(error)
            issuer = error.issuer_index if isinstance(error, InvalidToken | KeysUnavailable) else None
        except Exception as error:  # noqa: BLE001 (a broken clock, or what is no token at all)
            code, hint = InternalError.code, type(error).__name__
        with self._lock:
            self._counts[existing, code] += 1
        if not _differ(existing, code):
            return None
        raised = type(refused).__name__ if isinstance(refused, BaseException) else None
        return Difference(existing, code, hint, issuer, raised)

    def _may_report(self) -> bool:
        minute = int(time.monotonic() // 60)
        with self._lock:
            if minute != self._minute:
                self._minute, self._reported = minute, 0
            if self._reported >= self._per_minute:
                self._unreported += 1
                return False
            self._reported += 1
            return True


class AsyncShadow(Shadow[_T]):
    """The same for one that is async, and async itself."""

    async def __call__(self, token: str | bytes, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        """Gives what the existing one gives, and raises what it raises."""
        try:
            given = await cast("Callable[..., Awaitable[Any]]", self._existing)(token, *args, **kwargs)
        except Exception as error:
            self._compare(self._judge_token(token), error)
            raise
        self._compare(self._judge_token(token), _refusal_of(given))
        return given


def log_difference(difference: Difference) -> None:
    """Writes a warning to the logger `jotgate`."""
    _log.warning("%s", difference, extra={"jotgate_difference": vars(difference)})


@overload
def shadow(
    validator: Validator,
    existing: Callable[..., _T],
    on_difference: OnDifference = ...,
    *,
    reports_per_minute: int = ...,
) -> Shadow[_T]: ...


@overload
def shadow(
    validator: Validator,
    existing: None = None,
    on_difference: OnDifference = ...,
    *,
    reports_per_minute: int = ...,
) -> Shadow[None]: ...


def shadow(
    validator: Validator,
    existing: Callable[..., Any] | None = None,
    on_difference: OnDifference = log_difference,
    *,
    reports_per_minute: int = 60,
) -> Shadow[Any]:
    """Puts jotgate beside an existing validator, which goes on deciding.

        validate = shadow(Validator(issuer=..., audience=...), validate)

    existing: takes a token first, and raises or gives claims; sync or async. None and False count as refused. Leave it
        out for `Shadow.compare_request` alone.
    on_difference: called with each `Difference`, on the thread that validates. Default: a warning to the logger
        `jotgate`.
    reports_per_minute: how many are reported at most; all are counted.

    jotgate never waits for keys here, so its first tokens are `keys_unavailable`, which is no difference, and it never
    raises. Its hooks are called as by `validate_nowait`, and must not be async.
    """
    called: Any = _nothing if existing is None else existing
    listener: Any = on_difference
    if not callable(called):
        raise TypeError(f"existing must be a function of the token, not {type(called).__name__}")
    if not callable(listener) or is_async(listener):
        raise TypeError("on_difference must be a function that is not async: nobody would wait for it")
    kind = AsyncShadow if is_async(called) else Shadow
    return kind(validator, called, listener, reports_per_minute)


def _hint_of(error: JotgateError) -> str | None:
    detail, claim = getattr(error, "detail", ""), getattr(error, "claim", None)
    if claim is None:
        return detail or None
    # The name is the policy's, or one that the standard has.
    return f"{detail} ({claim})" if detail else claim


def _nothing(_token: object) -> None:
    raise TypeError("this shadow has no existing validator to call: use compare_request")


def _refusal_of(given: object) -> bool:
    return given is None or given is False


def _differ(existing: str, code: str) -> bool:
    return code != KeysUnavailable.code and (existing == "accepted") is not (code == "accepted")
