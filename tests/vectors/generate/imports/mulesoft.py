"""Every parameter of MuleSoft's policy: its default, its values, and what is wrong with some."""

import base64

from ..keys import spki_der
from .case import ABSENT, URL, USUAL, case, config, policy, settings, written

_ISS = "https://idp.test/"
_SECRET = "a-secret-of-exactly-32-characters"[:32]


def mulesoft() -> list[dict]:
    cases = [
        *_methods(), *_keys(), *_key_sets(), *_audiences(), *_dates(), *_clients(), *_custom_claims(), *_sources(), *_headers(), *_names(), *_templates(),
    ]  # fmt: skip
    return cases


def es512(notes: list[tuple[str, str]]) -> list[dict]:
    given = {"signingMethod": "es", "signingKeyLength": 512}
    return [_case("method.ES512", "Not in every build.", given, policy({"algorithms": ["ES512"]}), notes)]


def _case(name, note, changes, wanted, notes=()) -> dict:
    return case("mulesoft", f"mulesoft.{name}", note, written(config(**changes)), wanted, [*USUAL, *notes])


def _named(name, note, changes, issuer, notes) -> dict:
    """With an issuer, so that nothing is said about there being none."""
    return case("mulesoft", f"mulesoft.{name}", note, written(config(**changes)), policy(issuer), [USUAL[0], *notes])


def _pem(name: str) -> str:
    return base64.b64encode(spki_der(name)).decode()


def _text(name, note, changes, issuer, notes=()) -> dict:
    """A key as text: no key set, so nothing is said about its age."""
    given = {"jwtKeyOrigin": "text", "jwksUrl": ABSENT} | changes
    return case(
        "mulesoft", f"mulesoft.{name}", note, written(config(**given)),
        policy({"jwks": ABSENT} | issuer), [("changed", ""), *notes],
    )  # fmt: skip


def _methods():
    yield _case("method.rsa", "The defaults.", {}, policy())
    for method, length, algorithm in (
        ("rsa", 256, "RS256"), ("rsa", 384, "RS384"), ("rsa", 512, "RS512"), ("es", 256, "ES256"), ("es", "384", "ES384"),
    ):  # fmt: skip
        given = {"signingMethod": method, "signingKeyLength": length}
        yield _case(f"method.{algorithm}", "One algorithm.", given, policy({"algorithms": [algorithm]}))
    yield _case("method.unset", "Then the gateway may take anything.", {"signingMethod": ABSENT}, policy(), [("cannot", "signingMethod")])
    yield _case("method.unknown", "A method that is none.", {"signingMethod": "RS256"}, policy(), [("cannot", "signingMethod")])
    yield _case("method.type", "A number.", {"signingMethod": 1}, policy(), [("cannot", "signingMethod")] * 2)
    yield _case("length.odd", "A length that is none.", {"signingKeyLength": 1024}, policy(), [("cannot", "signingKeyLength")])
    yield _case("length.text", "A word.", {"signingKeyLength": "long"}, policy(), [("cannot", "signingKeyLength")])
    yield _text(
        "method.none", "Unsigned tokens by a waiver, which somebody has to mean.",
        {"signingMethod": "none", "signingKeyLength": 256, "textKey": "x"},
        {"algorithms": ABSENT, "keys": {"accept_unsigned": True}},
        [("cannot", "signingMethod"), ("changed", "signingKeyLength"), ("changed", "textKey")],
    )  # fmt: skip


def _keys():
    secret = {"algorithms": ["HS256"], "keys": {"secret": {"text": _SECRET}}}
    yield _text("key.secret", "A secret as plain text.", {"signingMethod": "hmac", "textKey": _SECRET}, secret)
    short = {"algorithms": ["HS512"], "keys": {"secret": {"text": _SECRET}}}
    given = {"signingMethod": "hmac", "signingKeyLength": 512, "textKey": _SECRET}
    yield _text("key.secret_short", "Shorter than the hash.", given, short, [("cannot", "textKey")])
    for name, method, algorithm in (("rsa-a", "rsa", "RS256"), ("ec-a", "es", "ES256")):
        issuer = {"algorithms": [algorithm], "keys": {"pem": _pem(name)}}
        yield _text(f"key.{method}", "A public key without header and footer.", {"signingMethod": method, "textKey": _pem(name)}, issuer)
    for name, text in {
        "placeholder": "your-256-bit-secret/your-public-pem-certificate",
        "empty_word": "empty",
        "empty": "",
        "property": "${jwt.key}",
        "encrypted": "![c2VjcmV0]",
        "expression": "#[p('jwt.key')]",
    }.items():
        yield _text(f"key.{name}", "No key.", {"textKey": text}, {"keys": {"pem": text}}, [("cannot", "textKey")])
    yield _text("key.unset", "No key at all.", {}, {"keys": {}}, [("cannot", "textKey")])
    yield _text("key.not_one", "Text that is no key.", {"textKey": "MIIBIjAN"}, {"keys": {"pem": "MIIBIjAN"}}, [("cannot", "textKey")])
    expression = "#[authentication.properties['key_to_your_public_pem_certificate']]"
    yield _text(
        "key.expression_origin", "A key that the gateway computes.",
        {"jwtKeyOrigin": "customExpression", "customKeyExpression": expression}, {"keys": {}},
        [("cannot", "customKeyExpression"), ("cannot", "jwtKeyOrigin"), ("cannot", "textKey")],
    )  # fmt: skip
    yield _case("key.expression_unused", "Only its default.", {"customKeyExpression": expression}, policy(), [("changed", "customKeyExpression")])
    yield _case("key.text_unused", "API Manager asks for it either way.", {"textKey": "your-256-bit-secret"}, policy(), [("changed", "textKey")])
    yield _text(
        "key.origin_unset", "The default is text.", {"jwtKeyOrigin": ABSENT, "textKey": _pem("rsa-a"), "jwksUrl": URL},
        {"keys": {"pem": _pem("rsa-a")}}, [("changed", "jwksUrl")],
    )  # fmt: skip


def _key_sets():
    two = {"keys": {"jwks_uri": ["https://a.test/jwks", "https://b.test/jwks"]}}
    yield _case("jwks.two", "A list with a comma.", {"jwksUrl": "https://a.test/jwks, https://b.test/jwks"}, policy(two))
    plain = "http://idp.test:80/jwks"
    wanted = policy({"keys": {"jwks_uri": [plain]}, "jwks": settings(allow_http=True)})
    yield _case("jwks.http", "Without TLS, and that is said.", {"jwksUrl": plain}, wanted, [("changed", "jwksUrl")])
    default = "http://your-jwks-service.example:80/base/path"
    wanted = policy({"keys": {"jwks_uri": [default]}, "jwks": settings(allow_http=True)})
    yield _case("jwks.placeholder", "The form's default.", {"jwksUrl": default}, wanted, [("cannot", "jwksUrl"), ("changed", "jwksUrl")])
    wanted = policy({"keys": {"jwks_uri": ["${jwks.url}"]}})
    yield _case("jwks.property", "Filled in later.", {"jwksUrl": "${jwks.url}"}, wanted, [("cannot", "jwksUrl")])
    yield _case("jwks.unset", "No URL.", {"jwksUrl": ABSENT}, policy({"keys": {}}), [("cannot", "jwksUrl")])
    yield _case("jwks.null", "As exports write it.", {"jwksUrl": None}, policy({"keys": {}}), [("cannot", "jwksUrl"), ("changed", "jwksUrl")])
    wanted = policy({"algorithms": ["HS256"]})
    yield _case("jwks.hmac", "No secret is fetched.", {"signingMethod": "hmac"}, wanted, [("cannot", "jwtKeyOrigin"), ("cannot", "signingKeyLength")])
    given = {"jwtKeyOrigin": ABSENT}
    wanted = policy({"keys": {}, "jwks": ABSENT})
    notes = [("changed", ""), ("cannot", "textKey"), ("changed", "jwksUrl")]
    yield case("mulesoft", "mulesoft.jwks.no_origin", "A URL that no origin asks for.", written(config(**given)), wanted, notes)
    yield _case("jwks.ttl", "Minutes.", {"jwksServiceTimeToLive": 5}, policy({"jwks": settings(ttl="5m")}))
    wanted = policy({"jwks": settings(ttl=ABSENT)})
    for name, minutes in {"zero": 0, "long": 50000, "huge": 2**63}.items():
        yield _case(f"jwks.ttl_{name}", "Out of range.", {"jwksServiceTimeToLive": minutes}, wanted, [("cannot", "jwksServiceTimeToLive")])
    wanted = policy({"jwks": settings(timeout="2500ms")})
    yield _case("jwks.timeout", "Milliseconds.", {"jwksServiceConnectionTimeout": "2500"}, wanted)
    wanted = policy({"jwks": settings(timeout=ABSENT)})
    yield _case("jwks.timeout_long", "Out of range.", {"jwksServiceConnectionTimeout": 300001}, wanted, [("cannot", "jwksServiceConnectionTimeout")])
    names = ("jwksServiceTimeToLive", "jwksServiceConnectionTimeout")
    yield _text(
        "jwks.unused", "With a key as text.", {"textKey": _pem("rsa-a")} | dict.fromkeys(names, 60),
        {"keys": {"pem": _pem("rsa-a")}}, [("changed", name) for name in names],
    )  # fmt: skip


def _audiences():
    rule = {"claim": "aud", "mandatory": False, "any_of": ["a", "b"]}
    given = {"validateAudClaim": True, "supportedAudiences": "a, b"}
    yield _case("audience.optional", "Checked where it is there.", given, policy({"claims": [rule]}))
    yield _case("audience.mandatory", "Must be there.", given | {"mandatoryAudClaim": True}, policy({"audience": ["a", "b"]}))
    yield _case("audience.flags_as_text", "Booleans as texts.", given | {"mandatoryAudClaim": "true"}, policy({"audience": ["a", "b"]}))
    off = given | {"validateAudClaim": False, "mandatoryAudClaim": False}
    yield _case("audience.off", "Not in force.", off, policy(), [("changed", "supportedAudiences")])
    wanted = policy({"required_claims": ["aud"]})
    yield _case("audience.presence", "Mandatory but not checked.", {"mandatoryAudClaim": True}, wanted, [("changed", "mandatoryAudClaim")])
    none = {"validateAudClaim": True, "mandatoryAudClaim": True}
    yield _case("audience.none", "No audience to check for.", none, policy({"audience": []}), [("cannot", "supportedAudiences")])
    wanted = policy({"audience": ["${aud}"]})
    yield _case("audience.property", "Filled in later.", none | {"supportedAudiences": "${aud}"}, wanted, [("cannot", "supportedAudiences")])
    yield _case("audience.yes", "A word of YAML 1.1.", {"validateAudClaim": "yes"}, policy(), [("cannot", "validateAudClaim")])


def _dates():
    yield _case("dates.exp", "Must be there.", {"mandatoryExpClaim": True}, policy({"required_claims": ["exp"]}))
    both = {"mandatoryExpClaim": True, "mandatoryNbfClaim": True}
    yield _case("dates.both", "Both.", both, policy({"required_claims": ["exp", "nbf"]}))
    yield _case("dates.off", "Neither.", dict.fromkeys(both, False), policy())


def _clients():
    def host(*claims: str) -> dict:
        return policy({"client_id": {"claims": list(claims), "allowed": "host"}})

    looked_up = [("changed", "skipClientIdValidation")]
    yield _case("client.default", "Contracts are the host's to know.", {"skipClientIdValidation": False}, host("client_id"), looked_up)
    yield _case("client.unset", "The form's default.", {"skipClientIdValidation": ABSENT}, host("client_id"), looked_up)
    for name, expression, claims in (
        ("azp", "#[vars.claimSet.azp]", ["azp"]),
        ("quoted", "#[vars.claimSet['https://a.test/client']]", ["https://a.test/client"]),
        ("either", "#[vars.claimSet.azp default vars.claimSet.cid]", ["azp", "cid"]),
    ):
        given = {"skipClientIdValidation": False, "clientIdExpression": expression}
        yield _case(f"client.{name}", "By an expression.", given, host(*claims), looked_up)
    given = {"skipClientIdValidation": False, "clientIdExpression": "#[upper(vars.claimSet.azp)]"}
    yield _case("client.function", "Another expression.", given, host("client_id"), [*looked_up, ("cannot", "clientIdExpression")])
    given = {"clientIdExpression": "#[vars.claimSet.azp]"}
    yield _case("client.skipped", "Not in force.", given, policy(), [("changed", "clientIdExpression")])


def _custom_claims():
    names = ("mandatoryCustomClaims", "nonMandatoryCustomClaims")

    def given(mandatory: object = (), others: object = (), **more) -> dict:
        return {"validateCustomClaim": True, names[0]: mandatory, names[1]: others} | more

    pair = {"key": "dept", "value": "eng"}
    rule = {"claim": "dept", "equals": "eng"}
    optional = rule | {"mandatory": False}
    yield _case("custom.literals", "Equal texts.", given([pair], [pair]), policy({"claims": [rule, optional]}))
    off = given([pair], [], validateCustomClaim=False)
    yield _case("custom.off", "Not in force.", off, policy(), [("changed", names[0])])
    off = {names[1]: [pair]}
    yield _case("custom.unset", "Not in force either.", off, policy(), [("changed", names[1])])
    expression = {"key": "dept", "value": "#[vars.claimSet.dept == 'eng' or vars.claimSet.level > 3]"}
    cel = {"claim": "dept", "expression": "(claims.dept == 'eng' || claims.level > 3)"}
    yield _case("custom.expression", "A condition.", given([expression]), policy({"claims": [cel]}))
    wanted = policy({"claims": [cel | {"mandatory": False}]})
    yield _case("custom.expression_optional", "Where the claim is there.", given([], [expression]), wanted)
    for name, value in {"number": 3, "boolean": True, "text_number": "3"}.items():
        wanted = policy({"claims": [{"claim": "level", "equals": value}]})
        yield _case(f"custom.{name}", "Equal as JSON.", given([{"key": "level", "value": value}]), wanted)
    other = {"key": "dept", "value": "#[payload.x == 1]"}
    value = f"{names[0]}[0].value"
    wanted = policy({"claims": [{"claim": "dept"}]})
    yield _case("custom.other_expression", "Its presence is what is left.", given([other]), wanted, [("cannot", value)])
    yield _case("custom.other_optional", "Nothing is left.", given([], [other]), policy(), [("cannot", f"{names[1]}[0].value")])
    wanted = policy({"claims": [{"claim": "dept", "equals": "${dept}"}]})
    yield _case("custom.property", "Filled in later.", given([{"key": "dept", "value": "${dept}"}]), wanted, [("cannot", value)])
    for what, key, wanted_note in (("mandatory", names[0], []), ("optional", names[1], [("changed", f"{names[1]}[0].value")])):
        for form, written_as in {"text": _ISS, "expression": f"#[vars.claimSet.iss == '{_ISS}']"}.items():
            rules = {"validateCustomClaim": True, key: [{"key": "iss", "value": written_as}]}
            yield _named(f"issuer.{what}.{form}", "The issuer by a rule.", rules, {"issuer": _ISS}, wanted_note)
    twice = given([{"key": "iss", "value": _ISS}, {"key": "iss", "value": "https://b.test/"}])
    wanted = {"issuer": _ISS, "claims": [{"claim": "iss", "equals": "https://b.test/"}]}
    yield _named("issuer.twice", "The second rule stays one.", twice, wanted, [])
    either = given([{"key": "iss", "value": "#[vars.claimSet.iss == 'a' or vars.claimSet.iss == 'b']"}])
    wanted = policy({"claims": [{"claim": "iss", "expression": "(claims.iss == 'a' || claims.iss == 'b')"}]})
    yield _case("issuer.either", "No single one.", either, wanted)
    template = given([{"key": "iss", "value": "{{ issuer }}"}])
    wanted = policy({"claims": [{"claim": "iss", "equals": "{{ issuer }}"}]})
    yield _case("issuer.template", "Nobody knows which.", template, wanted, [("cannot", f"{names[0]}[0].value")])
    yield _case("custom.no_key", "No claim.", given([{"value": "x"}]), policy(), [("cannot", f"{names[0]}[0]")])
    yield _case("custom.no_value", "No condition.", given([{"key": "dept"}]), policy({"claims": [{"claim": "dept"}]}), [("cannot", value)])
    odd = pair | {"valeu": "x"}
    yield _case("custom.mistyped", "A member too many.", given([odd]), policy({"claims": [rule]}), [("cannot", f"{names[0]}[0].valeu")])
    yield _case("custom.no_object", "A text.", given(["dept"]), policy(), [("cannot", f"{names[0]}[0]")])
    yield _case("custom.no_list", "An object.", given({"dept": "eng"}), policy(), [("cannot", names[0])])


def _sources():
    def given(expression: object = ABSENT) -> dict:
        return {"jwtOrigin": "customExpression", "jwtExpression": expression}

    def token(**source) -> dict:
        return policy(token={"sources": [source]})

    yield _case("source.bearer", "By its name.", {"jwtOrigin": "httpBearerAuthenticationHeader"}, policy())
    yield _case("source.default_header", "The form's default.", given(), token(header="jwt"))
    yield _case("source.header", "A header.", given("#[attributes.headers['x-token']]"), token(header="x-token"))
    yield _case("source.query", "A parameter.", given("#[attributes.queryParams.access_token]"), token(query="access_token"))
    changes = [("changed", "jwtExpression")]
    yield _case("source.authorization", "The scheme comes with it.", given("#[attributes.headers.authorization]"), policy(), changes)
    split = "#[(attributes.headers['x-auth'] splitBy ' ')[1]]"
    yield _case("source.split", "Behind a scheme.", given(split), token(header="x-auth", scheme="Bearer"), changes)
    yield _case("source.other", "Something else.", given("#[payload.token]"), policy(), [("cannot", "jwtExpression")])
    yield _case("source.unknown", "An origin that is none.", {"jwtOrigin": "jwt Header"}, policy(), [("cannot", "jwtOrigin")])
    unused = {"jwtExpression": "#[attributes.headers['jwt']]"}
    yield _case("source.unused", "Not in force.", unused, policy(), changes)


def _headers():
    pairs = [{"claimName": "sub", "headerName": "X-User"}]
    wanted = policy(forward={"claims_to_headers": {"sub": "X-User"}})
    yield _case("headers.pairs", "The shape that names headers.", {"claimsToHeaders": pairs}, wanted, [("changed", "claimsToHeaders[0]")])
    yield _case("headers.names", "A shape that does not.", {"claimsToHeaders": ["sub"]}, policy(), [("cannot", "claimsToHeaders[0]")])
    yield _case("headers.half", "Half a pair.", {"claimsToHeaders": [{"claimName": "sub"}]}, policy(), [("cannot", "claimsToHeaders[0]")])


def _names():
    for name, value in (
        ("jwtSigningMethod", "rsa"), ("jwtKey", "x"), ("jwksURL", "x"), ("mandatoryExpClaims", True), ("leeway", 5),
        ("issuer", "x"), ("SigningKeyLength", 384),
    ):  # fmt: skip
        yield _case(f"name.{name}", "A name that the gateway does not know.", {name: value}, policy(), [("cannot", name)])


def _templates():
    head = "signingMethod: rsa\njwtKeyOrigin: jwks\nskipClientIdValidation: true\n"

    def templated(name: str, note: str, url: str, wanted: str, notes: list) -> dict:
        text = f"{head}jwksUrl: {url}\n"
        given = policy({"keys": {"jwks_uri": [wanted]}})
        return case("mulesoft", f"mulesoft.template.{name}", note, text, given, [*USUAL, *notes])

    notes = [("cannot", "jwksUrl")]
    yield templated("helm", "Not in quotes, which is no YAML before it is filled in.", "{{ .Values.jwks }}", "{{ .Values.jwks }}", notes)
    url = "https://{{ host }}/jwks"
    yield templated("part", "A part of a value.", f'"{url}"', url, notes)
    yield templated("property", "A property.", "${jwks.url}", "${jwks.url}", notes)
    yield templated("comment", "Not in the document.", f"{URL} # {{{{ unclosed", URL, [])
    audience = {"validateAudClaim": True, "supportedAudiences": "orders,{{ audience }}"}
    rule = {"claim": "aud", "mandatory": False, "any_of": ["orders", "{{ audience }}"]}
    yield _case("template.audience", "One of several.", audience, policy({"claims": [rule]}), [("cannot", "supportedAudiences")])
    off = {"supportedAudiences": "{{ audience }}"}
    yield _case("template.not_in_force", "It does not matter.", off, policy(), [("changed", "supportedAudiences")])
