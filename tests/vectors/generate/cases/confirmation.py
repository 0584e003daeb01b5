"""Classes `confirmation` and `profile`: tokens that are bound to a key, and a standard for access tokens in one word."""

from ..keys import inline
from ..suite import Suite, entry, policy
from ..tokens import ABSENT, NOW, claims, header, seal, token
from ..encoding import b64
from .policy_keys import FIRST

# The values that RFC 9449 section 6.1 and RFC 8705 appendix A print.
_JKT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
_X5T = "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"
_JWK = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


def confirmation() -> Suite:
    suite = Suite("confirmation", "RFC 7800 3.1")
    ignored = policy(entry(confirmation="ignore"))
    for what, cnf, spec in (
        ("jkt", {"jkt": _JKT}, "RFC 9449 6.1"),
        ("x5t_s256", {"x5t#S256": _X5T}, "RFC 8705 3.1"),
        ("both", {"jkt": _JKT, "x5t#S256": _X5T}, "RFC 9449 6.1"),
        ("jkt_beside_unknown", {"jkt": _JKT, "kc-jkt-type": "DPoP"}, "RFC 9449 6.1"),
        ("x5t_beside_uri", {"x5t#S256": _X5T, "x5t#uri": "spiffe://athenz/api"}, "RFC 8705 3.1"),
        ("jwk", {"jwk": _JWK}, "RFC 7800 3.2"),
        ("jwe", {"jwe": "eyJ.a.b.c.d"}, "RFC 7800 3.3"),
        ("kid", {"kid": "dfd1aa97"}, "RFC 7800 3.4"),
        ("jku", {"jku": "https://keys.test/", "kid": "1"}, "RFC 7800 3.5"),
        ("unknown", {"kc-jkt-type": "DPoP"}, "RFC 7800 3.1"),
        ("jkt_of_wrong_type", {"jkt": 7}, "RFC 9449 6.1"),
        ("empty", {}, "RFC 7800 3.1"),
    ):
        bound = token(claims(cnf=cnf))
        suite.reject(
            f"refused.{what}", "A bound token is no bearer token.", "confirmation_failed", bound, claim="cnf", spec=spec
        )
        suite.accept(f"ignored.{what}", "Unless the policy says so.", bound, ignored, spec=spec)
    for what, cnf in {"null": None, "text": _JKT, "list": [{"jkt": _JKT}], "number": 1, "bool": True, "empty_text": ""}.items():
        wrong = token(claims(cnf=cnf))
        suite.reject(f"type.{what}", "`cnf` is an object.", "invalid_claim", wrong, claim="cnf")
        suite.reject(f"type.{what}.ignored", "Under the waiver too.", "invalid_claim", wrong, ignored, "cnf")
    suite.accept("absent", "Most tokens are bound to nothing.", token(), ignored)
    suite.accept("nested", "A `cnf` within another claim binds nothing.", token(claims(act={"cnf": {"jkt": _JKT}})))
    suite.accept("other_case", "Claims have case.", token(claims(CNF={"jkt": _JKT})))
    _order(suite)
    _entries(suite)
    _requests(suite)
    _policies(suite)
    return suite


def _order(suite: Suite) -> None:
    """Behind the claims that say what the token is, before what it may do: 403 is for who has shown whose token it is."""
    bound = {"cnf": {"jkt": _JKT}}
    suite.reject("order.expired", "Dates come first.", "expired", token(claims(exp=1, **bound)), claim="exp")
    suite.reject("order.audience", "So does the audience.", "audience_mismatch", token(claims(aud="x", **bound)), claim="aud")
    needed = policy(entry(required_claims=["exp", "dept"]))
    suite.reject("order.required", "So do required claims.", "missing_claim", token(claims(**bound)), needed, "dept")
    client = policy(entry(client_id={"allowed": ["app"]}))
    suite.reject("order.client", "The client comes behind.", "confirmation_failed", token(claims(**bound)), client, "cnf")
    scoped = policy(entry(scopes={"all": ["read"]}))
    suite.reject("order.scopes", "So do scopes.", "confirmation_failed", token(claims(**bound)), scoped, "cnf")
    mapped = policy(entry(claim_mapping={"cnf": "binding"}))
    suite.reject("order.mapping", "And other names.", "confirmation_failed", token(claims(**bound)), mapped, "cnf")
    unsigned = policy(entry({"accept_unsigned": True}))
    text = seal(b64(b'{"alg":"none"}'), token(claims(**bound)).split(".")[1], forge=lambda _: b"")
    suite.reject("order.unsigned", "Also where nothing is signed.", "confirmation_failed", text, unsigned, "cnf")


def _entries(suite: Suite) -> None:
    rules = policy(entry(confirmation="ignore"), entry(issuer="https://b.test/"))
    bound = {"cnf": {"jkt": _JKT}}
    suite.accept("entry.own", "The waiver is an entry's own.", token(claims(**bound)), rules)
    suite.reject(
        "entry.other",
        "And counts for no other.",
        "confirmation_failed",
        token(claims(iss="https://b.test/", **bound)),
        rules,
        "cnf",
    )


def _requests(suite: Suite) -> None:
    bound = token(claims(cnf={"jkt": _JKT}))
    refused = {"verdict": "rejected", "code": "confirmation_failed", "claim": "cnf"}
    missing = {"verdict": "rejected", "code": "missing_token"}

    def sent(scheme: str, **headers) -> dict:
        fields = {"Authorization": f"{scheme} {bound}"} | headers
        return {"method": "GET", "path": "/orders/7", "headers": fields, "query": {}, "cookies": {}}

    suite.request("request.bearer", "A bound token under Bearer.", sent("Bearer"), refused, spec="RFC 9449 7.2")
    suite.request(
        "request.proof", "A proof beside it is not read.", sent("Bearer", DPoP="eyJ.e30.AA"), refused, spec="RFC 9449 7.2"
    )
    suite.request("request.dpop", "The scheme DPoP is no source.", sent("DPoP"), missing, spec="RFC 9449 7.1")


def _policies(suite: Suite) -> None:
    path = f"{FIRST}.confirmation"
    for what, value in {
        "unknown_word": "optional",
        "case": "Ignore",
        "none": "none",
        "object": {"accept": ["dpop"], "required": False},
        "empty_object": {},
        "list": ["ignore"],
        "bool": False,
        "null": None,
    }.items():
        suite.policy_error(
            f"policy.{what}", "Only the waiver is understood.", path, policy(entry(confirmation=value)),
            spec="jotgate policy document 1",
        )  # fmt: skip


def profile() -> Suite:
    suite = Suite("profile", "RFC 9068 4")
    rules = policy(entry(profile="rfc9068"))
    whole = claims(client_id="app", iat=NOW - 5, jti="1")

    def typed(payload: dict, typ: object = "at+jwt") -> str:
        return token({name: value for name, value in payload.items() if value is not ABSENT}, header(typ=typ))

    suite.accept("whole", "All that the standard asks for.", typed(whole), rules)
    for what, typ in {"long": "application/at+jwt", "case": "AT+JWT"}.items():
        suite.accept(f"typ.{what}", "The type in its other spellings.", typed(whole, typ), rules, spec="RFC 9068 2.1")
    for what, typ in {"jwt": "JWT", "absent": ABSENT, "logout": "logout+jwt", "longer": "at+jwt2"}.items():
        suite.reject(f"typ.{what}", "Another type.", "invalid_type", typed(whole, typ), rules)
    for name in ("exp", "aud", "sub", "client_id", "iat", "jti"):
        suite.reject(
            f"missing.{name}", "A claim that is required.", "missing_claim", typed(whole | {name: ABSENT}), rules, name,
            spec="RFC 9068 2.2",
        )  # fmt: skip
        suite.reject(
            f"null.{name}", "null is no value.", "missing_claim" if name == "client_id" else "invalid_claim",
            typed(whole | {name: None}), rules, name, spec="RFC 9068 2.2",
        )  # fmt: skip
        suite.reject(
            f"type.{name}", "A value of another type.", "invalid_claim", typed(whole | {name: {"a": 1}}), rules, name,
            spec="RFC 9068 2.2",
        )  # fmt: skip
    suite.reject("missing.iss", "The issuer picks the entry.", "missing_issuer", typed(whole | {"iss": ABSENT}), rules, "iss")
    more = policy(entry(profile="rfc9068", required_claims=["exp", "tenant"]))
    suite.accept("more.there", "A list adds to it.", typed(whole | {"tenant": "t"}), more)
    suite.reject("more.missing", "And is asked for.", "missing_claim", typed(whole), more, "tenant")
    suite.reject("more.profile", "Beside the profile's.", "missing_claim", typed(whole | {"tenant": "t", "jti": ABSENT}), more, "jti")
    same = policy(entry(profile="rfc9068", typ="application/at+jwt"))
    suite.accept("same_typ", "Its own type may be written out.", typed(whole), same)
    suite.reject("bound", "A profile waives nothing else.", "confirmation_failed", typed(whole | {"cnf": {"jkt": _JKT}}), rules, "cnf")
    for what, field, members in (
        ("typ", "typ", {"typ": "JWT"}),
        ("typ_more", "typ", {"typ": ["at+jwt", "JWT"]}),
        ("required_claims", "required_claims", {"required_claims": []}),
        ("required_without_exp", "required_claims", {"required_claims": ["sub"]}),
        ("issuer", "issuer", {"issuer": "any"}),
        ("audience", "audience", {"audience": "any"}),
        ("unsigned", "keys.accept_unsigned", {"keys": {"accept_unsigned": True}}),
    ):
        suite.policy_error(
            f"contradiction.{what}", "The profile says another thing.", f"{FIRST}.{field}",
            policy(entry(inline("ec-a"), profile="rfc9068") | members),
        )  # fmt: skip
    for what, value in {"unknown": "rfc9449", "case": "RFC9068", "list": ["rfc9068"], "bool": True, "null": None}.items():
        suite.policy_error(f"policy.{what}", "There is one profile.", f"{FIRST}.profile", policy(entry(profile=value)))
    return suite
