"""Policies of gateways and what they become, one list of cases per file."""

from collections.abc import Callable

from .dataweave import dataweave
from .envelopes import envelopes
from .mulesoft import es512, mulesoft
from .wso2 import wso2

IMPORTS: dict[str, Callable[[], list[dict]]] = {
    "mulesoft": mulesoft,
    "mulesoft_envelopes": envelopes,
    "dataweave": dataweave,
    "wso2": wso2,
}

# What depends on the provider of cryptography that is in the build.
BY_PROVIDER: dict[str, Callable[[], list[dict]]] = {
    "aws-lc": lambda: es512([]),
    "ring": lambda: es512([("cannot", "signingKeyLength")]),
}
