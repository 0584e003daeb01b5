//! Times as logs write them.

use der::DateTime;
use jotgate::Timestamp;
use serde_json::Value;
use std::str::FromStr as _;

/// The time in a member of an object: Unix seconds, or a date as RFC 3339 and its neighbours write it, in UTC where it has no zone.
pub(super) fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(seconds) => seconds.as_f64().and_then(of_seconds),
        Value::String(text) => of_text(text.trim()),
        _ => None,
    }
}

fn of_seconds(seconds: f64) -> Option<Timestamp> {
    let millis = (seconds * 1000.0).round();
    // Years 1 to 9999: the rest are milliseconds, or no times at all.
    #[expect(clippy::cast_possible_truncation, reason = "bounded before")]
    (-62_135_596_800_000.0..253_402_300_800_000.0).contains(&millis).then(|| Timestamp::from_millis(millis as i64))
}

/// RFC 3339 section 5.6: a date, a time, perhaps a fraction, perhaps a zone.
fn of_text(text: &str) -> Option<Timestamp> {
    let (date, rest) = text.split_at_checked(DATE)?;
    let date = format!("{}Z", date.replacen([' ', 't'], "T", 1));
    let since = i64::try_from(DateTime::from_str(&date).ok()?.unix_duration().as_millis()).ok()?;
    let (millis, zone) = match rest.strip_prefix(['.', ',']) {
        Some(rest) => {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let (fraction, zone) = rest.split_at_checked(digits)?;
            (thousandths(fraction)?, zone)
        }
        None => (0, rest),
    };
    let at = since.checked_add(millis)?.checked_sub(offset(zone.trim())?)?;
    Some(Timestamp::from_millis(at))
}

fn thousandths(fraction: &str) -> Option<i64> {
    let three: String = fraction.chars().chain("000".chars()).take(3).collect();
    if fraction.is_empty() { None } else { three.parse().ok() }
}

/// A zone in milliseconds east of Greenwich: `Z`, `+02:00`, `+0200`.
fn offset(zone: &str) -> Option<i64> {
    let (sign, digits) = match zone {
        "" | "Z" | "z" => return Some(0),
        zone => match zone.split_at_checked(1)? {
            ("+", digits) => (1_i64, digits),
            ("-", digits) => (-1, digits),
            _ => return None,
        },
    };
    let digits = digits.replacen(':', "", 1);
    let (hours, minutes) = digits.split_at_checked(2)?;
    let number = |text: &str| {
        text.parse::<i64>().ok().filter(|_| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let minutes = number(hours)?.checked_mul(60)?.checked_add(number(minutes)?)?;
    minutes.checked_mul(60_000)?.checked_mul(sign)
}

/// The length of `2027-01-15T08:00:00`.
const DATE: usize = 19;

#[cfg(test)]
mod tests {
    use super::moment;
    use serde_json::json;

    #[test]
    fn reads_what_logs_write() {
        for (value, millis) in [
            (json!(1_800_000_000), 1_800_000_000_000),
            (json!(1_800_000_000.25), 1_800_000_000_250),
            (json!("2027-01-15T08:00:00Z"), 1_800_000_000_000),
            (json!("2027-01-15 08:00:00"), 1_800_000_000_000),
            (json!("2027-01-15T08:00:00.5Z"), 1_800_000_000_500),
            (json!("2027-01-15T10:00:00.123456+02:00"), 1_800_000_000_123),
            (json!("2027-01-15T03:30:00-0430"), 1_800_000_000_000),
            (json!(" 2027-01-15t08:00:00,1 z "), 1_800_000_000_100),
        ] {
            assert_eq!(moment(&value).map(jotgate::Timestamp::as_millis), Some(millis), "{value}");
        }
        for value in [
            json!(null),
            json!("1800000000"),
            json!("2027-01-15"),
            json!("2027-13-15T08:00:00Z"),
            json!("2027-01-15T08:00:00.Z"),
            json!("2027-01-15T08:00:00+2"),
            json!("2027-01-15T08:00:00 CET"),
            json!("2027-01-15T08:00:0é"),
            json!(1e300),
            json!(1_800_000_000_000_i64),
        ] {
            assert_eq!(moment(&value), None, "{value}");
        }
    }
}
