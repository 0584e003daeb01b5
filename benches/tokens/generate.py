"""Writes fresh keys, policies and tokens for the benchmarks: `python generate.py OUTPUT`.

Every program of `benches/` reads the same file, so all of them validate the same bytes. Nothing in it is worth
keeping: the keys are made anew for each run, and the tokens expire after a day.
"""

from __future__ import annotations

import base64
import json
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

ISSUER = "https://idp.example.com/"
AUDIENCE = "https://api.example.com"
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA", "HS256")
REJECTED_ALGORITHMS = ("RS256", "HS256")
DAY = 24 * 60 * 60
LARGE_PAYLOAD = 4096
MANY_KEYS = 500
MANY_ISSUERS = 1000

Sign = Callable[[bytes], bytes]


class Key(NamedTuple):
    """A key of one algorithm: how it signs, and what a validator gets to see of it."""

    kid: str
    sign: Sign
    jwk: dict[str, str]
    pem: str | None


def main(output: Path) -> None:
    keys = {algorithm: new_key(algorithm, f"key-{algorithm}") for algorithm in ALGORITHMS}
    document = {
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "rows": [row(name, size, keys[name]) for name in ALGORITHMS for size in ("small", "large")],
        "rejections": [case for name in REJECTED_ALGORITHMS for case in rejections(name, keys[name])],
        "growth": [case for name in ("ES256", "HS256") for case in growth(name, keys[name])],
    }
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(document), encoding="utf-8")


def row(algorithm: str, size: str, key: Key) -> dict[str, Any]:
    return {
        "algorithm": algorithm,
        "size": size,
        "token": token(algorithm, key, claims(size)),
        "jwk": key.jwk,
        "pem": key.pem,
        "policy": policy([issuer(ISSUER, algorithm, [key.jwk])]),
    }


def rejections(algorithm: str, key: Key) -> list[dict[str, Any]]:
    """The tokens that a server under attack sees most, each with the code it must be refused with."""
    accepted = token(algorithm, key, claims("small"))
    signed, _, signature = accepted.rpartition(".")
    forged = bytearray(base64.urlsafe_b64decode(signature + "=="))
    forged[len(forged) // 2] ^= 1
    expired = claims("small") | {"exp": int(time.time()) - DAY}
    stranger = claims("small") | {"iss": "https://stranger.example.org/"}
    tokens = {
        "malformed_token": accepted.replace(".", "_"),
        "unknown_issuer": token(algorithm, key, stranger),
        "invalid_signature": f"{signed}.{base64url(bytes(forged))}",
        "expired": token(algorithm, key, expired),
    }
    accepts = policy([issuer(ISSUER, algorithm, [key.jwk])])
    return [
        {"case": code, "algorithm": algorithm, "size": "small", "token": text, "policy": accepts}
        for code, text in tokens.items()
    ]


def growth(algorithm: str, key: Key) -> list[dict[str, Any]]:
    """One token against small and large policies: the cost must stay flat."""
    text = token(algorithm, key, claims("small"))
    strangers = [new_key(algorithm, f"stranger-{index}").jwk for index in range(MANY_KEYS - 1)]
    middle = MANY_KEYS // 2
    many_keys = [*strangers[:middle], key.jwk, *strangers[middle:]]
    others = [issuer(f"https://tenant-{index}.example.com/", algorithm, [jwk]) for index, jwk in enumerate(strangers)]
    others += [issuer(f"{entry['issuer']}second/", algorithm, entry["keys"]["jwks"]["keys"]) for entry in others]
    others.append(issuer("https://tenant.example.org/", algorithm, [strangers[0]]))
    ours = issuer(ISSUER, algorithm, [key.jwk])
    policies = {
        "keys_1": policy([ours]),
        f"keys_{MANY_KEYS}": policy([issuer(ISSUER, algorithm, many_keys)]),
        "issuers_1": policy([ours]),
        f"issuers_{MANY_ISSUERS}": policy([*others[:middle], ours, *others[middle:]]),
    }
    assert len(policies[f"issuers_{MANY_ISSUERS}"]["issuers"]) == MANY_ISSUERS
    return [
        {"case": name, "algorithm": algorithm, "size": "small", "token": text, "policy": document}
        for name, document in policies.items()
    ]


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
