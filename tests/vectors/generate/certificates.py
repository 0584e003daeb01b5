"""Certificates of the test keys, and trust stores written here so that every byte of them is known.

All certificates are signed by `rsa-a`, whose signatures come out the same every time: whoever the certificate is for,
nobody checks that signature here, and so a certificate can be made of any public key.
"""

import datetime
import hashlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from .encoding import unb64_int
from .keys import private_key
from .tokens import NOW

PASSWORD = "changeit"
_DAY = 86_400
_VALID = (NOW - 100 * _DAY, NOW + 100 * _DAY)


def certificate(key: str | dict, name: str = "test", valid: tuple[int, int] = _VALID) -> bytes:
    """The DER of a certificate of a test key, or of an RSA public JWK, valid from one second to another."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)] if name else [])
    start, end = (datetime.datetime.fromtimestamp(second, datetime.UTC) for second in valid)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).serial_number(1)
    builder = builder.public_key(_public(key)).not_valid_before(start).not_valid_after(end)
    return builder.sign(private_key("rsa-a"), hashes.SHA256()).public_bytes(Encoding.DER)


def request_pem(key: str) -> str:
    """A certificate request, which is no certificate."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(private_key(key), hashes.SHA256())
    return request.public_bytes(Encoding.PEM).decode()


def _public(key: str | dict):
    if isinstance(key, str):
        return private_key(key).public_key()
    return rsa.RSAPublicNumbers(unb64_int(key["e"]), unb64_int(key["n"])).public_key()


def jks(
    certificates: dict[str, bytes], password: str = PASSWORD, *, count: int | None = None, version: int = 2,
    private: frozenset[str] = frozenset(), kind: bytes = b"X.509",
) -> bytes:  # fmt: skip
    """A Java key store of these certificates under their aliases; `private` names those with a private key beside."""
    body = bytes.fromhex("feedfeed") + _u32(version) + _u32(len(certificates) if count is None else count)
    for alias, der in certificates.items():
        body += _u32(1 if alias in private else 2) + _text(alias.encode()) + bytes(8)
        if alias in private:
            body += _u32(9) + b"encrypted" + _u32(1)
        body += _text(kind) + _u32(len(der)) + der
    return body + hashlib.sha1(password.encode("utf-16-be") + b"Mighty Aphrodite" + body).digest()


def _u32(number: int) -> bytes:
    return number.to_bytes(4, "big")


def _text(text: bytes) -> bytes:
    return len(text).to_bytes(2, "big") + text


def pkcs12(certificates: dict[str, bytes], *, mac: bytes = b"") -> bytes:
    """A PKCS #12 store without encryption, and without an integrity code unless one is given."""
    bags = b"".join(_bag(alias, der) for alias, der in certificates.items())
    return pkcs12_of(_data(der_sequence(bags)), mac=mac)


def pkcs12_of(*contents: bytes, mac: bytes = b"") -> bytes:
    """The outermost structure around finished contents."""
    return der_sequence(der(2, b"\x03") + _data(der_sequence(*contents)) + mac)


def pkcs12_mac(rounds: int, digest: bytes = bytes(20), oid: str = "2b0e03021a") -> bytes:
    """A MacData that asks for so many rounds."""
    info = der_sequence(der_sequence(der(6, bytes.fromhex(oid)), b"\x05\x00"), der(4, digest))
    return der_sequence(info, der(4, b"saltsalt"), der_integer(rounds))


def pkcs12_encrypted(rounds: int, algorithm: str = "2a864886f70d010c0103", parameters: bytes | None = None) -> bytes:
    """An EncryptedData of junk under an algorithm, by default the old one with SHA-1 and triple DES."""
    wanted = der_sequence(der(4, b"saltsalt"), der_integer(rounds)) if parameters is None else parameters
    identifier = der_sequence(der(6, bytes.fromhex(algorithm)), wanted)
    info = der_sequence(der(6, _DATA), identifier, der(0x80, bytes(16)))
    return der_sequence(der(6, _ENCRYPTED), der(0xA0, der_sequence(der(2, b"\x00"), info)))


def pbes2(rounds: int) -> bytes:
    """The parameters of PBES2 with PBKDF2 and AES-128-CBC."""
    kdf = der_sequence(
        der(6, bytes.fromhex("2a864886f70d01050c")), der_sequence(der(4, b"saltsalt"), der_integer(rounds))
    )
    return der_sequence(kdf, der_sequence(der(6, bytes.fromhex("608648016503040102")), der(4, bytes(16))))


PBES2 = "2a864886f70d01050d"
_DATA = bytes.fromhex("2a864886f70d010701")
_ENCRYPTED = bytes.fromhex("2a864886f70d010706")


def _data(octets: bytes) -> bytes:
    return der_sequence(der(6, _DATA), der(0xA0, der(4, octets)))


def _bag(alias: str, certificate_der: bytes) -> bytes:
    content = der_sequence(der(6, bytes.fromhex("2a864886f70d01091601")), der(0xA0, der(4, certificate_der)))
    bag = der(6, bytes.fromhex("2a864886f70d010c0a0103")) + der(0xA0, content)
    if alias:
        name = der(0x1E, alias.encode("utf-16-be"))
        bag += der(0x31, der_sequence(der(6, bytes.fromhex("2a864886f70d010914")), der(0x31, name)))
    return der_sequence(bag)


def der_sequence(*elements: bytes) -> bytes:
    return der(0x30, b"".join(elements))


def der_integer(number: int) -> bytes:
    return der(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def der(tag: int, content: bytes) -> bytes:
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content
