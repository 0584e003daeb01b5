"""A Flask service whose orders need a good token, and one with a scope to be deleted.

Reads ISSUER, AUDIENCE and JWKS_URI from the environment and listens on PORT, on loopback.
"""

import os
from wsgiref.simple_server import make_server

from flask import Flask

from jotgate.flask import Jotgate

auth = Jotgate(issuer=os.environ["ISSUER"], audience=os.environ["AUDIENCE"], jwks_uri=os.environ["JWKS_URI"])
app = Flask("orders")


@app.get("/orders")
@auth.required
def orders() -> dict[str, str]:
    """Says whose orders these would be."""
    return {"sub": auth.token.subject, "language": "python"}


@app.delete("/orders/<int:order>")
@auth.require_scopes("orders:write")
def delete(order: int) -> dict[str, str]:
    """Says who would delete it."""
    return {"order": str(order), "deleted_by": auth.token.subject}


if __name__ == "__main__":
    make_server("127.0.0.1", int(os.environ["PORT"]), app).serve_forever()
