"""A Quart service whose orders need a good token, and one with a scope to be deleted.

Reads ISSUER, AUDIENCE and JWKS_URI from the environment and listens on PORT, on loopback.
"""

import os

from quart import Quart

from jotgate.quart import Jotgate

auth = Jotgate(issuer=os.environ["ISSUER"], audience=os.environ["AUDIENCE"], jwks_uri=os.environ["JWKS_URI"])
app = Quart("orders")


@app.get("/orders")
@auth.required
async def orders() -> dict[str, str]:
    """Says whose orders these would be."""
    return {"sub": auth.token.subject, "language": "python"}


@app.delete("/orders/<int:order>")
@auth.require_scopes("orders:write")
async def delete(order: int) -> dict[str, str]:
    """Says who would delete it."""
    return {"order": str(order), "deleted_by": auth.token.subject}


if __name__ == "__main__":
    app.run("127.0.0.1", int(os.environ["PORT"]))
