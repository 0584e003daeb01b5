"""A Flask service for gunicorn, whose validator is made before the workers are forked."""

from __future__ import annotations

import os

from flask import Flask

from jotgate import Validator
from jotgate.flask import Jotgate

validator = Validator(
    issuer=os.environ["ISSUER"],
    audience=os.environ["AUDIENCE"],
    jwks_uri=os.environ["JWKS_URI"],
)
if "TOKEN" in os.environ:
    validator.validate(os.environ["TOKEN"])

auth = Jotgate(validator)
app = Flask("orders")


@app.get("/orders")
@auth.required
def orders() -> dict[str, object]:
    """Says whose orders these would be, and which worker says so."""
    return {"sub": auth.token.subject, "worker": os.getpid()}
