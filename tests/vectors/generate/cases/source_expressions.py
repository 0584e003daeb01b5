"""Class `source_expressions`: a token that an expression finds in the request."""

from ..suite import Suite, policy
from ..tokens import claims, token

_MISSING = {"verdict": "rejected", "code": "missing_token"}
_MALFORMED = {"verdict": "rejected", "code": "malformed_token"}
_FIVE = {"verdict": "rejected", "code": "unsupported_token"}
_SEVERAL = {"verdict": "rejected", "code": "multiple_tokens"}
_ACCEPTED = {"verdict": "accepted", "claims": claims()}
_SKIPPED = {"verdict": "skipped"}


def _request(headers: dict | None = None, query: dict | None = None, cookies: dict | None = None) -> dict:
    members = {"headers": headers or {}, "query": query or {}, "cookies": cookies or {}}
    return {"method": "GET", "path": "/orders/7"} | members


def _policy(*expressions: str, **members) -> dict:
    return policy(token={"sources": [{"expression": text} for text in expressions]}, **members)


def source_expressions() -> Suite:
    suite = Suite("source_expressions", "MuleSoft JWT validation, jwtExpression")
    _values(suite)
    _faults(suite)
    _beside_others(suite)
    _mistakes(suite)
    return suite


def _values(suite: Suite) -> None:
    good = token()
    header = _policy("request.headers['x-jwt']")
    scheme = _policy("request.headers['authorization'].split(' ')[1]")
    choice = _policy("request.method == 'GET' ? request.query['jwt'] : request.headers['x-jwt']")
    default = _policy("has(request.headers.nothing) ? 'x' : null")
    for what, note, rules, request, wanted in (
        ("header", "The value of a header.", header, _request({"X-JWT": good}), _ACCEPTED),
        ("header.absent", "Without it there is no token.", header, _request({"Authorization": f"Bearer {good}"}), _MISSING),
        ("header.empty", "An empty text is none.", header, _request({"X-JWT": ""}), _MISSING),
        ("header.text", "Any other text is one.", header, _request({"X-JWT": "abc"}), _MALFORMED),
        ("header.lines", "Lines are joined, and that has five segments.", header, _request({"X-JWT": [good, good]}), _FIVE),
        ("split", "A part of a header.", scheme, _request({"Authorization": f"JWT {good}"}), _ACCEPTED),
        ("split.short", "An element that is not there.", scheme, _request({"Authorization": "JWT"}), _MISSING),
        ("choice", "By the method.", choice, _request(query={"jwt": good}), _ACCEPTED),
        ("choice.other", "Not elsewhere.", choice, _request({"X-JWT": good}), _MISSING),
        ("cookie", "A cookie.", _policy("request.cookies.jwt"), _request(cookies={"jwt": good}), _ACCEPTED),
        ("null", "A null is no token.", default, _request({"Authorization": f"Bearer {good}"}), _MISSING),
    ):
        suite.request(what, note, request, wanted, rules)


def _faults(suite: Suite) -> None:
    good = token()
    optional = _policy("request.method == 'GET'", routes=[{"optional": True}])
    absent = _policy("request.headers['x-jwt']", routes=[{"optional": True}])
    for what, note, rules, request, wanted in (
        ("type.bool", "A token is a text.", _policy("request.method == 'GET'"), _request(), _MALFORMED),
        ("type.number", "A token is a text.", _policy("size(request.path)"), _request(), _MALFORMED),
        ("type.list", "A token is a text.", _policy("request.path.split('/')"), _request(), _MALFORMED),
        ("fault", "An error is not absence.", _policy("string(1 / 0)"), _request({"X-JWT": good}), _MALFORMED),
        (
            "cookie_twice",
            "Nobody knows which of two is meant.",
            _policy("request.cookies.jwt"),
            _request({"Cookie": f"jwt={good}; jwt={good}"}),
            _MALFORMED,
        ),
        ("optional.fault", "Nor is it where a token is optional.", optional, _request(), _MALFORMED),
        ("optional.absent", "Absence is.", absent, _request(), _SKIPPED),
        ("optional.good", "A token is checked.", absent, _request({"X-JWT": good}), _ACCEPTED),
    ):
        suite.request(what, note, request, wanted, rules)


def _beside_others(suite: Suite) -> None:
    good, other = token(), token(claims(jti="other"))
    both = policy(token={"sources": [{"header": "Authorization", "scheme": "Bearer"}, {"expression": "request.headers['x-jwt']"}]})
    for what, note, headers, wanted in (
        ("first", "The usual place.", {"Authorization": f"Bearer {good}"}, _ACCEPTED),
        ("second", "The place that the expression looks at.", {"X-JWT": good}, _ACCEPTED),
        ("same", "The same token twice.", {"Authorization": f"Bearer {good}", "X-JWT": good}, _ACCEPTED),
        ("different", "Two tokens.", {"Authorization": f"Bearer {good}", "X-JWT": other}, _SEVERAL),
    ):
        suite.request(f"beside.{what}", note, _request(headers), wanted, both)


def _mistakes(suite: Suite) -> None:
    path = "token.sources[0].expression"
    for what, text in (
        ("syntax", "request.headers["),
        ("claims", "claims.jwt"),
        ("header", "header.kid"),
        ("now", "string(now)"),
        ("value", "value"),
        ("unknown", "req.headers['x-jwt']"),
        ("part", "request.header['x-jwt']"),
        ("long", "request.path" + " " * 4096),
    ):
        suite.policy_error(f"policy.{what}", "It knows the request alone.", path, _policy(text))
    suite.policy_error("policy.number", "An expression is a text.", path, policy(token={"sources": [{"expression": 1}]}))
    two = {"expression": "request.path", "header": "X-JWT"}
    suite.policy_error("policy.two", "A source is one place.", "token.sources[0]", policy(token={"sources": [two]}))
