"""What a verified token looks like: a read-only mapping that says exactly what `json.loads` says."""

from __future__ import annotations

import json
import math
import random
import threading
from collections.abc import Mapping
from typing import Any

import pytest

from issuer import NOW, Key
from jotgate import Validator, Verified


def verified(local: Validator, key: Key, **claims: Any) -> Verified:
    return local.validate(key.token(**claims))


def test_it_is_a_mapping(local: Validator, key: Key) -> None:
    token = verified(local, key, roles=["admin"])
    assert isinstance(token, Mapping)
    assert token["sub"] == "alice"
    assert token.get("sub") == "alice"
    assert token.get("nope") is None
    assert token.get("nope", default=3) == 3
    assert "sub" in token
    assert "nope" not in token
    assert len(token) == 5
    assert list(token) == list(token.keys()) == ["iss", "aud", "sub", "exp", "roles"]
    assert dict(token) == token.claims == {**token} == dict(token.items())
    assert ["admin"] in token.values()
    with pytest.raises(KeyError, match="nope"):
        token["nope"]
    match token:
        case {"sub": subject}:
            assert subject == "alice"
        case _:
            pytest.fail("a mapping pattern must match")


def test_equality(local: Validator, key: Key) -> None:
    token = verified(local, key)
    assert token == verified(local, key)
    assert token == token.claims
    assert token.claims == token
    assert token != verified(local, key, sub="bob")
    assert token != {}
    assert token != "alice"
    with pytest.raises(TypeError):
        hash(token)


def test_nothing_that_leaves_it_changes_it(local: Validator, key: Key) -> None:
    roles = {"list": [1, {"deep": [2]}]}
    token = verified(local, key, roles=roles)
    token["roles"]["list"][1]["deep"].append(3)
    (token.get("roles") or {})["list"].clear()
    token.claims["roles"].clear()
    dict(token.items())["roles"].clear()
    token.header.clear()
    assert token["roles"] == roles
    assert token.header["kid"] == key.kid
    with pytest.raises(TypeError):
        token["sub"] = "mallory"  # type: ignore[index]
    with pytest.raises(AttributeError):
        token.subject = "mallory"  # type: ignore[misc]


def test_registered_claims_by_name(local: Validator, key: Key) -> None:
    token = verified(local, key, nbf=NOW - 1.5, iat=NOW - 2, jti="id", aud=["orders", "bills"])
    assert (token.issuer, token.subject, token.token_id) == ("https://idp.test/", "alice", "id")
    assert token.audience == ("orders", "bills")
    assert (token.expires_at, token.not_before, token.issued_at) == (NOW + 600, NOW - 1.5, NOW - 2)
    assert token.issuer_index == 0
    assert json.loads(token.payload) == token.claims
    bare = verified(local, key, sub=None)
    assert (bare.get("sub"), bare.get("jti")) == (None, None)
    assert bare.audience == ("orders",)


def test_the_repr_shows_no_claim(local: Validator, key: Key) -> None:
    assert repr(verified(local, key, sub="alice")) == "<jotgate.Verified issuer_index=0>"


NUMBERS = (
    "0 -0 -0.0 0.1 1e2 1E-7 9223372036854775807 9223372036854775808 -9223372036854775809 18446744073709551615 "
    "18446744073709551616 123456789012345678901234567890 1e300 5e-324 9007199254740993 1.7976931348623157e308 -1e19 "
    "0.30000000000000004"
)


@pytest.mark.parametrize("number", NUMBERS.split())
def test_numbers_are_what_python_reads(local: Validator, key: Key, number: str) -> None:
    payload = f'{{"iss":"https://idp.test/","aud":"orders","exp":1900000000,"n":{number},"l":[{number}]}}'.encode()
    claims = local.validate(key.token(payload=payload)).claims
    expected = json.loads(payload)
    assert claims == expected
    assert type(claims["n"]) is type(expected["n"])
    assert math.copysign(1, claims["n"]) == math.copysign(1, expected["n"])


def test_random_floats_are_correctly_rounded(local: Validator, key: Key) -> None:
    chance = random.Random(7)
    floats = [chance.uniform(0, 1) * 10 ** chance.randint(-300, 300) for _ in range(400)]
    assert local.validate(key.token(floats=floats))["floats"] == floats


def written(value: Any, chance: random.Random) -> str:
    """The value as JSON, with white space wherever some may stand."""

    def space() -> str:
        return chance.choice(["", "", " ", "\n\t", "\r "])

    if isinstance(value, dict):
        members = [f"{space()}{json.dumps(name)}{space()}:{written(item, chance)}" for name, item in value.items()]
        return f"{space()}{{{','.join(members) or space()}}}{space()}"
    if isinstance(value, list):
        return f"{space()}[{','.join(written(item, chance) for item in value) or space()}]{space()}"
    return f"{space()}{json.dumps(value, ensure_ascii=chance.random() < 0.5)}{space()}"


def made_up(chance: random.Random, depth: int) -> Any:
    kind = chance.randrange(8 if depth else 6)
    if kind == 6:
        return [made_up(chance, depth - 1) for _ in range(chance.randrange(4))]
    if kind == 7:
        return {text(chance): made_up(chance, depth - 1) for _ in range(chance.randrange(4))}
    number = chance.choice([0, -1, 10**17, 2**63 - 1, 2**63, -(2**63) - 1, 0.5, -1e-7, 1e300])
    return [None, True, False, number, text(chance), text(chance)][kind]


def text(chance: random.Random) -> str:
    """Of all lengths around those at which texts are told apart in other ways, and much alike."""
    middle = chance.choice(["", "a", "b", "\\", '"', "\n", "é", "😀"])
    return "read" * chance.randrange(5) + middle + "write"[: chance.randrange(6)] * chance.randrange(3)


def test_whatever_there_is_reads_as_python_reads_it(local: Validator, key: Key) -> None:
    chance = random.Random(11)
    for _ in range(300):
        claims = {"iss": "https://idp.test/", "aud": "orders", "exp": 1900000000}
        claims |= {text(chance) + str(place): made_up(chance, 4) for place in range(4)}
        payload = written(claims, chance).strip().encode()
        token = local.validate(key.token(payload=payload))
        expected = json.loads(payload)
        # `repr` tells 1 from 1.0 and from True.
        assert repr(token.claims) == repr(expected)
        assert repr({name: token[name] for name in token}) == repr(expected)


def test_names_that_are_much_alike_are_told_apart(local: Validator, key: Key) -> None:
    names = [f"https://claims.test/{middle}/role" for middle in ("aaaa", "aaab", "baaa")] + ["a" * 8, "a" * 9, "", "a"]
    claims = {name: {name: place} for place, name in enumerate(names)}
    for _ in range(2):
        token = verified(local, key, **claims)
        assert {name: token[name] for name in names} == claims
        assert list(token)[4:] == names


def test_text_and_nesting_are_what_python_reads(local: Validator, key: Key) -> None:
    deep: Any = "bottom"
    for level in range(29):
        deep = [deep] if level % 2 else {f"level {level}": deep}
    odd = {"": "empty", "nul\0": "\0", "ключ": "значение", "😀": "\U0001f600", 'quote"\\': "\n\t", "x" * 200: True}
    claims = {"deep": deep, "odd": odd, "none": [None], "bools": [True, False]}
    token = verified(local, key, **claims)
    assert {name: token[name] for name in claims} == claims
    assert token.claims == json.loads(token.payload)


def test_a_claim_is_found_by_what_its_name_says(local: Validator, key: Key) -> None:
    payload = b'{"iss":"https://idp.test/","aud":"orders","exp":1900000000,"\\u0061b":"\\u0041\\n","sub":"x","\xc3\xa9":{"a":[]}}'
    token, expected = local.validate(key.token(payload=payload)), json.loads(payload)
    for name in [*expected, "a", "", "AB", "\\u0061b", "\ud83e", "\u00e9\u0301"]:
        assert token.get(name, "none") == expected.get(name, "none"), name
        assert (name in token) == (name in expected)
    assert token["ab"] == "A\n"
    token["\u00e9"]["a"].append(1)
    assert token["\u00e9"] == {"a": []}
    none: Any
    for none in (7, None, ("sub",), b"sub"):
        assert token.get(none) is None
        assert none not in token
    unhashable: Any = ["sub"]
    with pytest.raises(TypeError):
        token.get(unhashable)


def test_threads_share_one_verified_token(local: Validator, key: Key) -> None:
    token = verified(local, key, roles=["a", "b"])
    start = threading.Barrier(8)
    seen: list[Any] = []

    def read() -> None:
        start.wait()
        seen.append((token["roles"], token.claims, token.header["alg"]))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [(["a", "b"], token.claims, "ES256")] * 8


def test_bytes_and_text_give_the_same(local: Validator, key: Key) -> None:
    token = key.token()
    assert local.validate(token) == local.validate(token.encode())


def test_a_high_character_is_not_cut_to_a_low_one(local: Validator, key: Key) -> None:
    token = key.token()
    forged = token[:10] + chr(0x100 + ord(token[10])) + token[11:]
    with pytest.raises(Exception, match="malformed_token"):
        local.validate(forged)
