"""What must hold for the set as a whole: the schema, and that nothing in scope is left out."""

import json

from jsonschema import Draft202012Validator

from .keys import VECTORS

_ALGORITHMS = frozenset(
    "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519 HS256 HS384 HS512".split()
)  # fmt: skip
_CODES = frozenset(
    """missing_token multiple_tokens unmatched_request ambiguous_target malformed_token unsupported_token unsupported_critical token_too_large missing_issuer
    unknown_issuer algorithm_not_allowed unknown_key ambiguous_key unusable_key invalid_signature expired not_yet_valid
    issued_in_future too_old lifetime_too_long missing_claim invalid_claim invalid_type audience_mismatch
    claim_rejected confirmation_failed client_not_allowed insufficient_scope keys_unavailable""".split()
)  # fmt: skip


def problems(files: dict[str, bytes]) -> list[str]:
    """One line for each thing that is wrong with the generated files."""
    names = {"tokens": "token-cases", "scenarios": "scenarios", "http": "http", "explain": "explanations", "imports": "imports", "documents": "documents"}
    schemas = {folder: _schema(f"{name}.json") for folder, name in names.items()}
    found: list[str] = []
    cases: list[dict] = []
    for path, text in files.items():
        schema = schemas.get(path.split("/")[0])
        if schema is None:
            continue
        document = json.loads(text)
        found += [f"{path}: {error.json_path}: {error.message[:200]}" for error in schema.iter_errors(document)]
        cases += document.get("cases", [])
    return found + _left_out(cases) + _schema_refuses(cases)


def _schema_refuses(cases: list[dict]) -> list[str]:
    """The schema of policies that the core gives to editors knows every policy that the core takes."""
    schema = Draft202012Validator(json.loads((VECTORS.parents[1] / "core" / "policy.schema.json").read_text()))
    good = [case for case in cases if case["expect"]["verdict"] != "policy_error"]
    return [f"{case['id']}: the schema of policies refuses its policy" for case in good if not schema.is_valid(case["policy"])]


def _schema(name: str) -> Draft202012Validator:
    schema = json.loads((VECTORS / "schema" / name).read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _left_out(cases: list[dict]) -> list[str]:
    codes = {case["expect"].get("code") for case in cases}
    named = {part for case in cases for part in case["id"].split(".") if case["expect"]["verdict"] == "accepted"}
    refused = {part for case in cases for part in case["id"].split(".") if case["expect"]["verdict"] == "rejected"}
    found = [f"no case expects the code {code}" for code in sorted(_CODES - codes)]
    found += [f"no case accepts {name}" for name in sorted(_ALGORITHMS - named)]
    found += [f"no case rejects {name}" for name in sorted(_ALGORITHMS - refused)]
    return found
