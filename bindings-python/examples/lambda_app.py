"""Functions of AWS Lambda: orders that need a good token, one with a scope to be deleted, and a Lambda authorizer.

Reads ISSUER, AUDIENCE and JWKS_URI from the environment of the function. The handlers are `orders`, `delete` and
`authorize`; the first two take the events of API Gateway, function URLs and load balancers.
"""

import json
import os
from typing import Any

from jotgate.aws_lambda import Jotgate

# Once for a process: its invocations share the keys.
auth = Jotgate(issuer=os.environ["ISSUER"], audience=os.environ["AUDIENCE"], jwks_uri=os.environ["JWKS_URI"])
authorize = auth.authorizer()


@auth.required
def orders(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ARG001 (what a handler is called with)
    """Says whose orders these would be."""
    return ok({"sub": auth.token.subject, "language": "python"})


@auth.require_scopes("orders:write")
def delete(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ARG001 (as above)
    """Says who would delete it."""
    return ok({"order": event["pathParameters"]["order"], "deleted_by": auth.token.subject})


def ok(body: dict[str, str]) -> dict[str, Any]:
    """An answer as API Gateway and load balancers read it."""
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}
