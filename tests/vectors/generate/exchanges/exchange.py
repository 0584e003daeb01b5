"""How an exchange is written down: one call per exchange."""

import json

from ..encoding import unb64
from ..suite import policy
from ..tokens import NOW, token


def bearer(text: str) -> list[list[str]]:
    return [["Authorization", f"Bearer {text}"]]


class Exchanges:
    """Collects the exchanges of one file. Ids are `http.<file>.<what>`."""

    def __init__(self, name: str):
        self.name = name
        self.found: list[dict] = []

    def passes(self, what: str, note: str, text: str | None, sees: dict | None = None, **more) -> None:
        """The request reaches the application, with these claims; without any where `text` is None.

        `sees` has header fields in lower case, as the application gets them, and perhaps the `query`.
        """
        claims = None if text is None else json.loads(unb64(text.split(".")[1]))
        seen = {} if sees is None else {"sees": sees}
        self._add(what, note, {"status": 200, "claims": claims} | seen, more)

    def answered(
        self, what: str, note: str, status: int, challenge: str | None, body: dict, content_type: str, **more
    ) -> None:
        """The middleware answers, and the application is not reached."""
        expect = {"status": status, "challenge": challenge, "content_type": content_type, "body": body}
        if "retry_after" in more:
            expect["retry_after"] = more.pop("retry_after")
        self._add(what, note, expect, more)

    def refused(
        self, what: str, note: str, code: str, status: int = 401, challenge: str = "invalid_token", **more
    ) -> None:
        """As `answered`, in the words of RFC 6750 and RFC 9457."""
        titles = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 503: "Service Unavailable"}
        body = {"type": "about:blank", "title": titles[status], "status": status, "code": code}
        self.answered(
            what, note, status, CHALLENGES.get(challenge, challenge), body, "application/problem+json", **more
        )

    def _add(self, what: str, note: str, expect: dict, more: dict) -> None:
        rules = more.pop("rules", None)
        exchange = {
            "id": f"http.{self.name}.{what}",
            "spec": more.pop("spec", "RFC 6750 3"),
            "note": note,
            "policy": policy() if rules is None else rules,
            "responses": more.pop("responses", {}),
            "now": NOW,
            "send": {
                "method": more.pop("method", "GET"),
                "target": more.pop("target", "/orders"),
                "headers": more.pop("headers", bearer(token())),
            },
            "expect": expect,
        }
        if more:
            raise TypeError(f"{exchange['id']}: unknown members {sorted(more)}")
        self.found.append(exchange)


CHALLENGES = {
    "bare": "Bearer",
    "none": None,
    "invalid_token": 'Bearer error="invalid_token", error_description="The token is not valid for this resource"',
    "invalid_request": 'Bearer error="invalid_request", error_description="The request carries more than one token"',
    "insufficient_scope": (
        'Bearer error="insufficient_scope", error_description="The token lacks a scope that this resource needs"'
    ),
}
