"""Prints a key set, and tokens that it verifies, in which nothing but the key id differs."""

from __future__ import annotations

import json
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER, AUDIENCE = "https://idp.test/", "https://api.test"


def main() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": int(time.time()) + 3600}

    def token(kid: str, **more: str) -> str:
        return jwt.encode(claims | more, key, "RS256", {"kid": kid})

    material = {
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "key_set": {
            "keys": [{"kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256", "n": public["n"], "e": public["e"]}]
        },
        "good": token("one"),
        # Fifty that differ, so that no memory of verified tokens answers.
        "burst": [token("one", jti=str(number)) for number in range(50)],
        "junk": [token(f"junk-{number}") for number in range(30)],
    }
    print(json.dumps(material))


if __name__ == "__main__":
    main()
