"""Has PyJWT verify every accepted, signed case: an independent opinion on our own signatures.

    python3 cross_check.py [FILE ...]

Without files, all indexed ones. Each disagreement must stand in `disagreements.json` with its reason, and each one that
stands there must still exist.
"""

import base64
import json
import re
import sys
from pathlib import Path

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import serialization

VECTORS = Path(__file__).resolve().parent
LIBRARY = "pyjwt"
_UNCHECKED = {
    f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")
}  # The signature and the claims are compared here; what a policy asks of the claims is ours.


def main(arguments: list[str]) -> int:
    index = json.loads((VECTORS / "index.json").read_text())
    listed = index["files"] + [entry for entry in index["by_provider"] if "cases" in entry]
    paths = [Path(argument) for argument in arguments] or [VECTORS / entry["file"] for entry in listed]
    known = json.loads((VECTORS / "disagreements.json").read_text())["libraries"][LIBRARY]["cases"]
    checked, failures, seen = 0, [], set()
    for case in (case for path in paths for case in json.loads(path.read_text())["cases"]):
        if not is_signed_accept(case):
            continue
        checked += 1
        seen.add(case["id"])
        reason = disagreement(case)
        if reason and case["id"] not in known:
            failures.append(f"{case['id']}: {reason}")
        elif not reason and case["id"] in known:
            failures.append(f"{case['id']}: stands in disagreements.json, but {LIBRARY} agrees")
    if not arguments:
        failures += [
            f"{case}: stands in disagreements.json, but is no accepted case" for case in sorted(known.keys() - seen)
        ]
    for failure in failures:
        print(failure, file=sys.stderr)
    print(
        f"{LIBRARY} {jwt.__version__}: {checked} accepted cases, {len(known)} known disagreements, {len(failures)} failures"
    )
    return 1 if failures or not checked else 0


def is_signed_accept(case: dict) -> bool:
    return case["expect"]["verdict"] == "accepted" and not compact_token(case).endswith(".")


def compact_token(case: dict) -> str:
    """The token of a case, also of one that is given as a request."""
    if "token" in case:
        return case["token"]
    request = case["request"]
    places = (request["headers"], request.get("query", {}), request.get("cookies", {}))
    values = (value for place in places for value in place.values())
    lines = (line for value in values for line in ([value] if isinstance(value, str) else value))
    # Wherever it is, the last word of its line is the token: a scheme may stand before it, white space and quotes around it.
    words = (line.strip(' \t"').rpartition(" ")[2] for line in lines)
    return next(word for word in words if word.count(".") == 2 and word.startswith("eyJ"))


def disagreement(case: dict) -> str | None:
    """Why PyJWT does not accept the token with any of the case's keys; None when it does."""
    token = compact_token(case)
    reason = "the case has no key"
    for make_key in candidate_keys(case):
        try:
            key = make_key()
            algorithm = jwt.get_unverified_header(token)["alg"]
            claims = jwt.decode(token, key, algorithms=[algorithm], options=_UNCHECKED)
        except Exception as error:  # Any refusal counts, whatever a key or token makes the library raise.
            reason = f"{type(error).__name__}: {error}"[:120]
            continue
        return None if maps_claims(case) or claims == case["expect"]["claims"] else "accepted with other claims"
    return reason


def maps_claims(case: dict) -> bool:
    """Whether the policy shows claims otherwise, which these libraries do not: then the signature alone is compared."""
    return any(
        any(entry.get(name) for name in ("claim_mapping", "default_claim_mapping", "numeric_ids"))
        for entry in case["policy"]["issuers"]
    )


def candidate_keys(case: dict):
    """One function per key of the case's policy and answers; made late, since making one may fail."""
    for entry in case["policy"]["issuers"]:
        # A policy that names no source means discovery.
        keys = entry.get("keys") or {"discovery": True}
        # What metadata leads to is some other answer of the case.
        urls = list(case["responses"]) if "discovery" in keys else keys.get("jwks_uri", [])
        sets = [keys.get("jwks", {"keys": []})]
        for url in [urls] if isinstance(urls, str) else urls:
            if url in case.get("responses", {}):
                sets.append({"keys": []} | json.loads(case["responses"][url]["body"].removeprefix("\ufeff")))
        if "trust_store" in keys:
            sets.append({"keys": store_keys()})
        for jwk in (jwk for found in sets for jwk in found["keys"]):
            yield lambda jwk=jwk: jwt.PyJWK(jwk, jwt.get_unverified_header(compact_token(case))["alg"]).key
        if "pem" in keys:
            yield lambda text=keys["pem"]: public_key(text)
        if "secret" in keys:
            yield lambda secret=keys["secret"]: secret_bytes(secret)


def public_key(text: str):
    """The key in any of the forms that a policy takes, by other means than ours."""
    body = "".join(re.sub("-----[A-Z0-9. ]+-----", "", text.replace("\\r", "").replace("\\n", "")).split())
    raw = base64.b64decode(body + "=" * (-len(body) % 4))
    try:
        return x509.load_der_x509_certificate(raw).public_key()
    except ValueError:
        return serialization.load_der_public_key(raw)


def store_keys() -> list[dict]:
    """Every key whose certificate may stand in a trust store: what is checked here is the signature, not the alias."""
    published = [VECTORS.parent / "data" / "wso2" / "jwks.json"]
    private = json.loads((VECTORS / "keys.json").read_text())["keys"].values()
    ours = [{name: key[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in key} for key in private]
    return ours + [key for path in published for key in json.loads(path.read_text())["keys"]]


def secret_bytes(secret: dict) -> bytes:
    if "hex" in secret:
        return bytes.fromhex(secret["hex"])
    if "text" in secret:
        return secret["text"].encode()
    return base64.urlsafe_b64decode(secret["base64url"] + "=" * (-len(secret["base64url"]) % 4))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
