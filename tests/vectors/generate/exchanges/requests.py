"""Requests: what a server makes of a request before a middleware sees it must not change the verdict."""

from ..suite import entry, policy
from ..tokens import claims, token
from .exchange import CHALLENGES, Exchanges, bearer

_ROUTES = [
    {"methods": ["GET"], "path": "/health", "skip": True},
    {"methods": ["GET"], "path_regex": "/public/.*", "optional": True},
    {"methods": ["POST"], "path": "/orders", "scopes": {"all": ["orders:write"]}},
]


def requests() -> list[dict]:
    found = Exchanges("requests")
    _headers(found)
    _places(found)
    _routes(found)
    return found.found


def _headers(found: Exchanges) -> None:
    good, other = token(), token(claims(sub="bob"))
    spec = "RFC 9110 5.1"
    found.passes(
        "name_case", "Names of fields have no case.", good, headers=[["aUTHORIZATION", f"Bearer {good}"]], spec=spec
    )
    found.passes("scheme_case", "Nor has the scheme.", good, headers=[["Authorization", f"bEARER {good}"]], spec=spec)
    found.passes("twice", "The same token twice is one.", good, headers=bearer(good) * 2)
    found.passes(
        "other_scheme", "Another scheme is no token.", good, headers=[["Authorization", "Basic eDp5"], *bearer(good)]
    )
    found.refused(
        "joined", "A list of two is no token; this one has five segments.", "unsupported_token",
        headers=[["Authorization", f"Bearer {good}, Bearer {other}"]],
    )  # fmt: skip
    found.refused(
        "empty", "No token behind the scheme.", "missing_token", challenge="bare", headers=[["Authorization", "Bearer"]]
    )
    found.passes(
        "two_spaces", "One or more spaces stand behind the scheme.", good, headers=[["Authorization", f"Bearer  {good}"]],
        spec="RFC 9110 11.4",
    )  # fmt: skip
    found.refused("not_ascii", "Bytes beyond ASCII.", "malformed_token", headers=bearer(good[:-1] + "\u00e9"))
    wide = token(
        claims(name="Zo\u00eb \u6f22 \U0001f600", ratio=0.5, big=2**53, none=None, flag=True, list=[1, {"a": []}])
    )
    found.passes("claims", "Claims of all kinds arrive as they are.", wide, headers=bearer(wide), spec="RFC 8259")


def _places(found: Exchanges) -> None:
    good, other = token(), token(claims(sub="bob"))
    sources = [
        {"header": "Authorization", "scheme": "Bearer"},
        {"cookie": "session"},
        {"query": "access_token"},
        {"header": "X-Token"},
    ]
    rules = policy(entry(), token={"sources": sources})
    spec = "RFC 6750 2"
    found.passes(
        "cookie", "In a cookie.", good, rules=rules, headers=[["Cookie", f"a=b; session={good}; c=d"]], spec=spec
    )
    found.passes(
        "cookies",
        "In one of several fields.",
        good,
        rules=rules,
        headers=[["Cookie", "a=b"], ["Cookie", f"session={good}"]],
        spec=spec,
    )
    found.passes(
        "query", "In the query.", good, rules=rules, headers=[], target=f"/orders?x=1&access_token={good}", spec=spec
    )
    found.passes(
        "query.encoded",
        "Names are decoded.",
        good,
        rules=rules,
        headers=[],
        target=f"/orders?access%5Ftoken={good}",
        spec=spec,
    )
    found.passes("header", "In a field of its own.", good, rules=rules, headers=[["X-Token", good]], spec=spec)
    found.passes(
        "same",
        "The same in two places is one.",
        good,
        rules=rules,
        headers=[["X-Token", good], *bearer(good)],
        spec=spec,
    )
    found.refused(
        "differ", "Different ones are none.", "multiple_tokens", 400, "invalid_request",
        rules=rules, headers=bearer(good), target=f"/orders?access_token={other}", spec=spec,
    )  # fmt: skip
    found.refused(
        "not_looked_for", "Only where the policy looks.", "missing_token", challenge="bare",
        headers=[["Cookie", f"session={good}"]], target=f"/orders?access_token={good}", spec=spec,
    )  # fmt: skip


def _routes(found: Exchanges) -> None:
    good, writer = token(), token(claims(scope="orders:write"))
    more = {"rules": policy(entry(), unmatched="token", routes=_ROUTES), "spec": "jotgate policy document 1"}
    missing = {"code": "missing_token", "challenge": "bare", "headers": []}
    found.passes("skip", "No token needed.", None, headers=[], target="/health", **more)
    found.passes("skip.query", "The query is not the path.", None, headers=[], target="/health?deep=1", **more)
    found.passes("skip.bad", "None is looked at.", None, headers=bearer("x"), target="/health", **more)
    found.passes("optional.none", "None, and no claims.", None, headers=[], target="/public/a", **more)
    found.passes("optional.good", "A good one gives claims.", good, target="/public/a", **more)
    found.refused(
        "optional.bad", "A bad one is refused.", "malformed_token", headers=bearer("x"), target="/public/a", **more
    )
    found.passes("scopes", "The scope is there.", writer, headers=bearer(writer), method="POST", **more)
    found.refused(
        "scopes.missing", "The route's scopes stand in the challenge.", "insufficient_scope", 403,
        CHALLENGES["insufficient_scope"] + ', scope="orders:write"', method="POST", **more,
    )  # fmt: skip
    for what, target in (("method", None), ("longer", "/health/"), ("case", "/Health")):
        method = {"method": "POST", "target": "/health"} if target is None else {"target": target}
        found.refused(f"disguise.{what}", "Not that route, so a token is needed.", **missing, **method, **more)
    asks = {"code": "insufficient_scope", "status": 403, "challenge": CHALLENGES["insufficient_scope"] + ', scope="orders:write"'}
    for what, target in (("longer", "/orders/"), ("case", "/Orders"), ("escaped", "/%6frders")):
        note = "The route holds for whatever a router may take for its path."
        found.refused(f"evading.{what}", note, **asks, method="POST", target=target, **more)
    # Not among them: an escaped slash, which WSGI and ASGI servers resolve before anybody sees it; two slashes in front, which
    # Python's server joins and the JDK's takes for a host; dots, parameters and percent signs, which Spring's firewall refuses by
    # itself.
    odd = {"code": "ambiguous_target", "status": 400, "challenge": "none"}
    for what, target in (
        ("space", "/orders%20"),
        ("space.within", "/orders%20/7"),
        ("space.skip", "/%20health"),
    ):
        found.refused(f"odd.{what}", "Servers read the path in more than one way.", **odd, target=target, **more)
    deny = more | {"rules": policy(entry(), unmatched="deny", routes=_ROUTES)}
    found.refused(
        "unmatched", "No route names it, and no token is looked at.", "unmatched_request", 403, "none", target="/other", **deny
    )
