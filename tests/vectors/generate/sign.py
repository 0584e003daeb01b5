"""Signatures that come out the same on every run, and the raw steps from which broken ones are made."""

import hashlib
import hmac

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from .encoding import unb64_int
from .keys import PRIVATE, private_key, secret_bytes

_HASH = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
_DIGEST_INFO = {
    "sha1": "3021300906052b0e03021a05000414",
    "sha256": "3031300d060960864801650304020105000420",
    "sha384": "3041300d060960864801650304020205000430",
    "sha512": "3051300d060960864801650304020305000440",
}
ORDER = {
    "P-256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "P-384": int("F" * 48 + "C7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973", 16),
    "P-521": int("1" + "F" * 65 + "A51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409", 16),
}


def default_alg(name: str) -> str:
    """The algorithm a key is used with when a case does not say."""
    raw = PRIVATE[name]
    by_curve = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "secp256k1": "ES256K", "Ed25519": "EdDSA"}
    if raw["kty"] == "oct":
        return f"HS{len(secret_bytes(name)) * 8}"
    return by_curve[raw["crv"]] if "crv" in raw else "RS256"


def sign(name: str, alg: str, message: bytes) -> bytes:
    """The JWS signature of `message` under test key `name`."""
    if alg in ("EdDSA", "Ed25519"):
        return private_key(name).sign(message)
    family, size = alg[:2], alg[2:5]
    if family == "HS":
        return hmac.digest(secret_bytes(name), message, f"sha{size}")
    if family == "ES":
        return ecdsa(name, size, message)
    if family == "RS":
        return rsa_raw(name, pkcs1(name, f"sha{size}", message))
    return rsa_raw(name, pss(name, f"sha{size}", message))


def ecdsa_parts(name: str, size: str, message: bytes) -> tuple[int, int]:
    """r and s with the deterministic nonce of RFC 6979."""
    scheme = ec.ECDSA(_HASH[size], deterministic_signing=True)
    return decode_dss_signature(private_key(name).sign(message, scheme))


def ecdsa(name: str, size: str, message: bytes) -> bytes:
    length = (private_key(name).curve.key_size + 7) // 8
    return b"".join(part.to_bytes(length, "big") for part in ecdsa_parts(name, size, message))


def modulus_bytes(name: str) -> int:
    return (unb64_int(PRIVATE[name]["n"]).bit_length() + 7) // 8


def rsa_raw(name: str, encoded: bytes) -> bytes:
    """RSASP1 (RFC 8017 section 5.2.1) on an encoded message of our own making."""
    number = {member: unb64_int(PRIVATE[name][member]) for member in ("n", "d")}
    signature = pow(int.from_bytes(encoded, "big"), number["d"], number["n"])
    return signature.to_bytes(modulus_bytes(name), "big")


def pkcs1(name: str, digest: str, message: bytes, *, info: bytes | None = None, kind: int = 1) -> bytes:
    """EMSA-PKCS1-v1_5 (RFC 8017 section 9.2); `info` replaces the DigestInfo, `kind` the block type."""
    if info is None:
        info = bytes.fromhex(_DIGEST_INFO[digest]) + hashlib.new(digest, message).digest()
    padding = b"\xff" * (modulus_bytes(name) - 3 - len(info))
    return b"\x00" + bytes([kind]) + padding + b"\x00" + info


def pss(name: str, digest: str, message: bytes, *, salt_length: int | None = None, mgf: str | None = None) -> bytes:
    """EMSA-PSS (RFC 8017 section 9.1.1) with a salt derived from the message, so it never changes."""
    bits = unb64_int(PRIVATE[name]["n"]).bit_length() - 1
    length = (bits + 7) // 8
    hashed = hashlib.new(digest, message).digest()
    wanted = len(hashed) if salt_length is None else salt_length
    salt = _mgf1("sha256", b"salt" + hashed, wanted)
    inner = hashlib.new(digest, bytes(8) + hashed + salt).digest()
    block = bytes(length - len(salt) - len(inner) - 2) + b"\x01" + salt
    mask = _mgf1(mgf or digest, inner, len(block))
    masked = bytearray(left ^ right for left, right in zip(block, mask, strict=True))
    masked[0] &= 0xFF >> (8 * length - bits)
    return bytes(masked) + inner + b"\xbc"


def _mgf1(digest: str, seed: bytes, length: int) -> bytes:
    out = b""
    while len(out) < length:
        out += hashlib.new(digest, seed + (len(out) // hashlib.new(digest).digest_size).to_bytes(4, "big")).digest()
    return out[:length]
