"""`deployment.toml` of WSO2 API Manager."""

from .case import ABSENT, URL, case, changed, error

_NAME = "https://idp.test/"
_ISSUER = f'[[apim.jwt.issuer]]\nname = "{_NAME}"\n'
_JWKS = f'[apim.jwt.issuer.jwks]\nurl = "{URL}"\n'
_RSA = ["RS256", "RS384", "RS512"]
# Of every issuer with a key set: its time to live, audience, mandatory claims, clients and scopes are not in the file.
_USUAL = [("changed", "")] * 5


def _entry(**changes) -> dict:
    usual = {
        "issuer": _NAME,
        "keys": {"jwks_uri": URL},
        "algorithms": [*_RSA, "PS256"],
        "audience": "any",
        "required_claims": ["exp", "iat", "sub"],
        "client_id": {"claims": ["consumerKey", "azp"], "allowed": "host"},
        "scopes": {"claims": ["scope"]},
        "default_claim_mapping": True,
    }
    return changed(usual, changes)


def _policy(*entries: dict, **members) -> dict:
    return {"version": 1, "responses": "wso2", "issuers": list(entries) or [_entry()]} | members


def wso2() -> list[dict]:
    return [*_issuers(), *_claims(), *_several(), *_templates(), *_stores(), *_surroundings(), *_mistyped(), *_errors()]


def _case(name, note, text, wanted, notes=(), usual=1, targets=None) -> dict:
    return case("wso2", f"wso2.{name}", note, text, wanted, [*_USUAL * usual, *notes], targets)


def _issuers():
    yield _case("issuer.one", "A key set by its URL.", _ISSUER + _JWKS, _policy())
    dotted = f'{_ISSUER}jwks.url = "{URL}"\n'
    yield _case("issuer.dotted", "The same, with dots.", dotted, _policy())
    other = '[[apim.jwt.issuer]]\nname = "https://b.test/"\njwks.url = "https://b.test/jwks"\n'
    second = _entry(issuer="https://b.test/", keys={"jwks_uri": "https://b.test/jwks"})
    yield _case("issuer.two", "Each with its own keys.", _ISSUER + _JWKS + other, _policy(_entry(), second), usual=2)
    wanted = _policy(_entry(), _entry())
    yield _case("issuer.twice", "One name twice.", (_ISSUER + _JWKS) * 2, wanted, [("cannot", "apim.jwt.issuer[1].name")], usual=2)
    plain = "http://idp.test/jwks"
    wanted = _policy(_entry(keys={"jwks_uri": plain}, jwks={"allow_http": True}))
    notes = [("changed", "apim.jwt.issuer[0].jwks.url")]
    yield _case("issuer.http", "Without TLS, and that is said.", f'{_ISSUER}jwks.url = "{plain}"\n', wanted, notes)
    nameless = _ISSUER.replace(f'name = "{_NAME}"\n', "") + _JWKS
    yield _case("issuer.nameless", "No name.", nameless, _policy(_entry(issuer=ABSENT)), [("cannot", "apim.jwt.issuer[0].name")])
    later = '[[apim.jwt.issuer]]\nname = "$env{ISSUER}"\njwks.url = "$ref{a.b}"\n'
    wanted = _policy(_entry(issuer="$env{ISSUER}", keys={"jwks_uri": "$ref{a.b}"}))
    # Braces make a template of the name, which lacks its tenants.
    notes = [("cannot", "apim.jwt.issuer[0].name"), ("cannot", "apim.jwt.issuer[0].jwks.url"), ("cannot", "")]
    yield _case("issuer.filled_in_later", "Not in this text.", later, wanted, notes)
    wanted = _policy(_entry(keys={"jwks_uri": "not a url"}))
    yield _case("issuer.no_url", "No URL.", f'{_ISSUER}jwks.url = "not a url"\n', wanted, [("cannot", "apim.jwt.issuer[0].jwks.url")])


def _claims():
    text = f'{_ISSUER}consumer_key_claim = "client"\nscopes_claim = "scp"\ndisable_default_claim_mapping = true\n{_JWKS}'
    wanted = _entry(client_id={"claims": ["client"], "allowed": "host"}, scopes={"claims": ["scp"]}, default_claim_mapping=False)
    yield _case("claims.names", "By other names.", text, _policy(wanted))
    mapping = """\
[[apim.jwt.issuer.claim_mapping]]
remote_claim = "http://idp.test/role"
local_claim = "http://wso2.org/claims/role"
[[apim.jwt.issuer.claim_mapping]]
remote_claim = "mail"
local_claim = "email"
"""
    wanted = _entry(claim_mapping={"http://idp.test/role": "http://wso2.org/claims/role", "mail": "email"})
    yield _case("claims.mapping", "Remote to local.", _ISSUER + _JWKS + mapping, _policy(wanted))
    half = '[[apim.jwt.issuer.claim_mapping]]\nremote_claim = "mail"\n'
    yield _case("claims.half", "Half a mapping.", _ISSUER + _JWKS + half, _policy(), [("cannot", "apim.jwt.issuer[0].claim_mapping[0]")])
    twice = mapping.replace("http://idp.test/role", "mail")
    wanted = _entry(claim_mapping={"mail": "http://wso2.org/claims/role"})
    yield _case("claims.twice", "Two places for one claim.", _ISSUER + _JWKS + twice, _policy(wanted), [("cannot", "apim.jwt.issuer[0].claim_mapping[1]")])


def _several():
    """Each note names the issuer that it is about, and what is refused is told of the mapping that says it."""
    first = '[[apim.jwt.issuer]]\nname = "https://a.test/"\njwks.url = "https://a.test/jwks"\n'
    second = '[[apim.jwt.issuer]]\nname = "https://b.test/"\njwks.url = "https://b.test/jwks"\n'

    def mapped(**claims: str) -> str:
        return "".join(f'[[apim.jwt.issuer.claim_mapping]]\nremote_claim = "{remote}"\nlocal_claim = "{local}"\n' for remote, local in claims.items())

    def entries(one: dict, two: dict) -> dict:
        a = _entry(issuer="https://a.test/", keys={"jwks_uri": "https://a.test/jwks"}, claim_mapping=one)
        b = _entry(issuer="https://b.test/", keys={"jwks_uri": "https://b.test/jwks"}, claim_mapping=two)
        return _policy(a, b)

    one, two = {"one": "uno", "two": "due"}, {"x": "y"}
    targets = {
        "apim.jwt.issuer[0].claim_mapping[0]": "issuers[0].claim_mapping",
        "apim.jwt.issuer[0].claim_mapping[1]": "issuers[0].claim_mapping",
        "apim.jwt.issuer[1].claim_mapping[0]": "issuers[1].claim_mapping",
    }
    text = first + mapped(**one) + second + mapped(**two)
    yield _case("claims.of_two", "Mappings of two issuers.", text, entries(one, two), usual=2, targets=targets)
    refused = "apim.jwt.issuer[0].claim_mapping[1]"
    one = {"one": "uno", "sub": "tre", "two": "due"}
    text = first + mapped(**one) + second + mapped(**two)
    yield _case("claims.registered", "A registered claim gets the other name beside its own.", text, entries(one, two), usual=2)
    one = {"one": "uno", "uid": "sub", "two": "due"}
    text = first + mapped(**one) + second + mapped(**two)
    yield _case(
        "claims.to_registered", "No claim gets the name of a registered one.", text, entries(one, two),
        [("cannot", refused)], usual=2, targets={refused: "issuers[0].claim_mapping.uid"},
    )  # fmt: skip


def _templates():
    text = '[[apim.jwt.issuer]]\nname = "{{ issuer }}"\nconsumer_key_claim = "${claim}"\njwks.url = "https://{{ .Values.host }}/jwks"\n'
    wanted = _entry(
        issuer="{{ issuer }}",
        client_id={"claims": ["${claim}"], "allowed": "host"},
        keys={"jwks_uri": "https://{{ .Values.host }}/jwks"},
    )
    notes = [("cannot", f"apim.jwt.issuer[0].{name}") for name in ("name", "consumer_key_claim", "jwks.url")]
    yield _case("template.values", "Filled in by something else.", text, _policy(wanted), [*notes, ("cannot", "")])
    text = f'{_ISSUER}{_JWKS}[server]\nhostname = "{{{{ host }}}}"\n'
    yield _case("template.elsewhere", "It does not matter what is filled in.", text, _policy(), [("changed", "server")])


def _stores():
    def store(**members) -> dict:
        usual = {"type": "jks", "password": "wso2carbon"}
        return _entry(keys={"trust_store": usual | members}, algorithms=_RSA)

    notes = [("changed", "truststore"), ("changed", "apim.jwt.issuer[0].jwks.url"), ("cannot", "truststore.file_name")]
    usual = _USUAL[1:]

    def stored(name, note, text, wanted, more=()) -> dict:
        return case("wso2", f"wso2.store.{name}", note, text, wanted, [*usual, *notes, *more])

    yield stored("default", "Certificates in the file that the gateway takes by default.", _ISSUER, _policy(store()))
    section = '[truststore]\nfile_name = "trust.p12"\ntype = "PKCS12"\npassword = "changeit"\n'
    wanted = _policy(store(type="pkcs12", password="changeit"))
    yield stored("pkcs12", "Another file.", _ISSUER + section, wanted)
    later = '[truststore]\npassword = "$secret{truststore_password}"\ntype = "BKS"\nalias = "a"\n'
    wanted = _policy(store(password="$secret{truststore_password}"))
    more = [("cannot", "truststore.password"), ("cannot", "truststore.type"), ("changed", "truststore.alias")]
    yield stored("filled_in_later", "What is not in this text.", _ISSUER + later, wanted, more)
    yield _case("store.unused", "With key sets alone.", _ISSUER + _JWKS + section, _policy(), [("changed", "truststore")])


def _surroundings():
    text = f"{_ISSUER}{_JWKS}[oauth]\ntimestamp_skew = 120\nprompt_on_logout = true\n"
    yield _case("around.skew", "Seconds.", text, _policy(_entry(leeway=120)), [("changed", "oauth.prompt_on_logout")])
    text = f"{_ISSUER}{_JWKS}[oauth]\ntimestamp_skew = 301\n"
    yield _case("around.skew_long", "More than a few minutes.", text, _policy(_entry(leeway=301)), [("cannot", "oauth.timestamp_skew")])
    header = f'{_ISSUER}{_JWKS}[apim.oauth_config]\nauth_header = "X-Auth"\n'
    wanted = _policy(token={"sources": [{"header": "X-Auth", "scheme": "Bearer"}]})
    yield _case("around.header", "Another header.", header, wanted)
    for name, keeps in (("stripped", "false"), ("kept", "true")):
        text = f"{_ISSUER}{_JWKS}[apim.oauth_config]\nenable_outbound_auth_header = {keeps}\n"
        wanted = _policy(forward={"strip_token": name == "stripped"})
        yield _case(f"around.token_{name}", "The token on its way to the application.", text, wanted)
    names = ("revoke_endpoint", "enable_token_encryption", "enable_token_hashing", "other")
    more = f"{_ISSUER}{_JWKS}[apim.oauth_config]\n" + "".join(f'{name} = "x"\n' for name in names)
    yield _case("around.oauth", "Settings of the server.", more, _policy(), [("changed", f"apim.oauth_config.{name}") for name in names])
    for name, value, kind in (("bound", "true", "cannot"), ("not_bound", "false", "changed")):
        key = "enable_certificate_bound_access_token"
        text = f"{_ISSUER}{_JWKS}[apim.oauth_config]\n{key} = {value}\n"
        yield _case(f"around.{name}", "Tokens bound to certificates.", text, _policy(), [(kind, f"apim.oauth_config.{key}")])
    text = f"{_ISSUER}{_JWKS}[apim.jwt_authenitcation]\nsubscription_validation_via_km = false\n"
    notes = [("changed", "apim.jwt_authenitcation.subscription_validation_via_km")]
    yield _case("around.subscriptions", "Spelt as the gateway spells it.", text, _policy(), notes)
    text = f'{_ISSUER}{_JWKS}[apim.cache.gateway_token]\nenable = true\nexpiry_time = "900s"\n[apim.cache.jwt_claim]\nenable = true\n'
    notes = [("changed", "apim.cache.gateway_token"), ("changed", "apim.cache.jwt_claim")]
    yield _case("around.caches", "How fast, and not which.", text, _policy(), notes)
    jwt = '[apim.jwt]\nenable = {}\nencoding = "base64url"\nheader = "X-JWT-Assertion"\n'
    notes = [("changed", "apim.jwt.encoding"), ("changed", "apim.jwt.header")]
    yield _case("around.backend_off", "No tokens for the application.", jwt.format("false") + _ISSUER + _JWKS, _policy(), [*notes, ("changed", "apim.jwt.enable")])
    yield _case("around.backend_on", "Tokens for the application.", jwt.format("true") + _ISSUER + _JWKS, _policy(), [*notes, ("changed", "apim.jwt.enable")])
    text = f'[server]\nhostname = "localhost"\n[super_admin]\nusername = "a"\n[apim.key_manager]\nenable = true\n{_ISSUER}{_JWKS}'
    notes = [("changed", name) for name in ("server", "super_admin", "apim.key_manager")]
    yield _case("around.rest", "What is not about tokens.", text, _policy(), notes)


def _mistyped():
    for name, text, source in (
        ("disable_claim_mapping", f"{_ISSUER}disable_claim_mapping = true\n{_JWKS}", "apim.jwt.issuer[0].disable_claim_mapping"),
        ("scope_claim", f'{_ISSUER}scope_claim = "scp"\n{_JWKS}', "apim.jwt.issuer[0].scope_claim"),
        ("jwks_uri", f'{_ISSUER}jwks.url = "{URL}"\njwks.uri = "{URL}"\n', "apim.jwt.issuer[0].jwks.uri"),
        ("section", f"{_ISSUER}{_JWKS}[apim.oauth_configs]\na = 1\n", "apim.oauth_configs"),
        ("authentication", f"{_ISSUER}{_JWKS}[apim.jwt_authentication]\na = 1\n", "apim.jwt_authentication"),
        ("root", f"{_ISSUER}{_JWKS}[trust_store]\na = 1\n", "trust_store"),
        ("jwt", f"[apim.jwt]\nenabel = true\n{_ISSUER}{_JWKS}", "apim.jwt.enabel"),
    ):
        yield _case(f"mistyped.{name}", "A name that the gateway does not know.", text, _policy(), [("cannot", source)])


def _errors():
    def wrong(name: str, note: str, text: str, path: str) -> dict:
        return error("wso2", f"wso2.error.{name}", note, text, path)

    yield wrong("empty", "Nothing.", "", "apim.jwt.issuer")
    yield wrong("no_issuer", "No issuer.", "[apim.jwt]\nenable = true\n", "apim.jwt.issuer")
    yield wrong("issuers", "A name too long.", '[[apim.jwt.issuers]]\nname = "a"\n', "apim.jwt.issuers")
    yield wrong("table", "One pair of brackets.", '[apim.jwt.issuer]\nname = "a"\n', "apim.jwt.issuer")
    yield wrong("text", "A text.", '[apim.jwt]\nissuer = ["a"]\n', "apim.jwt.issuer[0]")
    yield wrong("broken", "No TOML.", "a = \n", "line 1, column 5")
    yield wrong("date", "A date.", "a = [2026-01-02]\n", "a[0]")
