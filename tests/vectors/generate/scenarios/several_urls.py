"""Several URLs of one issuer, and one URL of several issuers."""

from ..suite import entry, policy
from ..tokens import ISSUER
from .scene import SECOND, URL, Scene, fetched, keys, signed

OTHER = "https://other.test/"


def scenarios() -> list[Scene]:
    both = fetched([URL, SECOND])
    shared = policy(entry({"jwks_uri": URL}), entry({"jwks_uri": URL}, issuer=OTHER))
    apart = policy(entry({"jwks_uri": URL}), entry({"jwks_uri": SECOND}, issuer=OTHER))
    return [
        Scene("several.union", "A key of either URL counts.", both)
        .serve({URL: keys("ec-a"), SECOND: keys("ec-b")})
        .accept("ec-a", 2, at=0)
        .accept("ec-b", 2),
        Scene("several.one_down", "A key that is found counts, though the other URL does not answer.", both)
        .serve({URL: "down", SECOND: keys("ec-b")})
        .accept("ec-b", 2, at=0),
        Scene("several.unknown_one_down", "Unknown, while one never answered: nobody can say.", both)
        .serve({URL: "down", SECOND: keys("ec-b")})
        .unavailable("ec-c", 3, (0.25, 1), at=0),
        Scene("several.unknown", "Unknown everywhere, and all have answered.", both)
        .serve({URL: keys("ec-a"), SECOND: keys("ec-b")})
        .reject("ec-c", 4, at=0),
        Scene("several.moved", "A key may move from one URL to the other.", both)
        .serve({URL: keys("ec-a"), SECOND: keys("ec-b")})
        .accept("ec-a", 2, at=0)
        .serve({URL: keys("ec-c"), SECOND: keys("ec-a")})
        .accept("ec-c", 4, at=60)
        .accept("ec-a", 4),
        Scene("several.issuers_apart", "Keys of one issuer never count for another.", apart)
        .serve({URL: keys("ec-a"), SECOND: keys("ec-b")})
        .accept("ec-a", 1, at=0)
        .accept("theirs", 2, text=signed("ec-b", issuer=OTHER))
        .reject("crossed", 3, text=signed("ec-a", issuer=OTHER), at=60)
        .reject("crossed_back", 4, text=signed("ec-b", issuer=ISSUER)),
        Scene("several.issuers_share", "Two issuers with one URL each fetch it for themselves.", shared)
        .serve(keys("ec-a"))
        .accept("ec-a", 1, at=0)
        .accept("theirs", 2, text=signed("ec-a", issuer=OTHER)),
    ]
