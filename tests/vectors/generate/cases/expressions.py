"""Class `expressions`: claim rules in CEL."""

from ..suite import Suite, entry, policy
from ..tokens import NOW, claims, header, token

_PAYLOAD = claims(
    level=3, roles=["a", "b"], nested={"x": {"y": 1.5}}, none=None, text="\u00fc\n", big=9223372036854775807,
    huge=9223372036854775808, name="eng-7", yes=True, numbers=[1, 2, 3],
)  # fmt: skip
# What is true of the payload, by class.
_TRUE = {
    "claims.number": "claims.level >= 3 && claims.level < 4",
    "claims.number_types": "claims.level == 3.0 && claims.level < 3.5",
    "claims.index": "claims['level'] == 3 && claims.roles[1] == 'b'",
    "claims.nested": "claims.nested.x.y == 1.5",
    "claims.null": "claims.none == null && has(claims.none)",
    "claims.presence": "has(claims.nested.x) && !has(claims.nested.z) && 'level' in claims && !('z' in claims)",
    "claims.escaped": "claims.text == '\\u00fc\\n' && size(claims.text) == 2",
    "claims.unicode_in_expression": "claims.text.startsWith('\u00fc')",
    "claims.integer_limit": "claims.big == 9223372036854775807",
    "claims.beyond_integers": "claims.huge == 9223372036854775808.0",
    "claims.bool": "claims.yes",
    "claims.aud": "claims.aud == 'https://api.test'",
    "header": "header.alg == 'ES256' && header['kid'] == 'ec-a' && !has(header.typ)",
    "now": f"now == {NOW} && claims.exp - now == 600",
    "lists.in": "'a' in claims.roles && claims.level in [1, 2, 3]",
    "objects.names_of_other_types": "!(1 in claims) && !(true in claims)",
    "lists.equal": "claims.roles == ['a', 'b'] && claims.roles != ['b', 'a']",
    "lists.size": "size(claims.roles) == 2 && claims.roles.size() == 2",
    "lists.join": "size(claims.roles + ['c']) == 3",
    "loops.all": "claims.roles.all(r, r in ['a', 'b', 'c'])",
    "loops.all_of_none": "[].all(x, false)",
    "loops.exists": "claims.roles.exists(r, r.startsWith('b'))",
    "loops.exists_one": "claims.roles.exists_one(r, r == 'a')",
    "loops.filter": "claims.numbers.filter(n, n % 2 == 1) == [1, 3]",
    "loops.map": "claims.numbers.map(n, n * 2) == [2, 4, 6] && claims.numbers.map(n, n > 2, n) == [3]",
    "loops.names": "claims.nested.all(name, name == 'x')",
    "loops.nested": "claims.numbers.all(n, claims.numbers.exists(m, n == m))",
    "loops.fault_overruled": "claims.numbers.exists(n, n == 3 || n.x)",
    "text.functions": "claims.name.startsWith('eng-') && claims.name.endsWith('7') && claims.name.contains('g-')",
    "text.matches": "claims.name.matches('^[a-z]+-[0-9]$') && claims.name.matches('g-')",
    "text.lower": "'ENG'.lowerAscii() == 'eng'",
    "text.split": "claims.name.split('-') == ['eng', '7']",
    "text.join": "claims.name + '!' == 'eng-7!'",
    "text.order": "claims.name > 'eng-6'",
    "convert": "int('7') == 7 && int(2.9) == 2 && double('1.5') == 1.5 && string(claims.level) == '3'",
    "arithmetic": "7 / 2 == 3 && 7 % 4 == 3 && -claims.level == -3 && 1.0 / 2.0 == 0.5 && 2 * 3 - 1 == 5",
    "conditional": "(claims.level > 5 ? 'a' : 'b') == 'b'",
    "logic.fault_or_true": "claims.missing == 1 || true",
    "logic.fault_and_false": "!(claims.missing == 1 && false)",
    "types_differ": "claims.level != 'x' && claims.roles != claims.nested",
    "comment": "true // and nothing more",
}
# What is not true of it: false, a fault, or no boolean.
_NOT_TRUE = {
    "false": "claims.level > 3",
    "missing": "claims.missing == 1",
    "missing.nested": "claims.nested.z.y == 1",
    "missing.index": "claims.roles[2] == 'c'",
    "missing.negative_index": "claims.roles[-1] == 'b'",
    "missing.in_null": "claims.none.x == 1",
    "missing.in_text": "claims.name.x == 1",
    "missing.header": "header.typ == 'JWT'",
    "missing.not_saved": "claims.missing == 1 || false",
    "type.text_as_bool": "claims.name",
    "type.number_as_bool": "claims.level",
    "type.list": "claims.roles",
    "type.null": "claims.none",
    "type.true_as_text": "'true'",
    "type.and": "claims.yes && claims.level",
    "type.not": "!claims.level",
    "type.compare": "claims.name > 1",
    "type.add": "claims.level + 1.0 == 4.0",
    "type.has_on_text": "has(claims.name.x)",
    "type.null_as_name": "!(null in claims)",
    "type.loop_over_text": "claims.name.all(c, true)",
    "type.contains_number": "claims.name.contains(7)",
    "overflow.add": "claims.big + 1 > 0",
    "overflow.negate": "-(-claims.big - 1) > 0",
    "overflow.multiply": "claims.big * claims.big > 0",
    "overflow.int": "int(1e300) > 0",
    "division.zero": "claims.level / (claims.level - 3) == 0 || false",
    "division.remainder": "claims.level % (claims.level - 3) == 0 || false",
    "convert.no_number": "int(claims.name) == 7",
    "convert.double_to_text": "string(1.5) == '1.5'",
    "loops.fault": "claims.numbers.all(n, n.x == 1)",
    "loops.fault_in_exists_one": "claims.numbers.exists_one(n, n == 1 || n.x)",
    "split.empty": "claims.name.split('') == ['e']",
}
# What no policy can hold.
_ERRORS = {
    "empty": "",
    "unfinished": "claims.a ==",
    "two": "claims.a claims.b",
    "unknown_variable": "claim.a == 1",
    "unknown_function": "claims.a.startWith('x')",
    "environment": "env('HOME') == 'x'",
    "clock": "timestamp(claims.exp) > now",
    "value_without_claim": "value == 1",
    "request_as_a_whole": "size(request) == 1",
    "request_part": "request.header.x == '1'",
    "request_part_by_claim": "request[claims.a] == '1'",
    "global_member": "startsWith(claims.a, 'x')",
    "member_global": "claims.a.int() == 1",
    "arguments": "claims.a.contains('x', 'y')",
    "has_of_a_variable": "has(claims)",
    "loop_without_body": "claims.a.all(x)",
    "loop_variable": "claims.a.all(x.y, true)",
    "loop_hides_variable": "claims.a.all(now, true)",
    "loop_hides_loop": "claims.a.all(x, claims.b.all(x, true))",
    "loop_variable_outside": "claims.a.all(x, true) && x",
    "pattern_of_the_token": "claims.a.matches(claims.b)",
    "pattern_open": "claims.a.matches('(')",
    "pattern_back_reference": "claims.a.matches('(a)\\\\1')",
    "object": "{'a': 1}.a == 1",
    "message": "T{a: 1}.a == 1",
    "unsigned": "claims.a == 1u",
    "bytes": "claims.a == b'x'",
    "integer_too_large": "claims.a == 9223372036854775808",
    "optional": "claims.?a == 1",
    "too_long": "'" + "x" * 4096 + "' == claims.a",
    "too_nested": "(" * 17 + "true" + ")" * 17,
    "too_deep": "claims" + ".a" * 40 + " == 1",
    "too_many_operators": "+".join("1" * 300) + " == 300",
    "far_too_nested": "(" * 2000,
}


def _rule(expression: str, **members) -> dict:
    return policy(entry(claims=[{"expression": expression} | members]))


def expressions() -> Suite:
    suite = Suite("expressions", "CEL; policy: claims")
    text = token(_PAYLOAD)
    for what, expression in _TRUE.items():
        suite.accept(f"true.{what}", "The expression is true.", text, _rule(expression))
        negated = _rule(f"!({expression.split(' //')[0]})")
        suite.reject(f"negated.{what}", "Its negation is not.", "claim_rejected", text, negated)
    for what, expression in _NOT_TRUE.items():
        suite.reject(f"not_true.{what}", "Anything but true rejects.", "claim_rejected", text, _rule(expression))
    for what, expression in _ERRORS.items():
        suite.policy_error(f"error.{what}", "No expression here.", "issuers[0].claims[0].expression", _rule(expression))
    _values(suite)
    _requests(suite)
    _costs(suite)
    typed = token(claims(), header(typ="at+jwt", x=[1]))
    suite.accept("header.other", "All of the header.", typed, _rule("header.typ == 'at+jwt' && header.x == [1]"))
    fraction = _rule(f"now == {NOW}")
    suite.accept("now.fraction", "Whole seconds, rounded down.", token(), fraction, now=NOW + 0.75)
    return suite


def _values(suite: Suite) -> None:
    prefixed = _rule("value.startsWith('eng-')", claim="dept")
    suite.accept("value.true", "The rule's claim.", token(claims(dept="eng-7")), prefixed)
    suite.reject("value.false", "It is not.", "claim_rejected", token(claims(dept="ops")), prefixed, "dept")
    suite.reject("value.type", "Of another type.", "claim_rejected", token(claims(dept=7)), prefixed, "dept")
    suite.reject("value.absent", "Mandatory by default.", "missing_claim", token(), prefixed, "dept")
    optional = _rule("value.startsWith('eng-')", claim="dept", mandatory=False)
    suite.accept("value.optional", "Absent, and need not be there.", token(), optional)
    suite.accept("value.optional_null", "null counts as absent.", token(claims(dept=None)), optional)
    nested = _rule("value > 1", claim=["a", "b"])
    suite.accept("value.path", "At a path.", token(claims(a={"b": 2})), nested)
    suite.reject("value.path_false", "With its name.", "claim_rejected", token(claims(a={"b": 1})), nested, "a.b")
    split = _rule("value.exists(v, v.startsWith('eng:')) && size(value) == 2", claim="groups", separator=",")
    suite.accept("value.separator", "A text as a list.", token(claims(groups="x,eng:1")), split)
    suite.accept("value.separator_list", "A list stays one.", token(claims(groups=["x", "eng:1"])), split)
    suite.reject(
        "value.separator_other", "Other pieces.", "claim_rejected", token(claims(groups="x;eng:1")), split, "groups"
    )
    both = _rule("value != claims.sub", claim="dept", prefix="a")
    suite.accept("value.beside_operator", "Both hold.", token(claims(dept="ann")), both)
    suite.reject(
        "value.operator_false", "The operator does not.", "claim_rejected", token(claims(dept="bob")), both, "dept"
    )
    suite.reject(
        "value.expression_false",
        "The expression does not.",
        "claim_rejected",
        token(claims(dept="alice")),
        both,
        "dept",
    )


def _requests(suite: Suite) -> None:
    good = token()
    headers = {"Authorization": f"Bearer {good}", "X-Tenant": "acme", "X-List": ["a", "b"]}
    request = {
        "method": "GET", "path": "/orders/7", "headers": headers,
        "query": {"page": "2", "odd": "a b&c=\u00fc", "twice": ["1", "2"]}, "cookies": {"session": "s1"},
    }  # fmt: skip
    accepted = {"verdict": "accepted", "claims": claims()}
    rejected = {"verdict": "rejected", "code": "claim_rejected"}
    true = {
        "method": "request.method == 'GET'",
        "path": "request.path.startsWith('/orders/')",
        "index": "request['path'] == '/orders/7'",
        "header": "request.headers['x-tenant'] == 'acme'",
        "header_case": "request.headers['X-TENANT'] == 'acme'",
        "header_lines": "request.headers['x-list'] == 'a, b'",
        "header_presence": "'x-tenant' in request.headers && !('x-other' in request.headers)",
        "query": "request.query.page == '2' && has(request.query.page) && !has(request.query.other)",
        "query_decoded": "request.query.odd == 'a b&c=\u00fc'",
        "cookie": "request.cookies.session == 's1'",
        "with_claims": "request.method == 'GET' || claims.sub == 'root'",
    }
    for what, expression in true.items():
        suite.request(f"request.{what}", "What the request says.", request, accepted, _rule(expression))
    not_true = {
        "other_method": "request.method == 'POST'",
        "no_header": "request.headers['x-other'] == ''",
        "no_query": "request.query.other == ''",
        "no_cookie": "request.cookies.other == ''",
        "cookie_case": "request.cookies.Session == 's1'",
        "query_twice": "request.query.twice == '1' || request.query.twice == '2'",
        "fields_as_value": "size(request.headers) > 0",
    }
    for what, expression in not_true.items():
        suite.request(f"request.{what}", "It says something else, or nothing.", request, rejected, _rule(expression))
    many = {**request, "headers": {**request["headers"], "x-other": ["1"] * 1450}}
    often = ", ".join(["'none' in request.headers"] * 140)
    note = "Fields that an expression does not name cost it nothing, so a host need not hand them over."
    suite.request("request.many_fields", note, many, accepted, _rule(f"size([{often}]) == 140"))
    note = "In a loop each look-up costs as many steps as there are fields, and they are used up."
    looped = f"[{', '.join(['0'] * 160)}].all(n, !('none' in request.headers))"
    suite.request("request.many_fields_in_a_loop", note, many, rejected, _rule(looped))
    always = _rule("true || request.method == 'GET'")
    note = "A token alone has no request, and the expression names one."
    suite.reject("request.none", note, "claim_rejected", good, always)


def _costs(suite: Suite) -> None:
    wide = token(claims(l=[1] * 4000))
    suite.accept("cost.one_loop", "As many steps as elements.", wide, _rule("claims.l.all(x, x == 1)"))
    expensive = {
        "loop_in_loop": "claims.l.all(x, claims.l.all(y, x == y))",
        "three_loops": "claims.l.all(x, claims.l.all(y, claims.l.all(z, true)))",
        "not_absorbed": "claims.l.all(x, claims.l.all(y, x == y)) || true",
        "not_absorbed_in_loop": "[1, 2].exists(i, i == 2 || claims.l.all(x, claims.l.all(y, x == y)))",
        "lists_of_lists": "size(claims.l.map(x, claims.l.map(y, claims.l))) == 4000",
        "membership": "claims.l.all(x, !(2 in claims.l))",
        "equality": "claims.l.all(x, claims == claims)",
    }
    for what, expression in expensive.items():
        suite.reject(f"cost.{what}", "The steps are used up.", "claim_rejected", wide, _rule(expression))
    few = token(claims(l=[1] * 100))
    suite.accept("cost.short_lists", "Short lists may be multiplied.", few, _rule(expensive["loop_in_loop"]))
    text = token(claims(t="a" * 8000))
    suite.accept("cost.pattern", "Linear in the text.", text, _rule("!claims.t.matches('(a+)+b')"))
