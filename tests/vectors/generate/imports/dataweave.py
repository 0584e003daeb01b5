"""Conditions in DataWeave, and the CEL that they become."""

from .case import USUAL, case, config, policy, written

_FORMS = {
    "equal": ("vars.claimSet.x == 'y'", "claims.x == 'y'"),
    "double_quotes": ('vars.claimSet.x == "y"', "claims.x == 'y'"),
    "not_equal": ("vars.claimSet.x != 'y'", "(!has(claims.x) || claims.x != 'y')"),
    "number": ("vars.claimSet.x >= 3", "claims.x >= 3"),
    "negative": ("vars.claimSet.x < -1.5", "claims.x < -1.5"),
    "boolean": ("vars.claimSet.x == true", "claims.x == true"),
    "bare": ("vars.claimSet.x", "claims.x"),
    "null": ("vars.claimSet.x == null", "(!has(claims.x) || claims.x == null)"),
    "not_null": ("vars.claimSet.x != null", "claims.x != null"),
    "and": ("vars.claimSet.x == 1 and vars.claimSet.y == 2", "(claims.x == 1 && claims.y == 2)"),
    "or_of_three": ("vars.claimSet.x == 1 or vars.claimSet.x == 2 or vars.claimSet.x == 3", "(claims.x == 1 || claims.x == 2 || claims.x == 3)"),
    "precedence": ("vars.claimSet.a or vars.claimSet.b and vars.claimSet.c", "(claims.a || (claims.b && claims.c))"),
    "brackets": ("(vars.claimSet.a or vars.claimSet.b) and vars.claimSet.c", "((claims.a || claims.b) && claims.c)"),
    "not": ("not (vars.claimSet.x == 'y')", "(!has(claims.x) || claims.x != 'y')"),
    "not_and": ("not (vars.claimSet.x and vars.claimSet.y)", "(!claims.x || !claims.y)"),
    "exclamation_mark": ("!(vars.claimSet.x > 3) and vars.claimSet.y", "(claims.x <= 3 && claims.y)"),
    "path": ("vars.claimSet.a.b == 'c'", "claims.a.b == 'c'"),
    "path_not": ("vars.claimSet.a.b != 'c'", "(!has(claims.a) || !has(claims.a.b) || claims.a.b != 'c')"),
    "name_in_quotes": ("vars.claimSet['http://a.test/x'] == 'y'", "claims['http://a.test/x'] == 'y'"),
    "reserved": ("vars.claimSet.in == 'y'", "claims['in'] == 'y'"),
    "index": ("vars.claimSet.x[0] == 'y'", "claims.x[0] == 'y'"),
    "list": ("vars.claimSet.groups == ['group1','group2']", "claims.groups == ['group1', 'group2']"),
    "lists": ("vars.claimSet.scp == ['default'] or vars.claimSet.scp == ['openid']", "(claims.scp == ['default'] || claims.scp == ['openid'])"),
    "contains": ("vars.claimSet.scp contains 'a'", "('a' in claims.scp || claims.scp.contains('a'))"),
    "contains_not": ("not (vars.claimSet.scp contains 'a')", "(!has(claims.scp) || !('a' in claims.scp) || !claims.scp.contains('a'))"),
    "list_contains": ("['a', 'b'] contains vars.claimSet.x", "claims.x in ['a', 'b']"),
    "split": ("(vars.claimSet.scope splitBy ' ') contains 'a'", "'a' in claims.scope.split(' ')"),
    "some": ("vars.claimSet.scp some ($ == 'a')", "claims.scp.exists(e1, e1 == 'a')"),
    "some_lambda": ("vars.claimSet.scp some (s) -> s == 'a' or s == 'b'", "claims.scp.exists(e1, (e1 == 'a' || e1 == 'b'))"),
    "some_call": ("some(vars.claimSet.scp, (s) -> s == 'a')", "claims.scp.exists(e1, e1 == 'a')"),
    "some_module": ("dw::core::Arrays::some(vars.claimSet.scp, $ == 'a')", "claims.scp.exists(e1, e1 == 'a')"),
    "some_script": ("import some from dw::core::Arrays\n---\nvars.claimSet.scp some ($ == 'a')", "claims.scp.exists(e1, e1 == 'a')"),
    "some_not": ("not (vars.claimSet.scp some ($ == 'a'))", "claims.scp.all(e1, e1 != 'a')"),
    "every": ("vars.claimSet.scp every ($ startsWith 'a:')", "claims.scp.all(e1, e1.startsWith('a:'))"),
    "starts": ("vars.claimSet.x startsWith 'a'", "claims.x.startsWith('a')"),
    "ends": ("vars.claimSet.x endsWith 'a'", "claims.x.endsWith('a')"),
    "lower": ("lower(vars.claimSet.x) == 'a'", "claims.x.lowerAscii() == 'a'"),
    "size": ("sizeOf(vars.claimSet.x) > 1", "size(claims.x) > 1"),
    "empty": ("isEmpty(vars.claimSet.x)", "(!has(claims.x) || size(claims.x) == 0)"),
    "default": ("(vars.claimSet.x default 'a') == 'a'", "(!has(claims.x) || claims.x == null ? 'a' : claims.x) == 'a'"),
    "header": ("attributes.headers['x-tenant'] == vars.claimSet.tenant", "request.headers['x-tenant'] == claims.tenant"),
    "header_not": ("attributes.headers['x-a'] != 'b'", "(!('x-a' in request.headers) || request.headers['x-a'] != 'b')"),
    "query": ("attributes.queryParams.a == 'b'", "request.query['a'] == 'b'"),
    "method": ("attributes.method == 'GET' and attributes.requestPath == '/a'", "(request.method == 'GET' && request.path == '/a')"),
    "escapes": (r"vars.claimSet.x == 'it\'s a \\ and \"'", r"""claims.x == 'it\'s a \\ and "'"""),
}
_REFUSED = {
    "payload": "payload.x == 1",
    "other_variable": "vars.other == 1",
    "property": "p('a') == 'b'",
    "regex": "vars.claimSet.x matches /a/",
    "similar": "vars.claimSet.x ~= 'a'",
    "not_without_brackets": "not vars.claimSet.x == 'y'",
    "not_then_or": "not (vars.claimSet.x) or vars.claimSet.y",
    "interpolation": "vars.claimSet.x == '$(payload)'",
    "function": "upper(vars.claimSet.x) == 'A'",
    "map": "(vars.claimSet.x map $.a) == ['b']",
    "if": "if (vars.claimSet.x) true else false",
    "descendants": "vars.claimSet..x == 1",
    "value": "'a'",
    "unclosed": "(vars.claimSet.x",
    "java": "import java!a::B\n---\ntrue",
}


def dataweave() -> list[dict]:
    cases = []
    for name, (text, expression) in _FORMS.items():
        wanted = policy({"claims": [{"claim": "k", "expression": expression}]})
        cases.append(case("mulesoft", f"dataweave.{name}", "Carried over.", _text(text), wanted, USUAL))
    for name, text in _REFUSED.items():
        notes = [*USUAL, ("cannot", "mandatoryCustomClaims[0].value")]
        wanted = policy({"claims": [{"claim": "k"}]})
        cases.append(case("mulesoft", f"dataweave.refused.{name}", "Named.", _text(text), wanted, notes))
    return cases


def _text(condition: str) -> str:
    return written(config(validateCustomClaim=True, mandatoryCustomClaims=[{"key": "k", "value": f"#[{condition}]"}]))
