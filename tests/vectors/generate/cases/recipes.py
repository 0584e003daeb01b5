"""Class `recipes`: the policies of `tests/recipes`, as they stand there, on tokens of the shapes that the providers make."""

import json

from ..keys import VECTORS, key_set
from ..suite import Suite
from ..tokens import ABSENT, NOW, header, token

_RECIPES = VECTORS.parent / "recipes"
_KEY = "rsa-a"
_CLIENT = "11111111-2222-3333-4444-555555555555"


class _Recipe:
    """One policy, the provider's answers, and a token that passes."""

    def __init__(self, suite: Suite, name: str, file: str, jwks: str, claims: dict, metadata: str | None = None, **head):
        self.suite, self.name = suite, name
        self.policy = json.loads((_RECIPES / file).read_text())
        self.claims = {"iat": NOW - 60, "exp": NOW + 3540} | claims
        self.head = head
        self.responses = {jwks: _answer(key_set(_KEY))}
        if metadata:
            issuer = self.policy["issuers"][0]["issuer"]
            self.responses[metadata] = _answer({"issuer": issuer, "jwks_uri": jwks})

    def token(self, **changes) -> str:
        claims = {name: value for name, value in (self.claims | changes).items() if value is not ABSENT}
        return token(claims, header(_KEY, **self.head), key=_KEY)

    def accept(self, what: str, note: str, **changes) -> None:
        self.suite.accept(f"{self.name}.{what}", note, self.token(**changes), self.policy, responses=self.responses)

    def reject(self, what: str, note: str, code: str, claim: str | None = None, **changes) -> None:
        text = self.token(**changes)
        self.suite.reject(f"{self.name}.{what}", note, code, text, self.policy, claim, responses=self.responses)


def _answer(document: dict) -> dict:
    return {"status": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(document)}


def recipes() -> Suite:
    suite = Suite("recipes", "tests/recipes")
    for make in (_onelogin, _auth0, _entra, _keycloak, _cognito, _okta, _google, _mulesoft, _wso2):
        make(suite)
    return suite


_ONELOGIN = {
    "iss": "https://example.onelogin.com/oidc/2",
    "sub": "77777777",
    "jti": "a1b2c3d4",
    "aud": ["https://api.example.com/orders"],
    "azp": _CLIENT,
    "scope": "read:orders write:orders",
}
_CERTS = "https://example.onelogin.com/oidc/2/certs"


def _onelogin(suite: Suite) -> None:
    metadata = "https://example.onelogin.com/oidc/2/.well-known/openid-configuration"
    recipe = _Recipe(suite, "onelogin", "onelogin.json", _CERTS, _ONELOGIN, metadata)
    recipe.accept("access_token", "Issuer, key set by discovery, audience, scope and azp.")
    recipe.reject("region_host", "The issuer of the older hosts.", "unknown_issuer", "iss", iss="https://openid-connect.onelogin.com/oidc")
    recipe.reject("other_client", "azp is the client.", "client_not_allowed", "azp", azp="99999999-2222-3333-4444-555555555555")
    recipe.reject("other_audience", "Of another resource.", "audience_mismatch", "aud", aud=["https://api.example.com/users"])
    recipe.reject("scope", "A scope too few.", "insufficient_scope", "scope", scope="write:orders")
    recipe.reject("id_token", "Its audience is the client.", "audience_mismatch", "aud", aud=_CLIENT, azp=ABSENT, scope=ABSENT)


def _auth0(suite: Suite) -> None:
    claims = {
        "iss": "https://example.eu.auth0.com/",
        "sub": "auth0|0123456789abcdef",
        "aud": ["https://api.example.com", "https://example.eu.auth0.com/userinfo"],
        "azp": "AbCdEfGhIjKlMnOpQrStUvWxYz012345",
        "scope": "openid profile read:orders",
    }
    base = "https://example.eu.auth0.com/.well-known"
    recipe = _Recipe(suite, "auth0", "auth0.json", f"{base}/jwks.json", claims, f"{base}/openid-configuration", typ="JWT")
    recipe.accept("access_token", "The issuer ends with a slash.")
    recipe.accept("permissions", "With the permissions of its user.", permissions=["read:orders", "write:orders"])
    recipe.reject("permission", "A permission too few.", "claim_rejected", "permissions", permissions=["write:orders"])
    recipe.reject("no_slash", "Another issuer.", "unknown_issuer", "iss", iss="https://example.eu.auth0.com")
    recipe.reject("id_token", "Its audience is the client.", "audience_mismatch", "aud", aud=claims["azp"], azp=ABSENT, scope=ABSENT)
    recipe.reject("other_client", "Another client of the tenant.", "client_not_allowed", "azp", azp="other")


def _entra(suite: Suite) -> None:
    tenant = "9188040d-6c67-4c5b-b112-36a304b66dad"
    claims = {
        "iss": f"https://login.microsoftonline.com/{tenant}/v2.0",
        "aud": "66666666-7777-8888-9999-000000000000",
        "nbf": NOW - 60,
        "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ",
        "azp": _CLIENT,
        "azpacr": "1",
        "oid": "12345678-0000-0000-0000-000000000000",
        "scp": "orders.read profile",
        "tid": tenant,
        "ver": "2.0",
    }
    url = "https://login.microsoftonline.com/common/discovery/v2.0/keys"
    recipe = _Recipe(suite, "entra", "entra.json", url, claims, typ="JWT")
    other = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
    recipe.accept("delegated", "A token of a user.")
    recipe.accept("application", "A token of an application.", scp=ABSENT, roles=["orders.read.all"])
    recipe.reject("other_tenant", "A tenant that is not let in.", "unknown_issuer", "iss", iss=f"https://login.microsoftonline.com/{other}/v2.0", tid=other)
    recipe.reject("two_tenants", "The claim names another one.", "invalid_claim", "tid", tid=other)
    recipe.reject("version_1", "The issuer of the older endpoint.", "unknown_issuer", "iss", iss=f"https://sts.windows.net/{tenant}/", ver="1.0")
    recipe.reject("scope", "Part of a word is none.", "claim_rejected", scp="orders.read.all")
    recipe.reject("role", "Neither scope nor role.", "claim_rejected", scp=ABSENT)


def _keycloak(suite: Suite) -> None:
    base = "https://sso.example.com/realms/shop"
    claims = {
        "iss": base,
        "aud": ["orders", "account"],
        "sub": "f3f0e1d2-0000-4000-8000-000000000000",
        "typ": "Bearer",
        "azp": "storefront",
        "realm_access": {"roles": ["offline_access", "clerk"]},
        "resource_access": {"account": {"roles": ["view-profile"]}},
        "scope": "profile email",
    }
    urls = (f"{base}/protocol/openid-connect/certs", claims, f"{base}/.well-known/openid-configuration")
    recipe = _Recipe(suite, "keycloak", "keycloak.json", *urls, typ="JWT")
    recipe.accept("access_token", "Roles of the realm.")
    recipe.reject("id_token", "It says so in typ.", "claim_rejected", "typ", typ="ID")
    recipe.reject("role", "No role of ours.", "claim_rejected", "realm_access.roles", realm_access={"roles": ["offline_access"]})
    recipe.reject("no_roles", "No roles.", "missing_claim", "realm_access.roles", realm_access=ABSENT)
    recipe.reject("other_realm", "Another realm of the server.", "unknown_issuer", "iss", iss="https://sso.example.com/realms/master")
    recipe.reject("default_audience", "What Keycloak writes without an audience mapper.", "audience_mismatch", "aud", aud="account")


def _cognito(suite: Suite) -> None:
    issuer = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_example00"
    claims = {
        "iss": issuer,
        "sub": "aaaaaaaa-0000-4000-8000-000000000000",
        "client_id": "1example23456789abcdefghij",
        "token_use": "access",
        "scope": "orders/read orders/write",
        "username": "alice",
        "version": 2,
    }
    recipe = _Recipe(suite, "cognito", "cognito.json", f"{issuer}/.well-known/jwks.json", claims)
    recipe.accept("access_token", "It has no audience: the client stands in for it.")
    id_token = {"client_id": ABSENT, "scope": ABSENT, "token_use": "id", "aud": claims["client_id"]}
    recipe.reject("id_token", "An id token names no client.", "client_not_allowed", "client_id", **id_token)
    recipe.reject("token_use", "Of another use.", "claim_rejected", "token_use", token_use="id")
    recipe.reject("other_client", "Another client of the pool.", "client_not_allowed", "client_id", client_id="other")
    recipe.reject("other_pool", "Another pool.", "unknown_issuer", "iss", iss=issuer.replace("example00", "example01"))


def _okta(suite: Suite) -> None:
    base = "https://example.okta.com/oauth2/default"
    claims = {
        "ver": 1,
        "jti": "AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE",
        "iss": base,
        "aud": "api://default",
        "cid": "0oa1example2345678",
        "uid": "00u1example2345678",
        "scp": ["openid", "orders.read"],
        "sub": "alice@example.com",
    }
    recipe = _Recipe(suite, "okta", "okta.json", f"{base}/v1/keys", claims, f"{base}/.well-known/openid-configuration")
    recipe.accept("access_token", "Scopes as a list, the client in cid.")
    recipe.reject("scope", "A scope too few.", "insufficient_scope", "scp", scp=["openid"])
    recipe.reject("other_client", "Another client.", "client_not_allowed", "cid", cid="0oa9example2345678")
    recipe.reject("org_server", "The organization's own server.", "unknown_issuer", "iss", iss="https://example.okta.com")
    recipe.reject("other_audience", "Of another API.", "audience_mismatch", "aud", aud="https://example.okta.com")


def _google(suite: Suite) -> None:
    client = "123456789012-example.apps.googleusercontent.com"
    claims = {
        "iss": "https://accounts.google.com",
        "azp": client,
        "aud": client,
        "sub": "110169484474386276334",
        "hd": "example.com",
        "email": "alice@example.com",
        "email_verified": True,
    }
    recipe = _Recipe(suite, "google", "google.json", "https://www.googleapis.com/oauth2/v3/certs", claims, typ="JWT")
    recipe.accept("id_token", "An id token; access tokens of this issuer are no JWTs.")
    recipe.accept("short_issuer", "The older form of the issuer.", iss="accounts.google.com")
    recipe.reject("other_domain", "Of another organization.", "claim_rejected", "hd", hd="example.org")
    recipe.reject("no_domain", "Of no organization.", "missing_claim", "hd", hd=ABSENT)
    recipe.reject("unverified", "An address that nobody has verified.", "claim_rejected", "email_verified", email_verified=False)
    recipe.reject("other_client", "Of another application.", "audience_mismatch", "aud", aud="other.apps.googleusercontent.com")


def _mulesoft(suite: Suite) -> None:
    recipe = _Recipe(suite, "mulesoft_flex", "mulesoft-flex/imported.json", _CERTS, _ONELOGIN)
    recipe.accept("access_token", "What the imported policy takes.")
    recipe.accept("group", "A claim that may be missing.", groups=["buyers"])
    recipe.reject("other_group", "And is checked when it is there.", "claim_rejected", "groups", groups=["guests"])
    recipe.reject("other_issuer", "The rule on iss became the issuer.", "unknown_issuer", "iss", iss="https://idp.test/")
    recipe.reject("scope", "An expression.", "claim_rejected", "scope", scope="read:orders:all")
    recipe.reject("no_exp", "Mandatory.", "missing_claim", "exp", exp=ABSENT)
    recipe.reject("no_audience", "Mandatory.", "missing_claim", "aud", aud=ABSENT)
    authorization = {"authorization": f"Bearer {recipe.token()}"}
    for what, method, path, headers, wanted in (
        ("guarded", "GET", "/orders/7", authorization, {"verdict": "accepted", "claims": recipe.claims}),
        ("guarded_without", "POST", "/orders", {}, {"verdict": "rejected", "code": "missing_token"}),
        ("guarded_below_base", "GET", "/api/v1/orders/7", {}, {"verdict": "rejected", "code": "missing_token"}),
        ("elsewhere", "GET", "/health", {}, {"verdict": "skipped"}),
        ("other_method", "DELETE", "/orders/7", {}, {"verdict": "skipped"}),
    ):
        request = {"method": method, "path": path, "headers": headers}
        note = "The rules of the gateway."
        suite.request(f"mulesoft_flex.{what}", note, request, wanted, recipe.policy, responses=recipe.responses)


def _wso2(suite: Suite) -> None:
    data = VECTORS.parent / "data" / "wso2"
    text = (data / "token.jwt").read_text().strip()
    rules = json.loads((_RECIPES / "wso2" / "finished.json").read_text())
    responses = {"https://localhost:9444/oauth2/jwks": _answer(json.loads((data / "jwks.json").read_text()))}
    claims = json.loads((data / "claims.json").read_text())
    claims["token_kind"] = claims.pop("aut")
    case = {"responses": responses, "now": 1_602_582_000}
    suite.request(
        "wso2.real_token", "A token of a running gateway, with a claim under its local name.",
        {"method": "GET", "path": "/", "headers": {"authorization": f"Bearer {text}"}},
        {"verdict": "accepted", "claims": claims}, rules, **case,
    )  # fmt: skip
    suite.reject("wso2.expired", "Today.", "expired", text, rules, "exp", responses=responses)
    left, signature = text.rsplit(".", 1)
    suite.reject("wso2.tampered", "One flipped character.", "invalid_signature", f"{left}.Q{signature[1:]}", rules, **case)
