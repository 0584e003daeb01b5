"""Class `host`: what the host says of a token that passes the policy."""

from ..suite import Suite, entry, policy
from ..tokens import NOW, claims, token

_CLIENT = "client_not_allowed"


def host() -> Suite:
    suite = Suite("host", "the questions to the host")
    _clients(suite)
    _revoked(suite)
    _both(suite)
    return suite


def _clients(suite: Suite) -> None:
    rules = policy(entry(client_id={"allowed": "host"}))
    for name in ("client_id", "azp"):
        text = token(claims(**{name: "app-1"}))
        suite.accept(f"client.{name}.known", "A client that the host knows.", text, rules, host={"client": "yes"})
        for said, note in (("no", "One that it does not know."), ("fail", "A look-up that fails lets nobody pass.")):
            suite.reject(f"client.{name}.{said}", note, _CLIENT, text, rules, name, host={"client": said})
    listed = policy(entry(client_id={"claims": ["tenant", "app"], "allowed": "host"}))
    text = token(claims(app="app-1"))
    suite.reject("client.listed", "The claim is the one that names the client.", _CLIENT, text, listed, "app", host={"client": "no"})
    missing = "A token that names no client is refused before the host is asked."
    suite.reject("client.missing", missing, _CLIENT, token(), rules, "client_id", host={"client": "yes"})
    expired = token(claims(client_id="app-1", exp=NOW - 100))
    suite.reject("client.expired", "So is one that has expired.", "expired", expired, rules, "exp", host={"client": "yes"})
    mapped = policy(entry(client_id={"claims": ["app"], "allowed": "host"}, claim_mapping={"app": "client"}))
    seen = claims(client="app-1")
    suite.accept("client.mapped.known", "The host sees mapped claims.", text, mapped, seen=seen, host={"client": "yes"})
    note = "The claim has the name that the host sees."
    suite.reject("client.mapped.no", note, _CLIENT, text, mapped, "client", host={"client": "no"})
    suite.reject("client.mapped.fail", note, _CLIENT, text, mapped, "client", host={"client": "fail"})
    default = policy(entry(client_id={"claims": ["upn"], "allowed": "host"}, default_claim_mapping=True))
    name = "http://wso2.org/claims/userprincipal"
    suite.reject("client.mapped.default", note, _CLIENT, token(claims(upn="app-1")), default, name, host={"client": "no"})


def _revoked(suite: Suite) -> None:
    suite.accept("revoked.no", "A token that was not revoked.", host={"revoked": "no"})
    suite.reject("revoked.yes", "One that was.", "revoked", token(), host={"revoked": "yes"})
    suite.reject("revoked.fail", "A check that fails lets no token pass.", "internal_error", token(), host={"revoked": "fail"})
    note = "A token that does not pass is not asked about."
    suite.reject("revoked.expired", note, "expired", token(claims(exp=NOW - 100)), claim="exp", host={"revoked": "fail"})


def _both(suite: Suite) -> None:
    rules = policy(entry(client_id={"allowed": "host"}))
    text = token(claims(client_id="app-1"))
    first = "The client comes first: the second question is not asked."
    suite.accept("both.pass", "Both answers let it pass.", text, rules, host={"client": "yes", "revoked": "no"})
    suite.reject("both.revoked", "Then the revocation.", "revoked", text, rules, host={"client": "yes", "revoked": "yes"})
    suite.reject("both.fail", "Or its failure.", "internal_error", text, rules, host={"client": "yes", "revoked": "fail"})
    for client in ("no", "fail"):
        for revoked in ("yes", "fail", "no"):
            host = {"client": client, "revoked": revoked}
            suite.reject(f"both.{client}.{revoked}", first, _CLIENT, text, rules, "client_id", host=host)
    listed = policy(entry(client_id={"allowed": ["app-1"]}))
    suite.accept("listed.pass", "A list in the policy asks for nothing.", text, listed, host={"client": "no", "revoked": "no"})
