"""Policies of gateways and what they become, one list of cases per file."""

from collections.abc import Callable

from .dataweave import dataweave
from .envelopes import envelopes
from .mulesoft import mulesoft
from .wso2 import wso2

IMPORTS: dict[str, Callable[[], list[dict]]] = {
    "mulesoft": mulesoft,
    "mulesoft_envelopes": envelopes,
    "dataweave": dataweave,
    "wso2": wso2,
}
