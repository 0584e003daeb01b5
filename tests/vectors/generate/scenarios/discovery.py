"""Metadata that says where the key set lies: two fetches in a row."""

from ..encoding import compact
from ..suite import entry, policy
from ..tokens import ISSUER
from .scene import SECOND, URL, Scene, answer, keys, signed

METADATA = "https://idp.test/.well-known/openid-configuration"
OAUTH = "https://idp.test/.well-known/oauth-authorization-server"


def metadata(jwks_uri: str = URL, issuer: str = ISSUER, **headers: str) -> dict:
    return answer(200, compact({"issuer": issuer, "jwks_uri": jwks_uri, "response_types_supported": ["code"]}), **headers)


TENANT = "https://idp.test/tenant"
BEHIND = f"{TENANT}/.well-known/openid-configuration"
INSERTED = "https://idp.test/.well-known/openid-configuration/tenant"
INSERTED_OAUTH = "https://idp.test/.well-known/oauth-authorization-server/tenant"


def _places() -> list[Scene]:
    """Three places, in the order in which Spring asks them; the next one only where there is nothing for certain."""
    about = metadata(issuer=TENANT)

    def scene(name: str, note: str, discovery: bool | str = True, issuer: str = TENANT, **members) -> Scene:
        found = policy(entry({"discovery": discovery}, issuer=issuer, **members))
        return Scene(f"discovery.places.{name}", note, found, "RFC 8414 3.1")

    def served(**answers: dict | str) -> dict:
        urls = {"behind": BEHIND, "inserted": INSERTED, "oauth": INSERTED_OAUTH}
        return {url: answers.get(name, answer(404)) for name, url in urls.items()} | {URL: keys("ec-a")}

    ours, other = (signed(key, issuer=TENANT) for key in ("ec-a", "ec-b"))
    return [
        scene("first", "Behind the issuer's path: no other place is asked.")
        .serve(served(behind=about))
        .accept("ours", 2, at=0, text=ours),
        scene("second", "The OpenID path in front of the issuer's.")
        .serve(served(inserted=about))
        .accept("ours", 3, at=0, text=ours)
        .health(url=BEHIND, jwks_uri=URL, fetches=3, failures=0, state="fresh", last_error=None)
        .events(["fetch_started", "fetch_started", "fetch_ok", "fetch_started", "fetch_ok", "keys_changed"]),
        scene("third", "The OAuth path in front of the issuer's.")
        .serve(served(oauth=about))
        .accept("ours", 4, at=0, text=ours),
        scene("slash", "A slash at the end of the issuer is left out.", issuer=f"{TENANT}/")
        .serve(served(oauth=metadata(issuer=f"{TENANT}/")))
        .accept("ours", 4, at=0, text=signed("ec-a", issuer=f"{TENANT}/")),
        scene("root", "Without a path there are two places.", issuer=ISSUER)
        .serve({METADATA: answer(404), OAUTH: metadata(), URL: keys("ec-a")})
        .accept("ec-a", 3, at=0),
        scene("nowhere", "Each place is asked once, and then there is a pause.")
        .serve(served())
        .unavailable("ours", 3, (0.25, 1), at=0, text=ours)
        .unavailable("ours", 3, (0.25, 1))
        .health(state="empty", failures=1, failures_in_a_row=1, last_error="status_404")
        .serve(served(oauth=about))
        .accept("ours", 5, at=1),
        scene("remembered", "The place that had it is the first next time.")
        .serve(served(oauth=about))
        .accept("ours", 4, at=0, text=ours)
        .serve(served(oauth=about) | {URL: keys("ec-b")})
        .accept("ours", 6, at=3700)
        .accept("other", 6, text=other),
        scene("moved", "It moves to another place.")
        .serve(served(oauth=about))
        .accept("ours", 4, at=0, text=ours)
        .serve(served(inserted=about) | {URL: keys("ec-b")})
        .accept("ours", 8, at=3700)
        .accept("other", 8, text=other),
        *[
            scene(f"elsewhere.{status}", "What the client did wrong: it is not here.")
            .serve(served(behind=answer(status), inserted=about))
            .accept("ours", 3, at=0, text=ours)
            for status in (400, 401, 403, 405, 410)
        ],
        *[
            scene(f"stays.{name}", "What may be otherwise at another time: no other place is asked.")
            .serve(served(behind=said, inserted=about))
            .unavailable("ours", 1, (0.25, 1), at=0, text=ours)
            for name, said in {
                "down": "down",
                "timeout": "timeout",
                "500": answer(500),
                "503": answer(503),
                "429": answer(429),
                "407": answer(407),
                "408": answer(408),
                "302": answer(302, location=INSERTED),
                "html": answer(200, "<html>"),
                "other_issuer": metadata(issuer="https://evil.test/"),
                "no_uri": answer(200, compact({"issuer": TENANT})),
            }.items()
        ],
        scene("second_stays", "The second place fails: it is the next one to be asked.")
        .serve(served(inserted=answer(503), oauth=about))
        .unavailable("ours", 2, (0.25, 1), at=0, text=ours)
        .serve(served(inserted=about))
        .accept("ours", 4, at=1),
        scene("other_issuer", "The issuer is compared at each place.")
        .serve(served(inserted=metadata(issuer="https://idp.test/"), oauth=about))
        .unavailable("ours", 2, (0.25, 1), at=0, text=ours),
        scene("written", "Where the policy writes a URL, that is the only place.", BEHIND)
        .serve(served(inserted=about))
        .unavailable("ours", 1, (0.25, 1), at=0, text=ours),
        scene("outage", "A set serves on while there is no metadata anywhere.")
        .serve(served(behind=about))
        .accept("ours", 2, at=0, text=ours)
        .serve(served())
        .accept("ours", 5, at=3700)
        .accept("ours", 5),
    ]


COMMON = "https://login.test/common/v2.0/.well-known/openid-configuration"


def _templates() -> list[Scene]:
    """Entra's metadata for all tenants is about a template, under a name of its own for the placeholder."""

    def scene(name: str, note: str, issuer: str, **members) -> Scene:
        found = policy(entry({"discovery": COMMON}, issuer=issuer, tenants=["t1"], **members))
        return Scene(f"discovery.template.{name}", note, found, "OpenID Connect Discovery 1.0 4.3")

    theirs = {COMMON: metadata(issuer="https://login.test/{tenantid}/v2.0"), URL: keys("ec-a")}
    ours = signed("ec-a", issuer="https://login.test/t1/v2.0")
    return [
        *[
            scene(name, "The placeholder has any name.", f"https://login.test/{{{placeholder}}}/v2.0")
            .serve(theirs)
            .accept("ours", 2, at=0, text=ours)
            for name, placeholder in {"same": "tenantid", "tid": "tid", "other": "x_1"}.items()
        ],
        *[
            scene(f"refused.{name}", "Metadata about other issuers.", issuer)
            .serve(theirs | {COMMON: metadata(issuer=other)})
            .unavailable("ours", 1, (0.25, 1), at=0, text=signed("ec-a", issuer=issuer.replace("{tid}", "t1")))
            for name, issuer, other in (
                ("path", "https://login.test/{tid}/v2.0", "https://login.test/{tenantid}/v1.0"),
                ("host", "https://login.test/{tid}/v2.0", "https://evil.test/{tenantid}/v2.0"),
                ("tenant", "https://login.test/{tid}/v2.0", "https://login.test/t1/v2.0"),
                ("unnamed", "https://login.test/{tid}/v2.0", "https://login.test/{}/v2.0"),
            )
        ],
    ]


def scenarios() -> list[Scene]:
    rules = policy(entry({"discovery": True}))
    there = {METADATA: metadata(), URL: keys("ec-a")}

    def scene(name: str, note: str, found: dict = rules) -> Scene:
        return Scene(f"discovery.{name}", note, found, "OpenID Connect Discovery 1.0 4")

    refused = {
        "other_issuer": metadata(issuer="https://evil.test/"),
        "no_slash": metadata(issuer="https://idp.test"),
        "plain_http": metadata("http://idp.test/jwks"),
        "loopback": metadata("http://127.0.0.1/jwks"),
        "file": metadata("file:///etc/passwd"),
        "no_uri": answer(200, compact({"issuer": ISSUER})),
        "key_set": keys("ec-a"),
        "html": answer(200, "<html>"),
        "redirect": answer(301, location=OAUTH),
        "down": "down",
    }
    return [
        scene("two_fetches", "The metadata, then the key set.")
        .serve(there)
        .accept("ec-a", 2, at=0)
        .requested(url=URL)
        .accept("ec-a", 2),
        scene("written_url", "At the URL that the policy writes.", policy(entry({"discovery": OAUTH})))
        .serve({OAUTH: metadata(), URL: keys("ec-a")})
        .accept("ec-a", 2, at=0),
        *[
            scene(f"refused.{name}", "Metadata that is not to be believed is a failed fetch.")
            .serve(there | {METADATA: served, "http://idp.test/jwks": keys("ec-a"), "http://127.0.0.1/jwks": keys("ec-a")})
            .unavailable("ec-a", 1, (0.25, 1), at=0)
            for name, served in refused.items()
        ],
        scene("allow_http", "http where the policy allows it.", policy(entry({"discovery": True}, jwks={"allow_http": True})))
        .serve({METADATA: metadata("http://idp.test/jwks"), "http://idp.test/jwks": keys("ec-a")})
        .accept("ec-a", 2, at=0),
        scene("rotated", "An unknown kid asks the known place, while the metadata is fresh.")
        .serve(there)
        .accept("ec-a", 2, at=0)
        .serve({URL: keys("ec-b")})
        .accept("ec-b", 3, at=60)
        .requested(url=URL, cache_control="no-cache"),
        scene("refreshed", "The metadata is asked again when its freshness is over, and then the set, without a token between.")
        .serve({METADATA: metadata(), URL: keys("ec-a", cache_control="max-age=3600")})
        .accept("ec-a", 2, at=0)
        .serve({METADATA: metadata(SECOND), SECOND: keys("ec-b")})
        .accept("ec-a", 4, at=3700)
        .requested(url=SECOND)
        .accept("ec-b", 4),
        scene("unknown_after_refresh", "A rotation to another place is found by one token.")
        .serve(there)
        .accept("ec-a", 2, at=0)
        .serve({METADATA: metadata(SECOND), SECOND: keys("ec-b")})
        .accept("ec-b", 4, at=3700),
        scene("moved", "When the known place fails, the metadata is asked again.")
        .serve(there)
        .accept("ec-a", 2, at=0)
        .serve({URL: answer(404), METADATA: metadata(SECOND), SECOND: keys("ec-b")})
        .unavailable("ec-b", 3, (0.25, 1), at=60)
        .accept("ec-b", 5, at=61),
        scene("metadata_down", "The set serves on while the metadata cannot be had.")
        .serve(there)
        .accept("ec-a", 2, at=0)
        .serve({METADATA: "down"})
        .accept("ec-a", 3, at=3700)
        .accept("ec-a", 3),
        scene("tag", "A refresh of the set is conditional, the metadata's is not.")
        .serve({METADATA: metadata(etag='"m"'), URL: keys("ec-a", etag='"k"', cache_control="max-age=600")})
        .accept("ec-a", 2, at=0)
        .serve({URL: answer(304)})
        .accept("ec-a", 3, at=600)
        .requested(url=URL, if_none_match='"k"'),
        *_templates(),
        *_places(),
        scene("health", "Health shows both places.")
        .serve(there)
        .accept("ec-a", 2, at=0)
        .health(url=METADATA, jwks_uri=URL, fetches=2, state="fresh"),
    ]
