//! How long the server asks to wait before a retry.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};

use crate::headers::{decimal, duration, from_seconds, text};

/// Returns the wait that a response asks for: `retry-after-ms`, else `Retry-After`
/// ([RFC 9110, 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)).
///
/// A date is compared with the response's header `Date`, and ignored if there is none. A date in the past is a wait of
/// zero. An invalid value counts as absent.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    if let Some(milliseconds) = text(headers, "retry-after-ms").and_then(decimal) {
        return Some(from_seconds(milliseconds / 1000.0));
    }
    let value = text(headers, header::RETRY_AFTER.as_str())?;
    let until_date = || {
        let date = |text| httpdate::parse_http_date(text).ok();
        let now: SystemTime = text(headers, header::DATE.as_str()).and_then(date)?;
        Some(date(value)?.duration_since(now).unwrap_or_default())
    };
    duration(value).or_else(until_date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(pairs: &[(&'static str, &'static str)]) -> Option<Duration> {
        let headers = pairs
            .iter()
            .map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap()))
            .collect::<HeaderMap>();
        retry_after(&headers)
    }

    #[test]
    fn milliseconds_win_over_seconds() {
        let both = [("retry-after", "7"), ("retry-after-ms", "250")];
        assert_eq!(wait(&both), Some(Duration::from_millis(250)));
        assert_eq!(wait(&both[..1]), Some(Duration::from_secs(7)));
        assert_eq!(
            wait(&[("retry-after", "0.5")]),
            Some(Duration::from_millis(500))
        );
    }

    #[test]
    fn a_date_is_measured_against_the_servers_own_clock_or_ignored() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let later = ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT");
        let earlier = ("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT");
        assert_eq!(wait(&[date, later]), Some(Duration::from_secs(30)));
        assert_eq!(wait(&[date, earlier]), Some(Duration::ZERO));
        assert_eq!(wait(&[later]), None);
    }

    #[test]
    fn what_cannot_be_read_is_absent() {
        for value in ["", "soon", "-1", "inf", "NaN", "1e9", "1.2.3"] {
            assert_eq!(wait(&[("retry-after", value)]), None, "{value}");
        }
    }
}
