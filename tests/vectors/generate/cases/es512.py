"""Classes `es512` and `es512_absent`: P-521, in builds with a provider that has it, and in those without."""

from ..certificates import certificate
from ..encoding import b64, compact, unb64
from ..keys import inline, jwk, key_set, spki_pem
from ..suite import Suite, entry, policy
from ..tokens import header, token
from .curves import ecdsa_signatures
from .key_forms import bare

KEYS = "issuers[0].keys"
ALGORITHMS = "issuers[0].algorithms"
_URL = "https://idp.test/jwks"


def es512() -> Suite:
    """What a build with aws-lc does."""
    suite = Suite("es512", "RFC 7518 3.4")
    good = token(key="ec521")
    for what, keys in _forms().items():
        suite.accept(f"keys.{what}", "A key on P-521.", good, policy(entry(keys)))
    suite.accept("listed", "ES512 is on the list.", good, policy(entry(inline("ec521"), algorithms=["ES512"])))
    suite.accept("bound", "And the key says so itself.", good, policy(entry(inline(jwk("ec521", alg="ES512")))))
    fetched = {"responses": _answer(key_set("ec521", "ec-a"))}
    suite.accept("fetched", "From a key set.", good, policy(entry({"jwks_uri": _URL})), **fetched)
    suite.accept("beside", "The other key of that set.", token(), policy(entry({"jwks_uri": _URL})), **fetched)
    both = policy(entry(inline("ec521", "ec-a"), algorithms=["ES256"]))
    suite.reject("not_listed", "Only ES256 is on the list.", "algorithm_not_allowed", good, both)
    for alg in ("ES256", "ES384"):
        suite.reject(
            f"other_name.{alg}",
            "P-521 verifies ES512 only.",
            "algorithm_not_allowed",
            token(head=header("ec521", alg), key="ec521"),
            policy(entry(inline("ec521"))),
        )
    suite.reject(
        "other_curve",
        "And ES512 is P-521 only.",
        "unusable_key",
        token(head=header("ec384-a", "ES512"), key="ec384-a"),
        policy(entry(inline("ec384-a", "ec521"))),
    )
    suite.policy_error(
        "no_fit", "No key for it.", ALGORITHMS, policy(entry(inline("ec-a"), algorithms=["ES512"]))
    )
    for what, key in _damaged().items():
        suite.policy_error(f"point.{what}", "A point that is none.", f"{KEYS}.jwks", policy(entry(inline(key))))
    ecdsa_signatures(suite, "ec521", "ES512")
    return suite


def es512_absent() -> Suite:
    """What a build with ring alone does: a policy that asks for ES512 is refused, and a key for it is skipped."""
    suite = Suite("es512_absent", "RFC 7518 3.4")
    for what, keys in _forms().items():
        path = f"{KEYS}.{next(iter(keys))}"
        suite.policy_error(f"keys.{what}", "Nothing but a key that this build cannot use.", path, policy(entry(keys)))
    for what, names in {"alone": ["ES512"], "beside": ["ES256", "ES512"]}.items():
        path = f"{ALGORITHMS}[{len(names) - 1}]"
        suite.policy_error(f"listed.{what}", "ES512 on the list.", path, policy(entry(algorithms=names)))
    code = "algorithm_not_allowed"
    rules = policy(entry(inline("ec521", "ec-a")))
    suite.accept("beside", "The other key of the set.", token(), rules)
    suite.reject("token", "A token that this build cannot verify.", code, token(key="ec521"), rules)
    fetched = {"responses": _answer(key_set("ec521", "ec-a"))}
    rules = policy(entry({"jwks_uri": _URL}))
    suite.reject("fetched", "Nor with a key from a key set.", code, token(key="ec521"), rules, **fetched)
    for what, key in _damaged().items():
        suite.policy_error(f"point.{what}", "A point that is none.", f"{KEYS}.jwks", policy(entry(inline(key))))
    return suite


def _forms() -> dict[str, dict]:
    return {
        "jwks": inline("ec521"),
        "pem": {"pem": spki_pem("ec521")},
        "certificate": {"pem": bare(certificate("ec521"))},
    }


def _damaged() -> dict[str, dict]:
    key = jwk("ec521")
    x, y = unb64(key["x"]), unb64(key["y"])
    return {
        "off_curve": key | {"y": b64(y[:-1] + bytes([y[-1] ^ 1]))},
        "short": key | {"x": b64(x[1:])},
        "long": key | {"x": b64(b"\x00" + x)},
        "beyond": key | {"x": b64((int.from_bytes(x, "big") + 2**521 - 1).to_bytes(66, "big"))},
        "zero": key | {"x": b64(bytes(66)), "y": b64(bytes(66))},
        "as_p384": key | {"crv": "P-384"},
    }


def _answer(keys: dict) -> dict:
    return {_URL: {"status": 200, "headers": {}, "body": compact(keys)}}
