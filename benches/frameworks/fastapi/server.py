"""`python server.py CONTENDER CONFIG`: one application in FastAPI under uvicorn, with the dependency of one contender or none.

FastAPI reads annotations, some of which name what is made here in functions: they are no texts in this file.
"""

import json
import socket
import sys
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from starlette.requests import HTTPConnection

CONTENDER, CONFIG = sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))


def with_jotgate(app: FastAPI) -> Any:
    from jotgate import Validator
    from jotgate.fastapi import Jotgate

    auth = Jotgate(Validator.from_policy(CONFIG["policy"]))
    auth.install(app)
    return auth


def with_pyjwt(_: FastAPI) -> Any:
    import jwt

    client = jwt.PyJWKClient(CONFIG["jwks_uri"])

    # A coroutine, although the first token fetches in it: in a thread each request would cost more.
    async def claims(credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> dict[str, Any]:
        token = credentials.credentials
        try:
            key = client.get_signing_key_from_jwt(token)
            return jwt.decode(
                token, key, algorithms=["RS256"], audience=CONFIG["audience"], issuer=CONFIG["issuer"]
            )
        except jwt.PyJWTError as error:
            raise HTTPException(401) from error

    return claims



def with_nothing(_: FastAPI) -> Any:
    """What FastAPI itself takes to call any dependency of that kind."""

    async def claims(connection: HTTPConnection, scopes: SecurityScopes) -> dict[str, Any]:
        return {"sub": CONFIG["subject"]}

    return claims


def application() -> FastAPI:
    app = FastAPI()
    if CONTENDER == "fastapi":

        @app.get("/orders")
        async def unprotected() -> dict[str, str]:
            return {"owner": CONFIG["subject"]}

        return app
    contenders = {"jotgate": with_jotgate, "PyJWT, PyJWKClient": with_pyjwt, "empty dependency": with_nothing}
    claims = contenders[CONTENDER](app)

    @app.get("/orders")
    async def orders(token: Annotated[Any, Depends(claims)]) -> dict[str, str]:
        return {"owner": token["sub"]}

    return app


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    server = uvicorn.Server(uvicorn.Config(application(), log_level="error", access_log=False))
    server.run(sockets=[listener])


main()
