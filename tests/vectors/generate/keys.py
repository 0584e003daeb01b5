"""The fixed test keys and every public form a policy can name them in."""

import json
import math
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from .encoding import unb64, unb64_int

VECTORS = Path(__file__).resolve().parent.parent
PRIVATE = json.loads((VECTORS / "keys.json").read_text())["keys"]
_CURVES = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
    "secp256k1": ec.SECP256K1(),
}
_PUBLIC_MEMBERS = ("kty", "crv", "x", "y", "n", "e")


def jwk(name: str, /, kid: str | None = "", **members) -> dict:
    """The public JWK of a test key, under its own name unless `kid` says otherwise; None leaves `kid` out."""
    private = PRIVATE[name]
    found = {member: private[member] for member in _PUBLIC_MEMBERS if member in private}
    if private["kty"] == "oct":
        found["k"] = private["k"]
    if kid is not None:
        found["kid"] = kid or name
    return found | members


def private_jwk(name: str) -> dict:
    """The JWK with its private members: what an issuer must never publish, and some do."""
    return PRIVATE[name] | {"kid": name}


def inline(*keys: str | dict) -> dict:
    """The `keys` member of an issuer entry with these keys as an inline set."""
    return {"jwks": key_set(*keys)}


def key_set(*keys: str | dict) -> dict:
    return {"keys": [jwk(key) if isinstance(key, str) else key for key in keys]}


def secret_bytes(name: str) -> bytes:
    return unb64(PRIVATE[name]["k"])


@cache
def private_key(name: str):
    """The key object that signs."""
    raw = PRIVATE[name]
    if raw["kty"] == "EC":
        return ec.derive_private_key(unb64_int(raw["d"]), _CURVES[raw["crv"]])
    if raw["kty"] == "OKP":
        return ed25519.Ed25519PrivateKey.from_private_bytes(unb64(raw["d"]))
    number = {member: unb64_int(raw[member]) for member in ("p", "q", "d", "dp", "dq", "qi", "e", "n")}
    public = rsa.RSAPublicNumbers(number["e"], number["n"])
    return rsa.RSAPrivateNumbers(
        number["p"], number["q"], number["d"], number["dp"], number["dq"], number["qi"], public
    ).private_key()


def roca_modulus() -> int:
    """A number of 2048 bits with the fingerprint of keys that ROCA breaks (CVE-2017-15361), made up and no key's: a power of 65537 modulo
    the product of the first 39 primes."""
    product = math.prod(number for number in range(2, 168) if all(number % divisor for divisor in range(2, number)))
    high = 3 << 2046
    return high - high % product + pow(65537, 0x1234_5678_9ABC_DEF, product)


def spki_pem(name: str) -> str:
    return _public(name, serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def spki_der(name: str) -> bytes:
    return _public(name, serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def pkcs1_pem(name: str) -> str:
    return _public(name, serialization.Encoding.PEM, serialization.PublicFormat.PKCS1).decode()


def private_pem(name: str) -> str:
    return (
        private_key(name)
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


def _public(name: str, encoding, form) -> bytes:
    return private_key(name).public_key().public_bytes(encoding, form)
