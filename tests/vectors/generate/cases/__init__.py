"""The classes of token cases, in the order in which the checks run."""

from collections.abc import Callable

from ..suite import Suite
from .algorithms import algorithms, key_confusion
from .claim_mapping import claim_mapping
from .claim_rules import audience, claim_checks, client_id, scopes
from .confirmation import confirmation, profile
from .container import base64, structure
from .curves import ecdsa_cases, eddsa
from .denied import denied
from .es512 import es512, es512_absent
from .expressions import expressions
from .fetch import fetch
from .headers import alg_none, header_members, typ
from .hmac_rsa import hmac, rsa
from .host import host
from .issuers import issuer, multi_issuer
from .json_text import json
from .key_choice import keys
from .key_forms import key_forms
from .key_sets import jwks
from .key_spellings import spellings
from .policies import policies
from .pretty import pretty
from .recipes import recipes
from .requests import requests
from .require import require
from .route_asks import route_asks
from .route_spellings import route_spellings, targets
from .routes import routes, sources
from .rules import rule_policies, rules
from .source_expressions import source_expressions
from .tenants import tenants
from .thumbprints import thumbprints
from .times import time
from .trust_stores import trust_stores
from .wso2 import wso2

SUITES: tuple[Callable[[], Suite], ...] = (
    policies, routes, route_spellings, targets, route_asks, sources, source_expressions, requests, structure, base64, json, pretty, header_members, issuer, multi_issuer, tenants, alg_none, algorithms,
    key_confusion, keys, denied, thumbprints, key_forms, trust_stores, jwks, spellings, fetch, hmac, rsa, ecdsa_cases, eddsa, typ, time, audience, claim_checks, confirmation, profile, client_id, scopes,
    rules, rule_policies, expressions, claim_mapping, wso2, recipes, host, require,
)  # fmt: skip

# What depends on the provider of cryptography that is in the build.
BY_PROVIDER: dict[str, Callable[[], Suite]] = {"aws-lc": es512, "ring": es512_absent}
