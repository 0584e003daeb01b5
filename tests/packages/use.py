"""`use.py README`: uses the installed wheel, with nothing of the source tree on the path, and takes the README's policy."""

import re
import sys
from pathlib import Path

from jotgate import InvalidToken, PolicyError, Validator

validator = Validator(
    issuer="https://idp.example.com/",
    audience="orders",
    secret="a secret of at least 32 bytes, which nobody knows",
)
try:
    validator.validate("eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbS8ifQ.")
except InvalidToken as error:
    assert error.code == "algorithm_not_allowed", error.code
else:
    raise SystemExit("an unsigned token was accepted")

try:
    Validator.from_policy({"version": 1, "issuer": []})
except PolicyError as error:
    assert error.path == "issuer", error.path
else:
    raise SystemExit("a policy without issuers was taken")

# Of all that the wheel is made with, the provider of cryptography is what nobody would miss at first.
Validator(issuer="https://idp.example.com/", audience="orders", algorithms=["ES512"], jwks_uri="https://idp.example.com/jwks")

(policy,) = re.findall(r"^```json\n(.*?)^```$", Path(sys.argv[1]).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
gate = Validator.from_policy(policy)
assert gate.validate_request(method="GET", path="/health", query="", headers=[]) is None

print("the wheel works on its own")
