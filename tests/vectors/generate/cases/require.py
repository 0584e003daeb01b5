"""Class `require`: what an endpoint asks in code, of a token that was accepted."""

from ..suite import Suite, entry, policy
from ..tokens import NOW, claims, token

_INVALID = 'Bearer error="invalid_token", error_description="The token is not valid for this resource"'
_LACKS = 'Bearer error="insufficient_scope", error_description="The token lacks a scope that this resource needs"'
_ALL = {"scopes": {"all": ["read", "write"]}}
_ANY = {"scopes": {"any": ["admin", "write"]}}


def require() -> Suite:
    suite = Suite("require", "jotgate policy document 1")
    _scopes(suite)
    _scope_claims(suite)
    _has(suite)
    _rules(suite)
    _both(suite)
    _before(suite)
    _mistakes(suite)
    return suite


def _scopes(suite: Suite) -> None:
    for what, note, ask, scope in (
        ("all", "Each of them.", _ALL, "write other read"),
        ("any", "One of them.", _ANY, "read write"),
        ("all_any", "Each of these and one of those.", {"scopes": {"all": ["read"], "any": ["a", "b"]}}, "b read"),
        ("list", "A list of strings.", _ALL, ["read", "write"]),
        ("spaces", "More than one space.", _ALL, " read  write "),
    ):
        suite.accept(f"scopes.{what}", note, token(claims(scope=scope)), require=ask)
    for what, note, ask, scope, named in (
        ("all.one", "One of them lacks.", _ALL, "read", "read write"),
        ("any.none", "None of them.", _ANY, "read", "admin write"),
        ("all_any.all", "All lacks.", {"scopes": {"all": ["read"], "any": ["a"]}}, "a", "read a"),
        ("all_any.any", "One of several lacks.", {"scopes": {"all": ["read"], "any": ["a"]}}, "read", "read a"),
        ("case", "With case.", _ALL, "read Write", "read write"),
        ("part", "As a whole.", _ALL, "read writer", "read write"),
        ("empty", "No scope.", _ANY, "", "admin write"),
        ("list.spaces", "An element of a list is not split.", _ALL, ["read write"], "read write"),
        ("tab", "A tab separates nothing.", _ALL, "read\twrite", "read write"),
    ):
        suite.reject(
            f"scopes.{what}", note, "insufficient_scope", token(claims(scope=scope)), claim="scope", require=ask,
            challenge=f'{_LACKS}, scope="{named}"',
        )  # fmt: skip
    for what, scope in (("number", 7), ("mixed", ["read", 7]), ("object", {"read": True})):
        note = "Neither a string nor a list of strings."
        text = token(claims(scope=scope))
        suite.reject(f"scopes.type.{what}", note, "invalid_claim", text, claim="scope", require=_ANY, challenge=_INVALID)
    for what, changes in (("absent", {}), ("null", {"scope": None})):
        suite.reject(
            f"scopes.{what}", "The token names no scope.", "insufficient_scope", token(claims(**changes)), claim="scope",
            require=_ANY, challenge=f'{_LACKS}, scope="admin write"',
        )  # fmt: skip


def _scope_claims(suite: Suite) -> None:
    suite.accept("claims.scp", "The other usual claim.", token(claims(scp=["write"])), require=_ANY)
    both = token(claims(scope="read", scp="write"))
    suite.reject("claims.first", "The first that is there counts.", "insufficient_scope", both, claim="scope", require=_ANY)
    named = policy(entry(scopes={"claims": ["may", "perms"]}))
    for what, note, changes in (
        ("named", "The issuer's entry names the claim.", {"may": "write", "scope": "x"}),
        ("named.second", "And another one.", {"perms": ["write"]}),
    ):
        suite.accept(f"claims.{what}", note, token(claims(**changes)), named, require=_ANY)
    unnamed = token(claims(scope="write"))
    suite.reject("claims.unnamed", "The usual one does not count then.", "insufficient_scope", unnamed, named, "may", require=_ANY)
    mapped = policy(entry(claim_mapping={"scope": "may"}))
    text = token(claims(scope="write"))
    suite.accept("claims.mapped", "A mapped claim is the same one.", text, mapped, require=_ANY, seen=claims(may="write"))
    text = token(claims(scope="read"))
    suite.reject("claims.mapped.lacks", "It is named as the host sees it.", "insufficient_scope", text, mapped, "may", require=_ANY)
    suite.reject("claims.mapped.absent", "So is one that lacks.", "insufficient_scope", token(), mapped, "may", require=_ANY)
    swapped = policy(entry(claim_mapping={"scope": "x", "x": "scope"}))
    text = token(claims(scope="read", x="write"))
    note = "What has got its name grants nothing."
    suite.reject("claims.mapped.swapped", note, "insufficient_scope", text, swapped, "x", require=_ANY)
    taken = policy(entry(claim_mapping={"x": "scope"}))
    text = token(claims(x="write"))
    suite.reject("claims.mapped.taken", note, "insufficient_scope", text, taken, require=_ANY)


def _has(suite: Suite) -> None:
    ask = {"claims": [{"claim": "sub"}]}
    for what, note, changes, scopes in (
        ("text", "Split at spaces.", {"scope": " b  a b"}, ["b", "a", "b"]),
        ("list", "What is no scope token is none.", {"scp": ["a", "b c", "", "ä", "d\""]}, ["a"]),
        ("none", "No claim.", {}, []),
        ("null", "Null is no claim.", {"scope": None, "scp": "a"}, ["a"]),
        ("type", "Of another type.", {"scope": 7, "scp": "a"}, []),
        ("escapes", "As the text reads.", {"scope": "ä:x x:ä a/b"}, ["a/b"]),
    ):
        suite.accept(f"has.{what}", note, token(claims(**changes)), require=ask, scopes=scopes)
    named = policy(entry(scopes={"claims": ["may"]}, claim_mapping={"may": "perms"}))
    text = token(claims(may="a b", scope="c"))
    suite.accept("has.mapped", "Of the claim that the entry names.", text, named, require=ask, scopes=["a", "b"], seen=claims(perms="a b", scope="c"))
    taken = policy(entry(claim_mapping={"x": "scope"}))
    text = token(claims(x="a"))
    suite.accept("has.taken", "Another claim with its name grants nothing.", text, taken, require=ask, scopes=[], seen=claims(scope="a"))


def _rules(suite: Suite) -> None:
    good = {"dept": "eng", "roles": ["admin", "ops"], "realm": {"roles": ["keeper"]}, "level": 3, "groups": "a,b", "auth_time": NOW - 60}
    held = token(claims(**good))
    for what, rule in (
        ("present", {"claim": "dept"}),
        ("equals", {"claim": "dept", "equals": "eng"}),
        ("any_of", {"claim": "roles", "any_of": ["x", "ops"]}),
        ("all_of", {"claim": "roles", "all_of": ["ops", "admin"]}),
        ("none_of", {"claim": "roles", "none_of": ["guest"]}),
        ("contains", {"claim": ["realm", "roles"], "contains": "keeper"}),
        ("prefix", {"claim": "dept", "prefix": "en"}),
        ("matches", {"claim": "dept", "matches": "[a-z]+"}),
        ("min", {"claim": "level", "min": 3}),
        ("separator", {"claim": "groups", "any_of": ["b"], "separator": ","}),
        ("optional", {"claim": "nowhere", "mandatory": False, "equals": 1}),
        ("expression", {"expression": "claims.level > 2 && header.alg == 'ES256'"}),
        ("now", {"expression": "int(now) - claims.auth_time < 300"}),
    ):
        suite.accept(f"claims.{what}", "The rule holds.", held, require={"claims": [rule]})
    for what, code, claim, rule in (
        ("present.absent", "missing_claim", "nowhere", {"claim": "nowhere"}),
        ("equals.other", "claim_rejected", "dept", {"claim": "dept", "equals": "ops"}),
        ("any_of.other", "claim_rejected", "roles", {"claim": "roles", "any_of": ["x"]}),
        ("all_of.other", "claim_rejected", "roles", {"claim": "roles", "all_of": ["ops", "x"]}),
        ("none_of.other", "claim_rejected", "roles", {"claim": "roles", "none_of": ["ops"]}),
        ("contains.other", "claim_rejected", "realm.roles", {"claim": ["realm", "roles"], "contains": "x"}),
        ("contains.absent", "missing_claim", "realm.x", {"claim": ["realm", "x"], "contains": "x"}),
        ("min.less", "claim_rejected", "level", {"claim": "level", "min": 4}),
        ("min.type", "claim_rejected", "dept", {"claim": "dept", "min": 4}),
        ("expression.false", "claim_rejected", None, {"expression": "claims.level > 3"}),
        ("now.late", "claim_rejected", None, {"expression": "int(now) - claims.auth_time < 60"}),
    ):
        asked = {"claims": [{"claim": "sub"}, rule]}
        suite.reject(f"claims.{what}", "The rule does not hold.", code, held, claim=claim, require=asked, challenge=_INVALID)
    mapped = policy(entry(claim_mapping={"http://x.test/role": "role"}))
    text = token(claims(**{"http://x.test/role": "admin"}))
    asked = {"claims": [{"claim": "role", "equals": "admin"}]}
    suite.accept("claims.rule.mapped", "Rules see mapped names.", text, mapped, require=asked, seen=claims(role="admin"))


def _both(suite: Suite) -> None:
    asked = {"scopes": {"any": ["admin"]}, "claims": [{"claim": "level", "min": 2}]}
    suite.accept("both", "Both hold.", token(claims(scope="admin", level=2)), require=asked, scopes=["admin"])
    text = token(claims(scope="admin", level=1))
    suite.reject("both.claims", "The rule does not.", "claim_rejected", text, claim="level", require=asked, challenge=_INVALID)
    text = token(claims(scope="x", level=1))
    challenge = f'{_LACKS}, scope="admin"'
    suite.reject("both.scopes", "The scopes come first.", "insufficient_scope", text, claim="scope", require=asked, challenge=challenge)
    scoped = policy(entry(scopes={"all": ["api"]}))
    text = token(claims(scope="api"))
    challenge = f'{_LACKS}, scope="api admin"'
    note = "The challenge names what the entry asks for too, each scope once."
    ask = {"scopes": {"all": ["api", "admin"]}}
    suite.reject("both.entry", note, "insufficient_scope", text, scoped, "scope", require=ask, challenge=challenge)
    for responses, challenge in (
        ("mulesoft", None),
        ("wso2", f'Bearer realm="WSO2 API Manager",{_LACKS.removeprefix("Bearer")}, scope="admin"'),
    ):
        suite.reject(
            f"responses.{responses}", "The policy's manner of answering.", "insufficient_scope", token(),
            policy(responses=responses), "scope", require={"scopes": {"all": ["admin"]}}, challenge=challenge,
        )  # fmt: skip


def _before(suite: Suite) -> None:
    note = "A token that is refused is asked nothing."
    late = token(claims(exp=NOW - 60))
    suite.reject("before.expired", note, "expired", late, claim="exp", require=_ANY, challenge=_INVALID)
    scoped = policy(entry(scopes={"all": ["api"]}))
    challenge = f'{_LACKS}, scope="api admin write"'
    note = "One that lacks a scope of the entry learns those of the endpoint too."
    suite.reject("before.scope", note, "insufficient_scope", token(), scoped, "scope", require=_ANY, challenge=challenge)


def _mistakes(suite: Suite) -> None:
    for what, ask, path in (
        ("nothing", {}, ""),
        ("unknown", {"scope": {"all": ["a"]}}, "scope"),
        ("audience", {"audience": "a"}, "audience"),
        ("scopes.empty", {"scopes": {}}, "scopes"),
        ("scopes.none", {"scopes": {"all": [], "any": []}}, "scopes"),
        ("scopes.space", {"scopes": {"all": ["a", "b c"]}}, "scopes.all[1]"),
        ("scopes.blank", {"scopes": {"any": [""]}}, "scopes.any[0]"),
        ("scopes.list", {"scopes": ["a"]}, "scopes"),
        ("scopes.text", {"scopes": {"all": "a"}}, "scopes.all"),
        ("scopes.claims", {"scopes": {"claims": ["may"], "all": ["a"]}}, "scopes.claims"),
        ("scopes.null", {"scopes": None, "claims": [{"claim": "a"}]}, "scopes"),
        ("claims.none", {"claims": []}, "claims"),
        ("claims.object", {"claims": {"claim": "a"}}, "claims"),
        ("claims.rule", {"claims": [{"claim": "a"}, {"claim": "a", "min": 1, "max": 2}]}, "claims[1]"),
        ("claims.unknown", {"claims": [{"claim": "a", "equal": 1}]}, "claims[0].equal"),
        ("claims.expression", {"claims": [{"expression": "claims."}]}, "claims[0].expression"),
        ("claims.request", {"claims": [{"claim": "a"}, {"expression": "request.method == 'GET'"}]}, "claims[1].expression"),
    ):
        suite.policy_error(f"mistake.{what}", "Not what an endpoint can ask for.", path, policy(), require=ask)
