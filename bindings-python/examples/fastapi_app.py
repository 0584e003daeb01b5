"""A FastAPI service whose orders need a good token, and one with a scope to be deleted.

Reads ISSUER, AUDIENCE and JWKS_URI from the environment and listens on PORT, on loopback.
"""

import os
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, Security

from jotgate.fastapi import Jotgate, Verified

auth = Jotgate(
    issuer=os.environ["ISSUER"],
    audience=os.environ["AUDIENCE"],
    jwks_uri=os.environ["JWKS_URI"],
)
app = FastAPI(title="Orders")
auth.install(app)


@app.get("/orders")
async def orders(token: Annotated[Verified, Depends(auth)]) -> dict[str, str]:
    """Says whose orders these would be."""
    return {"sub": token.subject, "language": "python"}


@app.delete("/orders/{order}")
async def delete(order: int, token: Annotated[Verified, Security(auth, scopes=["orders:write"])]) -> dict[str, str]:
    """Says who would delete it."""
    return {"order": str(order), "deleted_by": token.subject}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
