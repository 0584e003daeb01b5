"""Class `time`: numeric dates, to the fraction of a second."""

from ..suite import Suite, entry, policy
from ..tokens import ABSENT, NOW, claims, token

_BASE = '{"iss":"https://idp.test/","aud":"https://api.test"'


def _raw(members: str) -> str:
    """A token whose dates are written exactly so."""
    return token(f"{_BASE},{members}}}")


def time() -> Suite:
    suite = Suite("time", "RFC 7519 4.1.4")
    _default_leeway(suite)
    _expiry(suite)
    _not_before(suite)
    _issued_at(suite)
    _max_age(suite)
    _max_lifetime(suite)
    _types(suite)
    _ranges(suite)
    _durations(suite)
    return suite


def _default_leeway(suite: Suite) -> None:
    """Five seconds where the policy says nothing; the cases behind these say what they need."""
    suite.accept("default_leeway.exp_inside", "The last second of the default.", token(claims(exp=NOW - 4)))
    suite.accept("default_leeway.exp_fraction", "And of that.", _raw(f'"exp":{NOW - 5}.001'))
    suite.reject("default_leeway.exp_edge", "There it ends.", "expired", token(claims(exp=NOW - 5)), claim="exp")
    suite.accept("default_leeway.nbf_edge", "Five seconds early.", token(claims(nbf=NOW + 5)), spec="RFC 7519 4.1.5")
    suite.reject(
        "default_leeway.nbf_over", "And no more.", "not_yet_valid", _raw(f'"exp":{NOW + 9},"nbf":{NOW + 5}.001'), claim="nbf",
        spec="RFC 7519 4.1.5",
    )  # fmt: skip
    future = policy(entry(reject_future_iat=True))
    suite.accept("default_leeway.iat_edge", "A clock ahead.", token(claims(iat=NOW + 5)), future, spec="RFC 7519 4.1.6")
    suite.reject(
        "default_leeway.iat_over", "Further ahead.", "issued_in_future", token(claims(iat=NOW + 6)), future, "iat",
        spec="RFC 7519 4.1.6",
    )  # fmt: skip
    aged = policy(entry(max_age="1h"))
    suite.accept("default_leeway.max_age_edge", "It counts for ages.", token(claims(iat=NOW - 3605)), aged)
    suite.reject("default_leeway.max_age_over", "And ends.", "too_old", token(claims(iat=NOW - 3606)), aged, "iat")
    suite.reject(
        "default_leeway.waived", "A leeway of nothing is written.", "expired", token(claims(exp=NOW)), _EXACT, "exp"
    )


def _expiry(suite: Suite) -> None:
    late = policy(entry(leeway=60))
    suite.accept("exp.next_second", "One second left.", token(claims(exp=NOW + 1)), _EXACT)
    suite.reject("exp.now", "Expired on the very second.", "expired", token(claims(exp=NOW)), _EXACT, "exp")
    suite.reject("exp.past", "Expired.", "expired", token(claims(exp=NOW - 1)), _EXACT, "exp")
    suite.reject("exp.zero", "The epoch.", "expired", token(claims(exp=0)), claim="exp")
    suite.reject("exp.negative", "Before the epoch.", "expired", token(claims(exp=-1)), claim="exp")
    suite.accept("exp.leeway_inside", "Within the leeway.", token(claims(exp=NOW - 59)), late)
    suite.reject("exp.leeway_edge", "The leeway ends as sharply.", "expired", token(claims(exp=NOW - 60)), late, "exp")
    suite.accept("exp.fraction_left", "Half a second left: nothing is cut off.", _raw(f'"exp":{NOW}.5'), _EXACT)
    suite.reject(
        "exp.fraction_past", "A tenth of a second too late.", "expired", _raw(f'"exp":{NOW - 1}.9'), _EXACT, "exp"
    )
    suite.accept("exp.fraction_now", "The clock has fractions too.", _raw(f'"exp":{NOW}.5'), _EXACT, now=NOW + 0.25)
    suite.reject("exp.fraction_now_edge", "And edges.", "expired", _raw(f'"exp":{NOW}.5'), _EXACT, "exp", now=NOW + 0.5)
    suite.accept("exp.exponent", "1.8000006e9 is a number like any other.", _raw('"exp":1.8000006e9'))
    suite.reject("exp.exponent_now", "1.8E+9 is now.", "expired", _raw('"exp":1.8E+9'), _EXACT, "exp")
    suite.accept("exp.zero_fraction", "A fraction of zero.", _raw(f'"exp":{NOW + 1}.0'), _EXACT)
    suite.reject(
        "exp.milliseconds_clock",
        "Long expired, at a clock far in the future.",
        "expired",
        token(),
        claim="exp",
        now=NOW * 4,
    )
    suite.reject(
        "exp.missing", "An expiry is required by default.", "missing_claim", token(claims(exp=ABSENT)), claim="exp"
    )
    suite.accept(
        "exp.missing_waived",
        "Unless the list says otherwise.",
        token(claims(exp=ABSENT)),
        policy(entry(required_claims=[])),
    )
    suite.reject(
        "exp.waived_still_checked",
        "What is there is checked all the same.",
        "expired",
        token(claims(exp=1)),
        policy(entry(required_claims=[])),
        "exp",
    )
    suite.accept("clock.zero", "A clock at the epoch.", token(claims(exp=1)), now=0)


def _not_before(suite: Suite) -> None:
    suite.spec = "RFC 7519 4.1.5"
    late = policy(entry(leeway=60))
    suite.accept("nbf.now", "Valid from this very second.", token(claims(nbf=NOW)), _EXACT)
    suite.accept("nbf.past", "Valid for long.", token(claims(nbf=0)))
    suite.accept("nbf.negative", "Valid since before the epoch.", token(claims(nbf=-1)))
    suite.reject("nbf.next_second", "One second early.", "not_yet_valid", token(claims(nbf=NOW + 1)), _EXACT, "nbf")
    suite.accept("nbf.leeway_edge", "The edge of the leeway is inside.", token(claims(nbf=NOW + 60)), late)
    suite.reject(
        "nbf.leeway_outside", "One second beyond the leeway.", "not_yet_valid", token(claims(nbf=NOW + 61)), late, "nbf"
    )
    suite.reject(
        "nbf.fraction",
        "Half a second early: nothing is cut off.",
        "not_yet_valid",
        _raw(f'"exp":{NOW + 9},"nbf":{NOW}.5'),
        _EXACT,
        "nbf",
    )
    suite.accept(
        "nbf.fraction_now", "The clock has fractions too.", _raw(f'"exp":{NOW + 9},"nbf":{NOW}.5'), _EXACT, now=NOW + 0.5
    )
    suite.reject(
        "nbf.without_exp",
        "It is checked although the expiry is missing.",
        "not_yet_valid",
        token(claims(exp=ABSENT, nbf=NOW + 1)),
        _EXACT,
        "nbf",
    )


def _issued_at(suite: Suite) -> None:
    suite.spec = "RFC 7519 4.1.6"
    strict = policy(entry(reject_future_iat=True, leeway=0))
    suite.accept("iat.future", "Issued tomorrow: no reason to refuse by itself.", token(claims(iat=NOW + 86_400)))
    suite.accept("iat.strict_now", "Issued this second.", token(claims(iat=NOW)), strict)
    suite.reject(
        "iat.strict_future",
        "Issued in the future, which the policy refuses.",
        "issued_in_future",
        token(claims(iat=NOW + 1)),
        strict,
        "iat",
    )
    suite.reject(
        "iat.strict_fraction",
        "Half a second in the future.",
        "issued_in_future",
        _raw(f'"exp":{NOW + 9},"iat":{NOW}.5'),
        strict,
        "iat",
    )
    suite.accept("iat.strict_absent", "Nothing to compare.", token(), strict)
    lenient = policy(entry(reject_future_iat=True, leeway=60))
    suite.accept("iat.strict_leeway", "The leeway counts here too.", token(claims(iat=NOW + 60)), lenient)
    suite.reject(
        "iat.strict_leeway_outside",
        "One second beyond it.",
        "issued_in_future",
        token(claims(iat=NOW + 61)),
        lenient,
        "iat",
    )


def _max_age(suite: Suite) -> None:
    rules = policy(entry(max_age="1h", leeway=0))
    suite.accept("max_age.edge", "Exactly as old as allowed.", token(claims(iat=NOW - 3600)), rules)
    suite.reject("max_age.over", "One second older.", "too_old", token(claims(iat=NOW - 3601)), rules, "iat")
    suite.reject(
        "max_age.fraction",
        "A tenth of a second older.",
        "too_old",
        _raw(f'"exp":{NOW + 9},"iat":{NOW - 3601}.9'),
        rules,
        "iat",
    )
    suite.reject("max_age.missing", "Then `iat` is required.", "missing_claim", token(), rules, "iat")
    suite.reject(
        "max_age.future",
        "And must not lie in the future.",
        "issued_in_future",
        token(claims(iat=NOW + 1)),
        rules,
        "iat",
    )
    lenient = policy(entry(max_age=3600, leeway="1m"))
    suite.accept("max_age.leeway_edge", "The leeway is added.", token(claims(iat=NOW - 3660)), lenient)
    suite.reject("max_age.leeway_over", "And no more.", "too_old", token(claims(iat=NOW - 3661)), lenient, "iat")
    suite.accept("max_age.leeway_future", "It covers a clock that is ahead.", token(claims(iat=NOW + 60)), lenient)
    suite.reject(
        "max_age.leeway_far_future",
        "Not one far ahead.",
        "issued_in_future",
        token(claims(iat=NOW + 61)),
        lenient,
        "iat",
    )


def _max_lifetime(suite: Suite) -> None:
    rules = policy(entry(max_lifetime="24h"))
    issued = NOW - 10
    suite.accept(
        "max_lifetime.edge", "Exactly as long as allowed.", token(claims(iat=issued, exp=issued + 86_400)), rules
    )
    suite.reject(
        "max_lifetime.over",
        "One second longer.",
        "lifetime_too_long",
        token(claims(iat=issued, exp=issued + 86_401)),
        rules,
        "exp",
    )
    suite.reject(
        "max_lifetime.fraction",
        "Half a second longer.",
        "lifetime_too_long",
        _raw(f'"iat":{issued},"exp":{issued + 86_400}.5'),
        rules,
        "exp",
    )
    suite.reject("max_lifetime.no_iat", "Both dates are needed.", "missing_claim", token(), rules, "iat")
    suite.reject(
        "max_lifetime.no_exp",
        "Both, even when the expiry is waived.",
        "missing_claim",
        token(claims(exp=ABSENT, iat=issued)),
        policy(entry(max_lifetime="24h", required_claims=[])),
        "exp",
    )
    lenient = policy(entry(max_lifetime="24h", leeway=300))
    suite.reject(
        "max_lifetime.no_leeway",
        "The leeway is for clocks, and this compares two dates of one clock.",
        "lifetime_too_long",
        token(claims(iat=issued, exp=issued + 86_401)),
        lenient,
        "exp",
    )
    suite.accept(
        "max_lifetime.iat_after_exp", "A negative lifetime is not too long.", token(claims(iat=NOW + 900)), rules
    )


def _types(suite: Suite) -> None:
    suite.spec = "RFC 7519 2"
    waived = policy(entry(required_claims=[]))
    for name in ("exp", "nbf", "iat"):
        for what, value in {
            "null": None,
            "text": "1800000600",
            "bool": True,
            "list": [NOW + 600],
            "object": {"t": NOW + 600},
            "iso_text": "2030-01-01T00:00:00Z",
            "empty_text": "",
        }.items():
            suite.reject(
                f"type.{name}.{what}",
                "A date of the wrong type is not an absent one, required or not.",
                "invalid_claim",
                token(claims(**{name: value})),
                waived,
                name,
            )


def _ranges(suite: Suite) -> None:
    suite.spec = "RFC 7519 2, RFC 3339 5.6"
    for name in ("exp", "nbf", "iat"):
        rest = "" if name == "exp" else f',"exp":{NOW + 600}'
        for what, number in {
            "infinite": "1e400",
            "minus_infinite": "-1e400",
            "2_53": "9007199254740992",
            "2_53_and_one": "9007199254740993",
            "above_2_53": "9007199254740994",
            "minus_2_53": "-9007199254740992",
            "minus_2_53_and_one": "-9007199254740993",
            "below_2_53": "-9007199254740994",
            "2_63": "9223372036854775808",
            "2_64": "18446744073709551616",
            "1e300": "1e300",
            "many_digits": "1" + "0" * 400,
            "year_10000": str(_LAST + 1),
            "year_10000_exponent": "2.534023008e11",
            "before_year_0": str(_FIRST - 1),
            "milliseconds": str((NOW + 600) * 1000),
            "milliseconds_fraction": f"{(NOW + 600) * 1000}.5",
            "microseconds": str((NOW + 600) * 1_000_000),
            "wso2_without_end": "9223372036854775",
        }.items():
            suite.reject(
                f"range.{name}.{what}",
                "Dates are those that can be written with four digits for the year.",
                "invalid_claim",
                _raw(f'"{name}":{number}{rest}'),
                claim=name,
            )
    suite.accept("range.exp.year_9999", "The last second.", _raw(f'"exp":{_LAST}'))
    suite.accept("range.exp.year_9999_fraction", "A fraction before it.", _raw(f'"exp":{_LAST - 1}.75'))
    suite.accept("range.iat.year_9999", "Issued then: no reason to refuse by itself.", _raw(f'"iat":{_LAST},"exp":{NOW + 600}'))
    suite.reject(
        "range.nbf.year_9999", "Valid then.", "not_yet_valid", _raw(f'"nbf":{_LAST},"exp":{NOW + 600}'), claim="nbf"
    )
    suite.accept("range.nbf.year_0", "The first second.", _raw(f'"nbf":{_FIRST},"exp":{NOW + 600}'))
    suite.accept(
        "range.nbf.year_1", "What .NET takes for no date.", _raw(f'"nbf":-62135596800,"exp":{NOW + 600}')
    )
    suite.reject("range.exp.year_0", "A legal date, long past.", "expired", _raw(f'"exp":{_FIRST}'), claim="exp")
    suite.reject("range.exp.tiny", "Nearly zero.", "expired", _raw('"exp":1e-400'), claim="exp")
    suite.reject("range.exp.minus_zero", "Minus zero is zero.", "expired", _raw('"exp":-0'), claim="exp")
    suite.reject(
        "range.max_age_extreme",
        "Ages are counted from the first date.",
        "too_old",
        _raw(f'"iat":{_FIRST},"exp":{NOW + 600}'),
        policy(entry(max_age=1)),
        "iat",
    )
    suite.reject(
        "range.lifetime_extreme",
        "And lifetimes from the first to the last.",
        "lifetime_too_long",
        _raw(f'"iat":{_FIRST},"exp":{_LAST}'),
        policy(entry(max_lifetime="3650d")),
        "exp",
    )


def _durations(suite: Suite) -> None:
    suite.spec = "RFC 7519 4.1.4"
    for text, seconds in (
        ("0s", 0),
        ("0ms", 0),
        (0, 0),
        ("30s", 30),
        (30, 30),
        ("5m", 300),
        (300, 300),
        ("60000ms", 60),
    ):
        rules = policy(entry(leeway=text))
        label = str(text) if isinstance(text, str) else f"number_{text}"
        suite.accept(
            f"leeway.{label}.inside", "A duration in one of its spellings.", token(claims(exp=NOW - seconds + 1)), rules
        )
        suite.reject(
            f"leeway.{label}.edge", "And where it ends.", "expired", token(claims(exp=NOW - seconds)), rules, "exp"
        )
    half = policy(entry(leeway="500ms"))
    suite.accept("leeway.500ms.inside", "Half a second of leeway.", _raw(f'"exp":{NOW - 1}.75'), half)
    suite.reject("leeway.500ms.edge", "And where it ends.", "expired", _raw(f'"exp":{NOW - 1}.5'), half, "exp")
    for text, seconds in (("2h", 7200), ("1d", 86_400)):
        rules = policy(entry(max_age=text, leeway=0))
        suite.accept(f"max_age.{text}.edge", "Hours and days.", token(claims(iat=NOW - seconds)), rules)
        suite.reject(
            f"max_age.{text}.over", "And no longer.", "too_old", token(claims(iat=NOW - seconds - 1)), rules, "iat"
        )


# What RFC 3339 can write: 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
_FIRST, _LAST = -62_167_219_200, 253_402_300_799
_EXACT = policy(entry(leeway=0))
