//! What an answer's header fields say about how long it may be kept (RFC 9111).

use crate::limits;
use crate::time::Timestamp;
use std::time::Duration;

/// What header fields said about an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Caching {
    /// For how long the answer is fresh from now on; `None` when the fields say nothing.
    pub(crate) fresh_for: Option<Duration>,
    /// The validator to send as `If-None-Match`.
    pub(crate) etag: Option<Box<str>>,
}

/// Reads the fields of an answer that came at the time `now`.
pub(crate) fn read(headers: &[(&str, &str)], now: Timestamp) -> Caching {
    Caching { fresh_for: fresh_for(headers, now), etag: etag(headers) }
}

/// `max-age`, or else `Expires`, less the answer's `Age` (RFC 9111 section 4.2). `no-store` and `no-cache` forbid use
/// without asking again, which is a freshness of nothing; so are values that cannot be read (section 4.2.1).
fn fresh_for(headers: &[(&str, &str)], now: Timestamp) -> Option<Duration> {
    let mut shortest: Option<Duration> = None;
    let mut note = |lifetime: Duration| shortest = Some(shortest.map_or(lifetime, |other| other.min(lifetime)));
    for (name, argument) in values(headers, "cache-control").flat_map(directives) {
        if name.eq_ignore_ascii_case("max-age") {
            note(argument.and_then(delta_seconds).unwrap_or_default());
        } else if name.eq_ignore_ascii_case("no-store") || name.eq_ignore_ascii_case("no-cache") {
            note(Duration::ZERO);
        }
    }
    let lifetime = shortest.or_else(|| {
        let expires = values(headers, "expires").next()?;
        // Against the issuer's own clock where it shows that: the difference to ours must not matter.
        let sent = values(headers, "date").next().and_then(http_date).unwrap_or(now);
        Some(http_date(expires).map_or(Duration::ZERO, |expires| expires.since(sent)))
    })?;
    let age = values(headers, "age").next().and_then(|age| delta_seconds(age.trim())).unwrap_or_default();
    Some(lifetime.saturating_sub(age))
}

/// An entity tag (RFC 9110 section 8.8.3) that is safe to send back. Anything else is as good as none.
fn etag(headers: &[(&str, &str)]) -> Option<Box<str>> {
    let text = values(headers, "etag").next()?.trim();
    is_etag(text).then(|| text.into())
}

/// Whether the text is an entity tag of a sensible length: visible ASCII between quotes, perhaps marked as weak.
pub(crate) fn is_etag(text: &str) -> bool {
    let opaque = text.strip_prefix("W/").unwrap_or(text);
    let inner = opaque.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    text.len() <= limits::ETAG_BYTES
        && inner.is_some_and(|inner| inner.bytes().all(|byte| byte == 0x21 || (0x23..=0x7e).contains(&byte)))
}

pub(crate) fn values<'h>(headers: &'h [(&str, &str)], wanted: &'static str) -> impl Iterator<Item = &'h str> {
    headers.iter().filter(move |(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| *value)
}

/// The directives of one `Cache-Control` field; a comma inside a quoted argument may split it, which invents no
/// directive that counts for more than it would have.
fn directives(field: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    field.split(',').map(|directive| match directive.split_once('=') {
        Some((name, argument)) => (name.trim(), Some(argument.trim())),
        None => (directive.trim(), None),
    })
}

/// RFC 9111 section 1.2.2: digits, in quotes or not; a number too large to hold is the largest.
fn delta_seconds(text: &str) -> Option<Duration> {
    let digits = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| Duration::from_secs(digits.parse().unwrap_or(u64::from(u32::MAX))))
}

/// An HTTP date in the one form that may be sent today, as in `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).
fn http_date(text: &str) -> Option<Timestamp> {
    let (_weekday, rest) = text.trim().split_once(", ")?;
    let mut parts = rest.split(' ');
    let day: i64 = digits(parts.next()?, 2)?;
    let month = parts.next()?;
    let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = (1_i64..).zip(names).find(|(_, name)| *name == month)?.0;
    let year: i64 = digits(parts.next()?, 4)?;
    let mut clock = parts.next()?.split(':');
    let [hour, minute, second] = [clock.next()?, clock.next()?, clock.next()?].map(|part| digits(part, 2));
    if parts.next()? != "GMT" || parts.next().is_some() || clock.next().is_some() {
        return None;
    }
    let (hour, minute, second) = (hour?, minute?, second?);
    let in_range = (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    let seconds = days_since_epoch(year, month, day)?.checked_mul(86_400)?.checked_add(hour.checked_mul(3600)?)?;
    in_range.then_some(Timestamp::from_seconds(seconds.checked_add(minute.checked_mul(60)?)?.checked_add(second)?))
}

fn digits(text: &str, length: usize) -> Option<i64> {
    (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Days from 1970-01-01 to a date of the Gregorian calendar. Counting years from March puts the leap day last, where it
/// does not move the months before it.
fn days_since_epoch(year: i64, month: i64, day: i64) -> Option<i64> {
    let before_march = month < 3;
    let year = if before_march { year.checked_sub(1)? } else { year };
    let month = if before_march { month.checked_add(9)? } else { month.checked_sub(3)? };
    let leap_days = year.checked_div(4)?.checked_sub(year.checked_div(100)?)?.checked_add(year.checked_div(400)?)?;
    let in_year = month.checked_mul(153)?.checked_add(2)?.checked_div(5)?.checked_add(day)?;
    // 719,469 days lie between 1 March of the year 0, counted as day 1, and the epoch.
    year.checked_mul(365)?.checked_add(leap_days)?.checked_add(in_year)?.checked_sub(719_469)
}

#[cfg(test)]
mod tests {
    use super::{Caching, http_date, read};
    use crate::time::Timestamp;

    const NOW: Timestamp = Timestamp::from_seconds(784_111_777);

    fn seconds(headers: &[(&str, &str)]) -> Option<u64> {
        read(headers, NOW).fresh_for.map(|fresh_for| fresh_for.as_secs())
    }

    #[test]
    fn max_age_counts_from_when_the_answer_was_made() {
        assert_eq!(seconds(&[]), None);
        assert_eq!(seconds(&[("cache-control", "public")]), None);
        assert_eq!(seconds(&[("Cache-Control", "public, Max-Age=300")]), Some(300));
        assert_eq!(seconds(&[("cache-control", "max-age=300"), ("AGE", "100")]), Some(200));
        assert_eq!(seconds(&[("cache-control", "max-age=300"), ("age", "400")]), Some(0));
        assert_eq!(seconds(&[("cache-control", "max-age=300"), ("age", "soon")]), Some(300));
        assert_eq!(seconds(&[("cache-control", "max-age=300"), ("cache-control", "max-age=200")]), Some(200));
        assert_eq!(seconds(&[("cache-control", "max-age=\"300\"")]), Some(300));
        assert_eq!(seconds(&[("cache-control", "s-maxage=9, max-age=300")]), Some(300));
    }

    #[test]
    fn what_cannot_be_kept_or_read_is_not_fresh() {
        for value in
            ["no-store", "no-cache", "max-age=-1", "max-age=", "max-age", "max-age=1.5", "max-age=300, no-store"]
        {
            assert_eq!(seconds(&[("cache-control", value)]), Some(0), "{value}");
        }
        let huge = seconds(&[("cache-control", "max-age=99999999999999999999")]);
        assert!(huge.is_some_and(|huge| huge > 100 * 365 * 86_400));
    }

    #[test]
    fn expires_is_measured_on_the_issuers_clock() {
        let date = ("date", "Sun, 06 Nov 1994 08:00:00 GMT");
        assert_eq!(seconds(&[("expires", "Sun, 06 Nov 1994 08:59:37 GMT")]), Some(600));
        assert_eq!(seconds(&[date, ("expires", "Sun, 06 Nov 1994 08:10:00 GMT")]), Some(600));
        assert_eq!(seconds(&[date, ("expires", "Sun, 06 Nov 1994 07:00:00 GMT")]), Some(0));
        assert_eq!(seconds(&[("expires", "0")]), Some(0));
        assert_eq!(seconds(&[("expires", "0"), ("cache-control", "max-age=60")]), Some(60));
    }

    #[test]
    fn reads_dates() {
        let read = |text| http_date(text).map(|date| date.as_millis() / 1000);
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(read("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(read("Tue, 29 Feb 2000 12:00:00 GMT"), Some(951_825_600));
        assert_eq!(read("Fri, 31 Dec 9999 23:59:59 GMT"), Some(253_402_300_799));
        for bad in [
            "",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 25:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT x",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn keeps_only_tags_that_are_safe_to_send() {
        let tag = |value: &str| read(&[("ETag", value)], NOW).etag;
        assert_eq!(tag("\"v1\"").as_deref(), Some("\"v1\""));
        assert_eq!(tag(" W/\"v 1\"").as_deref(), None);
        assert_eq!(tag(" W/\"v1\" ").as_deref(), Some("W/\"v1\""));
        for bad in ["", "v1", "\"v1", "\"a\r\nx: y\"", "\"a\"b\"", "\"\u{e9}\"", "w/\"v1\""] {
            assert_eq!(tag(bad), None, "{bad}");
        }
        assert_eq!(tag(&format!("\"{}\"", "x".repeat(300))), None);
        assert_eq!(read(&[], NOW), Caching { fresh_for: None, etag: None });
    }
}
