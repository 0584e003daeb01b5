"""The native half of jotgate: `Verified`, `Explanation` and `FetchRequest`, and what is for the package's own use."""

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Any, Literal, TypeVar, final, overload

from typing_extensions import Self, disjoint_base

from .errors import JotgateError

_T = TypeVar("_T")

__all__ = [
    "CODES",
    "Column",
    "Columns",
    "Command",
    "Core",
    "Explanation",
    "FetchRequest",
    "Pending",
    "Piece",
    "Request",
    "Requirement",
    "TestIssuer",
    "Undecided",
    "Validator",
    "Verified",
    "Work",
    "audit_report",
    "fill_references",
    "import_policy",
    "in_options",
    "lint",
    "places",
    "policy_json",
    "policy_text",
    "products",
    "references",
    "schema",
    "test_recipes",
]

CODES: list[str]
"""The stable name of every code that the core knows."""

def policy_text(octets: bytes) -> str: ...
def policy_json(text: str, format: str) -> str: ...  # noqa: A002
def places(text: str, format: str, paths: list[str]) -> list[tuple[int, int] | None]: ...  # noqa: A002
def in_options(path: str, message: str, hint: str | None, given: list[str]) -> tuple[str, str, str | None]: ...
def references(policy: str) -> list[tuple[str, str, int]]: ...
def fill_references(policy: str, read: list[bytes | bool | None]) -> str: ...
def lint(policy: str) -> str: ...
def schema() -> str: ...
def import_policy(product: str, text: str, files: list[tuple[str, bytes]], values: list[tuple[str, str]]) -> str: ...
def products() -> list[str]: ...
def test_recipes() -> str: ...

@final
class TestIssuer:
    """An issuer of the test kit, for `jotgate.testing`: words and JSON. Raises ValueError."""

    def __new__(cls, options: str) -> TestIssuer: ...
    def call(self, word: str, arguments: str) -> str: ...
    def of_any_validator(self, verified: Verified) -> Verified: ...

def audit_report(
    issuers: list[str],
    counts: list[tuple[str | None, str | None, int | None, int]],
    form: str,
    seconds: float,
    scheme: bool,
) -> str | None:
    """What `jotgate audit` prints of these counts by verdict, code and issuer, as `text`, `json` or `yaml`.

    None for another form. `scheme` says whether the tokens were taken out of header fields.
    """

@final
class Command:
    """One run of the program `jotgate`: `step` says what to do next, the other methods hand in what came of it."""

    def __new__(cls, arguments: list[str], *, colour: bool, error_colour: bool, error_terminal: bool) -> Command: ...
    def step(
        self,
    ) -> (
        tuple[Literal["read_file"], str]
        | tuple[Literal["read_input"], None]
        | tuple[Literal["read_part"], tuple[str | None, int, str]]
        | tuple[Literal["audit_columns"], None]
        | tuple[Literal["fetch"], tuple[FetchRequest, tuple[str | None, str | None, str | None, str | None]]]
        | tuple[Literal["done"], tuple[str, str, int]]
    ): ...
    def provide(self, content: bytes) -> None: ...
    def fail(self, reason: str) -> None: ...
    def report_fetched(self, work_id: int, status: int, headers: list[tuple[str, str]], body: bytes) -> None: ...
    def report_failed(self, work_id: int, failure: int, cause: str) -> None: ...

@disjoint_base
class Validator:
    """What `jotgate.Validator` is made of where a call takes no line of Python."""

    def __new__(cls, *_arguments: object, **_options: object) -> Self: ...
    def _begin(self, core: Core, alone: bool) -> None:
        """Whom to ask, and whether nobody else has a say: no clock, `transform` or listener."""

    def _follow(self, core: Core) -> None:
        """From now on this core is asked."""

    @property
    def _core(self) -> Any:
        """What was given last to `_begin` or `_follow`."""

    def _accompany(self) -> None:
        """From now on somebody else has a say."""

    @overload
    def validate(self, token: str | bytes, *, as_of: float | None = None, into: None = None) -> Verified:
        """Calls `_judge` where others than the core have a say, with what the core has said, if it was asked."""

    @overload
    def validate(self, token: str | bytes, *, as_of: float | None = None, into: type[_T]) -> _T: ...
    def validate_request(
        self,
        method: str,
        path: str,
        query: str | bytes = "",
        headers: Mapping[Any, Any] | Iterable[tuple[str | bytes, str | bytes]] | None = (),
        *,
        as_of: float | None = None,
    ) -> Verified | None:
        """The same for a request, with `_judge_request`."""

@disjoint_base
class Core:
    """The core's validator of one policy. Seconds since the Unix epoch for every `now`; None reads the system's clock.

    `as_of` is the time that the token is judged for; None is `now`, the clock of the key sets.
    """

    def __new__(
        cls,
        policy: str,
        seed: int,
        *,
        client_lookup: bool = False,
        revocation_check: bool = False,
        store: bool = False,
        before: Core | None = None,
        now: float | None = None,
    ) -> Self:
        """With `before`, in the place of that: with its keys, and with what the host has promised there."""

    def validate(
        self, question: str | bytes | Request, now: float | None = None, as_of: float | None = None
    ) -> Verified | Undecided | Pending | None:
        """None for a request that the policy's routes let through without a token."""

    def validate_request(
        self,
        method: str,
        path: str,
        query: str | bytes,
        headers: Mapping[Any, Any] | Iterable[tuple[str | bytes, str | bytes]] | None,
        now: float | None = None,
        as_of: float | None = None,
    ) -> Verified | Undecided | Pending | None:
        """Like `validate` of a `request`, which is made where it has to be asked about again: see `Pending.request`."""

    def validate_many(
        self, tokens: list[str | bytes], now: float | None = None, as_of: float | None = None, threads: int = 0
    ) -> tuple[list[Verified | Undecided | Pending | JotgateError], bool]:
        """What each token has come to, with nothing raised for any, and whether work is due. Releases the GIL, once.

        `threads` is the most to use; 0 is one for each processor. Raises TypeError, before any is judged, when one is
        neither str nor bytes.
        """

    def explain(
        self, question: str | bytes | Request, now: float | None = None, as_of: float | None = None
    ) -> Explanation: ...
    def request(
        self,
        method: str,
        path: str,
        query: str | bytes,
        headers: Mapping[Any, Any] | Iterable[tuple[str | bytes, str | bytes]] | None,
    ) -> Request:
        """A request to ask about. It keeps the parts that the policy reads."""

    def reads(self) -> tuple[frozenset[str] | None, bool]:
        """The names of the header fields that the policy reads, None for all, and whether it reads the query."""

    def forwards(self) -> bool: ...
    def forward(
        self, verified: Verified | None, request: Request
    ) -> tuple[list[str], list[tuple[str, str]], str | None]: ...
    def poll_work(self, now: float | None = None) -> Work | None:
        """The next piece of work, given out once: ask until there is none."""

    def report_fetched(
        self, work_id: int, status: int, headers: list[tuple[str, str]], body: bytes, now: float | None = None
    ) -> None: ...
    def report_loaded(self, work_id: int, text: str | None, now: float | None = None) -> None:
        """Raises ValueError for a text that is of no use, which counts as reported all the same."""

    def report_saved(self, work_id: int, now: float | None = None) -> None: ...
    def report_failed(self, work_id: int, failure: int, cause: str, now: float | None = None) -> None:
        """`cause` is what the HTTP client says, or nothing."""

    def reissue_work(self, now: float | None = None) -> None:
        """In a child after a fork: has all work given out anew that the parent was doing."""

    def answer(
        self, code: str, issuer: int | None = None, route: int | None = None, retry_after: float | None = None
    ) -> tuple[int, list[tuple[str, str]], bytes]: ...
    def health(self, now: float | None = None) -> dict[str, Any]: ...
    def poll_event(self) -> dict[str, Any] | None: ...
    def poll_warning(self) -> str | None:
        """A line for the log that was not taken yet: one for each time that a source ceases to bring keys."""

    def refresh_keys(self) -> None: ...
    def export_keys(self) -> str: ...
    def import_keys(self, snapshot: str, now: float | None = None) -> int: ...

@final
class Column:
    """An Arrow array of tokens, read in place, and for which times they are judged: see `Core`.

    Each array is the two capsules of the interface, schema and values. Nobody else may hold them: whoever takes them
    over changes what is read. Raises TypeError for other types than texts and times, ValueError for too few times.
    """

    def __new__(
        cls,
        tokens: tuple[object, object],
        *,
        times: tuple[object, object] | None = None,
        as_of: float | None = None,
        scheme: str | None = None,
    ) -> Column: ...
    def __len__(self) -> int: ...
    def end_of(self, first: int) -> int:
        """The row behind a piece that begins with `first`, and is neither too long nor too large."""

@final
class Piece:
    """Rows of a column that are judged together, like the tokens of `Core.validate_many`."""

    def __new__(cls, column: Column, first: int, end: int) -> Piece: ...
    def ask(self, core: Core, now: float | None = None, threads: int = 0) -> bool:
        """Asks about all rows that have no verdict, and says whether work is due. Releases the GIL, once."""

    @property
    def open_rows(self) -> int: ...
    def pending(self) -> list[tuple[list[int], float]]:
        """What the rows without a verdict wait for, each of it once, and with how much patience."""

    def leave_out(self, ids: Iterable[int]) -> None:
        """Asks no more about the rows that wait for this work: they stay unavailable."""

    def attention(self, refusals: bool) -> list[tuple[int, Undecided | JotgateError]]:
        """The rows about which the application is asked, and with `refusals` those refused, in their order."""

    def accept(self, row: int, verified: Verified) -> None: ...
    def refuse(self, row: int, code: str, claim: str | None, issuer: int | None) -> None: ...

@final
class Columns:
    """Columns of verdicts while they grow, and of claims, each with its name and its type."""

    def __new__(cls, claims: list[tuple[str, str]]) -> Columns: ...
    def append(self, piece: Piece, threads: int = 0) -> int:
        """Takes what a piece came to. Gives the bytes of the largest column of texts."""

    def take(self) -> list[object]:
        """The columns so far, each as the capsule of its values; then it begins anew.

        They are verdict, code and the claim that it is about as texts, the issuer's place as int64, and the claims.
        """

@final
class Request:
    """A request to ask about, in place of a token. See `Core.request`."""

@final
class Requirement:
    """What an endpoint asks for, of a JSON document: see `jotgate.Requirement`. Raises `PolicyError`."""

    def __new__(cls, document: str) -> Requirement: ...
    def ask(self, core: Core, verified: Verified) -> None:
        """Raises what refuses the token."""

    def answer(
        self, core: Core, code: str, issuer: int | None = None, route: int | None = None
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Like `Core.answer`, and the challenge names the scopes of this, too."""

@final
class Work:
    """One call of a function of the application, and its arguments."""

    @property
    def kind(self) -> Literal["load", "fetch", "save"]: ...
    @property
    def id(self) -> int: ...
    @property
    def timeout(self) -> float: ...
    @property
    def arguments(self) -> tuple[Any, ...]:
        """A `FetchRequest` for `fetch`, the text for `save`, nothing for `load`."""

@final
class Pending:
    """Work for the driver: where there is nothing to wait for, it is due beside a verdict.

    Else there is a verdict when one of `wait_for` was reported, or `patience` seconds have passed.
    """

    @property
    def wait_for(self) -> list[int]: ...
    @property
    def patience(self) -> float: ...
    @property
    def request(self) -> Request:
        """The request to ask about again, of `Core.validate_request`, where there is something to wait for."""

    def settled(self) -> Verified | Undecided:
        """The verdict, where nothing is to be waited for; raises what refuses the token."""

@final
class Undecided:
    """A token that passed the policy, about which the application is asked. `answer` is the only way on."""

    @property
    def question(self) -> tuple[int, str | None]:
        """What is asked, and the client's id where it is about the client."""

    def parts(self) -> tuple[dict[str, Any], dict[str, Any], bytes, int]:
        """The claims, the header, the payload and the place of the issuer, to find the answer."""

    def answer(self, answer: int) -> Verified | Undecided:
        """Goes on, once; raises what refuses the token."""

@final
class Explanation:
    """Why a token passes or not: every check in its order, with what it expected and what it found.

    `str()` of it is `to_text()`. It shows values of claims, and never the token, its signature, keys or secrets.
    """

    @property
    def verdict(self) -> str:
        """`"accepted"`, `"rejected"`, `"unavailable"` or `"skipped"`."""

    @property
    def code(self) -> str | None:
        """The code of the refusal, the same that a validation gives."""

    @property
    def verified(self) -> bool:
        """Whether the signature was verified: when it was not, the token's contents are anybody's words."""

    def to_dict(self) -> dict[str, Any]:
        """All of it as a new dict.

        `verdict`, `code`, `claim`, `detail`, `issuer`, `route`, `retry_at`, `at`, `verified`, `checks` (each with
        `check`, `outcome`, `code`, `verified`, `expected`, `found` and `note`) and `key_sets`. Members are added
        between versions, never renamed or removed.
        """

    def to_json(self) -> str:
        """The same as JSON text, safe to print: characters that would steer a terminal are escaped."""

    def to_text(self, *, colour: bool = False) -> str:
        """The same in lines for people, safe to print. With `colour` it holds ANSI escape sequences."""

@final
class FetchRequest:
    """One GET that a fetcher is asked to do.

    Do not follow redirects, be done within `timeout` seconds, and stop once the body, counted after content
    decoding, is longer than `max_body` bytes.
    """

    @property
    def id(self) -> int:
        """Names the fetch within its validator."""

    @property
    def url(self) -> str:
        """An absolute `https` URL, or `http` where the policy allows that."""

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Header fields to send, names in lower case."""

    @property
    def timeout(self) -> float:
        """The longest time that the whole exchange may take, in seconds."""

    @property
    def max_body(self) -> int:
        """The longest body to read, in bytes."""

@final
class Verified(Mapping[str, Any]):
    """A token that passed every check of the policy: a read-only mapping over its claims.

    The claims are exactly what `json.loads` makes of the payload. They are parsed when one is read for the first
    time. Lists and dicts come as copies, so nobody can change what others read.

    >>> verified["sub"], verified.get("scope"), "exp" in verified  # doctest: +SKIP
    """

    def __getitem__(self, key: str, /) -> Any: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...
    def __contains__(self, key: object, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    @overload
    def get(self, name: str, /) -> Any | None: ...
    @overload
    def get(self, name: str, /, default: Any) -> Any: ...
    def keys(self) -> KeysView[str]: ...
    def values(self) -> ValuesView[Any]: ...
    def items(self) -> ItemsView[str, Any]: ...
    @property
    def claims(self) -> dict[str, Any]:
        """All claims as a new dict, made each time it is read: keep it, and change it as you like."""

    def with_claims(self, claims: dict[str, Any]) -> Verified:
        """The same token showing other claims: as a mapping, and in `claims`. All else stays what it was."""

    @property
    def header(self) -> dict[str, Any]:
        """The protected header as a new dict."""

    @property
    def payload(self) -> bytes:
        """The verified claims: strict JSON in UTF-8.

        That is the payload byte for byte as it was signed, unless the policy maps claims: then they have the mapped
        names.
        """

    @property
    def issuer_index(self) -> int:
        """Which entry of the policy's `issuers` accepted the token, counted from 0."""

    @property
    def issuer(self) -> str:
        """`iss`, whatever `transform` makes of it.

        This and the next ones raise `MissingRequiredClaimError` where the token has no such claim, so that nothing goes
        on without it: `get("sub")` is for a claim that may be absent.
        """

    @property
    def subject(self) -> str:
        """`sub`, whatever `transform` makes of it. Raises `MissingRequiredClaimError`."""

    @property
    def token_id(self) -> str:
        """`jti`, whatever `transform` makes of it. Raises `MissingRequiredClaimError`."""

    @property
    def audience(self) -> tuple[str, ...]:
        """`aud`; a single value comes as a tuple of one, an absent one as an empty tuple."""

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes that the token has, in the claim where the policy looks for them: `scope` or `scp` by default.

        They are what the issuer says, whatever `transform` makes of it.
        """

    def has_scope(self, scope: str) -> bool:
        """Whether this is one of `scopes`. To refuse a request that lacks it, use `Validator.require`."""

    @property
    def expires_at(self) -> float:
        """`exp` in seconds since the Unix epoch. Raises `MissingRequiredClaimError`."""

    @property
    def not_before(self) -> float:
        """`nbf` in seconds since the Unix epoch. Raises `MissingRequiredClaimError`."""

    @property
    def issued_at(self) -> float:
        """`iat` in seconds since the Unix epoch. Raises `MissingRequiredClaimError`."""

    def into(self, kind: type[_T]) -> _T:
        """The claims as an object of this class: a dataclass, a TypedDict, a msgspec.Struct or a pydantic model.

        Claims that the class does not name are left out, unless a pydantic model or a Struct says otherwise. A claim
        of another shape is an `InvalidClaimError`, one that is missing a `MissingRequiredClaimError`; neither shows a
        value. Raises TypeError for a class that cannot be filled from JSON.

        >>> token.into(Customer).tenant  # doctest: +SKIP
        """
