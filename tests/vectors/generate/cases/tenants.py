"""Class `tenants`: one entry for an issuer per tenant, by a template."""

from ..suite import Suite, entry, policy
from ..tokens import ABSENT, claims, token

_TEMPLATE = "https://login.test/{tid}/v2.0"


def tenants() -> Suite:
    suite = Suite("tenants", "RFC 8725 3.8")
    listed = policy(entry(issuer=_TEMPLATE, tenants=["a-1", "b_2"]))
    for what, tenant in {"first": "a-1", "second": "b_2"}.items():
        issuer = f"https://login.test/{tenant}/v2.0"
        suite.accept(f"listed.{what}", "A listed tenant.", token(claims(iss=issuer)), listed)
        suite.accept(f"listed.{what}.claim", "Named twice.", token(claims(iss=issuer, tid=tenant)), listed)
    for what, value in {"other": "b_2", "null": None, "number": 1}.items():
        text = token(claims(iss="https://login.test/a-1/v2.0", tid=value))
        note = "A claim that names another tenant than the issuer does."
        suite.reject(f"claim.{what}", note, "invalid_claim", text, listed, claim="tid")
    for what, issuer in {
        "unlisted": "https://login.test/c-3/v2.0",
        "case": "https://login.test/A-1/v2.0",
        "slash": "https://login.test/a-1/v2.0/",
        "two_segments": "https://login.test/x/a-1/v2.0",
        "empty": "https://login.test//v2.0",
        "template": _TEMPLATE,
        "prefix": "https://login.test/a-1",
        "host": "https://login.test.evil.test/a-1/v2.0",
    }.items():
        suite.reject(what, "Not the template with a listed tenant.", "unknown_issuer", token(claims(iss=issuer)), listed, claim="iss")
    suite.reject("missing", "No issuer.", "missing_issuer", token(claims(iss=ABSENT)), listed, claim="iss")
    _other_names(suite)
    _waiver(suite)
    _mistakes(suite)
    return suite


def _other_names(suite: Suite) -> None:
    """`tid` is Entra's claim, whatever the placeholder is called."""
    issuer = "https://login.test/a-1/v2.0"
    for name in ("tenantid", "TenantId", "x"):
        rules = policy(entry(issuer=f"https://login.test/{{{name}}}/v2.0", tenants=["a-1", "b_2"]))
        suite.accept(f"named.{name}", "Any name will do.", token(claims(iss=issuer)), rules)
        both = token(claims(iss=issuer, tid="a-1") | {name: "a-1"})
        suite.accept(f"named.{name}.same", "Both claims name the issuer's tenant.", both, rules)
        text = token(claims(iss=issuer, tid="b_2"))
        suite.reject(f"named.{name}.tid", "`tid` names another one.", "invalid_claim", text, rules, claim="tid")
        text = token(claims(iss=issuer, tid="a-1") | {name: "b_2"})
        suite.reject(f"named.{name}.own", "The claim of that name does.", "invalid_claim", text, rules, claim=name)


def _waiver(suite: Suite) -> None:
    anyone = policy(entry(issuer=_TEMPLATE, tenants="any"))
    suite.accept("any", "The waiver.", token(claims(iss="https://login.test/whoever/v2.0")), anyone)
    for what, issuer in {"two": "https://login.test/a/b/v2.0", "escape": "https://login.test/a%2fb/v2.0"}.items():
        text = token(claims(iss=issuer))
        suite.reject(f"any.{what}", "Still one plain segment.", "unknown_issuer", text, anyone, claim="iss")
    literal = policy(entry(issuer=_TEMPLATE, tenants=["any"]))
    text = token(claims(iss="https://login.test/whoever/v2.0"))
    suite.reject("any.in_list", "In a list it is a tenant.", "unknown_issuer", text, literal, claim="iss")
    both = policy(entry(issuer=[_TEMPLATE, "https://sts.test/"], tenants=["a-1"]))
    suite.accept("beside.name", "An exact name beside a template.", token(claims(iss="https://sts.test/")), both)
    suite.accept("beside.template", "And the other way round.", token(claims(iss="https://login.test/a-1/v2.0")), both)


def _mistakes(suite: Suite) -> None:
    issuer, listed = "issuers[0].issuer", "issuers[0].tenants"
    for what, members, path in (
        ("no_tenants", {"issuer": _TEMPLATE}, listed),
        ("empty_list", {"issuer": _TEMPLATE, "tenants": []}, listed),
        ("empty_tenant", {"issuer": _TEMPLATE, "tenants": [""]}, listed),
        ("no_template", {"issuer": "https://a.test/", "tenants": ["a"]}, listed),
        ("any_issuer", {"issuer": "any", "tenants": ["a"]}, listed),
        ("half_segment", {"issuer": "https://a{tid}.test/", "tenants": ["a"]}, issuer),
        ("unclosed", {"issuer": "https://a.test/{tid", "tenants": ["a"]}, issuer),
        ("unnamed", {"issuer": "https://a.test/{}/", "tenants": ["a"]}, issuer),
        ("two", {"issuer": "https://a.test/{a}/{b}/", "tenants": ["a"]}, issuer),
        ("twice", {"issuer": [_TEMPLATE, "https://login.test/{other}/v2.0"], "tenants": ["a"]}, issuer),
    ):
        suite.policy_error(f"mistake.{what}", "A template that is none.", path, policy(entry(**members)))
