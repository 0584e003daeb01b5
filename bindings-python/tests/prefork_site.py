"""A Flask service for gunicorn, whose validator is made when it is loaded; with TOKEN it has its keys by then."""

from __future__ import annotations

import os

from flask import Flask

from file_store import FileStore
from jotgate import Validator
from jotgate.flask import Jotgate

validator = Validator(
    issuer=os.environ["ISSUER"],
    audience=os.environ["AUDIENCE"],
    jwks_uri=os.environ["JWKS_URI"],
    store=FileStore(os.environ["STORE"]) if "STORE" in os.environ else None,
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
