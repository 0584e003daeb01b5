"""What stands around the parameters of MuleSoft's policy."""

from .case import URL, USUAL, case, config, error, policy, written

_CONFIG = f"""\
    signingMethod: rsa
    jwtKeyOrigin: jwks
    jwksUrl: {URL}
    skipClientIdValidation: true
"""
_HEAD = """\
apiVersion: gateway.mulesoft.com/v1alpha1
kind: PolicyBinding
metadata:
  name: jwt
spec:
  targetRef:
    kind: ApiInstance
    name: orders
  policyRef:
    name: jwt-validation-flex
"""
_BINDING = f"{_HEAD}  config:\n{_CONFIG}"
_AROUND = [("changed", name) for name in ("apiVersion", "kind", "metadata", "spec.targetRef")]


def envelopes() -> list[dict]:
    return [*_flex(), *_rules(), *_inline(), *_api_manager(), *_pointcuts(), *_errors()]


def _below(pattern: str) -> str:
    """The gateway takes the API's base path off first; here any may stand in front."""
    return f"(?:/.*)?(?:{pattern})"


def _case(name: str, note: str, text: str, wanted: dict, notes: list) -> dict:
    return case("mulesoft", f"envelope.{name}", note, text, wanted, [*USUAL, *notes])


def _flex():
    yield _case("flex.binding", "Local mode.", _BINDING, policy(), _AROUND)
    ordered = f"# who may pass\n---\n{_BINDING}  order: 1\n"
    yield _case("flex.order", "With an order.", ordered, policy(), [*_AROUND, ("changed", "spec.order")])
    api = """\
apiVersion: gateway.mulesoft.com/v1alpha1
kind: ApiInstance
metadata:
  name: orders
  labels:
    secured: yes
spec:
  address: http://0.0.0.0:8080
"""
    notes = [("changed", f"[0].{name}") for name in ("apiVersion", "kind", "metadata", "spec.address")]
    notes += [(kind, f"[1].{source}") for kind, source in _AROUND]
    yield _case("flex.beside_its_api", "Two documents.", f"{api}---\n{_BINDING}", policy(), notes)
    other = _BINDING.replace("jwt-validation-flex", "rate-limiting-flex")
    notes = [(kind, f"[{index}].{source}") for index in (0, 1) for kind, source in _AROUND if (index, source) != (0, "spec.targetRef")]
    text = f"{other}---\n{_BINDING}"
    yield _case("flex.beside_another", "A policy of another kind is named.", text, policy(), [*notes, ("cannot", "[0].spec")])
    odd = _BINDING.replace("  config:", "  disabled: true\n  config:")
    yield _case("flex.unknown_member", "A member that a binding has not.", odd, policy(), [*_AROUND, ("cannot", "spec.disabled")])
    named = _BINDING.replace("jwt-validation-flex\n", "jwt-validation-flex\n    namespace: gateway\n")
    yield _case("flex.namespace", "Where the policy's definition lies.", named, policy(), [*_AROUND, ("changed", "spec.policyRef.namespace")])
    bare = f"policyRef:\n  name: jwt-validation-flex\n  namespace: default\nconfig:\n{_CONFIG}"
    yield _case("flex.bare", "What stands in a binding, alone.", bare, policy(), [("changed", "policyRef.namespace")])
    tabs = written(_document()).replace("\n", "\n\t")
    yield _case("flex.json", "JSON with tabs is read as JSON.", tabs, policy(), _AROUND)


def _document() -> dict:
    return {
        "apiVersion": "gateway.mulesoft.com/v1alpha1",
        "kind": "PolicyBinding",
        "metadata": {"name": "jwt"},
        "spec": {
            "targetRef": {"name": "orders"},
            "policyRef": {"name": "jwt-validation-flex"},
            "config": config(),
        },
    }


def _rules():
    def rules(text: str) -> str:
        return f"{_BINDING}  rules:\n{text}"

    skip = {"skip": True}
    around = [*_AROUND, ("changed", "spec.rules")]
    wanted = policy(routes=[{"methods": ["GET", "HEAD"], "path_regex": _below("/orders/.*")}, {"path_regex": _below("/admin(/.*)")}, skip])
    text = "    - methods: GET|HEAD\n      path: /orders/.*\n    - path: /admin(/.*)\n"
    yield _case("rules.two", "Others pass without a token.", rules(text), wanted, around)
    text = "    - methods: [POST, PUT]\n"
    yield _case("rules.methods", "A list.", rules(text), policy(routes=[{"methods": ["POST", "PUT"]}, skip]), around)
    yield _case("rules.all", "Every path is no condition.", rules("    - path: /.*\n"), policy(), around)
    text = "    - path: /a\n      host: a.test\n      headers:\n        x: y\n"
    notes = [*around, ("cannot", "spec.rules[0].host"), ("cannot", "spec.rules[0].headers")]
    yield _case("rules.host", "What is left out makes it stricter.", rules(text), policy(routes=[{"path_regex": _below("/a")}, skip]), notes)
    text = "    - path: /a\n      methods: G.T\n"
    wanted = policy(routes=[{"path_regex": _below("/a")}, skip])
    yield _case("rules.method_regex", "No list of methods.", rules(text), wanted, [*around, ("cannot", "spec.rules[0].methods")])
    text = "    - path: /orders/{id}\n      methods: GET\n"
    wanted = policy(routes=[{"methods": ["GET"]}, skip])
    yield _case("rules.placeholder", "It does not work there either.", rules(text), wanted, [*around, ("cannot", "spec.rules[0].path")])
    wanted = policy(routes=[{"path_regex": "/a(?=b)"}, skip])
    text = "    - path: /a(?=b)\n"
    yield from _spared()
    yield _case("rules.look_ahead", "Not in linear time.", rules(text), wanted, [*around, ("cannot", "spec.rules[0].path")])
    yield _case("rules.empty", "No condition.", f"{_BINDING}  rules: []\n", policy(), _AROUND)
    notes = [*around, ("cannot", "spec.rules[0]")]
    yield _case("rules.text", "No object.", rules("    - GET\n"), policy(), notes)


def _spared():
    """All paths but some, which takes a look ahead there and a route of its own here."""
    spare = [{"path_regex": "(?:/health).*", "skip": True}]
    for name, pattern, wanted in (
        ("anywhere", "^((?!/health).)*$", spare),
        ("anywhere_bare", "(?:(?!/health).)*", spare),
        ("beginning", "^(?!/health).*$", spare),
        ("two", "^((?!/health|/metrics).)*$", [{"path_regex": "(?:/health|/metrics).*", "skip": True}]),
        ("group", "(?!(/health|/metrics)$).*", [{"path_regex": "/?(?:(/health|/metrics)$).*", "skip": True}]),
    ):
        given = written({"configuration": config(), "pointcutData": [{"methodRegex": ".*", "uriTemplateRegex": pattern}]})
        notes = [("changed", "pointcutData[0].uriTemplateRegex")]
        yield _case(f"spared.{name}", "All but these.", given, policy(routes=wanted), notes)
    text = f"{_BINDING}  rules:\n    - path: ^((?!/health).)*$\n      methods: GET|POST\n"
    wanted = [*spare, {"methods": ["GET", "POST"]}, {"skip": True}]
    notes = [*_AROUND, ("changed", "spec.rules[0].path"), ("changed", "")]
    yield _case("spared.methods", "Of these methods.", text, policy(routes=wanted), notes)
    both = [{"uriTemplateRegex": "^((?!/health).)*$"}, {"uriTemplateRegex": "/b"}]
    given = written({"configuration": config(), "pointcutData": both})
    wanted = [{"path_regex": "^((?!/health).)*$"}, {"path_regex": _below("/b")}, {"skip": True}]
    notes = [("changed", "pointcutData"), ("cannot", "pointcutData[0].uriTemplateRegex")]
    yield _case("spared.beside_another", "Not beside another condition.", given, policy(routes=wanted), notes)
    nested = written({"configuration": config(), "pointcutData": [{"uriTemplateRegex": "^((?!/a).)*(?!/b).)*$"}]})
    wanted = [{"path_regex": "^((?!/a).)*(?!/b).)*$"}, {"skip": True}]
    yield _case("spared.unbalanced", "Something else.", nested, policy(routes=wanted), notes)


def _inline():
    indented = _CONFIG.replace("    ", "        ")
    text = f"""\
apiVersion: gateway.mulesoft.com/v1alpha1
kind: ApiInstance
metadata:
  name: orders
spec:
  address: http://0.0.0.0:8080
  services:
    upstream:
      address: http://upstream.test:8080
  policies:
    - policyRef:
        name: jwt-validation-flex
      config:
{indented}"""
    notes = [("changed", name) for name in ("apiVersion", "kind", "metadata", "spec.address", "spec.services")]
    yield _case("inline.one", "The policy inside its API.", text, policy(), notes)
    more = f"{text}    - policyRef:\n        name: cors-flex\n      config: {{}}\n"
    yield _case("inline.beside_another", "And one of another kind.", more, policy(), [*notes, ("cannot", "spec.policies[1]")])


def _api_manager():
    yield _case("api_manager.bare", "The parameters alone.", written(config()), policy(), [])
    template = {"groupId": "68ef9520-24e9-4cf2-b2f5-620025690913", "assetId": "jwt-validation", "assetVersion": "1.3.1"}
    document = {"id": 7, "template": template, "order": 1, "pointcutData": None, "configuration": config()}
    notes = [("changed", name) for name in ("id", "template", "order", "pointcutData")]
    yield _case("api_manager.policy", "As the interface gives it.", written(document), policy(), notes)
    flat = {"assetId": "jwt-validation", "groupId": "g", "assetVersion": "1.3.1", "configurationData": config(), "disabled": True}
    notes = [("changed", name) for name in ("assetId", "groupId", "assetVersion", "disabled")]
    yield _case("api_manager.flat", "As it is sent, and switched off.", written(flat), policy(), notes)
    notes = [(kind, f"policies[0].{source}") for kind, source in [*notes]]
    other = {"assetId": "rate-limiting", "configurationData": {}}
    several = {"policies": [flat, other], "tenantId": "t"}
    notes += [("changed", "tenantId"), ("changed", "policies[1].assetId"), ("cannot", "policies[1]")]
    yield _case("api_manager.several", "One of several policies.", written(several), policy(), notes)
    listed = [(kind, source.removeprefix("policies")) for kind, source in notes if source != "tenantId"]
    yield _case("api_manager.list", "A list.", written([flat, other]), policy(), listed)
    odd = {"configuration": config(), "pointcutdata": []}
    yield _case("api_manager.mistyped", "A name in other letters.", written(odd), policy(), [("cannot", "pointcutdata")])


def _pointcuts():
    def text(*conditions: dict) -> str:
        return written({"configuration": config(), "pointcutData": list(conditions)})

    changes = [("changed", "pointcutData")]
    wanted = policy(routes=[{"methods": ["GET", "POST"], "path_regex": _below("/api/users/.*")}, {"skip": True}])
    one = {"methodRegex": "GET|POST", "uriTemplateRegex": "/api/users/.*"}
    yield _case("pointcut.one", "Methods and a path.", text(one), wanted, changes)
    every = {"methodRegex": ".*", "uriTemplateRegex": ".*"}
    yield _case("pointcut.every", "Everything.", text(one, every), policy(), changes)
    wanted = policy(routes=[{"methods": ["GET"], "path_regex": _below("/a")}, {"skip": True}])
    brackets = {"methodRegex": "(GET)", "uriTemplateRegex": "/a"}
    yield _case("pointcut.brackets", "A group.", text(brackets), wanted, changes)


def _errors():
    def wrong(name: str, note: str, text: str, path: str) -> dict:
        return error("mulesoft", f"envelope.error.{name}", note, text, path)

    yield wrong("empty", "Nothing.", "", "")
    yield wrong("no_policy", "No policy.", "a: 1\n", "")
    yield wrong("only_another", "Another policy alone.", _BINDING.replace("jwt-validation-flex", "cors-flex"), "")
    yield wrong("two", "Two of them.", f"{_BINDING}---\n{_BINDING}", "[1].spec.policyRef")
    yield wrong("text", "A text.", "jwt", "")
    yield wrong("twice", "A member twice.", f"{_BINDING}  config: {{}}\n", "line 16, column 3")
    yield wrong("twice_json", "A member twice.", '{"signingMethod": "rsa", "signingMethod": "es"}', "")
    yield wrong("anchor", "An anchor.", "a: &x 1\n", "line 1, column 4")
    yield wrong("broken", "No YAML.", "a: [\n", "line 2, column 1")
    yield wrong("broken_json", "No JSON.", "{", "")
    yield wrong("depth", "Too deep.", "[" * 100 + "]" * 100, "")
