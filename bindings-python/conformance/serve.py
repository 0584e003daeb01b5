"""Serves HTTP exchanges through a middleware: `serve.py MIDDLEWARE FILE`. See `tests/conformance/exchanges.py`."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import Depends, FastAPI

from jotgate import FetchRequest, FetchResponse, Validator
from jotgate.asgi import JotgateMiddleware
from jotgate.fastapi import Jotgate

METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE"]


def main(middleware: str, file: str) -> None:
    exchanges = json.loads(Path(file).read_text(encoding="utf-8"))["exchanges"]
    make = ASGI[middleware]
    apps = {exchange["id"].encode(): make(validator_of(exchange)) for exchange in exchanges}

    async def by_exchange(scope: Any, receive: Any, send: Any) -> None:
        await apps[dict(scope["headers"])[b"x-exchange"]](scope, receive, send)

    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(json.dumps({"port": listener.getsockname()[1]}) + "\n")
    sys.stdout.flush()
    server = uvicorn.Server(uvicorn.Config(by_exchange, log_level="error", lifespan="off"))
    threading.Thread(target=until_input_ends, args=(server,), daemon=True).start()
    asyncio.run(server.serve(sockets=[listener]))


def until_input_ends(server: uvicorn.Server) -> None:
    sys.stdin.read()
    server.should_exit = True


def validator_of(exchange: dict[str, Any]) -> Validator:
    def fetch(request: FetchRequest) -> FetchResponse:
        answer = exchange["responses"].get(request.url)
        if answer is None:
            raise ConnectionError("the exchange has no response for this URL")
        return FetchResponse(answer["status"], answer["headers"], answer["body"].encode())

    return Validator.from_policy(exchange["policy"], fetch=fetch, clock=lambda: exchange["now"])


def asgi(validator: Validator) -> Any:
    async def application(scope: Any, _receive: Any, send: Any) -> None:
        verified = scope["state"]["jotgate"]
        body = json.dumps({"claims": verified.claims if verified else None}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return JotgateMiddleware(application, validator)


def fastapi(validator: Validator) -> Any:
    app = FastAPI()
    auth = Jotgate(validator)
    auth.install(app)
    verified_token = Depends(auth)

    @app.api_route("/{path:path}", methods=METHODS)
    async def application(verified: Any = verified_token) -> dict[str, Any]:
        return {"claims": verified.claims if verified else None}

    return app


ASGI: dict[str, Callable[[Validator], Any]] = {"asgi": asgi, "fastapi": fastapi}


if __name__ == "__main__":
    main(*sys.argv[1:])
