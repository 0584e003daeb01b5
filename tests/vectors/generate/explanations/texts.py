"""The whole text of a few explanations: what people read is the same in every language, byte for byte."""

from ..cases.key_sets import answer, fetched
from ..keys import key_set
from ..suite import entry, policy
from ..tokens import NOW, claims, header, token
from .report import Reports, accepted, outcomes, rejected


def texts() -> list[dict]:
    reports = Reports("explain_text")
    reports.add(
        "accepted",
        "All is well: one line for each check.",
        accepted(outcomes(), text=_ACCEPTED),
        rules=fetched(),
        responses=answer(key_set("ec-a")),
    )
    late = claims(exp=NOW - 9, aud="https://other.test")
    ended = outcomes(key="failed", signature="skipped", exp="failed", aud="failed")
    reports.add(
        "unknown_key",
        "What failed, what was expected, what to do; unverified claims stand in brackets.",
        rejected("unknown_key", ended, verified=False, text=_UNKNOWN_KEY),
        token(late, header(kid="other")),
    )
    odd = claims(exp=(NOW + 600) * 1000, cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})
    reports.add(
        "mistakes",
        "A nonce as in tokens for Microsoft Graph, a type of other tokens, milliseconds, a bound token: each is called what it is.",
        rejected(
            "invalid_signature",
            outcomes(signature="failed", typ="failed", exp="failed", confirmation="failed", required_claims="failed"),
            verified=False,
            text=_MISTAKES,
        ),
        token(odd, header(nonce="b7d5ab", typ="application/DPoP+JWT"), key="ec-b"),
        policy(entry(required_claims=["exp", "iat"])),
    )
    ended = outcomes(unread="issuer", issuer="failed")
    reports.add(
        "escaped",
        "Characters that would steer a terminal are escaped.",
        rejected("unknown_issuer", ended, verified=False, claim="iss", text=_ESCAPED),
        token(claims(iss="\x1b[2J\x9b1m\u202e\r\n")),
    )
    return reports.cases


_ACCEPTED = """\
accepted
judged for 1800000000 (2027-01-15T08:00:00Z), by issuers[0]

  ok        shape            237 bytes, 3 segments
  ok        header           a strict JSON object with alg, and none of crit, enc, zip
  ok        payload          a strict JSON object without duplicate members
  ok        issuer           https://idp.test/
  ok        algorithm        ES256
  ok        key              "ec-a"
  ok        signature        a signature of ES256 over the token as received
  -         typ              the policy does not ask for it
  ok        exp              1800000600 (2027-01-15T08:10:00Z); valid for another 10 min
  -         nbf              the token has none
  -         iat              the token has none
  -         max_age          the policy does not ask for it
  -         max_lifetime     the policy does not ask for it
  ok        aud              https://api.test
  ok        sub              a string
  -         jti              the token has none
  ok        required_claims  exp
  -         confirmation     the token is not bound to a key
  -         client_id        the policy does not ask for it
  -         scopes           the policy does not ask for it

key sets of the issuer
  https://idp.test/jwks
    fresh, fetched 0 ms ago, 1 key usable ("ec-a")
"""

_UNKNOWN_KEY = """\
rejected: unknown_key - the issuer has no such key
judged for 1800000000 (2027-01-15T08:00:00Z), by issuers[0]
The signature was not verified: anyone can have written what the checks in brackets look at.

  ok        shape            241 bytes, 3 segments
  ok        header           a strict JSON object with alg, and none of crit, enc, zip
  ok        payload          a strict JSON object without duplicate members
  (ok)      issuer           https://idp.test/
  ok        algorithm        ES256
  FAILED    key              "ec-a"
                             expected: a key with the kid "other"
                             the token's kid is "other"; the issuer's keys are "ec-a"
  -         typ              the policy does not ask for it
  (FAILED)  exp              1799999991 (2027-01-15T07:59:51Z)
                             expected: after 1800000000 (2027-01-15T08:00:00Z), with a leeway of 5 s
                             expired 9 s ago: get a new token, or compare the clocks
  -         nbf              the token has none
  -         iat              the token has none
  -         max_age          the policy does not ask for it
  -         max_lifetime     the policy does not ask for it
  (FAILED)  aud              https://other.test
                             expected: one of https://api.test
                             the token was made for another service: ask for one with this audience, or add it to the policy
  (ok)      sub              a string
  -         jti              the token has none
  (ok)      required_claims  exp
  -         confirmation     the token is not bound to a key
  -         client_id        the policy does not ask for it
  -         scopes           the policy does not ask for it
  not reached: signature
"""

_MISTAKES = """\
rejected: invalid_signature - the signature does not verify
judged for 1800000000 (2027-01-15T08:00:00Z), by issuers[0]
The signature was not verified: anyone can have written what the checks in brackets look at.

  ok        shape            382 bytes, 3 segments
  ok        header           a strict JSON object with alg, and none of crit, enc, zip
  ok        payload          a strict JSON object without duplicate members
  (ok)      issuer           https://idp.test/
  ok        algorithm        ES256
  ok        key              "ec-a"
  FAILED    signature        expected: a signature of ES256 over the token as received
                             the header has a nonce, as tokens for Microsoft Graph have, which no other service can verify: ask for a token for your own API
  (FAILED)  typ              application/DPoP+JWT
                             expected: a type of access tokens
                             tokens of this type are no access tokens; name it in typ if they are meant
  (FAILED)  exp              1800000600000
                             expected: a number of seconds
                             looks like milliseconds: a date counts seconds since the epoch (RFC 7519 section 2)
  -         nbf              the token has none
  -         iat              the token has none
  -         max_age          the policy does not ask for it
  -         max_lifetime     the policy does not ask for it
  (ok)      aud              https://api.test
  (ok)      sub              a string
  -         jti              the token has none
  (FAILED)  required_claims  expected: exp, iat
                             the token lacks iat
  (FAILED)  confirmation     bound by jkt (DPoP, RFC 9449)
                             expected: a token that is not bound to a key
                             the token is bound to a key of its client, and its proof is not checked here: ask the issuer for unbound tokens, or set confirmation: ignore to take it as a bearer token
  -         client_id        the policy does not ask for it
  -         scopes           the policy does not ask for it
"""

_ESCAPED = r"""rejected: unknown_issuer (iss) - the issuer is none of the policy's
judged for 1800000000 (2027-01-15T08:00:00Z)
The signature was not verified: anyone can have written what the checks in brackets look at.

  ok        shape            250 bytes, 3 segments
  ok        header           a strict JSON object with alg, and none of crit, enc, zip
  ok        payload          a strict JSON object without duplicate members
  (FAILED)  issuer           \u{1b}[2J\u{9b}1m\u{202e}\u{d}\u{a}
                             expected: https://idp.test/
                             add an entry for this issuer to the policy, or ask the right issuer for a token
  not reached: algorithm, key, signature, typ, exp, nbf, iat, max_age, max_lifetime, aud, sub, jti, required_claims, confirmation, client_id, scopes
"""
