"""Explanations: which checks a report lists, how each ended, and for some the whole text. Every language runs them."""

from .checks import checks
from .texts import texts

EXPLANATIONS = {"checks": checks, "texts": texts}
