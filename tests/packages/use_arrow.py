"""Uses the installed `jotgate-arrow`, with no Arrow library but the one that it brings."""

import subprocess
import sys

from arro3.core import Array, DataType

import jotgate_arrow
from jotgate import Validator

validator = Validator(
    issuer="https://idp.example.com/",
    audience="orders",
    secret="a secret of at least 32 bytes, which nobody knows",
)
tokens = Array(["eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbS8ifQ.", "junk", None], DataType.string_view())
verdicts = jotgate_arrow.validate(validator, tokens, claims=["sub"]).read_all()
codes = verdicts.column("code").to_pylist()
assert codes == ["algorithm_not_allowed", "malformed_token", None], codes

audit = [sys.executable, "-m", "jotgate", "audit", "--policy", "policy.json", "--tokens", "log.parquet"]
audit = subprocess.run(audit, capture_output=True, text=True)
assert (audit.returncode, audit.stdout) == (69, ""), audit
assert "pip install 'jotgate-arrow[audit]'" in audit.stderr, audit

print("jotgate-arrow works on its own")
