"""A gRPC service whose orders need a good token, and one with a scope to be deleted.

Reads ISSUER, AUDIENCE and JWKS_URI from the environment and listens on PORT, on loopback. Messages are JSON here, in
place of what `protoc` makes: the servicer and the interceptor are the same with either.
"""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc

from jotgate.grpc import Jotgate

auth = Jotgate(issuer=os.environ["ISSUER"], audience=os.environ["AUDIENCE"], jwks_uri=os.environ["JWKS_URI"])


class Orders:
    """The servicer."""

    def list_orders(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002 (as a servicer is called)
        """Says whose orders these would be."""
        return {"sub": auth.token.subject, "language": "python"}

    @auth.require_scopes("orders:write")
    def delete(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002 (as above)
        """Says who would delete it."""
        return {"order": request["order"], "deleted_by": auth.token.subject}

    def watch(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:  # noqa: ARG002 (as above)
        """Tells of each order until the token expires."""
        for order in range(request["orders"]):
            yield {"order": order}


def handlers(servicer: Orders) -> grpc.GenericRpcHandler:
    """What `add_OrdersServicer_to_server` does with generated code."""
    plain: dict[str, Any] = {
        "request_deserializer": json.loads,
        "response_serializer": lambda message: json.dumps(message).encode(),
    }
    methods: dict[str, Any] = {
        "List": grpc.unary_unary_rpc_method_handler(servicer.list_orders, **plain),
        "Delete": grpc.unary_unary_rpc_method_handler(servicer.delete, **plain),
        "Watch": grpc.unary_stream_rpc_method_handler(servicer.watch, **plain),
    }
    return grpc.method_handlers_generic_handler("shop.Orders", methods)


if __name__ == "__main__":
    server = grpc.server(ThreadPoolExecutor(8), interceptors=[auth.interceptor()])
    server.add_generic_rpc_handlers((handlers(Orders()),))
    server.add_insecure_port(f"127.0.0.1:{os.environ['PORT']}")
    server.start()
    server.wait_for_termination()
