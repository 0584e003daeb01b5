"""HTTP exchanges: a request in, an answer or the claims that the application sees out. Every middleware runs them."""

from .answers import answers
from .forward import forward
from .requests import requests

EXCHANGES = {"answers": answers, "requests": requests, "forward": forward}
