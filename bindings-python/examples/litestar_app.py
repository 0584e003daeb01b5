"""A Litestar service whose orders need a good token, and one with a scope to be deleted.

Reads ISSUER, AUDIENCE and JWKS_URI from the environment and listens on PORT, on loopback.
"""

import os

import uvicorn
from litestar import Litestar, delete, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from jotgate.litestar import Jotgate, Verified, require_scopes

auth = Jotgate(issuer=os.environ["ISSUER"], audience=os.environ["AUDIENCE"], jwks_uri=os.environ["JWKS_URI"])


@get("/orders")
async def orders(token: NamedDependency[Verified]) -> dict[str, str]:
    """Says whose orders these would be."""
    return {"sub": token.subject, "language": "python"}


@delete("/orders/{order:int}", guards=[require_scopes("orders:write")], status_code=200)
async def remove(order: FromPath[int], token: NamedDependency[Verified]) -> dict[str, str]:
    """Says who would delete it."""
    return {"order": str(order), "deleted_by": token.subject}


app = Litestar([orders, remove], plugins=[auth])

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
