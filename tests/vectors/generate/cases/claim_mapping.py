"""Class `claim_mapping`: the names under which rules and the host see claims."""

from ..suite import Suite, entry, policy
from ..tokens import claims, token
from .policy_keys import FIRST

_DIALECT = "http://wso2.org/claims/"


def claim_mapping() -> Suite:
    suite = Suite("claim_mapping", "WSO2 API Manager, claim mapping")
    _names(suite)
    _collisions(suite)
    _views(suite)
    _default(suite)
    _policies(suite)
    return suite


def _mapped(suite: Suite, what: str, note: str, payload: dict, seen: dict, **members) -> None:
    suite.accept(what, note, token(payload), policy(entry(**members)), seen=seen)


def _names(suite: Suite) -> None:
    mapping = {"roles": "role", "https://idp.test/claims/dept": "dept", "gone": "there"}
    _mapped(
        suite,
        "renamed",
        "Claims get the names of the policy, others keep theirs, and what is not there is not there.",
        claims(roles=["a", {"roles": 1}], other=True, **{"https://idp.test/claims/dept": "eng"}),
        claims(role=["a", {"roles": 1}], other=True, dept="eng"),
        claim_mapping=mapping,
    )
    _mapped(suite, "nothing", "No claim is concerned.", claims(), claims(), claim_mapping=mapping)
    _mapped(suite, "empty", "Nothing is mapped.", claims(a=1), claims(a=1), claim_mapping={})
    _mapped(
        suite,
        "swapped",
        "All are renamed at once.",
        claims(a=1, b=2),
        claims(a=2, b=1),
        claim_mapping={"a": "b", "b": "a"},
    )
    _mapped(
        suite,
        "chained",
        "Each claim is renamed once.",
        claims(a=1, b=2),
        claims(b=1, c=2),
        claim_mapping={"a": "b", "b": "c"},
    )
    _mapped(
        suite, "same", "A name may be its own.", claims(a=1), claims(a=1), claim_mapping={"a": "a"}
    )
    _mapped(
        suite,
        "registered",
        "A registered claim gets the other name beside its own, as WSO2 maps them.",
        claims(roles=["a"]),
        claims(role=["a"], user="alice", until=claims()["exp"]),
        claim_mapping={"sub": "user", "exp": "until", "roles": "role", "jti": "id"},
    )
    name = 'q"\\\u00e9\u0001\U0001f600'
    _mapped(
        suite,
        "escaped",
        "Names are any text.",
        claims(**{name: 1, "plain": {"x": [1.5, None, "\u20ac"]}}),
        claims(plain=1, **{name: {"x": [1.5, None, "\u20ac"]}}),
        claim_mapping={name: "plain", "plain": name},
    )
    _mapped(suite, "null", "null is renamed like any value.", claims(a=None), claims(b=None), claim_mapping={"a": "b"})
    _mapped(
        suite,
        "longer",
        "The claims may get longer than the token.",
        claims(**{f"c{index}": index for index in range(40)}),
        claims(**{f"https://claims.example.com/{'long' * 20}/{index}": index for index in range(40)}),
        claim_mapping={f"c{index}": f"https://claims.example.com/{'long' * 20}/{index}" for index in range(40)},
    )


def _collisions(suite: Suite) -> None:
    rules = policy(entry(claim_mapping={"groups": "role"}))
    suite.reject(
        "taken",
        "The token has a claim of its own under the name: nobody shall take one for the other.",
        "invalid_claim",
        token(claims(groups=["staff"], role="admin")),
        rules,
        "role",
    )
    suite.reject(
        "taken_alone",
        "Under a name that the policy gives stands the mapped claim or none.",
        "invalid_claim",
        token(claims(role="admin")),
        rules,
        "role",
    )
    suite.reject(
        "taken_null", "A null is a claim too.", "invalid_claim", token(claims(role=None)), rules, "role"
    )
    user = policy(entry(claim_mapping={"sub": "user"}))
    suite.reject(
        "registered.taken", "Beside a registered claim too.", "invalid_claim", token(claims(user="root")), user, "user"
    )
    nobody = claims(user="root")
    del nobody["sub"]
    suite.reject("registered.taken_alone", "Whether that is there or not.", "invalid_claim", token(nobody), user, "user")
    suite.reject(
        "after_expiry", "The checks of the signed claims come first.", "expired", token(claims(role=1, exp=1)), rules, "exp"
    )


def _views(suite: Suite) -> None:
    mapping = {"groups": "role", "client": "azp", "permissions": "scope", "level": "rank"}
    rule = policy(entry(claim_mapping=mapping, claims=[{"claim": "role", "any_of": ["admin"]}]))
    suite.accept(
        "rule", "Rules see the mapped names.", token(claims(groups=["admin"])), rule, seen=claims(role=["admin"])
    )
    old_name = policy(entry(claim_mapping=mapping, claims=[{"claim": "groups", "any_of": ["admin"]}]))
    suite.reject(
        "rule_old_name",
        "And not the others.",
        "missing_claim",
        token(claims(groups=["admin"])),
        old_name,
        "groups",
    )
    expression = policy(entry(claim_mapping=mapping, claims=[{"expression": "claims.rank > 2 && !('level' in claims)"}]))
    suite.accept(
        "expression", "So do expressions.", token(claims(level=3)), expression, seen=claims(rank=3)
    )
    by_user = {"claim_mapping": {"sub": "user"}, "claims": [{"expression": "claims.user == 'alice' && claims.sub == 'alice'"}]}
    _mapped(suite, "registered.rule", "Rules see both.", claims(), claims(user="alice"), **by_user)
    suite.reject("expression_low", "As a rule.", "claim_rejected", token(claims(level=2)), expression)
    required = policy(entry(claim_mapping=mapping, required_claims=["exp", "groups"]))
    suite.accept(
        "required", "Required claims are those of the token.", token(claims(groups=[])), required, seen=claims(role=[])
    )
    client = policy(entry(claim_mapping=mapping, client_id={"claims": ["client"], "allowed": ["app"]}))
    suite.accept(
        "client_id", "So is the client.", token(claims(client="app")), client, seen=claims(azp="app")
    )
    mapped_client = policy(entry(claim_mapping=mapping, client_id={"claims": ["azp"], "allowed": ["app"]}))
    suite.reject(
        "client_id_mapped",
        "A mapped name is not looked at.",
        "client_not_allowed",
        token(claims(client="app")),
        mapped_client,
        "azp",
    )
    scopes = policy(entry(claim_mapping=mapping, scopes={"claims": ["permissions"], "all": ["read"]}))
    suite.accept(
        "scopes", "So are scopes.", token(claims(permissions="read")), scopes, seen=claims(scope="read")
    )


def _default(suite: Suite) -> None:
    everything = {
        "address": "addresses", "birthdate": "dob", "country": "country", "email": "emailaddress",
        "email_verified": "identity/emailVerified", "family_name": "lastname", "formatted": "addresses.formatted",
        "gender": "gender", "given_name": "givenname", "groups": "role", "locale": "local", "locality": "locality",
        "middle_name": "middleName", "name": "fullname", "nickname": "nickname", "phone_number": "telephone",
        "phone_number_verified": "identity/phoneVerified", "picture": "photourl", "postal_code": "postalcode",
        "preferred_username": "displayName", "profile": "url", "region": "region", "updated_at": "modified",
        "upn": "userprincipal", "zoneinfo": "timeZone",
    }  # fmt: skip
    _mapped(
        suite,
        "default.all",
        "The names of WSO2's dialect.",
        claims(scope="a", **{name: f"the {name}" for name in everything}),
        claims(scope="a", **{_DIALECT + local: f"the {name}" for name, local in everything.items()}),
        default_claim_mapping=True,
    )
    _mapped(
        suite,
        "default.website",
        "A web site is a URL as a profile is.",
        claims(website="https://a.test"),
        claims(**{_DIALECT + "url": "https://a.test"}),
        default_claim_mapping=True,
    )
    _mapped(
        suite,
        "default.two_for_one",
        "The first of the token gets the name, the other keeps its own.",
        claims(website=1, profile=2),
        claims(**{_DIALECT + "url": 1, "profile": 2}),
        default_claim_mapping=True,
    )
    _mapped(
        suite,
        "default.taken",
        "A claim whose new name is taken keeps its own.",
        claims(groups=["staff"], **{_DIALECT + "role": "admin"}),
        claims(groups=["staff"], **{_DIALECT + "role": "admin"}),
        default_claim_mapping=True,
    )
    _mapped(
        suite,
        "default.overridden",
        "What the policy spells out comes first.",
        claims(groups=["staff"], email="a@b.test"),
        claims(**{"role": ["staff"], _DIALECT + "emailaddress": "a@b.test"}),
        default_claim_mapping=True,
        claim_mapping={"groups": "role"},
    )
    _mapped(
        suite,
        "default.gives_way",
        "Also to a claim that is mapped to its name.",
        claims(groups=["staff"], roles=["admin"]),
        claims(**{"groups": ["staff"], _DIALECT + "role": ["admin"]}),
        default_claim_mapping=True,
        claim_mapping={"roles": _DIALECT + "role"},
    )
    _mapped(
        suite,
        "default.given_to_another",
        "Nor does it fill a name that the policy gives to a claim which is not there.",
        claims(groups=["staff"]),
        claims(groups=["staff"]),
        default_claim_mapping=True,
        claim_mapping={"roles": _DIALECT + "role"},
    )
    _mapped(
        suite, "default.off", "It is off by default.", claims(email="a@b.test"), claims(email="a@b.test"), default_claim_mapping=False
    )


def _policies(suite: Suite) -> None:
    path = f"{FIRST}.claim_mapping"
    for what, where, mapping in (
        ("list", path, [["a", "b"]]),
        ("text", path, "a"),
        ("number", f"{path}.a", {"a": 1}),
        ("null", f"{path}.a", {"a": None}),
        ("empty_local", f"{path}.a", {"a": ""}),
        ("empty_remote", f"{path}.", {"": "a"}),
        ("twice", f"{path}.b", {"a": "c", "b": "c"}),
        *((f"to_registered.{name}", f"{path}.a", {"a": name}) for name in ("iss", "sub", "aud", "exp", "nbf", "iat", "jti")),
        ("registered_to_registered", f"{path}.sub", {"sub": "jti"}),
        ("registered_to_itself", f"{path}.sub", {"sub": "sub"}),
    ):
        suite.policy_error(f"policy.{what}", "Each claim gets one name.", where, policy(entry(claim_mapping=mapping)))
    suite.policy_error(
        "policy.default_text",
        "A switch is true or false.",
        f"{FIRST}.default_claim_mapping",
        policy(entry(default_claim_mapping="true")),
    )
