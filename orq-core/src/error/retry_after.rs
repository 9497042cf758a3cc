//! How long a server asks to wait.

use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, header};

/// The wait that a response asks for: `retry-after-ms`, else `Retry-After`.
///
/// A date is measured against the response's own `Date`, else against `wall`, the time since the Unix epoch.
/// A date in the past is no wait at all; what can't be read counts as absent.
pub(crate) fn retry_after(headers: &HeaderMap, wall: Option<Duration>) -> Option<Duration> {
    if let Some(milliseconds) = text(headers, "retry-after-ms").and_then(decimal) {
        return Some(seconds_or_forever(milliseconds / 1000.0));
    }
    let value = text(headers, header::RETRY_AFTER.as_str())?;
    if let Some(seconds) = decimal(value) {
        return Some(seconds_or_forever(seconds));
    }
    let date = |value| {
        let date = httpdate::parse_http_date(value).ok()?;
        date.duration_since(UNIX_EPOCH).ok()
    };
    let now = text(headers, header::DATE.as_str())
        .and_then(date)
        .or(wall)?;
    Some(date(value)?.saturating_sub(now))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// More than a `Duration` holds is for ever, not absent: absent would mean to try again at once.
fn seconds_or_forever(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}

/// A plain decimal number. `f64`'s own parser would take `inf` and `1e9` too.
fn decimal(value: &str) -> Option<f64> {
    value
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
        .then(|| value.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(pairs: &[(&'static str, &'static str)], wall: Option<u64>) -> Option<Duration> {
        let headers = pairs
            .iter()
            .map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap()))
            .collect::<HeaderMap>();
        retry_after(&headers, wall.map(Duration::from_secs))
    }

    #[test]
    fn milliseconds_win_over_seconds() {
        let both = [("retry-after", "7"), ("retry-after-ms", "250")];
        assert_eq!(wait(&both, None), Some(Duration::from_millis(250)));
        assert_eq!(wait(&both[..1], None), Some(Duration::from_secs(7)));
        assert_eq!(
            wait(&[("retry-after", "0.5")], None),
            Some(Duration::from_millis(500))
        );
    }

    #[test]
    fn a_date_is_measured_against_the_servers_own_clock() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let later = ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT");
        assert_eq!(wait(&[date, later], Some(0)), Some(Duration::from_secs(30)));
        assert_eq!(
            wait(&[later], Some(784_111_800)),
            Some(Duration::from_secs(7))
        );
        assert_eq!(wait(&[later], None), None);
        assert_eq!(wait(&[later], Some(900_000_000)), Some(Duration::ZERO));
    }

    #[test]
    fn what_cannot_be_read_is_absent() {
        for value in ["", "soon", "-1", "inf", "NaN", "1e9", "1.2.3"] {
            assert_eq!(wait(&[("retry-after", value)], Some(0)), None, "{value}");
        }
    }
}
