"""Coming from PyJWT or python-jose: both sides of each page run, and the tables are what came of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jotgate.testing import Issuer, IssuerServer

PAGE = (Path(__file__).parents[1] / "docs" / "migrating.md").read_text(encoding="utf-8")
ISSUER = "https://idp.example.com/"

Decide = Callable[[str], str]


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(issuer=ISSUER, audience="orders")


@pytest.fixture
def server(issuer: Issuer) -> Iterator[IssuerServer]:
    with issuer.serve() as running:
        yield running
    issuer.mend()


@pytest.mark.parametrize("library", ["PyJWT", "python-jose"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_comes_of_a_token_before_and_after(library: str, issuer: Issuer, server: IssuerServer) -> None:
    before, after = (partial_of(block, server) for block in blocks_of(library))
    decide = (deciding(before()), deciding(after()))
    rows = table_of(library)
    assert len(rows) > 15
    for row, *expected in rows:
        if row == "the key set cannot be fetched":
            issuer.break_keys("unreachable")
            decide = (deciding(before()), deciding(after()))
        elif row == "the keys were rotated after the start":
            issuer.rotate(overlap=False)
        assert [way(token_of(row, issuer)) for way in decide] == expected, row


def test_both_decide_side_by_side(issuer: Issuer, server: IssuerServer, caplog: pytest.LogCaptureFixture) -> None:
    before = blocks_of("PyJWT")[0]
    (side_by_side,) = blocks_of("Beside what you have")
    names = partial_of(before + side_by_side, server)()
    names["beside"].validate(issuer.token("alice"))
    assert names["both"](issuer.token("alice"))["sub"] == "alice"
    assert not caplog.records
    forgotten = issuer.token("alice", without=["exp"])
    assert names["both"](forgotten)["sub"] == "alice"
    early = issuer.token("alice", claims={"iat": 4_000_000_000})
    with pytest.raises(Exception, match="not yet valid"):
        names["both"](early)
    with pytest.raises(Exception, match="expired"):
        names["both"](issuer.bad("expired").token or "")
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "jotgate refuses a token that is accepted today: missing_claim: the policy requires it (exp)",
        "jotgate accepts a token that is refused today (ImmatureSignatureError)",
    ]
    assert names["both"].counts == {
        "accepted/accepted": 1,
        "accepted/missing_claim": 1,
        "refused/accepted": 1,
        "refused/expired": 1,
    }


def section(title: str) -> str:
    (text,) = re.findall(rf"^## {re.escape(title)}[^\n]*\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    return str(text)


def blocks_of(title: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", section(title), re.DOTALL)


def table_of(library: str) -> list[list[str]]:
    """The rows of the table of tokens: the token, and what either gives."""
    _, _, table = section(library).partition(f"| token | {library} | jotgate |\n|---|---|---|\n")
    table, _, _ = table.partition("\n\n")
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]


def token_of(row: str, issuer: Issuer) -> str:
    """The token that a row speaks of: by the code that it gets, or by what is in it."""
    if code := re.match("`([a-z_]+)`(?:$|:)", row):
        return issuer.bad(code[1]).token or ""
    if without := re.fullmatch("without `([a-z]+)`", row):
        return issuer.token("alice", without=[without[1]])
    if row == "`iat` in the future":
        return issuer.token("alice", claims={"iat": 4_000_000_000})
    assert row in ("good", "the key set cannot be fetched", "the keys were rotated after the start")
    return issuer.token("alice")


def partial_of(block: str, server: IssuerServer) -> Callable[[], dict[str, Any]]:
    def run() -> dict[str, Any]:
        names: dict[str, Any] = {"__name__": "orders"}
        exec(
            compile(block.replace("https://idp.example.com/jwks", f"{server.url}/jwks"), "migrating.md", "exec"), names
        )
        return names

    return run


def deciding(names: dict[str, Any]) -> Decide:
    def decide(token: str) -> str:
        try:
            claims = names["claims_of"](token)
        except Exception as error:
            return type(error).__name__
        assert claims["iss"] == ISSUER
        return "accepted"

    return decide
