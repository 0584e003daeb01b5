"""Class `fetch`: what an answer to a key-set request must be, to count."""

from ..encoding import compact
from ..keys import inline, jwk, key_set
from ..suite import Suite, entry, policy
from ..tokens import ABSENT, header, token
from .key_sets import URL, answer, fetched

SECOND = "https://idp.test/more"


def fetch() -> Suite:
    suite = Suite("fetch", "RFC 7517 5")
    good = key_set("ec-a")
    suite.accept("good", "A set with the key.", token(), fetched(), responses=answer(good))
    suite.accept(
        "no_kid",
        "A token without kid and a set of one key.",
        token(head=header(kid=ABSENT)),
        fetched(),
        responses=answer(good),
    )
    suite.reject(
        "unknown_kid",
        "The set does not have the kid, also when asked again.",
        "unknown_key",
        token(head=header(kid="x")),
        fetched(),
        responses=answer(good),
    )
    suite.reject(
        "forged",
        "The set has the kid, and the signature is another's.",
        "invalid_signature",
        token(key="ec-b", head=header()),
        fetched(),
        responses=answer(good),
    )
    suite.reject(
        "algorithm_first",
        "The algorithm is settled before any fetch: this one would fail.",
        "algorithm_not_allowed",
        token(key="hmac-32"),
        fetched(),
        responses={},
    )
    suite.reject(
        "listed_algorithm_first",
        "Also by an explicit list.",
        "algorithm_not_allowed",
        token(),
        fetched(algorithms=["RS256"]),
        responses={},
    )
    suite.reject(
        "shape_first",
        "A broken token causes no fetch either.",
        "malformed_token",
        token() + ".",
        fetched(),
        responses={},
    )
    _failures(suite, good)
    _headers(suite, good)
    _limits(suite)
    _several(suite, good)
    _partly_good(suite)
    return suite


def _failures(suite: Suite, good: dict) -> None:
    suite.unavailable("connection", "Nobody answers.", token(), fetched(), responses={})
    for status in (201, 204, 206, 301, 302, 304, 307, 400, 401, 403, 404, 429, 500, 502, 503):
        suite.unavailable(
            f"status.{status}",
            "Only 200 counts, whatever the body.",
            token(),
            fetched(),
            responses=answer(good, status),
        )
    bodies = {
        "empty": "",
        "html": "<!DOCTYPE html><html><body>Sign in</body></html>",
        "text": "OK",
        "cut_short": compact(good)[:-1],
        "trailing_text": compact(good) + "x",
        "list": compact([good]),
        "bare_keys": compact(good["keys"]),
        "bare_key": compact(jwk("ec-a")),
        "string": '"keys"',
        "null": "null",
        "empty_object": "{}",
        "no_keys": '{"key":[]}',
        "other_case": compact({"Keys": good["keys"]}),
        "empty_keys": '{"keys":[]}',
        "keys_null": '{"keys":null}',
        "keys_object": compact({"keys": {"ec-a": jwk("ec-a")}}),
        "keys_text": '{"keys":"none"}',
        "bom_twice": "\ufeff\ufeff" + compact(good),
        "error_object": '{"error":"temporarily_unavailable"}',
        "trailing_comma": compact(good)[:-1] + ",}",
        "nan": compact(good)[:-1] + ',"x":NaN}',
        "lone_surrogate": compact(good)[:-1] + ',"x":"\\ud800"}',
    }
    for what, body in bodies.items():
        suite.unavailable(
            f"body.{what}",
            "An answer that is no key set is a failed fetch.",
            token(),
            fetched(),
            responses=answer(body),
        )
    suite.unavailable(
        "body.metadata",
        "The issuer's metadata is not its key set, and its URL is not followed.",
        token(),
        fetched(),
        responses=answer({"issuer": "https://idp.test/", "jwks_uri": SECOND})
        | {SECOND: {"status": 200, "headers": {}, "body": compact(good)}},
    )
    moved = {
        URL: {"status": 302, "headers": {"location": SECOND}, "body": ""},
        SECOND: {"status": 200, "headers": {}, "body": compact(good)},
    }
    suite.unavailable("redirect", "A redirect is not followed.", token(), fetched(), responses=moved)


def _headers(suite: Suite, good: dict) -> None:
    body = compact(good)
    odd = {
        "none": {},
        "html_type": {"content-type": "text/html"},
        "upper_case": {"CONTENT-TYPE": "application/jwk-set+json", "CACHE-CONTROL": "no-store"},
        "no_cache": {"cache-control": "no-cache, max-age=0"},
        "long_cache": {"cache-control": "max-age=99999999999999999999"},
        "bad_cache": {"cache-control": "max-age=-1, =,"},
        "bad_age": {"age": "abc", "expires": "0"},
        "etag": {"etag": '"v1"'},
    }
    for what, headers in odd.items():
        suite.accept(
            f"headers.{what}",
            "The body decides; header fields only say for how long.",
            token(),
            fetched(),
            responses={URL: {"status": 200, "headers": headers, "body": body}},
        )


def _limits(suite: Suite) -> None:
    body = compact(key_set("ec-a"))
    size = len(body)
    suite.accept(
        "max_body.exact",
        "A body of exactly `max_body` bytes.",
        token(),
        fetched(jwks={"max_body": size}),
        responses=answer(body),
    )
    suite.unavailable(
        "max_body.over",
        "One byte more is a failed fetch.",
        token(),
        fetched(jwks={"max_body": size - 1}),
        responses=answer(body),
    )
    wide = compact({"note": "x" * 3000} | key_set("ec-a"))
    suite.unavailable(
        "max_body.padded",
        "A body far beyond the limit.",
        token(),
        fetched(jwks={"max_body": 2000}),
        responses=answer(wide),
    )
    accented = body[:-1] + ',"note":"' + "\u00e9" * 10 + '"}'
    suite.unavailable(
        "max_body.bytes",
        "Bytes count, not characters.",
        token(),
        fetched(jwks={"max_body": len(accented)}),
        responses=answer(accented),
    )
    three = key_set("ec-b", "ec-a", "ec-c")
    suite.accept(
        "max_keys.within",
        "A key within `max_keys`, in a set that has more.",
        token(),
        fetched(jwks={"max_keys": 2}),
        responses=answer(three),
    )
    suite.reject(
        "max_keys.beyond",
        "A key beyond it is skipped, so its kid is unusable.",
        "unusable_key",
        token(head=header("ec-c"), key="ec-c"),
        fetched(jwks={"max_keys": 2}),
        responses=answer(three),
    )


def _several(suite: Suite, good: dict) -> None:
    rules = policy(entry({"jwks_uri": [URL, SECOND]}))
    other = {SECOND: {"status": 200, "headers": {}, "body": compact(key_set("ec-b"))}}
    both = answer(good) | other
    suite.accept("urls.first", "Several URLs are one set.", token(), rules, responses=both)
    suite.accept("urls.second", "A key of the second.", token(head=header("ec-b"), key="ec-b"), rules, responses=both)
    suite.accept(
        "urls.one_down", "The key is found, though the other URL is down.", token(), rules, responses=answer(good)
    )
    suite.accept("urls.other_down", "Whichever it is.", token(head=header("ec-b"), key="ec-b"), rules, responses=other)
    suite.reject(
        "urls.unknown",
        "Unknown everywhere, and all answered.",
        "unknown_key",
        token(head=header(kid="x")),
        rules,
        responses=both,
    )
    suite.unavailable(
        "urls.unknown_one_down",
        "Unknown so far, and one never answered: nobody can say.",
        token(head=header(kid="x")),
        rules,
        responses=answer(good),
    )
    suite.unavailable("urls.all_down", "All are down.", token(), rules, responses={})
    beside = policy(entry({"jwks_uri": URL} | inline("ec-b")))
    suite.accept(
        "inline.known",
        "An inline key is at hand while the URL is down.",
        token(head=header("ec-b"), key="ec-b"),
        beside,
        responses={},
    )
    suite.accept("inline.fetched", "A kid the inline set lacks is fetched.", token(), beside, responses=answer(good))
    suite.reject(
        "inline.unknown", "Unknown in both.", "unknown_key", token(head=header(kid="x")), beside, responses=answer(good)
    )
    suite.unavailable("inline.unknown_down", "Unknown inline, and the URL is down.", token(), beside, responses={})
    local = "http://127.0.0.1:8080/jwks"
    suite.accept(
        "http_loopback",
        "Plain HTTP to the loopback interface.",
        token(),
        policy(entry({"jwks_uri": local})),
        responses={local: {"status": 200, "headers": {}, "body": compact(good)}},
    )
    plain = "http://idp.test/jwks"
    suite.accept(
        "http_allowed",
        "Or where the policy allows it.",
        token(),
        policy(entry({"jwks_uri": plain}, jwks={"allow_http": True})),
        responses={plain: {"status": 200, "headers": {}, "body": compact(good)}},
    )


def _partly_good(suite: Suite) -> None:
    """RFC 7517 section 5: what is not understood is skipped, per key."""
    for what, odd in {
        "unknown_type": {"kty": "PQC", "kid": "pq", "alg": "ML-DSA-65"},
        "bare_oct": {"kty": "oct"},
        "rsa_1024": jwk("rsa-1024"),
        "p521": jwk("ec521"),
        "bad_point": jwk("ec-b", x=jwk("ec-c")["x"]),
        "text": "ec-b",
        "null": None,
        "encryption": jwk("rsa-a", use="enc"),
    }.items():
        suite.accept(
            f"beside.{what}",
            "One bad key does not spoil the set.",
            token(),
            fetched(),
            responses=answer({"keys": [odd, jwk("ec-a")]}),
        )
    only_oct = {"keys": [{"kty": "oct", "kid": "ec-a", "k": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}
    suite.reject(
        "only.oct",
        "A set of nothing but a published secret, under the token's kid.",
        "unusable_key",
        token(),
        fetched(),
        responses=answer(only_oct),
    )
    suite.reject(
        "only.other_kid",
        "And under another kid.",
        "unknown_key",
        token(head=header(kid="x")),
        fetched(),
        responses=answer(only_oct),
    )
    clash = key_set("ec-a", jwk("ec-b", kid="ec-a"))
    suite.reject(
        "same_kid",
        "Two keys of one kid in a fetched set.",
        "ambiguous_key",
        token(),
        fetched(),
        responses=answer(clash),
    )
