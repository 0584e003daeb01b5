"""Class `route_asks`: what a route asks of a token beside the entry of the token's issuer."""

from ..keys import inline
from ..suite import Suite, entry, policy
from ..tokens import AUDIENCE, ISSUER, NOW, claims, token

_OTHER = "https://other.test/"
_TENANTS = "https://login.test/{tid}/"


def _request(path: str, bearer: str | None = None, method: str = "GET") -> dict:
    headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
    return {"method": method, "path": path, "headers": headers, "query": {}, "cookies": {}}


def _routed(*routes: dict, entries: tuple[dict, ...] = ()) -> dict:
    return policy(*entries, unmatched="token", routes=list(routes))


def _accepted(**changes) -> dict:
    return {"verdict": "accepted", "claims": claims(**changes)}


def _rejected(code: str, claim: str | None = None) -> dict:
    return {"verdict": "rejected", "code": code} | ({} if claim is None else {"claim": claim})


def route_asks() -> Suite:
    suite = Suite("route_asks", "jotgate policy document 1")
    _issuers(suite)
    _audience(suite)
    _client_id(suite)
    _rules(suite)
    _together(suite)
    _mistakes(suite)
    return suite


def _issuers(suite: Suite) -> None:
    entries = (
        entry(issuer=[ISSUER, "https://old.test/"]),
        entry(inline("ec-b"), issuer=_OTHER),
        entry(inline("rsa-a"), issuer=[_TENANTS, "https://login.test/own/"], tenants="any"),
    )
    rules = _routed(
        {"path": "/one", "issuers": ISSUER},
        {"path": "/two", "issuers": [ISSUER, _OTHER]},
        {"path": "/tenants", "issuers": _TENANTS},
        entries=entries,
    )
    unknown = _rejected("unknown_issuer", "iss")
    for what, note, path, issuer, key, wanted in (
        ("named", "The route names the issuer.", "/one", ISSUER, "ec-a", _accepted()),
        ("other", "It names another.", "/one", _OTHER, "ec-b", unknown),
        ("same_entry", "Another name of the same entry is another issuer.", "/one", "https://old.test/", "ec-a", unknown),
        ("several", "It names two.", "/two", _OTHER, "ec-b", _accepted(iss=_OTHER)),
        ("elsewhere", "Another route names none.", "/three", _OTHER, "ec-b", _accepted(iss=_OTHER)),
        ("template", "A template is named as it is written.", "/tenants", "https://login.test/a/", "rsa-a", _accepted(iss="https://login.test/a/")),
        ("template.other", "Another issuer.", "/tenants", ISSUER, "ec-a", unknown),
        ("template.exact", "An issuer that has a name of its own does not follow it.", "/tenants", "https://login.test/own/", "rsa-a", unknown),
    ):  # fmt: skip
        suite.request(f"issuers.{what}", note, _request(path, token(claims(iss=issuer), key=key)), wanted, rules)
    suite.request("issuers.none", "A token is needed.", _request("/one"), _rejected("missing_token"), rules)
    anybody = _routed({"path": "/a", "issuers": "any"}, entries=(entry(issuer="any"),))
    suite.request("issuers.any", "The entry for any issuer has that name.", _request("/a", token()), _accepted(), anybody)


def _audience(suite: Suite) -> None:
    rules = _routed({"path": "/admin", "audience": "admin"}, {"path": "/two", "audience": ["a", "b"]})
    mismatch = _rejected("audience_mismatch", "aud")
    for what, note, path, aud, wanted in (
        ("both", "The issuer's and the route's.", "/admin", [AUDIENCE, "admin"], _accepted(aud=[AUDIENCE, "admin"])),
        ("lacked", "The route's is lacking.", "/admin", AUDIENCE, mismatch),
        ("issuer", "The issuer's is lacking.", "/admin", "admin", mismatch),
        ("one_of", "One of two.", "/two", [AUDIENCE, "b"], _accepted(aud=[AUDIENCE, "b"])),
        ("case", "Byte for byte.", "/admin", [AUDIENCE, "Admin"], mismatch),
        ("elsewhere", "Not asked for here.", "/other", AUDIENCE, _accepted()),
    ):
        suite.request(f"audience.{what}", note, _request(path, token(claims(aud=aud))), wanted, rules, spec="RFC 7519 4.1.3")
    anyone = _routed({"path": "/a", "audience": "admin"}, entries=(entry(audience="any"),))
    none = _request("/a", token(claims(aud=None)))
    suite.request("audience.any.null", "Null is no audience.", none, _rejected("invalid_claim", "aud"), anyone)


def _client_id(suite: Suite) -> None:
    route = {"path": "/admin", "client_id": {"allowed": ["console", "ops"]}}
    default = _routed(route)
    for what, note, changes, wanted in (
        ("default", "The usual claims name the client.", {"azp": "ops"}, _accepted(azp="ops")),
        ("first", "The first that is there counts.", {"client_id": "x", "azp": "ops"}, _rejected("client_not_allowed", "client_id")),
        ("other", "Another client.", {"cid": "shop"}, _rejected("client_not_allowed", "cid")),
        ("none", "No client.", {}, _rejected("client_not_allowed", "client_id")),
        ("type", "No text.", {"azp": 7}, _rejected("invalid_claim", "azp")),
    ):  # fmt: skip
        suite.request(f"client_id.{what}", note, _request("/admin", token(claims(**changes))), wanted, default)
    named = _routed(route, entries=(entry(client_id={"claims": ["app"], "allowed": ["console", "shop"]}),))
    for what, note, changes, wanted in (
        ("issuer", "The issuer's entry says which claim it is.", {"app": "console"}, _accepted(app="console")),
        ("issuer.only", "The issuer's allows it, the route does not.", {"app": "shop"}, _rejected("client_not_allowed", "app")),
        ("route.only", "The route allows it, the issuer's does not.", {"app": "ops"}, _rejected("client_not_allowed", "app")),
        ("issuer.claim", "Another claim names nobody.", {"azp": "console"}, _rejected("client_not_allowed", "app")),
    ):  # fmt: skip
        suite.request(f"client_id.{what}", note, _request("/admin", token(claims(**changes))), wanted, named)
    host = _routed(route, entries=(entry(client_id={"claims": ["app"], "allowed": "host"}),))
    asked = {"host": {"client": "yes"}}
    note = "The host knows the client, and the route lists it."
    suite.request("client_id.host", note, _request("/admin", token(claims(app="ops"))), _accepted(app="ops"), host, **asked)
    suite.request(
        "client_id.host.other", "The route does not.", _request("/admin", token(claims(app="shop"))),
        _rejected("client_not_allowed", "app"), host, **asked,
    )  # fmt: skip


def _rules(suite: Suite) -> None:
    rules = _routed(
        {"path": "/admin", "claims": [{"claim": "level", "min": 3}, {"claim": ["realm", "roles"], "any_of": ["admin"]}]},
        {"path": "/own/{id}", "claims": [{"expression": "request.path == '/own/' + claims.sub"}]},
        entries=(entry(claims=[{"claim": "dept", "mandatory": False, "equals": "eng"}]),),
    )
    may = {"level": 3, "realm": {"roles": ["admin"]}}
    rejected = "claim_rejected"
    for what, note, path, changes, wanted in (
        ("hold", "The rules of the route hold.", "/admin", may, _accepted(**may)),
        ("first", "One does not.", "/admin", may | {"level": 2}, _rejected(rejected, "level")),
        ("second", "The other does not.", "/admin", may | {"realm": {"roles": []}}, _rejected(rejected, "realm.roles")),
        ("missing", "It is mandatory.", "/admin", {"level": 3}, _rejected("missing_claim", "realm.roles")),
        ("issuer", "The issuer's come first.", "/admin", {"dept": "x"}, _rejected(rejected, "dept")),
        ("elsewhere", "Not asked for here.", "/other", {}, _accepted()),
        ("expression", "An expression may look at the request.", "/own/alice", {}, _accepted()),
        ("expression.not", "It is not true.", "/own/bob", {}, _rejected(rejected)),
        ("expression.odd", "A path that others read otherwise.", "/own//alice", {}, _rejected("ambiguous_target")),
    ):
        suite.request(f"claims.{what}", note, _request(path, token(claims(**changes))), wanted, rules)
    mapped = _routed(
        {"path": "/admin", "claims": [{"claim": "role", "equals": "admin"}]},
        entries=(entry(claim_mapping={"http://x.test/role": "role"}),),
    )
    sees = {"verdict": "accepted", "claims": claims(role="admin")}
    note = "Rules see claims under their mapped names."
    suite.request("claims.mapped", note, _request("/admin", token(claims(**{"http://x.test/role": "admin"}))), sees, mapped)


def _together(suite: Suite) -> None:
    route = {
        "methods": "POST",
        "path": "/orders/{id}",
        "issuers": ISSUER,
        "audience": "orders",
        "client_id": {"allowed": ["shop"]},
        "scopes": {"all": ["write"]},
        "claims": [{"claim": "level", "min": 3}],
    }
    rules = _routed(route)
    good = {"aud": [AUDIENCE, "orders"], "azp": "shop", "scope": "write", "level": 3}
    for what, changes, wanted in (
        ("all", {}, _accepted(**good)),
        ("audience", {"aud": AUDIENCE, "azp": "x", "scope": "", "level": 1}, _rejected("audience_mismatch", "aud")),
        ("client_id", {"azp": "x", "scope": "", "level": 1}, _rejected("client_not_allowed", "azp")),
        ("scopes", {"scope": "", "level": 1}, _rejected("insufficient_scope", "scope")),
        ("claims", {"level": 1}, _rejected("claim_rejected", "level")),
        ("expired", {"exp": NOW - 60, "aud": "x"}, _rejected("expired", "exp")),
    ):
        note = "All that a route asks for holds; the first that does not gives the code."
        asked = _request("/orders/7", token(claims(**(good | changes))), "POST")
        suite.request(f"together.{what}", note, asked, wanted, rules)
    optional = _routed({"path": "/maybe", "optional": True, "audience": "orders"})
    suite.request("optional.none", "Without a token it passes.", _request("/maybe"), {"verdict": "skipped"}, optional)
    with_one = _request("/maybe", token())
    suite.request("optional.token", "A token is asked.", with_one, _rejected("audience_mismatch", "aud"), optional)


def _mistakes(suite: Suite) -> None:
    for what, ask, path in (
        ("issuer.unknown", {"issuers": "https://idp.test"}, "routes[0].issuers[0]"),
        ("issuer.second", {"issuers": [ISSUER, "x"]}, "routes[0].issuers[1]"),
        ("issuers.none", {"issuers": []}, "routes[0].issuers"),
        ("issuers.any", {"issuers": "any"}, "routes[0].issuers[0]"),
        ("audience.any", {"audience": "any"}, "routes[0].audience"),
        ("audience.none", {"audience": []}, "routes[0].audience"),
        ("client_id.host", {"client_id": {"allowed": "host"}}, "routes[0].client_id.allowed"),
        ("client_id.none", {"client_id": {"allowed": []}}, "routes[0].client_id.allowed"),
        ("client_id.claims", {"client_id": {"allowed": ["a"], "claims": ["b"]}}, "routes[0].client_id.claims"),
        ("client_id.list", {"client_id": ["a"]}, "routes[0].client_id"),
        ("claims.none", {"claims": []}, "routes[0].claims"),
        ("claims.rule", {"claims": [{"claim": "a", "min": 1, "max": 2}]}, "routes[0].claims[0]"),
    ):
        note = "Not what a route can ask for."
        suite.policy_error(f"mistake.{what}", note, path, _routed({"path": "/a"} | ask))
