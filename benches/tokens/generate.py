"""Writes the scenarios with fresh keys, policies and tokens: `python generate.py OUTPUT`.

All programs of `benches/` read the same file, so all of them validate the same bytes in the same scenarios, which are those
of `../scenarios.json`: one entry of `comparisons` for each scenario, algorithm, size and case. Nothing in it is worth keeping:
the keys are made anew for each run, and the tokens expire after a day.
"""

from __future__ import annotations

import base64
import json
import secrets
import sys
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

ISSUER = "https://idp.example.com/"
AUDIENCE = "https://api.example.com"
DAY = 24 * 60 * 60
LARGE_PAYLOAD = 4096
SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios.json"

Sign = Callable[[bytes], bytes]


class Key(NamedTuple):
    """A key of one algorithm: how it signs, and what a validator gets to see of it."""

    kid: str
    sign: Sign
    jwk: dict[str, str]
    pem: str | None


Entry = dict[str, Any]
"""A scenario, or what it comes to for one algorithm, size and case."""


def main(output: Path) -> None:
    scenarios: list[Entry] = json.loads(SCENARIOS.read_text(encoding="utf-8"))["scenarios"]
    names = {name: None for scenario in scenarios for name in scenario["algorithms"]}
    keys = {algorithm: new_key(algorithm, f"key-{algorithm}") for algorithm in names}
    comparisons = [entry for scenario in scenarios for entry in expanded(scenario, keys)]
    document = {
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "comparisons": comparisons,
        # For the program that counts instructions, which picks its cases by itself.
        "rows": [entry for entry in comparisons if entry["does"] == "validate"],
        "rejections": [entry for entry in comparisons if entry["does"] == "refuse"],
    }
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(document), encoding="utf-8")


def expanded(scenario: Entry, keys: dict[str, Key]) -> list[Entry]:
    """One entry for each algorithm, size and case, with all that a program needs for it."""
    common = {name: scenario[name] for name in ("does", "program", "languages")} | {"cores": scenario.get("cores", 1)}
    add = ADDED.get(scenario["does"], lambda *_: {})
    entries = []
    for algorithm, size, case in product(scenario["algorithms"], scenario["sizes"], scenario["cases"]):
        key = keys[algorithm]
        entry = {"scenario": scenario["name"], "algorithm": algorithm, "size": size, "case": case} | common
        entry |= {"token": token(algorithm, key, claims(size)), "jwk": key.jwk, "pem": key.pem}
        entry |= {"policy": policy([issuer(ISSUER, algorithm, [key.jwk])])}
        entries.append(entry | add(scenario, entry, key))
    return entries


def refused(_: Entry, entry: Entry, key: Key) -> Entry:
    """The tokens that a server under attack sees most, each with the code it must be refused with. `good` is one that passes."""
    good, algorithm, small = entry["token"], entry["algorithm"], claims(entry["size"])
    signed, _, signature = good.rpartition(".")
    forged = bytearray(base64.urlsafe_b64decode(signature + "=="))
    forged[len(forged) // 2] ^= 1
    texts = {
        "malformed_token": lambda: good.replace(".", "_"),
        "unknown_issuer": lambda: token(algorithm, key, small | {"iss": "https://stranger.example.org/"}),
        "invalid_signature": lambda: f"{signed}.{base64url(bytes(forged))}",
        "expired": lambda: token(algorithm, key, small | {"exp": int(time.time()) - DAY}),
    }
    return {"token": texts[entry["case"]](), "good": good}


def requested(scenario: Entry, entry: Entry, _: Key) -> Entry:
    """A request for an order, with the token where RFC 6750 section 2.1 has it."""
    headers = [*scenario["headers"], ["authorization", f"Bearer {entry['token']}"]]
    return {"request": {"method": "GET", "path": "/orders/7", "query": "page=2", "headers": headers}}


def cached(scenario: Entry, entry: Entry, _: Key) -> Entry:
    return {"cached_policy": entry["policy"] | {"cache": scenario["cache"]}}


def batched(scenario: Entry, entry: Entry, key: Key) -> Entry:
    """Programs repeat the distinct tokens until they have as many as they need: nothing is cached."""
    bodies = [claims(entry["size"]) | {"jti": secrets.token_hex(16)} for _ in range(scenario["distinct"])]
    counts = {name: scenario[name] for name in ("tokens", "quick_tokens")}
    return counts | {"distinct": [token(entry["algorithm"], key, body) for body in bodies]}


def grown(scenario: Entry, entry: Entry, key: Key) -> Entry:
    """One token against small and large policies: the cost must stay flat."""
    algorithm, counts = entry["algorithm"], scenario["counts"]
    strangers = [new_key(algorithm, f"stranger-{index}").jwk for index in range(max(counts))]
    make = with_keys if entry["case"] == "keys" else with_issuers
    policies = [make(algorithm, key, strangers, count) for count in counts]
    return {"steps": [{"count": count, "policy": made} for count, made in zip(counts, policies, strict=True)]}


def with_keys(algorithm: str, key: Key, strangers: list[dict[str, str]], count: int) -> dict[str, Any]:
    middle = count // 2
    return policy([issuer(ISSUER, algorithm, [*strangers[:middle], key.jwk, *strangers[middle : count - 1]])])


def with_issuers(algorithm: str, key: Key, strangers: list[dict[str, str]], count: int) -> dict[str, Any]:
    names = [f"https://tenant-{index}.example.com/" for index in range(count - 1)]
    others = [issuer(name, algorithm, [jwk]) for name, jwk in zip(names, strangers, strict=False)]
    middle = count // 2
    return policy([*others[:middle], issuer(ISSUER, algorithm, [key.jwk]), *others[middle:]])


# What an entry has beside token, key and policy, by what is done.
ADDED: dict[str, Callable[[Entry, Entry, Key], Entry]] = {
    "refuse": refused,
    "request": requested,
    "cache": cached,
    "batch": batched,
    "grow": grown,
}


def policy(issuers: list[dict[str, Any]]) -> dict[str, Any]:
    return {"version": 1, "issuers": issuers}


def issuer(name: str, algorithm: str, jwks: list[dict[str, str]]) -> dict[str, Any]:
    return {"issuer": name, "audience": AUDIENCE, "algorithms": [algorithm], "keys": {"jwks": {"keys": jwks}}}


def claims(size: str) -> dict[str, Any]:
    """Eight claims as an access token has them (RFC 9068); the large ones grow by roles, groups and entitlements."""
    now = int(time.time())
    small: dict[str, Any] = {
        "iss": ISSUER,
        "sub": "auth0|5f7c8ec7c33c6c004bbafe82",
        "aud": AUDIENCE,
        "exp": now + DAY,
        "nbf": now - 60,
        "iat": now - 60,
        "jti": "0197f3a2-6f0e-7c55-9d1b-3c1f0a7e4b21",
        "scope": "openid profile email orders:read orders:write invoices:read customers:read customers:write",
    }
    if size == "small":
        return small
    large = small | {"realm_access": {"roles": []}, "entitlements": []}
    index = 0
    while len(compact(large)) < LARGE_PAYLOAD - 120:
        large["realm_access"]["roles"].append(f"tenant-{index}-administrator")
        large["entitlements"].append({"resource": f"orders/{index}", "rights": ["read", "write"], "limit": index * 10})
        index += 1
    return large


def token(algorithm: str, key: Key, payload: dict[str, Any]) -> str:
    header = {"alg": algorithm, "kid": key.kid, "typ": "JWT"}
    signed = f"{base64url(compact(header))}.{base64url(compact(payload))}"
    return f"{signed}.{base64url(key.sign(signed.encode()))}"


def new_key(algorithm: str, kid: str) -> Key:
    make = {"RS": rsa_key, "PS": rsa_key, "ES": ec_key, "Ed": ed25519_key, "HS": secret_key}[algorithm[:2]]
    return make(algorithm, kid)


def rsa_key(algorithm: str, kid: str) -> Key:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    numbers = private.public_key().public_numbers()
    scheme = padding.PKCS1v15() if algorithm == "RS256" else padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    jwk = {"kty": "RSA", "n": integer(numbers.n, 256), "e": integer(numbers.e, 3)}
    return public(kid, algorithm, jwk, private.public_key(), lambda text: private.sign(text, scheme, hashes.SHA256()))


def ec_key(algorithm: str, kid: str) -> Key:
    curve, name, hash_ = {
        "ES256": (ec.SECP256R1(), "P-256", hashes.SHA256()),
        "ES384": (ec.SECP384R1(), "P-384", hashes.SHA384()),
    }[algorithm]
    private = ec.generate_private_key(curve)
    numbers, size = private.public_key().public_numbers(), curve.key_size // 8

    def sign(text: bytes) -> bytes:
        r, s = decode_dss_signature(private.sign(text, ec.ECDSA(hash_)))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    jwk = {"kty": "EC", "crv": name, "x": integer(numbers.x, size), "y": integer(numbers.y, size)}
    return public(kid, algorithm, jwk, private.public_key(), sign)


def ed25519_key(algorithm: str, kid: str) -> Key:
    private = ed25519.Ed25519PrivateKey.generate()
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url(private.public_key().public_bytes_raw())}
    return public(kid, algorithm, jwk, private.public_key(), private.sign)


def secret_key(algorithm: str, kid: str) -> Key:
    secret = secrets.token_bytes(32)

    def sign(text: bytes) -> bytes:
        mac = hmac.HMAC(secret, hashes.SHA256())
        mac.update(text)
        return mac.finalize()

    return Key(kid, sign, {"kty": "oct", "k": base64url(secret), "kid": kid, "alg": algorithm}, pem=None)


def public(kid: str, algorithm: str, jwk: dict[str, str], key: Any, sign: Sign) -> Key:
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return Key(kid, sign, jwk | {"kid": kid, "alg": algorithm, "use": "sig"}, pem.decode())


def integer(value: int, size: int) -> str:
    return base64url(value.to_bytes(size, "big"))


def compact(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
