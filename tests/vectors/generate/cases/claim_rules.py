"""Classes `audience`, `claims`, `client_id` and `scopes`."""

from collections.abc import Callable

from ..keys import inline
from ..suite import Suite, entry, policy
from ..tokens import ABSENT, AUDIENCE, claims, header, token
from .numeric_ids import numeric_ids


def audience() -> Suite:
    suite = Suite("audience", "RFC 7519 4.1.3")
    two = policy(entry(audience=[AUDIENCE, "orders"]))
    suite.accept("text", "One string.", token())
    suite.accept("list_of_one", "A list of one.", token(claims(aud=[AUDIENCE])))
    suite.accept("list", "Any one of a list suffices.", token(claims(aud=["a", "b", AUDIENCE])))
    suite.accept("second_allowed", "The policy may name several.", token(claims(aud="orders")), two)
    suite.accept("lists_meet", "Both may be lists.", token(claims(aud=["x", "orders"])), two)
    suite.accept(
        "policy_text", "A policy may name one audience as plain text.", token(), policy(entry(audience=AUDIENCE))
    )
    suite.accept("repeated", "The same audience twice is no harm.", token(claims(aud=[AUDIENCE, AUDIENCE])))
    suite.reject(
        "missing",
        "The policy names audiences and the token has none.",
        "missing_claim",
        token(claims(aud=ABSENT)),
        claim="aud",
    )
    wrong_types = {
        "null": None,
        "number": 1,
        "bool": True,
        "object": {AUDIENCE: True},
        "number_in_list": [AUDIENCE, 5],
        "null_in_list": [AUDIENCE, None],
        "nested_list": [[AUDIENCE]],
        "object_in_list": [{"aud": AUDIENCE}],
    }
    waived = policy(entry(audience="any"))
    for what, value in wrong_types.items():
        suite.reject(
            f"type.{what}",
            "A string or a list of strings, nothing else.",
            "invalid_claim",
            token(claims(aud=value)),
            claim="aud",
        )
        suite.reject(
            f"any.type.{what}",
            "`audience: any` waives the match, not the type.",
            "invalid_claim",
            token(claims(aud=value)),
            waived,
            "aud",
        )
    _audience_mismatches(suite, waived)
    return suite


def _audience_mismatches(suite: Suite, waived: dict) -> None:
    others = {
        "empty_list": [],
        "empty_text": "",
        "empty_in_list": [""],
        "other": "https://other.test",
        "case": "https://API.test",
        "slash": AUDIENCE + "/",
        "prefix": "https://api",
        "longer": AUDIENCE + ".evil.test",
        "space": AUDIENCE + " ",
        "joined": f"{AUDIENCE} orders",
        "comma": f"{AUDIENCE},orders",
        "nul": AUDIENCE + "\x00x",
        "any": "any",
        "star": "*",
        "json_text": f'["{AUDIENCE}"]',
    }
    for what, value in others.items():
        suite.reject(
            f"other.{what}",
            "Audiences are compared byte for byte.",
            "audience_mismatch",
            token(claims(aud=value)),
            claim="aud",
        )
    for what, value in {"other": "x", "list": ["x", "y"], "empty_list": [], "empty_text": "", "absent": ABSENT}.items():
        suite.accept(f"any.{what}", "`audience: any` takes them all.", token(claims(aud=value)), waived)
    literal = policy(entry(audience=["any"]))
    suite.reject("any.in_list", "In a list, `any` is a name.", "audience_mismatch", token(), literal, "aud")
    suite.accept("any.literal", "And names itself.", token(claims(aud="any")), literal)


def claim_checks() -> Suite:
    suite = Suite("claims", "RFC 7519 4")
    _types(suite)
    _required(suite)
    _odd_names(suite)
    _order(suite)
    return suite


def _types(suite: Suite) -> None:
    for name in ("sub", "jti"):
        for what, value in {"null": None, "number": 1, "bool": False, "list": ["alice"], "object": {}}.items():
            suite.reject(
                f"type.{name}.{what}",
                "A registered claim of the wrong type is not an absent one.",
                "invalid_claim",
                token(claims(**{name: value})),
                claim=name,
            )
        suite.accept(f"type.{name}.empty", "An empty string is a string.", token(claims(**{name: ""})))
    suite.accept("no_subject", "A subject is not required.", token(claims(sub=ABSENT)))
    wild = {
        "n": None,
        "l": [1, [2, {}]],
        "o": {"a": {"b": []}},
        "t": True,
        "e": "",
        "u": "\u00fc\U0001f600",
        "x": {"sub": 5, "exp": "x"},
    }
    suite.accept("private_claims", "Other claims are handed on as they are.", token(claims(**wild)))
    suite.accept(
        "registered_inside",
        "Registered names mean nothing inside other claims.",
        token(claims(act={"sub": 1, "iss": 2, "aud": 3})),
    )


def _required(suite: Suite) -> None:
    def rules(*names: str) -> dict:
        return policy(entry(required_claims=list(names)))

    suite.accept("required.present", "Required and present.", token(claims(tenant="t")), rules("exp", "tenant"))
    for what, value in {"false": False, "zero": 0, "empty_text": "", "empty_list": [], "empty_object": {}}.items():
        suite.accept(
            f"required.{what}", "Present is present, whatever the value.", token(claims(tenant=value)), rules("tenant")
        )
    suite.reject("required.absent", "Required and absent.", "missing_claim", token(), rules("exp", "tenant"), "tenant")
    numeric_ids(suite)
    suite.reject(
        "required.null",
        "null counts as absent here.",
        "missing_claim",
        token(claims(tenant=None)),
        rules("tenant"),
        "tenant",
    )
    suite.reject(
        "required.other_case",
        "Names are compared byte for byte.",
        "missing_claim",
        token(claims(Tenant="t")),
        rules("tenant"),
        "tenant",
    )
    suite.reject(
        "required.nested",
        "Only at the top level.",
        "missing_claim",
        token(claims(x={"tenant": "t"})),
        rules("tenant"),
        "tenant",
    )
    suite.reject(
        "required.dotted",
        "A dot is part of a name, not a path.",
        "missing_claim",
        token(claims(x={"y": 1})),
        rules("x.y"),
        "x.y",
    )
    suite.accept("required.dotted_name", "A name may hold a dot.", token(claims(**{"x.y": 1})), rules("x.y"))
    suite.accept(
        "required.url_name",
        "Or be a URL.",
        token(claims(**{"http://wso2.org/claims/role": "x"})),
        rules("http://wso2.org/claims/role"),
    )
    suite.reject(
        "required.iat", "A registered claim can be required too.", "missing_claim", token(), rules("iat"), "iat"
    )
    suite.reject("required.sub", "Also the subject.", "missing_claim", token(claims(sub=ABSENT)), rules("sub"), "sub")
    suite.reject(
        "required.first_missing",
        "The first missing one is named.",
        "missing_claim",
        token(),
        rules("one", "two"),
        "one",
    )
    _required_names(suite, rules)


def _required_names(suite: Suite, rules: Callable[..., dict]) -> None:
    for name in ("__proto__", "constructor", "toString", "hasOwnProperty", "length"):
        suite.reject(
            f"required.inherited.{name}",
            "What an object inherits is no claim.",
            "missing_claim",
            token(),
            rules(name),
            name,
        )
    suite.reject(
        "required.header_member",
        "A header member is no claim.",
        "missing_claim",
        token(head=header(tenant="t")),
        rules("tenant"),
        "tenant",
    )


def _odd_names(suite: Suite) -> None:
    for name in ("__proto__", "constructor", "toString", "prototype"):
        text = token(
            '{"iss":"https://idp.test/","aud":"https://api.test","exp":1800000600,"' + name + '":{"admin":true}}'
        )
        suite.accept(
            f"name.{name}",
            "A claim of this name is a claim like any other.",
            text,
            policy(entry(required_claims=["exp", name])),
        )
    fake = '{"__proto__":{"iss":"https://idp.test/"},"aud":"https://api.test","exp":1800000600}'
    suite.reject("name.proto_iss", "It lends no members to the claims.", "missing_issuer", token(fake), claim="iss")
    fake = '{"__proto__":{"exp":1800000600},"iss":"https://idp.test/","aud":"https://api.test"}'
    suite.reject("name.proto_exp", "Nor an expiry.", "missing_claim", token(fake), claim="exp")
    suite.accept(
        "name.case_variants",
        "Other spellings of registered names decide nothing.",
        token(claims(ISS="x", Aud=[], EXP="never", Nbf=9_999_999_999)),
    )


def _order(suite: Suite) -> None:
    """When several things are wrong, the first check in the list speaks."""
    rules = policy(
        entry(typ=["at+jwt"], required_claims=["tenant"], client_id={"allowed": ["app"]}, scopes={"all": ["read"]})
    )
    wrong = claims(exp=1, nbf=9_999_999_999, iat="x", aud="x", sub=5)
    typed = header(typ="at+jwt")
    bad_signature = token(wrong, typed, forge=lambda _: bytes(64))
    steps = [("signature", bad_signature, "invalid_signature", None), ("typ", token(wrong), "invalid_type", None)]
    for name, code, repair in (
        ("exp", "expired", {"exp": 1_800_000_600}),
        ("nbf", "not_yet_valid", {"nbf": 0}),
        ("iat", "invalid_claim", {"iat": 0}),
        ("aud", "audience_mismatch", {"aud": AUDIENCE}),
        ("sub", "invalid_claim", {"sub": "alice"}),
        ("tenant", "missing_claim", {"tenant": "t"}),
        ("client_id", "client_not_allowed", {"client_id": "app"}),
        ("scope", "insufficient_scope", {}),
    ):
        steps.append((name, token(wrong, typed), code, name))
        wrong = wrong | repair
    for what, text, code, claim in steps:
        suite.reject(f"order.{what}", "Everything after this check is wrong as well.", code, text, rules, claim)
    suite.accept("order.all_right", "Nothing is wrong any more.", token(wrong | {"scope": "read"}, typed), rules)
    suite.reject(
        "order.key_before_signature",
        "An unknown key is named before the claims are looked at.",
        "unknown_key",
        token(claims(exp=1), header(kid="x")),
    )
    suite.reject(
        "order.algorithm_before_key",
        "The algorithm comes before the key.",
        "algorithm_not_allowed",
        token(head=header(alg="HS256", kid="x")),
    )


def client_id() -> Suite:
    suite = Suite("client_id", "RFC 9068 2.2")
    rules = policy(entry(client_id={"allowed": ["app-1", "app-2"]}))
    code = "client_not_allowed"
    for name in ("client_id", "azp", "cid"):
        suite.accept(f"default.{name}", "The usual claims are looked at.", token(claims(**{name: "app-1"})), rules)
        suite.reject(f"default.{name}_other", "An unknown client.", code, token(claims(**{name: "app-9"})), rules, name)
    suite.accept("second_allowed", "Any allowed client.", token(claims(client_id="app-2")), rules)
    listed = policy(entry(client_id={"allowed": ["host"]}))
    suite.accept("listed_host", "In a list, host is an id like any other.", token(claims(azp="host")), listed)
    suite.reject("listed_host_other", "And no other is.", code, token(claims(azp="app-1")), listed, "azp")
    suite.reject("missing", "No claim names a client.", code, token(), rules, "client_id")
    suite.reject(
        "first_wins",
        "The first claim present counts, and it is another client.",
        code,
        token(claims(client_id="app-9", azp="app-1")),
        rules,
        "client_id",
    )
    suite.accept(
        "first_wins_good",
        "The first claim present counts, and it is a known one.",
        token(claims(client_id="app-1", azp="app-9")),
        rules,
    )
    suite.accept("null_is_absent", "A null is passed over.", token(claims(client_id=None, azp="app-1")), rules)
    suite.reject("all_null", "Nulls only.", code, token(claims(client_id=None, azp=None)), rules, "client_id")
    suite.reject(
        "empty_text",
        "An empty text is present, and no client.",
        code,
        token(claims(client_id="", azp="app-1")),
        rules,
        "client_id",
    )
    for what, value in {"number": 1, "list": ["app-1"], "object": {}, "bool": True}.items():
        suite.reject(
            f"type.{what}",
            "A client id is a string.",
            "invalid_claim",
            token(claims(client_id=value, azp="app-1")),
            rules,
            "client_id",
        )
    for what, value in {
        "case": "APP-1",
        "prefix": "app",
        "longer": "app-10",
        "space": "app-1 ",
        "nul": "app-1\x00",
    }.items():
        suite.reject(
            f"other.{what}",
            "Client ids are compared byte for byte.",
            code,
            token(claims(client_id=value)),
            rules,
            "client_id",
        )
    _client_expressions(suite)
    own = policy(entry(client_id={"claims": ["appid"], "allowed": ["app-1"]}))
    suite.accept("own_claim", "The policy may name the claim.", token(claims(appid="app-1")), own)
    suite.reject(
        "own_claim_missing",
        "Then the usual ones are not looked at.",
        code,
        token(claims(client_id="app-1", azp="app-1")),
        own,
        "appid",
    )
    return suite


def _client_expressions(suite: Suite) -> None:
    def rules(expression: str) -> dict:
        return policy(entry(client_id={"expression": expression, "allowed": ["app-1", "app-2"]}))

    nested = rules("claims.app.id")
    code = "client_not_allowed"
    suite.accept("expression.nested", "What an expression finds.", token(claims(app={"id": "app-2"})), nested)
    suite.accept(
        "expression.made",
        "What it makes of a claim.",
        token(claims(azp="tenant/app-1")),
        rules("claims.azp.split('/')[1]"),
    )
    suite.accept(
        "expression.header", "A part of the header.", token(claims(), header(app="app-1")), rules("header.app")
    )
    refused = {
        "other": {"app": {"id": "app-9"}, "client_id": "app-1"},
        "absent": {"client_id": "app-1"},
        "absent_within": {"app": {}},
        "null": {"app": {"id": None}},
        "number": {"app": {"id": 1}},
        "list": {"app": {"id": ["app-1"]}},
        "empty": {"app": {"id": ""}},
    }
    for what, more in refused.items():
        suite.reject(
            f"expression.{what}", "Nothing but the text of an allowed id.", code, token(claims(**more)), nested
        )
    suite.reject(
        "expression.error",
        "An error is no client.",
        code,
        token(claims(azp="app-1")),
        rules("claims.azp.split('/')[7]"),
    )
    suite.reject(
        "expression.no_request", "A token alone has no request.", code, token(), rules("request.headers['x-app']")
    )
    suite.reject(
        "expression.unmapped",
        "The names are those in the token, as for claims.",
        code,
        token(claims(app="app-1")),
        policy(entry(client_id={"expression": "claims.client", "allowed": ["app-1"]}, claim_mapping={"app": "client"})),
    )


def scopes() -> Suite:
    suite = Suite("scopes", "RFC 9068 2.2.3")
    code = "insufficient_scope"
    one = policy(entry(scopes={"all": ["orders:read"]}))
    both = policy(entry(scopes={"all": ["orders:read", "orders:write"]}))
    either = policy(entry(scopes={"any": ["orders:read", "orders:write"]}))
    mixed = policy(entry(scopes={"all": ["openid"], "any": ["orders:read", "orders:write"]}))

    def scoped(value: object, name: str = "scope") -> str:
        return token(claims(**{name: value}))

    suite.accept("text", "A string of one.", scoped("orders:read"), one)
    suite.accept("text_of_many", "A string split at spaces.", scoped("openid orders:read x"), one)
    suite.accept("list", "A list of strings.", scoped(["openid", "orders:read"]), one)
    suite.accept("scp_text", "`scp` as a string.", scoped("orders:read", "scp"), one)
    suite.accept("scp_list", "`scp` as a list.", scoped(["orders:read"], "scp"), one)
    suite.accept(
        "two_spaces",
        "Two spaces in a row hold an empty scope between them, and no harm.",
        scoped("openid  orders:read"),
        one,
    )
    suite.accept("all", "All of them.", scoped("orders:write orders:read"), both)
    suite.reject("all_lacks_one", "One of two is missing.", code, scoped("orders:read"), both, "scope")
    suite.accept("any", "One of two suffices.", scoped("orders:write"), either)
    suite.reject("any_lacks_both", "Neither of two.", code, scoped("openid"), either, "scope")
    suite.accept("all_and_any", "Both conditions.", scoped("openid orders:write"), mixed)
    suite.reject("all_without_any", "Only the first condition.", code, scoped("openid"), mixed, "scope")
    suite.reject("any_without_all", "Only the second.", code, scoped("orders:read"), mixed, "scope")
    suite.reject("missing", "No claim of scopes.", code, token(), one, "scope")
    suite.reject("empty_text", "An empty string.", code, scoped(""), one, "scope")
    suite.reject("empty_list", "An empty list.", code, scoped([]), one, "scope")
    suite.reject(
        "first_wins",
        "The first claim present counts.",
        code,
        token(claims(scope="openid", scp="orders:read")),
        one,
        "scope",
    )
    suite.accept("null_is_absent", "A null is passed over.", token(claims(scope=None, scp=["orders:read"])), one)
    suite.reject(
        "null_then_lacks", "What stands behind it counts.", code, token(claims(scope=None, scp=["openid"])), one, "scp"
    )
    suite.reject("null_alone", "A null grants nothing.", code, scoped(None), one, "scope")
    suite.reject("all_null", "Nulls only.", code, token(claims(scope=None, scp=None)), one, "scope")
    suite.reject(
        "empty_is_present", "An empty text is no null.", code, token(claims(scope="", scp="orders:read")), one, "scope"
    )
    suite.reject("scp_lacks", "The claim that was found is named.", code, scoped(["openid"], "scp"), one, "scp")
    _scope_texts(suite, one, scoped)
    return suite


def _scope_texts(suite: Suite, one: dict, scoped: Callable[[object], str]) -> None:
    code = "insufficient_scope"
    others = {
        "prefix": "orders:rea",
        "longer": "orders:readonly",
        "case": "Orders:Read",
        "tab": "openid\torders:read",
        "newline": "openid\norders:read",
        "comma": "openid,orders:read",
        "quoted": '"orders:read"',
        "no_break_space": "openid\u00a0orders:read",
    }
    for what, value in others.items():
        suite.reject(
            f"other.{what}",
            "Only spaces separate, and scopes are compared byte for byte.",
            code,
            scoped(value),
            one,
            "scope",
        )
    suite.reject(
        "list_is_not_split", "An element of a list is one scope.", code, scoped(["openid orders:read"]), one, "scope"
    )
    for what, value in {
        "number": 1,
        "bool": True,
        "object": {"orders:read": True},
        "number_in_list": ["orders:read", 1],
        "null_in_list": ["orders:read", None],
    }.items():
        suite.reject(
            f"type.{what}", "A string or a list of strings, nothing else.", "invalid_claim", scoped(value), one, "scope"
        )
    own = policy(entry(inline("ec-a"), scopes={"claims": ["permissions"], "all": ["orders:read"]}))
    suite.accept("own_claim", "The policy may name the claim.", scoped(["orders:read"], "permissions"), own)
    suite.reject(
        "own_claim_missing", "Then the usual ones are not looked at.", code, scoped("orders:read"), own, "permissions"
    )
