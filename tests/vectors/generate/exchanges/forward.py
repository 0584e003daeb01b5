"""Requests that go on: header fields from claims, none of the client's own, and the token taken out."""

from ..suite import entry, policy
from ..tokens import claims, token
from .exchange import Exchanges, bearer

_SPEC = "tests/vectors/README.md, What goes on"
_HEADERS = {"sub": "X-User", "roles": "X-Roles", "level": "X-Level"}


def forward() -> list[dict]:
    found = Exchanges("forward")
    _fields(found)
    _guarded(found)
    _token(found)
    _routes(found)
    return found.found


def _rules(strip_token: bool = False, headers: dict | None = None, **more) -> dict:
    plan = {"claims_to_headers": _HEADERS if headers is None else headers} | ({"strip_token": True} if strip_token else {})
    return policy(entry(), forward=plan, **more)


def _fields(found: Exchanges) -> None:
    rules = _rules()
    known = token(claims(sub="alice", roles=["admin", "ops"], level=3))
    usual = {"x-user": "alice", "x-roles": "admin,ops", "x-level": "3"}

    def goes_on(what: str, note: str, text: str, sees: dict, *more: list[str]) -> None:
        found.passes(what, note, text, rules=rules, headers=[*bearer(text), *more], sees=sees, spec=_SPEC)

    goes_on("claims", "A text, a list, a number.", known, usual)
    goes_on("token_stays", "The token stays where nothing is said of it.", known, {"authorization": f"Bearer {known}"})
    goes_on("smuggled", "A client's own field is replaced.", known, usual, ["X-User", "root"])
    goes_on("smuggled.case", "In whatever case.", known, usual, ["x-uSER", "root"], ["X-USER", "root"])
    goes_on("smuggled.underscore", "And with underscores, which servers turn into hyphens.", known, usual, ["x_user", "root"])
    goes_on(
        "smuggled.folded", "Or with anything else that is no letter or digit, which some fold alike.", known,
        usual | {"x.user": None, "x~user": None}, ["X.User", "root"], ["X~User", "root"],
    )  # fmt: skip
    few = token(claims(sub="alice", level=None))
    absent = {"x-user": "alice", "x-roles": None, "x-level": None}
    goes_on("absent", "What is not there is not set.", few, absent)
    goes_on("absent.smuggled", "And is not the client's to set.", few, absent, ["X-Roles", "admin"], ["X-Level", "9"])
    odd = token(claims(sub="Zo\u00eb\r\nX-Roles: admin %", roles=["a,b", "c"], level={"a": [1]}))
    escaped = {"x-user": "Zo%C3%AB%0D%0AX-Roles: admin %25", "x-roles": "a%2Cb,c", "x-level": '{"a":[1]}'}
    goes_on("escaped", "No value ends its line or its element.", odd, escaped)
    goes_on("others_stay", "Other fields stay as they are.", known, {"x-trace": "1, 2"}, ["X-Trace", "1, 2"])


def _guarded(found: Exchanges) -> None:
    """A client's `Connection` and `Trailer` name no field that is set: the next proxy would take it away."""
    known = token(claims(sub="alice", roles=["admin", "ops"], level=3))
    usual = {"x-user": "alice", "x-roles": "admin,ops", "x-level": "3"}
    for what, note, lines, stays in (
        ("one", "A field that is set is taken out.", [["Connection", "X-User"]], {"connection": None}),
        ("case", "In whatever case.", [["connection", "x-uSER"]], {"connection": None}),
        ("folded", "In whatever spelling.", [["Connection", "x_user, X.Roles"]], {"connection": None}),
        ("absent", "Also one whose claim might not be there.", [["Connection", "X-Level"]], {"connection": None}),
        ("among", "The others stay.", [["Connection", "X-Trace, X-User,  X-Roles ,keep-alive"]], {"connection": "X-Trace, keep-alive"}),
        ("lines", "Over all lines.", [["Connection", "X-Trace"], ["Connection", "X-User"]], {"connection": "X-Trace"}),
        ("others", "Other names alone stay as they are.", [["Connection", "X-Trace"]], {"connection": "X-Trace"}),
    ):
        found.passes(
            f"connection.{what}", note, known, rules=_rules(), headers=[*bearer(known), *lines], sees=usual | stays,
            spec="RFC 9110 7.6.1",
        )  # fmt: skip
    found.passes(
        "trailer", "Nor are they looked for behind the body.", known, rules=_rules(),
        headers=[*bearer(known), ["Trailer", "X-User, X-Sum"]], sees=usual | {"trailer": "X-Sum"}, spec="RFC 9110 6.6.2",
    )  # fmt: skip


def _token(found: Exchanges) -> None:
    text = token(claims(sub="alice"))
    rules = _rules(strip_token=True)
    gone = {"authorization": None, "x-user": "alice"}
    found.passes("strip", "The token is taken out.", text, rules=rules, headers=bearer(text), sees=gone, spec=_SPEC)
    sources = [{"cookie": "session"}, {"query": "access_token"}]
    elsewhere = _rules(strip_token=True, token={"sources": sources})
    found.passes(
        "strip.cookie",
        "Of the cookies, that one alone.",
        text,
        rules=elsewhere,
        headers=[["Cookie", f"theme=dark; session={text}; lang=en"]],
        sees={"cookie": "theme=dark; lang=en"},
        spec=_SPEC,
    )
    found.passes(
        "strip.query",
        "Of the query, that parameter alone.",
        text,
        rules=elsewhere,
        target=f"/orders?page=2&access_token={text}&sort=a%20b",
        headers=[],
        sees={"query": "page=2&sort=a%20b"},
        spec=_SPEC,
    )


def _routes(found: Exchanges) -> None:
    routes = [{"path": "/health", "skip": True}, {"path": "/catalogue", "optional": True}]
    rules = _rules(strip_token=True, routes=routes)
    nobody = {"x-user": None, "x-roles": None}
    own = [["X-User", "root"], ["X-Roles", "admin"]]
    found.passes(
        "skipped", "Where no token is needed, nobody is named.", None, rules=rules, target="/health", headers=own, sees=nobody,
        spec=_SPEC,
    )  # fmt: skip
    found.passes(
        "skipped.token",
        "A token that nobody looked at goes no further.",
        None,
        rules=rules,
        target="/health",
        headers=[*bearer("anything"), *own],
        sees=nobody | {"authorization": None},
        spec=_SPEC,
    )
    found.passes(
        "optional", "Nor where it may be left out.", None, rules=rules, target="/catalogue", headers=own, sees=nobody,
        spec=_SPEC,
    )  # fmt: skip
