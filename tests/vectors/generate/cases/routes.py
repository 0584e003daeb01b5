"""Classes `routes` and `sources`: which requests a policy applies to, and where in them the token is.

What other spellings of a request do is in `route_spellings.py`, what a route can ask for in `route_asks.py`.
"""

from ..suite import Suite, entry, policy
from ..tokens import ISSUER, claims, token

_SKIPPED = {"verdict": "skipped"}
_MISSING = {"verdict": "rejected", "code": "missing_token"}
_MALFORMED = {"verdict": "rejected", "code": "malformed_token"}
_SEVERAL = {"verdict": "rejected", "code": "multiple_tokens"}
_ACCEPTED = {"verdict": "accepted", "claims": claims()}
_SCOPE = {"verdict": "rejected", "code": "insufficient_scope", "claim": "scope"}
_UNMATCHED = {"verdict": "rejected", "code": "unmatched_request"}
_AMBIGUOUS = {"verdict": "rejected", "code": "ambiguous_target"}


def _request(method: str, path: str, bearer: str | None = None, **members) -> dict:
    headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
    return {"method": method, "path": path, "headers": headers, "query": {}, "cookies": {}} | members


def routes() -> Suite:
    suite = Suite("routes", "jotgate policy document 1")
    _matching(suite)
    _scopes(suite)
    _normal_form(suite)
    _unmatched(suite)
    _mistakes(suite)
    return suite


def sources() -> Suite:
    suite = Suite("sources", "RFC 6750 2")
    _places(suite)
    _cookies(suite)
    _several_places(suite)
    _source_mistakes(suite)
    return suite


def _matching(suite: Suite) -> None:
    rules = policy(
        routes=[
            {"methods": ["GET"], "path": "/health", "skip": True},
            {"methods": "GET|HEAD", "path_regex": "/public/.*", "optional": True},
            {"path": "/orders/{id}/label", "skip": True},
        ]
    )
    good = token()
    for what, note, request, wanted in (
        ("skip", "The route asks for no token.", _request("GET", "/health"), _SKIPPED),
        ("skip.bad_token", "Nor looks at one.", _request("GET", "/health", "x"), _SKIPPED),
        ("skip.method", "Another method is another request.", _request("POST", "/health"), _MISSING),
        ("skip.method_case", "Methods have case.", _request("get", "/health"), _MISSING),
        ("skip.head", "A HEAD is no GET here.", _request("HEAD", "/health"), _MISSING),
        ("skip.slash", "A path is matched whole.", _request("GET", "/health/"), _MISSING),
        ("skip.prefix", "A path is matched whole.", _request("GET", "/healthy"), _MISSING),
        ("skip.case", "Paths have case.", _request("GET", "/Health"), _MISSING),
        ("optional.none", "No token is needed.", _request("HEAD", "/public/logo.png"), _SKIPPED),
        ("optional.good", "A good one gives claims.", _request("GET", "/public/logo.png", good), _ACCEPTED),
        ("optional.bad", "A bad one is refused.", _request("GET", "/public/logo.png", "x"), _MALFORMED),
        ("optional.other_method", "Not of this route.", _request("PUT", "/public/logo.png"), _MISSING),
        ("regex.anchored", "An expression is matched whole.", _request("GET", "/not/public/logo.png"), _MISSING),
        ("template", "A placeholder is one segment.", _request("GET", "/orders/7/label"), _SKIPPED),
        ("template.two", "Not two.", _request("GET", "/orders/7/8/label"), _MISSING),
        ("template.none", "Not none.", _request("GET", "/orders//label"), _MISSING),
        ("other", "Without a route the policy applies.", _request("GET", "/orders/7", good), _ACCEPTED),
        ("other.none", "Without a route the policy applies.", _request("GET", "/orders/7"), _MISSING),
    ):
        suite.request(what, note, request, wanted, rules)
    first = policy(routes=[{"path": "/a", "skip": True}, {"path_regex": ".*"}, {"path": "/b", "skip": True}])
    suite.request("first.skip", "The first that matches counts.", _request("GET", "/a"), _SKIPPED, first)
    suite.request("first.not_later", "A later one does not.", _request("GET", "/b"), _MISSING, first)


def _scopes(suite: Suite) -> None:
    write = policy(
        unmatched="token", routes=[{"methods": ["POST"], "path": "/orders", "scopes": {"all": ["orders:write"]}}]
    )
    writer = token(claims(scope="orders:read orders:write"))
    reader = token(claims(scope="orders:read"))
    spec = {"spec": "RFC 6750 3.1"}
    has_both = {"verdict": "accepted", "claims": claims(scope="orders:read orders:write")}
    has_one = {"verdict": "accepted", "claims": claims(scope="orders:read")}
    suite.request("scopes.held", "The route's scope.", _request("POST", "/orders", writer), has_both, write, **spec)
    suite.request("scopes.lacked", "It is lacking.", _request("POST", "/orders", reader), _SCOPE, write, **spec)
    suite.request("scopes.none", "No scope at all.", _request("POST", "/orders", token()), _SCOPE, write, **spec)
    suite.request("scopes.elsewhere", "Not asked for here.", _request("GET", "/orders", reader), has_one, write, **spec)
    both = policy(
        entry(scopes={"claims": ["permissions"], "all": ["orders:read"]}),
        unmatched="token",
        routes=[{"path": "/orders", "scopes": {"any": ["orders:write", "admin"]}}],
    )
    may = claims(permissions=["orders:read", "admin"])
    lacking = {"verdict": "rejected", "code": "insufficient_scope", "claim": "permissions"}
    accepted = {"verdict": "accepted", "claims": may}
    suite.request("scopes.both", "In the issuer's claim.", _request("GET", "/orders", token(may)), accepted, both, **spec)
    reads = token(claims(permissions=["orders:read"]))
    admin = token(claims(permissions=["admin"]))
    suite.request("scopes.both.route", "The route's is lacking.", _request("GET", "/orders", reads), lacking, both, **spec)
    suite.request("scopes.both.issuer", "The issuer's is.", _request("GET", "/orders", admin), lacking, both, **spec)


def _normal_form(suite: Suite) -> None:
    spec = {"spec": "RFC 3986 6.2.2"}
    named = policy(
        unmatched="token",
        routes=[
            {"path": "/caf%C3%A9/a@b", "scopes": {"all": ["orders:write"]}},
            {"path": "/th%C3%A9/a+b", "skip": True},
        ],
    )
    note = "Escapes have one spelling: upper case, and none where none is needed."
    for what, path in {
        "as_is": "/caf%C3%A9/a@b",
        "lower": "/caf%c3%a9/a@b",
        "raw": "/café/a@b",
        "more": "/caf%C3%A9/a%40b",
    }.items():
        suite.request(f"spelling.{what}", note, _request("GET", path, token()), _SCOPE, named, **spec)
    for what, path in {"lower": "/th%c3%a9/a+b", "raw": "/thé/a+b", "more": "/th%C3%A9/a%2bb"}.items():
        suite.request(f"spelling.skip.{what}", note, _request("GET", path), _SKIPPED, named, **spec)


def _unmatched(suite: Suite) -> None:
    listed = [{"path": "/health", "skip": True}, {"path": "/orders/{id}"}, {"path": "/maybe", "optional": True}]
    deny = policy(unmatched="deny", routes=listed)
    good = token()
    for what, note, request, wanted in (
        ("skip", "A route names it.", _request("GET", "/health"), _SKIPPED),
        ("token", "A route names it.", _request("GET", "/orders/7", good), _ACCEPTED),
        ("token.none", "A route names it, and it needs a token.", _request("GET", "/orders/7"), _MISSING),
        ("token.lax", "So does another spelling.", _request("GET", "/Orders/7/", good), _ACCEPTED),
        ("optional", "A route names it.", _request("GET", "/maybe"), _SKIPPED),
        ("good", "No route names it: a good token does not help.", _request("GET", "/other", good), _UNMATCHED),
        ("none", "No token is looked at.", _request("GET", "/other"), _UNMATCHED),
        ("bad", "No token is looked at.", _request("GET", "/other", "x"), _UNMATCHED),
        ("skip.case", "What needs no token is named exactly.", _request("GET", "/Health"), _UNMATCHED),
        ("skip.slash", "What needs no token is named exactly.", _request("GET", "/health/"), _UNMATCHED),
        ("odd", "Nobody knows whether it is named.", _request("GET", "/orders/%2e%2e", good), _AMBIGUOUS),
    ):
        suite.request(f"unmatched.deny.{what}", note, request, wanted, deny)
    written = policy(unmatched="token", routes=[{"path": "/health", "skip": True}])
    note = "What holds without a word may be written."
    suite.request("unmatched.token.written", note, _request("GET", "/other", good), _ACCEPTED, written)
    suite.request("unmatched.token.none", note, _request("GET", "/other"), _MISSING, written)
    for what, ask in {
        "scopes": {"scopes": {"all": ["a"]}},
        "issuers": {"issuers": ISSUER},
        "audience": {"audience": "a"},
        "client_id": {"client_id": {"allowed": ["a"]}},
        "claims": {"claims": [{"claim": "a"}]},
        "optional": {"scopes": {"all": ["a"]}, "optional": True},
    }.items():
        note = "A route asks for more than a token, and nothing is said of requests that no route names."
        suite.policy_error(f"unmatched.unwritten.{what}", note, "unmatched", policy(routes=[{"path": "/a"} | ask]))
    note = "Without routes it refuses everything."
    suite.policy_error("unmatched.deny.no_routes", note, "unmatched", policy(unmatched="deny"))
    suite.policy_error("unmatched.word", "Another word.", "unmatched", policy(unmatched="skip"))


def _mistakes(suite: Suite) -> None:
    for what, route, path in (
        ("skip_and_optional", {"skip": True, "optional": True}, "routes[0]"),
        ("skip_and_scopes", {"skip": True, "scopes": {"all": ["a"]}}, "routes[0]"),
        ("skip_and_issuers", {"skip": True, "issuers": ISSUER}, "routes[0]"),
        ("skip_and_audience", {"skip": True, "audience": "a"}, "routes[0]"),
        ("skip_and_client_id", {"skip": True, "client_id": {"allowed": ["a"]}}, "routes[0]"),
        ("skip_and_claims", {"skip": True, "claims": [{"claim": "a"}]}, "routes[0]"),
        ("two_paths", {"path": "/a", "path_regex": "/a"}, "routes[0]"),
        ("relative", {"path": "a"}, "routes[0].path"),
        ("not_normal", {"path": "/a/../b"}, "routes[0].path"),
        ("half_segment", {"path": "/a{id}"}, "routes[0].path"),
        ("star", {"path": "/admin/*"}, "routes[0].path"),
        ("star.within", {"path": "/a*/b", "skip": True}, "routes[0].path"),
        ("colon", {"path": "/orders/:id"}, "routes[0].path"),
        ("regex", {"path_regex": "("}, "routes[0].path_regex"),
        ("regex.nested", {"path_regex": "(a|" * 20 + "b" + ")" * 20}, "routes[0].path_regex"),
        ("lower_case", {"methods": ["get"]}, "routes[0].methods"),
        ("no_methods", {"methods": []}, "routes[0].methods"),
        ("no_scopes", {"scopes": {}}, "routes[0].scopes"),
        ("quoted_scope", {"scopes": {"all": ['"']}}, "routes[0].scopes.all[0]"),
        ("unknown", {"pth": "/a"}, "routes[0].pth"),
    ):
        suite.policy_error(f"mistake.{what}", "A route that contradicts itself.", path, policy(routes=[route]))
    suite.policy_error("mistake.object", "Routes are a list.", "routes", policy(routes={"path": "/a"}))


def _places(suite: Suite) -> None:
    good = token()
    listed = policy(
        token={
            "sources": [
                {"header": "X-JWT"},
                {"header": "Authorization", "scheme": "JWT"},
                {"cookie": "access_token"},
                {"query": "access_token"},
            ]
        }
    )
    for what, note, members, wanted in (
        ("header", "The whole value of a field.", {"headers": {"x-jwt": good}}, _ACCEPTED),
        ("header.scheme", "Without its scheme.", {"headers": {"X-JWT": f"Bearer {good}"}}, _MALFORMED),
        ("scheme", "Another scheme.", {"headers": {"Authorization": f"jwt {good}"}}, _ACCEPTED),
        ("scheme.bearer", "The usual one is not listed.", {"headers": {"Authorization": f"Bearer {good}"}}, _MISSING),
        ("cookie", "A cookie.", {"cookies": {"theme": "dark", "access_token": good}}, _ACCEPTED),
        ("cookie.name", "Cookie names have case.", {"cookies": {"Access_Token": good}}, _MISSING),
        ("query", "A query parameter.", {"query": {"page": "2", "access_token": good}}, _ACCEPTED),
        ("query.name", "Parameter names have case.", {"query": {"ACCESS_TOKEN": good}}, _MISSING),
        ("empty", "What is empty is not there.", {"query": {"access_token": ""}, "headers": {"X-JWT": ""}}, _MISSING),
        ("none", "Nothing.", {}, _MISSING),
    ):
        suite.request(what, note, _request("GET", "/", **members), wanted, listed)
    default = _request("GET", "/", query={"access_token": good}, cookies={"access_token": good})
    suite.request("default", "The bearer header is the only place unless others are listed.", default, _MISSING)


def _cookies(suite: Suite) -> None:
    """Frameworks read cookies without the quotes that others write around them."""
    good, other = token(), token(claims(sub="mallory"))
    plain = policy(token={"sources": [{"cookie": "t"}]})
    scheme = policy(token={"sources": [{"cookie": "t", "scheme": "Bearer"}]})
    both = policy(token={"sources": [{"cookie": "t", "scheme": "Bearer"}, {"header": "Authorization", "scheme": "Bearer"}]})
    for what, note, cookie, wanted, rules in (
        ("quoted", "Quotes around the value are no part of it.", f'"{good}"', _ACCEPTED, plain),
        ("quoted.left", "Both, or none.", f'"{good}', _MALFORMED, plain),
        ("quoted.right", "Both, or none.", f'{good}"', _MALFORMED, plain),
        ("quoted.twice", "And once.", f'""{good}""', _MALFORMED, plain),
        ("quoted.single", "Other quotes are none.", f"'{good}'", _MALFORMED, plain),
        ("quoted.empty", "Nothing between them.", '""', _MISSING, plain),
        ("quoted.one", "A lone quote is a value.", '"', _MALFORMED, plain),
        ("scheme", "A scheme in front of the token.", f"Bearer {good}", _ACCEPTED, scheme),
        ("scheme.quoted", "As Starlette writes it.", f'"Bearer {good}"', _ACCEPTED, scheme),
        ("scheme.case", "In any case, with any spaces.", f'"bearer   {good}"', _ACCEPTED, scheme),
        ("scheme.absent", "Without it there is no token.", good, _MISSING, scheme),
        ("scheme.other", "Nor with another.", f'"Basic {good}"', _MISSING, scheme),
        ("scheme.unasked", "Nobody asked for a scheme.", f'"Bearer {good}"', _MALFORMED, plain),
    ):
        suite.request(f"cookie.{what}", note, _request("GET", "/", cookies={"t": cookie}), wanted, rules, spec="RFC 6265 4.1.1")
    same = _request("GET", "/", good, cookies={"t": f'"Bearer {good}"'})
    suite.request("cookie.scheme.same", "The same token in both places.", same, _ACCEPTED, both)
    two = _request("GET", "/", good, cookies={"t": f'"Bearer {other}"'})
    suite.request("cookie.scheme.different", "Two tokens are none.", two, _SEVERAL, both)
    stale = _request("GET", "/", good, cookies={"t": "deleted"})
    listed = policy(token={"sources": [{"header": "Authorization", "scheme": "Bearer"}, {"cookie": "t"}]})
    suite.request("cookie.stale", "A stale cookie is a second token: a list is no precedence.", stale, _SEVERAL, listed)
    first = "has(request.headers.authorization) ? request.headers.authorization.split(' ')[1] : request.cookies.t"
    ordered = policy(token={"sources": [{"expression": first}]})
    suite.request("cookie.stale.precedence", "An expression is.", stale, _ACCEPTED, ordered)
    alone = _request("GET", "/", cookies={"t": good})
    suite.request("cookie.stale.alone", "And takes the cookie where it stands alone.", alone, _ACCEPTED, ordered)


def _several_places(suite: Suite) -> None:
    good, other = token(), token(claims(sub="mallory"))
    rules = policy(token={"sources": [{"cookie": "t"}, {"query": "t"}, {"header": "Authorization", "scheme": "Bearer"}]})
    same = _request("GET", "/", good, cookies={"t": good}, query={"t": good})
    suite.request("several.same", "The same token everywhere is one.", same, _ACCEPTED, rules)
    two = _request("GET", "/", good, cookies={"t": other})
    suite.request("several.different", "Two tokens are none.", two, _SEVERAL, rules)
    broken = _request("GET", "/", "x", query={"t": good})
    suite.request("several.one_broken", "Even when one is broken.", broken, _SEVERAL, rules)
    twice = _request("GET", "/", query={"t": [good, other]})
    suite.request("several.parameter", "Even in one place.", twice, _SEVERAL, rules)
    unlisted = _request("GET", "/", good, cookies={"other": other})
    suite.request("several.unlisted", "Places that are not listed are not looked at.", unlisted, _ACCEPTED, rules)


def _source_mistakes(suite: Suite) -> None:
    for what, source, path in (
        ("nothing", {}, "token.sources[0]"),
        ("two", {"header": "a", "cookie": "b"}, "token.sources[0]"),
        ("no_scheme", {"header": "Authorization"}, "token.sources[0]"),
        ("lone_scheme", {"query": "a", "scheme": "Bearer"}, "token.sources[0].scheme"),
        ("expression_scheme", {"expression": "request.path", "scheme": "Bearer"}, "token.sources[0].scheme"),
        ("cookie_scheme", {"cookie": "a", "scheme": "Bearer x"}, "token.sources[0].scheme"),
        ("header_name", {"header": "a b"}, "token.sources[0].header"),
        ("cookie_name", {"cookie": "a;b"}, "token.sources[0].cookie"),
        ("unknown", {"param": "a"}, "token.sources[0].param"),
    ):
        note = "A source that is none."
        suite.policy_error(f"mistake.{what}", note, path, policy(token={"sources": [source]}))
    suite.policy_error("mistake.empty", "No place at all.", "token.sources", policy(token={"sources": []}))
