"""Classes `route_spellings` and `targets`: requests that servers take for those of a route, although they are written otherwise.

A route that asks for a token or more must not be evaded by another spelling, and none that lets requests pass must be
reached by one. What can be read in several ways is refused where that matters.
"""

from ..suite import Suite, entry, policy
from ..tokens import claims, token

_SKIPPED = {"verdict": "skipped"}
_MISSING = {"verdict": "rejected", "code": "missing_token"}
_AMBIGUOUS = {"verdict": "rejected", "code": "ambiguous_target"}
_ACCEPTED = {"verdict": "accepted", "claims": claims()}
_SCOPE = {"verdict": "rejected", "code": "insufficient_scope", "claim": "scope"}
_RULE = {"verdict": "rejected", "code": "claim_rejected"}
_ADMIN = {"all": ["admin"]}
_WRITE = {"all": ["write"]}


def _request(method: str, path: str, bearer: str | None = None) -> dict:
    headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
    return {"method": method, "path": path, "headers": headers, "query": {}, "cookies": {}}


def _routed(*routes: dict, **members) -> dict:
    return policy(unmatched="token", routes=list(routes), **members)


def route_spellings() -> Suite:
    suite = Suite("route_spellings", "RFC 3986 6.2.2")
    _lax(suite)
    _exact(suite)
    _several(suite)
    return suite


def targets() -> Suite:
    suite = Suite("targets", "RFC 3986 6.2.2")
    _odd(suite)
    _where(suite)
    _allowed(suite)
    _expressions(suite)
    _mistakes(suite)
    return suite


def _lax(suite: Suite) -> None:
    rules = _routed(
        {"path": "/danger", "scopes": _ADMIN},
        {"methods": ["PUT"], "path": "/orders/{id}", "scopes": _ADMIN},
        {"methods": "GET", "path": "/report", "scopes": _ADMIN},
        {"path_regex": "/files(/.*)?", "scopes": _ADMIN},
        {"path_regex": "/items/[a-z]+/", "scopes": _ADMIN},
        {"path": "/k/%C3%A9", "scopes": _ADMIN},
        {"path_regex": "/caf%C3%A9|/TH%C3%89", "scopes": _ADMIN},
        {"path_regex": "/s/%CF%83", "scopes": _ADMIN},
        {"path": "/", "scopes": _ADMIN},
    )
    good = token()
    for what, note, method, path, wanted in (
        ("as_written", "The route.", "GET", "/danger", _SCOPE),
        ("slash", "A slash more at the end.", "GET", "/danger/", _SCOPE),
        ("case", "Another letter case.", "GET", "/DANGER", _SCOPE),
        ("case_and_slash", "Both.", "GET", "/Danger/", _SCOPE),
        ("longer", "Another path.", "GET", "/danger/x", _ACCEPTED),
        ("placeholder", "The route.", "PUT", "/orders/7", _SCOPE),
        ("placeholder.slash", "A slash more at the end.", "PUT", "/orders/7/", _SCOPE),
        ("placeholder.case", "Another letter case.", "PUT", "/ORDERS/7", _SCOPE),
        ("placeholder.empty", "Some servers take nothing for a name.", "PUT", "/orders/", _SCOPE),
        ("placeholder.none", "Another path: the collection.", "PUT", "/orders", _ACCEPTED),
        ("method.lower", "Some frameworks read methods without case.", "put", "/orders/7", _SCOPE),
        ("method.mixed", "Some frameworks read methods without case.", "Put", "/orders/7", _SCOPE),
        ("method.other", "Another method.", "POST", "/orders/7", _ACCEPTED),
        ("head", "Servers run GET's handler for HEAD.", "HEAD", "/report", _SCOPE),
        ("head.lower", "In lower case, too.", "head", "/report", _SCOPE),
        ("head.slash", "With a slash at the end, too.", "HEAD", "/report/", _SCOPE),
        ("head.put", "A HEAD is no PUT.", "HEAD", "/orders/7", _ACCEPTED),
        ("options", "Another method.", "OPTIONS", "/report", _ACCEPTED),
        ("regex", "The route.", "GET", "/files/x", _SCOPE),
        ("regex.case", "Another letter case.", "GET", "/FILES/x", _SCOPE),
        ("regex.slash", "A slash more at the end.", "GET", "/files/x/", _SCOPE),
        ("regex.no_slash", "A slash less at the end.", "GET", "/items/Tea", _SCOPE),
        ("regex.longer", "Another path.", "GET", "/items/tea/x", _ACCEPTED),
        ("escaped", "Escapes have one spelling.", "GET", "/%64anger", _SCOPE),
        ("escaped.case", "Also of a capital letter.", "GET", "/%44anger", _SCOPE),
        ("unicode", "Letters beyond ASCII have case.", "GET", "/k/%C3%89", _SCOPE),
        ("unicode.kelvin", "JavaScript's and Java's lower case of the Kelvin sign is a k.", "GET", "/%E2%84%AA/%C3%A9", _SCOPE),
        ("unicode.dotless", "Java's and Python's comparison takes a dotless i for an i.", "GET", "/f%C4%B1les/x", _SCOPE),
        ("unicode.regex", "Also in regular expressions.", "GET", "/Caf%C3%89", _SCOPE),
        ("unicode.regex.upper", "Which may be written in capitals.", "GET", "/th%C3%A9", _SCOPE),
        ("unicode.regex.lower_hex", "With the escapes in lower case.", "GET", "/CAF%c3%89", _SCOPE),
        ("unicode.regex.slash", "With a slash more at the end.", "GET", "/CAF%C3%89/", _SCOPE),
        ("unicode.regex.sigma", "The sigma that ends words is a sigma.", "GET", "/s/%CF%82", _SCOPE),
        ("unicode.regex.other", "Another letter is another path.", "GET", "/caf%C3%A8", _ACCEPTED),
        ("root", "The root is a path like others.", "GET", "/", _SCOPE),
    ):
        suite.request(f"lax.{what}", note, _request(method, path, good), wanted, rules)


def _exact(suite: Suite) -> None:
    rules = _routed(
        {"methods": "GET", "path": "/health", "skip": True},
        {"methods": "GET", "path": "/maybe/{id}", "optional": True},
        {"methods": "GET", "path": "/partly", "optional": True, "scopes": _ADMIN},
    )
    for what, note, method, path, wanted in (
        ("skip", "The route.", "GET", "/health", _SKIPPED),
        ("skip.slash", "What lets requests pass is exact.", "GET", "/health/", _MISSING),
        ("skip.case", "What lets requests pass is exact.", "GET", "/HEALTH", _MISSING),
        ("skip.method", "What lets requests pass is exact.", "get", "/health", _MISSING),
        ("skip.head", "What lets requests pass is exact.", "HEAD", "/health", _MISSING),
        ("optional", "The route.", "GET", "/maybe/7", _SKIPPED),
        ("optional.slash", "What lets requests pass is exact.", "GET", "/maybe/7/", _MISSING),
        ("optional.empty", "What lets requests pass is exact.", "GET", "/maybe/", _MISSING),
        ("optional.head", "What lets requests pass is exact.", "HEAD", "/maybe/7", _MISSING),
        ("optional.scopes", "The route.", "GET", "/partly", _SKIPPED),
        ("optional.scopes.case", "What lets requests pass is exact.", "GET", "/Partly", _MISSING),
    ):
        suite.request(f"exact.{what}", note, _request(method, path), wanted, rules)
    good = token()
    note = "What a route asks of a token holds in every spelling."
    suite.request("exact.optional.scopes.token", note, _request("GET", "/partly", good), _SCOPE, rules)
    suite.request("exact.optional.scopes.lax", note, _request("GET", "/Partly/", good), _SCOPE, rules)


def _several(suite: Suite) -> None:
    """A request takes the first route that fits it as it is written; those before it that it may be taken for hold too."""
    good, admin, both = token(), token(claims(scope="admin")), token(claims(scope="admin write"))
    accepted = {"verdict": "accepted", "claims": claims(scope="admin")}
    accepted_both = {"verdict": "accepted", "claims": claims(scope="admin write")}
    item = _routed({"path": "/orders/{id}"}, {"path": "/orders", "scopes": _ADMIN})
    note = "It may be the order without a name, and the list with a slash: what both ask for holds."
    suite.request("several.slash", note, _request("GET", "/orders/", good), _SCOPE, item)
    suite.request("several.slash.admin", note, _request("GET", "/orders/", admin), accepted, item)
    suite.request("several.item", "The order.", _request("GET", "/orders/7", good), _ACCEPTED, item)
    named = _routed({"path": "/orders/{id}", "scopes": _ADMIN}, {"path": "/orders/"})
    note = "A path that is named by itself is no order without a name."
    suite.request("several.named", note, _request("GET", "/orders/", good), _ACCEPTED, named)
    suite.request("several.named.head", note, _request("HEAD", "/orders/", good), _ACCEPTED, named)
    open_list = _routed({"path": "/orders/{id}", "scopes": _ADMIN}, {"path": "/orders/", "skip": True})
    suite.request("several.named.skip", note, _request("GET", "/orders/"), _SKIPPED, open_list)
    lists = _routed({"path": "/orders/{id}", "scopes": _ADMIN}, {"path": "/{kind}/", "scopes": _WRITE})
    note = "One that stands for many paths does not name this one, so it may still be an order without a name."
    suite.request("several.unnamed", note, _request("GET", "/orders/", token(claims(scope="write"))), _SCOPE, lists)
    suite.request("several.unnamed.both", note, _request("GET", "/orders/", both), accepted_both, lists)
    suite.request("several.unnamed.head", note, _request("HEAD", "/orders/", token(claims(scope="write"))), _SCOPE, lists)
    maybe = _routed({"methods": "GET", "path": "/a", "optional": True, "scopes": _ADMIN}, {"path": "/a", "scopes": _WRITE})
    note = "A HEAD does not take the route of GET where that lets requests pass, so both hold."
    suite.request("several.head.optional", note, _request("HEAD", "/a", admin), _SCOPE, maybe)
    suite.request("several.head.optional.both", note, _request("HEAD", "/a", both), accepted_both, maybe)
    suite.request("several.head.optional.none", note, _request("HEAD", "/a"), _MISSING, maybe)
    cases = _routed({"path": "/Orders", "scopes": _ADMIN}, {"path": "/orders", "scopes": _WRITE})
    note = "Two routes that differ in letter case: where servers see none, both hold."
    suite.request("several.case", note, _request("GET", "/orders", admin), _SCOPE, cases)
    suite.request("several.case.both", note, _request("GET", "/orders", both), accepted_both, cases)
    suite.request("several.case.first", "The first as it is written.", _request("GET", "/Orders", admin), accepted, cases)
    reads = _routed({"methods": "GET", "path": "/a", "scopes": _WRITE}, {"path": "/a", "scopes": _ADMIN})
    note = "A HEAD takes the route of GET, and no later one."
    written = {"verdict": "accepted", "claims": claims(scope="write")}
    suite.request("several.head", note, _request("HEAD", "/a", token(claims(scope="write"))), written, reads)
    heads = _routed({"methods": "GET", "path": "/a"}, {"methods": "HEAD", "path": "/a", "scopes": _ADMIN})
    note = "Unless one is written for HEAD."
    suite.request("several.head.written", note, _request("HEAD", "/a", good), _SCOPE, heads)
    suite.request("several.head.get", "A GET is no HEAD.", _request("GET", "/a", good), _ACCEPTED, heads)
    for name, last in (("skip", {"skip": True}), ("optional", {"optional": True})):
        rest = policy(routes=[{"path_regex": "/api(/.*)?"}, {"methods": "GET", "path": "/report"}, {"path_regex": "/.*"} | last])
        for what, method, path, wanted in (
            ("as_written", "GET", "/api/orders", _MISSING),
            ("case", "GET", "/API/orders", _MISSING),
            ("case_and_slash", "GET", "/Api/orders/", _MISSING),
            ("shorter", "GET", "/api", _MISSING),
            ("head", "HEAD", "/report", _MISSING),
            ("lower", "get", "/report", _MISSING),
            ("slash", "GET", "/report/", _MISSING),
            ("others", "GET", "/other", _SKIPPED),
            ("empty_segment", "GET", "//api/orders", _AMBIGUOUS),
            ("dot", "GET", "/report/.", _AMBIGUOUS),
            ("newline", "GET", "/report%0a", _AMBIGUOUS),
        ):
            note = f"A later route asks for less ({name}), and does not release."
            suite.request(f"several.{name}.{what}", note, _request(method, path), wanted, rest)


# Not here is what the requests of some language cannot hold: a stray percent sign (Go's parser of URLs writes %25), an
# authority in front, and a raw ? or # (Node's requests have one text for path and query). The tests of `core/src/target` have
# it, and `tests/conformance/targets.json`, which is sent as bytes.
_ODD = {
    "dot": "/orders/.",
    "dots": "/public/../orders/7",
    "dots.end": "/orders/7/..",
    "dots.escaped": "/public/%2e%2E/orders/7",
    "dots.first": "/../orders",
    "dots.parameter": "/public/..;/orders/7",
    "dots.escaped_parameter": "/files/..%3bx/a",
    "empty": "/orders//7",
    "empty.first": "//orders/7",
    "empty.end": "/orders//",
    "parameter": "/orders;v=1/7",
    "parameter.empty": "/orders;",
    "parameter.escaped": "/orders%3Bv=1",
    "slash": "/orders%2f7",
    "slash.end": "/orders%2F",
    "slash.dots": "/public%2F..%2forders/7",
    "backslash": "/orders\\7",
    "backslash.escaped": "/orders%5c7",
    "backslash.dots": "/public\\..\\orders",
    "control.newline": "/orders%0a",
    "control.return": "/orders%0D",
    "control.nul": "/orders%00",
    "control.nul.within": "/orders%00/7",
    "control.tab": "/orders%09/7",
    "control.delete": "/orders%7F",
    "control.next_line": "/orders%C2%85",
    "control.raw": "/orders\n",
    "twice": "/%256frders",
    "twice.slash": "/orders%252f7",
    "twice.dots": "/public/%252e%252e/orders/7",
    "twice.in_parts": "/%25%36frders",
    "twice.windows": "/orders%25u002f7",
    "percent.in_parts": "/orders%%32%66",
    "no_slash": "orders/7",
    "no_slash.empty": "",
    "no_slash.star": "*",
    "delimiter.escaped": "/orders%3Fx",
    "delimiter.escaped_hash": "/orders%23x",
    "not_utf8": "/orders/%E9",
    "not_utf8.cut": "/orders/%C3",
    "not_utf8.replaced": "/orders\ufffd",
    "overlong": "/orders%C0%AF7",
    "overlong.dots": "/public/%C0%AE%C0%AE/orders",
    "overlong.three": "/orders%E0%80%AF7",
    "spaces": "/orders%20",
    "spaces.within": "/orders%20/7",
    "spaces.first": "/%20orders",
    "spaces.wide": "/orders%C2%A0",
}


def _odd(suite: Suite) -> None:
    rules = _routed({"path_regex": "/public/.*", "skip": True}, {"path": "/orders/{id}", "scopes": _ADMIN})
    note = "Servers read the path in more than one way, and a route asks for more."
    for what, path in _ODD.items():
        suite.request(f"odd.{what}", note, _request("GET", path, token()), _AMBIGUOUS, rules)
    note = "What only looks so."
    for what, path in {
        "dots": "/a/..b/...",
        "percent": "/100%25",
        "percent.text": "/50%25off",
        "space": "/a%20b",
        "colon": "/v1/jobs:run",
        "letters": "/th%C3%A9",
        "plus": "/a+b",
    }.items():
        suite.request(f"plain.{what}", note, _request("GET", path, token()), _ACCEPTED, rules)


def _where(suite: Suite) -> None:
    """Where nothing can be released, odd targets pass as others do: with a token, and never without."""
    harmless = policy(routes=[{"path_regex": "/public/.*", "skip": True}, {"path": "/maybe", "optional": True}, {"path": "/api"}])
    for what, path in _ODD.items():
        note = "No route asks for more than the others, and none behind it for less."
        suite.request(f"harmless.{what}", note, _request("GET", path, token()), _ACCEPTED, harmless)
    for what in ("dots", "slash.dots", "twice.dots", "backslash.dots"):
        note = "A target that can be read in several ways passes nowhere without a token."
        suite.request(f"harmless.{what}.none", note, _request("GET", "/public/.." + _ODD[what]), _MISSING, harmless)
    suite.request("harmless.no_routes", "Nor are there any.", _request("GET", "//a/..", token()), _ACCEPTED)
    for what, note, rules in (
        ("later_skip", "A later route asks for less.", policy(routes=[{"path": "/api"}, {"path": "/health", "skip": True}])),
        ("later_optional", "A later route asks for less.", policy(routes=[{"path": "/api"}, {"path": "/a", "optional": True}])),
        ("deny", "Requests that no route names are refused.", policy(unmatched="deny", routes=[{"path": "/api"}])),
        ("scopes", "A route asks for more.", _routed({"path": "/api", "scopes": _ADMIN})),
        ("optional_scopes", "A route asks for more.", _routed({"path": "/api", "optional": True, "scopes": _ADMIN})),
    ):
        suite.request(f"refused.{what}", note, _request("GET", "/a%2Fb", token()), _AMBIGUOUS, rules)


def _allowed(suite: Suite) -> None:
    routes = [
        {"path": "/public/{name}", "skip": True},
        {"path": "/files/{id}", "scopes": _ADMIN},
        {"path": "/files/{id}/shares", "scopes": _WRITE},
    ]
    accepted = {"verdict": "accepted", "claims": claims(scope="admin")}
    kinds = {
        "encoded_slash": "/files/a%2Fb",
        "backslash": "/files/dom%5Cann",
        "path_parameters": "/files/a;v=1",
        "empty_segments": "/files//a",
        "encoded_delimiters": "/files/c%23",
        "outer_spaces": "/files/a%20",
        "stray_percent": "/files/100%",
        "not_utf8": "/files/caf%E9",
    }
    admin, good = token(claims(scope="admin")), token()
    for kind, path in kinds.items():
        rules = _routed(*routes, targets={"allow": [kind]})
        suite.request(f"allowed.{kind}", "The API uses such paths.", _request("GET", path, admin), accepted, rules)
        suite.request(f"allowed.{kind}.scope", "The route holds.", _request("GET", path, good), _SCOPE, rules)
        if kind == "stray_percent":
            continue  # as above: to Go it is no stray one
        other = "encoded_slash" if kind != "encoded_slash" else "path_parameters"
        wrong = _routed(*routes, targets={"allow": [other]})
        suite.request(f"allowed.{kind}.other", "Another kind is allowed.", _request("GET", path, admin), _AMBIGUOUS, wrong)
        note = "None lets a request pass without a token."
        suite.request(f"allowed.{kind}.skip", note, _request("GET", path.replace("/files", "/public")), _MISSING, rules)
    every = _routed(*routes, targets={"allow": list(kinds)})
    shares = "/files/a%2Fshares"
    note = "It may be the file a/shares, and the shares of a: what both ask for holds."
    for what, scope, wanted in (
        ("one", "admin", _SCOPE),
        ("other", "write", _SCOPE),
        ("both", "admin write", {"verdict": "accepted", "claims": claims(scope="admin write")}),
    ):
        suite.request(f"allowed.readings.{what}", note, _request("GET", shares, token(claims(scope=scope))), wanted, every)
    note = "It may be the file c (what stands behind # is cut) and the shares of c#."
    both = "/files/c%23%2Fshares"
    suite.request("allowed.readings.delimiter", note, _request("GET", both, token(claims(scope="admin"))), _SCOPE, every)
    for what, path in {"combined": "/Files%5cA%2F;x/", "case": "/FILES/a%2Fb/"}.items():
        suite.request(f"allowed.{what}", "In whatever case.", _request("GET", path, good), _SCOPE, every)
    url = "What resolves targets as URLs takes a name behind two slashes for a host."
    for what, note, path in (
        ("rest", "Some routers end a path at the first semicolon.", "/files/a;/x/y"),
        ("rest.escaped", "Also at an escaped one.", "/files/a%3B/x/y"),
        ("host", url, "//host/files/a"),
        ("host.more", url, "///host/files/a"),
        ("host.backslash", url, "/\\host/files/a"),
        ("host.parameter", url, "//host;x/files/a;/x/y"),
    ):
        suite.request(f"allowed.{what}", note, _request("GET", path, good), _SCOPE, every)
    suite.request("allowed.host.other", "Another path, with a host and without.", _request("GET", "//host/x", good), _ACCEPTED, every)
    note = "Dot segments behind what is the end of the path to some are dot segments to the others."
    dots = "/files/c%23%2F..%2Fa"
    suite.request("allowed.never.dots.behind", note, _request("GET", dots, admin), _AMBIGUOUS, every)
    for what in (
        "dots", "dots.escaped", "dots.parameter", "slash.dots", "backslash.dots", "control.newline", "control.nul", "twice",
        "twice.dots", "percent.in_parts", "no_slash", "overlong",
    ):  # fmt: skip
        note = "No API needs such paths."
        suite.request(f"allowed.never.{what}", note, _request("GET", _ODD[what], admin), _AMBIGUOUS, every)


def _expressions(suite: Suite) -> None:
    """Expressions see the path as it came."""
    guard = "!request.path.startsWith('/admin') || claims.level == 3"
    rules = policy(entry(claims=[{"expression": guard}]))
    good = token(claims(level=1))
    accepted = {"verdict": "accepted", "claims": claims(level=1)}
    suite.request("expression.other", "Another path.", _request("GET", "/orders", good), accepted, rules)
    suite.request("expression.as_written", "The path.", _request("GET", "/admin", good), _RULE, rules)
    for what, path in {"empty": "//admin", "dots": "/x/../admin", "slash": "/x%2f..%2fadmin", "parameter": "/;x/admin"}.items():
        note = "The expression would see another path than the application."
        suite.request(f"expression.{what}", note, _request("GET", path, good), _AMBIGUOUS, rules)
    where = policy(token={"sources": [{"expression": "request.path == '/a' ? request.headers['x'] : request.headers['y']"}]})
    suite.request("expression.source", "Also where it finds the token.", _request("GET", "//a"), _AMBIGUOUS, where)
    client = {"expression": "request.path == '/a' ? claims.a : claims.b", "allowed": ["x"]}
    suite.request(
        "expression.client", "Or the client.", _request("GET", "//a", good), _AMBIGUOUS, policy(entry(client_id=client))
    )
    other = policy(entry(claims=[{"expression": "request.method == 'GET'"}]))
    suite.request("expression.method", "Another part is no path.", _request("GET", "//a", token()), _ACCEPTED, other)
    named = {"claims": claims(a="x"), "verdict": "accepted"}
    for what, client in {"claims": {"claims": ["a"]}, "expression": {"expression": "claims.a"}}.items():
        rules = policy(entry(client_id=client | {"allowed": ["x"]}))
        note = "Nor does what names the client look at it."
        suite.request(f"expression.client.{what}", note, _request("GET", "//a", token(claims(a="x"))), named, rules)


def _mistakes(suite: Suite) -> None:
    for what, members, path in (
        ("unknown", {"allow": ["encoded_slashes"]}, "targets.allow[0]"),
        ("never", {"allow": ["dot_segments"]}, "targets.allow[0]"),
        ("never.twice", {"allow": ["encoded_slash", "double_encoding"]}, "targets.allow[1]"),
        ("word", {"allow": "any"}, "targets.allow"),
        ("field", {"alow": []}, "targets.alow"),
    ):
        suite.policy_error(f"mistake.{what}", "Not what can be allowed.", path, _routed({"path": "/a"}, targets=members))
