"""Writes `stores.json`: trust stores made by keytool and OpenSSL, which come out differently each time.

    python3 -m generate.make_stores

Run it only to add a store; the cases read the file that is checked in. It needs `keytool` of a JDK from 17 on, and
`openssl` 3 with its legacy provider. The certificates are those of `generate/certificates.py`.
"""

import base64
import json
import subprocess
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from .certificates import PASSWORD, certificate
from .keys import VECTORS, private_key

FILE = VECTORS / "stores.json"
_KEYS = {"rsa-a": "rsa-a", "ec-a": "EC-A", "ec384-a": "ec384-a", "ed-a": "ed-a", "rsa-b": "gateway_certificate_alias"}


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        made = _keytool(Path(scratch)) | _openssl(Path(scratch))
    text = {name: base64.b64encode(store).decode() for name, store in made.items()}
    FILE.write_text(json.dumps({"password": PASSWORD, "stores": text}, indent=1) + "\n", encoding="ascii")


def _keytool(scratch: Path) -> dict[str, bytes]:
    """One store of each type, with an alias in capital letters, which keytool writes in small ones."""
    made = {}
    legacy = ["-J-Dkeystore.pkcs12.legacy"]
    for name, store_type, options in (("keytool-jks", "JKS", []), ("keytool-p12", "PKCS12", []), ("keytool-p12-legacy", "PKCS12", legacy)):  # fmt: skip
        store = scratch / name
        for key, alias in _KEYS.items():
            (scratch / "c.der").write_bytes(certificate(key, key))
            _run("keytool", *options, "-importcert", "-noprompt", "-alias", alias, "-file", str(scratch / "c.der"),
                 "-keystore", str(store), "-storetype", store_type, "-storepass", PASSWORD)  # fmt: skip
        made[name] = store.read_bytes()
    return made


def _openssl(scratch: Path) -> dict[str, bytes]:
    """A key entry under the alias `signer`, as it is written with an unencrypted key of ours, in several protections."""
    made = {}
    key, chain = scratch / "key.pem", scratch / "chain.pem"
    key.write_bytes(private_key("rsa-a").private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))  # fmt: skip
    encoded = base64.encodebytes(certificate("rsa-a", "rsa-a")).decode()
    chain.write_text(f"-----BEGIN CERTIFICATE-----\n{encoded}-----END CERTIFICATE-----\n")
    protections = {
        "openssl-default": [],
        "openssl-legacy": ["-legacy"],
        "openssl-3des": ["-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1"],
        "openssl-aes128-sha512": ["-certpbe", "AES-128-CBC", "-keypbe", "AES-128-CBC", "-macalg", "sha512"],
        "openssl-aes192-sha384": ["-certpbe", "AES-192-CBC", "-keypbe", "AES-192-CBC", "-macalg", "sha384"],
        "openssl-plain": ["-certpbe", "NONE", "-keypbe", "NONE"],
        "openssl-no-mac": ["-nomac", "-certpbe", "AES-256-CBC"],
        "openssl-no-mac-plain": ["-nomac", "-certpbe", "NONE"],
        "openssl-600000-rounds": ["-iter", "600000"],
        "openssl-empty-password": ["-passout", "pass:"],
        "openssl-unicode-password": ["-passout", "pass:schl\u00fcssel\U0001f511"],
    }
    for name, options in protections.items():
        password = [] if "-passout" in options else ["-passout", f"pass:{PASSWORD}"]
        store = scratch / name
        _run("openssl", "pkcs12", "-export", "-inkey", str(key), "-in", str(chain), "-name", "signer", "-out", str(store),
             *options, *password)  # fmt: skip
        made[name] = store.read_bytes()
    bundle = _run(
        "openssl", "pkcs12", "-in", str(scratch / "openssl-default"), "-nokeys", "-passin", f"pass:{PASSWORD}"
    )
    return made | {"openssl-pem": bundle}


def _run(*command: str) -> bytes:
    return subprocess.run(command, check=True, capture_output=True).stdout


if __name__ == "__main__":
    main()
