"""Classes `header`, `typ` and `alg_none`: members of the protected header that decide, and those that must not."""

from ..encoding import as_bytes, b64
from ..keys import inline, jwk, spki_der
from ..suite import Suite, entry, policy
from ..tokens import ABSENT, claims, header, token


def header_members() -> Suite:
    suite = Suite("header", "RFC 7515 4.1")
    _crit(suite)
    _refused(suite)
    _types(suite)
    _offered_keys(suite)
    return suite


def _crit(suite: Suite) -> None:
    shapes = {
        "unknown": ["https://example.test/ext"],
        "known_claim": ["exp"],
        "registered_member": ["alg"],
        "empty_list": [],
        "duplicate_entries": ["a", "a"],
        "not_a_list": "exp",
        "number_inside": [1],
        "null": None,
        "object": {},
        "false": False,
    }
    for what, value in shapes.items():
        suite.reject(
            f"crit.{what}",
            "No extension is supported, so any `crit` refuses the token.",
            "unsupported_critical",
            token(head=header(crit=value, exp=1)),
            spec="RFC 7515 4.1.11",
        )
    suite.reject(
        "crit.b64_false",
        "`crit` is checked before `b64`.",
        "unsupported_critical",
        token(head=header(crit=["b64"], b64=False)),
        spec="RFC 7797 6",
    )
    suite.reject(
        "crit.b64_true",
        "Even a harmless extension is critical.",
        "unsupported_critical",
        token(head=header(crit=["b64"], b64=True)),
        spec="RFC 7797 6",
    )
    suite.reject(
        "crit.before_enc",
        "`crit` is checked before `enc`.",
        "unsupported_critical",
        token(head=header(crit=["x"], enc="A128GCM")),
    )
    suite.accept(
        "crit.other_case", "`CRIT` is an unknown member.", token(head=header(CRIT=["x"])), spec="RFC 7515 4.1.11"
    )


def _refused(suite: Suite) -> None:
    code = "unsupported_token"
    refused = {
        "b64.false": ({"b64": False}, "RFC 7797 7", "An unencoded payload does not exist in a JWT."),
        "b64.text": ({"b64": "true"}, "RFC 7797 3", "Only `true` itself is harmless."),
        "b64.null": ({"b64": None}, "RFC 7797 3", "null is not true."),
        "b64.one": ({"b64": 1}, "RFC 7797 3", "1 is not true."),
        "zip.def": ({"zip": "DEF"}, "RFC 7516 4.1.3", "Nothing is ever decompressed."),
        "zip.null": ({"zip": None}, "RFC 7516 4.1.3", "Present is present."),
        "enc.gcm": ({"enc": "A256GCM"}, "RFC 7516 4.1.2", "Three segments that claim to be encrypted."),
        "enc.null": ({"enc": None}, "RFC 7516 4.1.2", "Present is present."),
        "cty.jwt": ({"cty": "JWT"}, "RFC 7519 5.2", "A nested token is never unwrapped."),
        "cty.lower": ({"cty": "jwt"}, "RFC 7519 5.2", "Media types have no case."),
        "cty.full": ({"cty": "application/JWT"}, "RFC 7519 5.2", "The long form of the same type."),
        "cty.parameter": ({"cty": "application/jwt; x=1"}, "RFC 7515 4.1.10", "A parameter makes it no other type."),
        "cty.short_parameter": ({"cty": "JWT;x=1"}, "RFC 7515 4.1.10", "In the short form neither."),
        "cty.space": ({"cty": " jwt\t"}, "RFC 7515 4.1.10", "Nor does white space."),
    }
    for what, (members, spec, note) in refused.items():
        suite.reject(what, note, code, token(head=header(**members)), spec=spec)
    suite.accept(
        "b64.true",
        "`b64: true` without `crit` says what is so anyway.",
        token(head=header(b64=True)),
        spec="RFC 7797 3",
    )
    suite.accept(
        "cty.json", "Another content type is no nested token.", token(head=header(cty="json")), spec="RFC 7515 4.1.10"
    )
    inner = token(token(), header(cty="JWT"))
    suite.reject("cty.nested", "A real nested token.", code, token(claims(), header(cty="JWT")), spec="RFC 7519 5.2")
    suite.reject(
        "nested_undeclared",
        "A token as payload, undeclared, is no JSON object.",
        "malformed_token",
        token(inner, header()),
        spec="RFC 7519 7.2",
    )


def _types(suite: Suite) -> None:
    suite.reject(
        "alg.missing", "`alg` is required.", "malformed_token", token(head={"kid": "ec-a"}), spec="RFC 7515 4.1.1"
    )
    for what, value in {
        "null": None,
        "number": 256,
        "list": ["ES256"],
        "object": {"name": "ES256"},
        "bool": True,
    }.items():
        suite.reject(
            f"alg.{what}",
            "`alg` must be one JSON string.",
            "malformed_token",
            token(head=header() | {"alg": value}),
            spec="RFC 7515 4.1.1",
        )
    suite.reject(
        "alg.other_case_name",
        "`Alg` is not `alg`.",
        "malformed_token",
        token(head={"Alg": "ES256", "kid": "ec-a"}),
        spec="RFC 7515 4",
    )
    suite.accept("alg.decoy", "`ALG` is ignored, whatever it says.", token(head=header(ALG="none")), spec="RFC 7515 4")
    for member in ("kid", "typ", "cty"):
        for what, value in {"null": None, "number": 1, "list": ["ec-a"], "object": {}, "bool": False}.items():
            suite.reject(
                f"{member}.{what}",
                f"`{member}` must be a string.",
                "malformed_token",
                token(head=header() | {member: value}),
                spec="RFC 7515 4.1",
            )
    suite.accept(
        "unknown_members",
        "Unknown members are ignored.",
        token(head=header(x={"y": [1, None]}, nonce="n")),
        spec="RFC 7515 4",
    )
    suite.accept(
        "claims_in_header",
        "Claims replicated in the header decide nothing.",
        token(head=header(exp=1, iss="x", aud=[])),
        spec="RFC 7519 5.3",
    )


def _offered_keys(suite: Suite) -> None:
    spec = {"spec": "RFC 8725 3.1"}
    stranger = jwk("ec-b", kid="ec-a")
    suite.reject(
        "jwk.known_kid",
        "A key in the header is not looked at; the policy's key of that kid is.",
        "invalid_signature",
        token(head=header(jwk=stranger), key="ec-b"),
        **spec,
    )
    suite.reject(
        "jwk.new_kid",
        "A key in the header makes no kid known.",
        "unknown_key",
        token(head=header("ec-b", jwk=jwk("ec-b")), key="ec-b"),
        **spec,
    )
    suite.reject(
        "jwk.no_kid",
        "Nor without a kid.",
        "invalid_signature",
        token(head=header(kid=ABSENT, jwk=stranger), key="ec-b"),
        **spec,
    )
    suite.reject(
        "jku.stranger",
        "No URL of a token is ever fetched.",
        "unknown_key",
        token(head=header("ec-b", jku="https://evil.test/jwks"), key="ec-b"),
        responses={"https://evil.test/jwks": {"status": 200, "headers": {}, "body": '{"keys":[]}'}},
        **spec,
    )
    certificate = b64(spki_der("ec-b"))
    suite.reject(
        "x5c.stranger",
        "A certificate in the header brings no key.",
        "invalid_signature",
        token(head=header(x5c=[certificate]), key="ec-b"),
        **spec,
    )
    suite.reject(
        "x5u.stranger",
        "Nor does its URL.",
        "invalid_signature",
        token(head=header(x5u="https://evil.test/cert"), key="ec-b"),
        **spec,
    )
    offers = {
        "jwk": stranger,
        "jku": "https://evil.test/jwks",
        "x5u": "https://evil.test/c",
        "x5c": [certificate],
        "x5t": "AAAA",
    }
    for member, value in offers.items():
        suite.accept(
            f"{member}.ignored",
            f"`{member}` is ignored beside a good signature.",
            token(head=header() | {member: value}),
            **spec,
        )
        suite.accept(
            f"{member}.wrong_type",
            f"`{member}` is ignored whatever its type.",
            token(head=header() | {member: 5}),
            **spec,
        )
    suite.accept(
        "x5t_s256.ignored", "So is the SHA-256 thumbprint.", token(head=header() | {"x5t#S256": "AAAA"}), **spec
    )


def typ() -> Suite:
    suite = Suite("typ", "RFC 8725 3.11")
    access = policy(entry(typ=["at+jwt"]))
    long_form = policy(entry(typ=["application/at+jwt"]))
    several = policy(entry(typ=["at+jwt", "JWT"]))

    def typed(value: object) -> str:
        return token(head=header(typ=value))

    suite.accept("not_asked", "Without a rule any type passes that may be one of access tokens.", typed("JWT"))
    suite.accept("not_asked.unknown", "Issuers give their tokens types of their own.", typed("okta-internal-at+jwt"))
    suite.accept("not_asked.empty", "An empty type says nothing.", typed(""))
    suite.accept("not_asked.claim", "The claim is not the header's type.", token(claims(typ="logout+jwt")))
    _foreign(suite, typed)
    suite.accept("absent_not_asked", "Without a rule none is needed.", token())
    suite.accept("same", "The type the policy asks for.", typed("at+jwt"), access)
    suite.accept("other_case", "Media types have no case.", typed("AT+JWT"), access)
    suite.accept("long_token", "`application/` may be spelled out in the token.", typed("application/at+jwt"), access)
    suite.accept("long_token_case", "In any case.", typed("Application/At+Jwt"), access)
    suite.accept("long_policy", "Or in the policy.", typed("at+jwt"), long_form)
    suite.accept("second_of_list", "Any type of the list will do.", typed("JWT"), several)
    suite.reject("absent", "A type is asked for and missing.", "invalid_type", token(), access)
    suite.reject("other", "Another type.", "invalid_type", typed("JWT"), access)
    suite.reject("empty", "An empty type.", "invalid_type", typed(""), access)
    suite.reject("prefix", "A longer type that begins the same.", "invalid_type", typed("at+jwt2"), access)
    suite.reject("space", "Types are not trimmed.", "invalid_type", typed(" at+jwt"), access)
    suite.reject("parameter", "A parameter makes it another text.", "invalid_type", typed("at+jwt; v=1"), access)
    suite.reject("other_tree", "Only `application/` may be left out.", "invalid_type", typed("text/at+jwt"), access)
    suite.reject("twice_long", "And only once.", "invalid_type", typed("application/application/at+jwt"), access)
    slash = policy(entry(typ='at+jwt; p="a/b"'))
    suite.accept("slash", "A parameter with a slash.", typed('at+jwt; p="a/b"'), slash)
    note = "Beside another slash the prefix may not be left out."
    suite.reject("slash.long", note, "invalid_type", typed('application/at+jwt; p="a/b"'), slash)
    for what, value in {"no_type": [], "empty_type": "", "empty_in_list": ["at+jwt", ""], "prefix_alone": "application/"}.items():
        suite.policy_error(f"policy.{what}", "A type has a name.", "issuers[0].typ", policy(entry(typ=value)))
    suite.reject(
        "claim_is_no_type",
        "A claim named typ is not the header's.",
        "invalid_type",
        token(claims(typ="at+jwt")),
        access,
    )
    return suite


def _foreign(suite: Suite, typed) -> None:
    """Types that are never access tokens, unless the policy names them."""
    for name in _FOREIGN:
        label = name.replace("+", "_")
        suite.reject(f"foreign.{label}", "A token for something else.", "invalid_type", typed(name))
        suite.accept(f"foreign.{label}.named", "Unless the policy asks for it.", typed(name), policy(entry(typ=name)))
    for what, name in {
        "upper": "LOGOUT+JWT",
        "mixed": "DPoP+jwt",
        "long": "application/logout+jwt",
        "long_upper": "APPLICATION/Logout+Jwt",
        "parameter": "logout+jwt; v=1",
        "long_parameter": "application/dpop+jwt;v=1",
    }.items():
        suite.reject(f"foreign.spelled.{what}", "In whatever spelling.", "invalid_type", typed(name))
    suite.reject(
        "foreign.other_named", "Naming one takes no other.", "invalid_type", typed("dpop+jwt"), policy(entry(typ="logout+jwt"))
    )
    suite.accept("foreign.longer", "A longer name is another.", typed("logout+jwt2"))
    suite.accept("foreign.twice_long", "So is a second prefix.", typed("application/application/logout+jwt"))


_FOREIGN = (
    "logout+jwt secevent+jwt dpop+jwt oauth-authz-req+jwt token-introspection+jwt client-authentication+jwt"
    " oauth-client-attestation+jwt oauth-client-attestation-pop+jwt oauth-id-jag+jwt statuslist+jwt kb+jwt dc+sd-jwt vc+jwt"
    " vp+jwt eat+jwt provided-claims+jwt openid4vci-proof+jwt entity-statement+jwt resolve-response+jwt trust-mark+jwt"
    " trust-mark-delegation+jwt jwk-set+jwt"
).split()


def alg_none() -> Suite:
    suite = Suite("alg_none", "RFC 8725 3.2")
    code = "algorithm_not_allowed"

    def unsigned(name: str, signature: bytes = b"", **changes) -> str:
        return token(claims(**changes), {"alg": name}, forge=lambda _: signature)

    for name in ("none", "None", "NONE", "nOnE", " none", "none ", "none\x00", "", "null"):
        label = name.encode().hex() if name != name.strip() or not name.isalpha() else name
        suite.reject(f"spelled.{label or 'empty'}", "An unsigned token, and its disguises.", code, unsigned(name))
    suite.reject("with_kid", "A known kid does not help.", code, token(head=header(alg="none"), forge=lambda _: b""))
    suite.reject(
        "escaped",
        "Escapes in the header spell the same name.",
        code,
        token(head='{"alg":"\\u006eone"}', forge=lambda _: b""),
    )
    suite.reject("with_real_signature", "`none` over a real signature.", code, token(head=header() | {"alg": "none"}))
    suite.reject("with_junk_signature", "`none` with any signature.", code, unsigned("none", b"junk"))
    suite.reject("hmac_policy", "`none` under a secret.", code, unsigned("none"), policy(entry(inline("hmac-32"))))
    suite.reject("any_issuer", "`none` under `issuer: any`.", code, unsigned("none"), policy(entry(issuer="any")))
    suite.reject(
        "two_segments",
        "Without the last dot it is no token.",
        "malformed_token",
        f"{b64(as_bytes({'alg': 'none'}))}.{b64(as_bytes(claims()))}",
    )
    _waiver(suite, unsigned)
    return suite


def _waiver(suite: Suite, unsigned) -> None:
    code = "algorithm_not_allowed"
    waived = policy(entry({"accept_unsigned": True}))
    suite.accept("waiver.none", "`accept_unsigned` is the explicit waiver.", unsigned("none"), waived)
    suite.reject("waiver.other_case", "Only the exact name.", code, unsigned("None"), waived)
    suite.reject(
        "waiver.signed_empty",
        "A signed algorithm with an empty signature.",
        "malformed_token",
        unsigned("HS256"),
        waived,
    )
    suite.reject("waiver.signed", "A signed token is not what was waived.", code, token(), waived)
    suite.reject(
        "waiver.junk_signature", "The signature must be empty.", "malformed_token", unsigned("none", b"junk"), waived
    )
    suite.reject(
        "waiver.expired", "Claims are checked all the same.", "expired", unsigned("none", exp=1), waived, "exp"
    )
    suite.reject(
        "waiver.issuer",
        "So is the issuer.",
        "unknown_issuer",
        unsigned("none", iss="https://evil.test/"),
        waived,
        "iss",
    )
    suite.reject(
        "waiver.audience", "So is the audience.", "audience_mismatch", unsigned("none", aud="x"), waived, "aud"
    )
