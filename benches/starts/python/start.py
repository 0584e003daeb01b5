"""`python start.py CONTENDER CONFIG`: from nothing to the first verdict, and 10,000 further ones if it is told to."""

import json
import sys


def main() -> None:
    contender, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        config = json.load(file)
    subject = {"jotgate": with_jotgate, "PyJWT": with_pyjwt, "python": lambda _: None}[contender](config)
    go_on = ready(subject, config)
    if go_on and subject is not None:
        for _ in range(10_000):
            subject()
    if go_on:
        ready(subject, config)


def ready(subject, config) -> bool:
    """Says that it is there, once it has read the claims of a token; whether anybody wants more."""
    if subject is not None and subject() != config["subject"]:
        raise SystemExit("another verdict")
    print("ready", flush=True)
    return sys.stdin.readline() != ""


def with_jotgate(config):
    from jotgate import Validator

    validator, token = Validator.from_policy(config["policy"]), config["token"]
    return lambda: validator.validate(token)["sub"]


def with_pyjwt(config):
    import jwt

    keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(config["jwks"]).keys}
    checks = {"algorithms": ["RS256"], "audience": config["audience"], "issuer": config["issuer"]}
    token = config["token"]

    def subject() -> str:
        key = keys[jwt.get_unverified_header(token)["kid"]]
        return jwt.decode(token, key, **checks)["sub"]

    return subject


main()
