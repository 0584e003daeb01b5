//! The keys that are fetched: where they lie, and how they are kept fresh.

use crate::document::{Discovery, OneOrMany, PolicyDuration, PolicyError, WrittenBackoff, WrittenJwks};
use crate::jwks::{Location, Places, Settings};
use crate::limits;
use crate::url::{self, Scheme};
use std::fmt::Debug;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

/// Where an entry's keys are fetched from; `path` is that of its `keys`.
pub(super) fn locations(
    uris: Option<OneOrMany>, discovery: Option<Discovery>, issuer: &OneOrMany, allow_http: bool, path: &str,
) -> Result<Vec<Location>, PolicyError> {
    let mut urls: Vec<Arc<str>> = Vec::new();
    if let Some(uris) = uris {
        let many = matches!(uris, OneOrMany::Many(_));
        for (index, uri) in uris.into_vec().into_iter().enumerate() {
            let path = if many { format!("{path}.jwks_uri[{index}]") } else { format!("{path}.jwks_uri") };
            check_url(&uri, allow_http, &path)?;
            // Twice the same URL is a slip of the pen: another one was meant.
            if urls.iter().any(|other| **other == *uri) {
                return Err(PolicyError::new(path, "this URL stands there twice"));
            }
            urls.push(uri.into());
        }
    }
    let mut locations: Vec<Location> = urls.into_iter().map(Location::KeySet).collect();
    locations.extend(metadata(discovery, issuer, allow_http, &format!("{path}.discovery"))?);
    Ok(locations)
}

/// The metadata document of the entry's issuer.
fn metadata(
    discovery: Option<Discovery>, issuer: &OneOrMany, allow_http: bool, path: &str,
) -> Result<Option<Location>, PolicyError> {
    let Some(discovery) = discovery.filter(|discovery| !matches!(discovery, Discovery::Switch(false))) else {
        return Ok(None);
    };
    if issuer.is_waiver("any") {
        return Err(PolicyError::new(path, "metadata must be about an issuer that the policy names"));
    }
    // The metadata must name one of these, byte for byte (RFC 8414 section 3.3).
    let issuers = issuer.as_slice();
    let places = match (discovery, issuers) {
        (Discovery::Url(url), _) => Places::new(&url, &[]),
        (Discovery::Switch(_), [issuer]) if has_places(issuer) => places(issuer),
        (Discovery::Switch(_), _) => {
            return Err(PolicyError::new(path, "the URL of the metadata does not follow from the issuer")
                .with_hint("write the URL in place of true"));
        }
    };
    check_url(places.at(0), allow_http, path)?;
    let issuers = issuers.iter().map(|issuer| issuer.as_str().into()).collect();
    Ok(Some(Location::Metadata { places, issuers, allow_http }))
}

/// Whether the metadata's URL follows from the issuer, and may be fetched.
pub(super) fn follows_metadata(issuer: &OneOrMany, allow_http: bool) -> bool {
    let [issuer] = issuer.as_slice() else { return false };
    has_places(issuer) && check_url(places(issuer).at(0), allow_http, "").is_ok()
}

/// A template stands for many issuers, and to a query or a fragment no path can be added.
fn has_places(issuer: &str) -> bool {
    !issuer.contains(['?', '#', '{'])
}

/// Where an issuer's metadata may lie: OpenID Connect Discovery 1.0 section 4 puts its well-known path behind the issuer's, RFC
/// 8414 section 3 puts either in front of that. A slash at the end is left out first.
fn places(issuer: &str) -> Places {
    const OPENID: &str = "/.well-known/openid-configuration";
    const OAUTH: &str = "/.well-known/oauth-authorization-server";
    let bare = issuer.strip_suffix('/').unwrap_or(issuer);
    let host_at = bare.find("://").map_or(0, |scheme| scheme.saturating_add(3));
    let path_at =
        bare.get(host_at..).and_then(|rest| rest.find('/')).map_or(bare.len(), |path| host_at.saturating_add(path));
    let (origin, path) = bare.split_at_checked(path_at).unwrap_or((bare, ""));
    let inserted = [OPENID, OAUTH].map(|well_known| format!("{origin}{well_known}{path}"));
    Places::new(&format!("{bare}{OPENID}"), &inserted.each_ref().map(String::as_str))
}

/// How the entry's sources are kept fresh; `path` is that of the entry.
pub(super) fn settings(jwks: &WrittenJwks, path: &str) -> Result<Settings, PolicyError> {
    let path = format!("{path}.jwks");
    let defaults = Settings::default();
    let duration = |field: &str, value: Option<PolicyDuration>, default, range: &RangeInclusive<Duration>| {
        within(value.map(|value| value.0), default, range, &format!("{path}.{field}"))
    };
    // Every bound on freshness counts from this one.
    let ttl = duration("ttl", jwks.ttl, defaults.ttl, &limits::TTL_RANGE)?;
    let (backoff_first, backoff_max) = backoff(jwks.backoff.as_ref().map(|backoff| &backoff.0), &defaults, &path)?;
    Ok(Settings {
        ttl,
        respect_cache_control: jwks.respect_cache_control.unwrap_or(defaults.respect_cache_control),
        min_ttl: duration("min_ttl", jwks.min_ttl, defaults.min_ttl.min(ttl), &(*limits::TTL_RANGE.start()..=ttl))?,
        refresh_ahead: within(
            jwks.refresh_ahead,
            defaults.refresh_ahead,
            &limits::REFRESH_AHEAD_RANGE,
            &format!("{path}.refresh_ahead"),
        )?,
        max_stale: duration("max_stale", jwks.max_stale, defaults.max_stale, &limits::MAX_STALE_RANGE)?,
        timeout: duration("timeout", jwks.timeout, defaults.timeout, &limits::TIMEOUT_RANGE)?,
        cooldown: duration("cooldown", jwks.cooldown, defaults.cooldown, &limits::COOLDOWN_RANGE)?,
        backoff_first,
        backoff_max,
        max_body: within(jwks.max_body, defaults.max_body, &limits::MAX_BODY_RANGE, &format!("{path}.max_body"))?,
        max_keys: within(jwks.max_keys, defaults.max_keys, &limits::MAX_KEYS_RANGE, &format!("{path}.max_keys"))?,
        algorithms: defaults.algorithms,
    })
}

/// The first and the longest pause. Each moves the other's default where they would contradict it.
fn backoff(
    backoff: Option<&WrittenBackoff>, defaults: &Settings, path: &str,
) -> Result<(Duration, Duration), PolicyError> {
    let first = backoff.and_then(|backoff| backoff.first).map(|first| first.0);
    let longest = backoff.and_then(|backoff| backoff.max).map(|longest| longest.0);
    let (least, most) = limits::BACKOFF_RANGE.into_inner();
    let default = longest.map_or(defaults.backoff_first, |longest| longest.min(defaults.backoff_first));
    let first = within(first, default, &(least..=most), &format!("{path}.backoff.first"))?;
    let longest = within(longest, first.max(defaults.backoff_max), &(first..=most), &format!("{path}.backoff.max"))?;
    Ok((first, longest))
}

/// The value, where it is in its range. Bounds are told, so that an author need not look them up.
fn within<T: PartialOrd + Debug>(
    value: Option<T>, default: T, range: &RangeInclusive<T>, path: &str,
) -> Result<T, PolicyError> {
    match value {
        None => Ok(default),
        Some(value) if range.contains(&value) => Ok(value),
        Some(_) => Err(PolicyError::new(path, format!("expected {:?} to {:?}", range.start(), range.end()))),
    }
}

/// `https`, or `http` on the loopback interface, or any `http` where the policy says so.
fn check_url(url: &str, allow_http: bool, path: &str) -> Result<(), PolicyError> {
    match url::scheme(url) {
        Some(Scheme::Https | Scheme::LoopbackHttp) => Ok(()),
        Some(Scheme::Http) if allow_http => Ok(()),
        Some(Scheme::Http) => Err(PolicyError::new(path, "keys must not be fetched over http")
            .with_hint("use https, or set jwks.allow_http if the network is trusted")),
        None => Err(PolicyError::new(
            path,
            "expected an https URL with a host, without user name, spaces or control characters",
        )),
    }
}
