//! How long the server asks to wait before a retry.

use std::time::Duration;

use http::{HeaderMap, header};

use crate::headers::{decimal, from_seconds, text, wait};

/// Returns the wait that a response asks for: `retry-after-ms`, else `Retry-After`
/// ([RFC 9110, 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)). An invalid value counts as absent.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    if let Some(milliseconds) = text(headers, "retry-after-ms").and_then(decimal) {
        return Some(from_seconds(milliseconds / 1000.0));
    }
    wait(headers, header::RETRY_AFTER.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(pairs: &[(&'static str, &'static str)]) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
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
    fn a_time_since_1970_is_measured_like_a_date() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let now = ("date", "Tue, 14 Nov 2023 22:13:10 GMT");
        for value in ["1700000000", "1700000000000", "1700000000.0"] {
            let asked = ("retry-after", value);
            assert_eq!(wait(&[now, asked]), Some(Duration::from_secs(10)));
            assert_eq!(wait(&[asked]), None, "{value}");
            assert_eq!(
                wait(&[date, ("retry-after", "1000000000")]).map(|it| it.as_secs()),
                Some(215_888_223)
            );
        }
        assert_eq!(
            wait(&[now, ("retry-after", "1600000000")]),
            Some(Duration::ZERO)
        );
    }

    #[test]
    fn the_longest_of_several_waits_is_taken() {
        for value in ["2s, 5s", "5,2", "soon, PT5S", "5, Fri, 31 Dec"] {
            let asked = ("retry-after", value);
            assert_eq!(wait(&[asked]), Some(Duration::from_secs(5)), "{value}");
        }
        let twice = [("retry-after", "1"), ("retry-after", "5")];
        assert_eq!(wait(&twice), Some(Duration::from_secs(5)));
    }

    #[test]
    fn what_cannot_be_read_is_absent() {
        for value in ["", "soon", "-1", "inf", "NaN", "1e9", "1.2.3"] {
            assert_eq!(wait(&[("retry-after", value)]), None, "{value}");
        }
    }
}
