//! The HTTP headers that the client reads and sets.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{self, AsHeaderName},
};

pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");
pub(crate) const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");

/// Returns a header's value without surrounding white space; `None` if it is absent or isn't visible ASCII.
pub(crate) fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// Returns orq's trace id, from the header `x-orq-trace-id`.
pub(crate) fn trace_id(headers: &HeaderMap) -> Option<&str> {
    text(headers, const { HeaderName::from_static("x-orq-trace-id") })
}

/// Returns whether the content type is an event stream.
pub(crate) fn is_event_stream(headers: &HeaderMap) -> bool {
    media_type(headers)
        .is_some_and(|media_type| media_type.eq_ignore_ascii_case(b"text/event-stream"))
}

/// Returns whether the content type is JSON or has the suffix `+json`.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    media_type(headers).is_some_and(|media_type| {
        let suffix = media_type.last_chunk::<5>();
        media_type.eq_ignore_ascii_case(b"application/json")
            || suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case(b"+json"))
    })
}

/// Returns the media type of `content-type`, without parameters.
fn media_type(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(header::CONTENT_TYPE)?.as_bytes();
    let essence = value.split(|byte| *byte == b';').next()?;
    Some(essence.trim_ascii())
}

/// Returns the content encoding that the transport has left in the headers; `None` if the body isn't encoded.
pub(crate) fn encoding(headers: &HeaderMap) -> Option<&str> {
    text(headers, header::CONTENT_ENCODING)
        .filter(|encoding| !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity"))
}

/// The rate limit in a response's headers.
///
/// orq sends `x-ratelimit-limit`, `-remaining` and `-reset` for requests, and the same with `-cost` for the budget;
/// see <https://docs.orq.ai/reference/rate-limits>. A header that is absent or invalid is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Number of requests allowed in the current window.
    pub limit: Option<u64>,
    /// Number of requests left in the current window.
    pub remaining: Option<u64>,
    /// Time until the current window ends.
    pub reset: Option<Duration>,
    /// Cost allowed in the current window, in the currency of the workspace.
    pub limit_cost: Option<f64>,
    /// Cost left in the current window, in the currency of the workspace.
    pub remaining_cost: Option<f64>,
    /// Time until the current window for the cost ends.
    pub reset_cost: Option<Duration>,
}

impl RateLimit {
    /// Reads the rate limit from a response's headers. A duration is in seconds, or has units (`1m30s`, `PT42S`), or is
    /// the time until a date or a Unix time, by the header `Date`.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let read = |name| text(headers, name);
        Self {
            limit: read("x-ratelimit-limit").and_then(|text| text.parse().ok()),
            remaining: read("x-ratelimit-remaining").and_then(|text| text.parse().ok()),
            reset: wait(headers, "x-ratelimit-reset"),
            limit_cost: read("x-ratelimit-limit-cost").and_then(decimal),
            remaining_cost: read("x-ratelimit-remaining-cost").and_then(decimal),
            reset_cost: wait(headers, "x-ratelimit-reset-cost"),
        }
    }
}

/// Returns the wait that a header asks for: the longest of its durations, dates and Unix times.
///
/// A date or a Unix time is compared with the response's header `Date`, and ignored if there is none. One in the past is
/// a wait of zero.
pub(crate) fn wait(headers: &HeaderMap, name: &str) -> Option<Duration> {
    let date = |text: &str| httpdate::parse_http_date(text).ok();
    let until = |time: SystemTime| {
        let now = text(headers, header::DATE).and_then(date)?;
        Some(time.duration_since(now).unwrap_or_default())
    };
    let read = |part: &str| match decimal(part) {
        // Of the years from 2001 to 2286, in seconds or milliseconds.
        Some(time @ 1e9..1e10) => until(UNIX_EPOCH + from_seconds(time)),
        Some(time @ 1e12..1e13) => until(UNIX_EPOCH + from_seconds(time / 1000.0)),
        _ => duration(part),
    };
    let values = headers.get_all(name).iter();
    let waits = values.filter_map(|value| {
        let value = value.to_str().ok()?.trim();
        match date(value) {
            Some(date) => until(date),
            None => value.split(',').filter_map(|part| read(part.trim())).max(),
        }
    });
    waits.max()
}

/// Parses a duration: seconds (`58`, `0.5`), or numbers with units (`58s`, `250ms`, `1h`, `1m30s`), also as ISO 8601
/// writes them (`PT1M30S`).
fn duration(text: &str) -> Option<Duration> {
    if let Some(seconds) = decimal(text) {
        return Some(from_seconds(seconds));
    }
    let text = text.to_ascii_lowercase();
    let text = text.strip_prefix("pt").unwrap_or(&text);
    let (mut seconds, mut rest) = (0.0, text);
    while !rest.is_empty() {
        let is_unit = |c: char| c.is_ascii_alphabetic();
        let (number, from_unit) = rest.split_at(rest.find(is_unit)?);
        let after = from_unit.trim_start_matches(is_unit);
        let unit = from_unit.strip_suffix(after).unwrap_or_default();
        let unit = match unit {
            "us" => 1e-6,
            "ms" => 0.001,
            "s" | "sec" | "second" | "seconds" => 1.0,
            "m" | "min" | "minute" | "minutes" => 60.0,
            "h" | "hour" | "hours" => 3600.0,
            _ => return None,
        };
        seconds += decimal(number.trim())? * unit;
        rest = after;
    }
    (!text.is_empty()).then(|| from_seconds(seconds))
}

/// Returns a URL without user, query and fragment, which may be secret.
pub(crate) fn without_secrets(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    // Browsers accept any number of slashes after the scheme, and backslashes.
    let slash = ['/', '\\'];
    let scheme = url.split_inclusive(':').next().unwrap_or_default();
    let scheme = match scheme.ends_with(':') && !scheme.contains(slash) {
        true => scheme,
        false => "",
    };
    let after = url.get(scheme.len()..).unwrap_or_default();
    let rest = after.trim_start_matches(slash);
    let slashes = after.get(..after.len() - rest.len()).unwrap_or_default();
    if scheme.is_empty() && slashes.len() < 2 {
        return url.to_owned();
    }
    let (authority, path) = rest.split_at(rest.find(slash).unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}{slashes}{host}{path}")
}

/// Converts seconds to a `Duration`. A number that doesn't fit becomes `Duration::MAX`: if it counted as absent, the
/// client would retry without the wait that the server asked for.
pub(crate) fn from_seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}

/// Parses a decimal number of digits and a point. `f64`'s own parser would also accept `inf` and `1e9`.
pub(crate) fn decimal(text: &str) -> Option<f64> {
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_plain.then(|| text.parse().ok())?
}

/// Validates a header that the caller sets. The error is the reason why it was rejected.
pub(crate) fn checked<N, V>(name: N, value: V) -> Result<(HeaderName, HeaderValue), String>
where
    N: TryInto<HeaderName>,
    V: TryInto<HeaderValue>,
{
    let name = name
        .try_into()
        .map_err(|_| "the header's name is not valid".to_owned())?;
    if name == header::AUTHORIZATION {
        return Err("the header `authorization` is made from the API key".to_owned());
    }
    const OF_THE_TRANSPORT: [&str; 4] =
        ["connection", "content-length", "host", "transfer-encoding"];
    if OF_THE_TRANSPORT.contains(&name.as_str()) {
        return Err(format!("the header `{name}` is set by the transport"));
    }
    let value = value
        .try_into()
        .map_err(|_| format!("the value of the header `{name}` is not valid"))?;
    if value.to_str().is_err() {
        return Err(format!(
            "the value of the header `{name}` contains a character that is not ASCII, which servers read in different \
             ways"
        ));
    }
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_a_unit_or_is_in_seconds() {
        for (text, milliseconds) in [
            ("58s", Some(58_000)),
            ("58", Some(58_000)),
            ("0.5", Some(500)),
            ("250ms", Some(250)),
            ("2m", Some(120_000)),
            ("1h", Some(3_600_000)),
            ("1m30s", Some(90_000)),
            ("6m0s", Some(360_000)),
            ("1h 2m 3.5s", Some(3_723_500)),
            ("2s 500ms", Some(2_500)),
            ("PT42S", Some(42_000)),
            ("pt1h2m0.5s", Some(3_720_500)),
            ("5 seconds", Some(5_000)),
            ("1 min 30 sec", Some(90_000)),
            ("1500us", Some(1)),
            ("PT", None),
            ("P1D", None),
            ("1m30", None),
            ("1m-3s", None),
            ("m30s", None),
            ("", None),
            ("s", None),
            ("-1", None),
            ("1e9", None),
            ("inf", None),
            ("1d", None),
            ("1.2.3", None),
        ] {
            let shown = duration(text).map(|it| it.as_millis());
            assert_eq!(shown, milliseconds, "{text}");
        }
        assert_eq!(duration(&"9".repeat(30)), Some(Duration::MAX));
    }

    #[test]
    fn a_rate_limit_is_counts_durations_and_costs() {
        let headers = HeaderMap::from_iter(
            [
                ("x-ratelimit-limit", "100"),
                ("x-ratelimit-remaining", "many"),
                ("x-ratelimit-reset", "58s"),
                ("x-ratelimit-remaining-cost", "1.25"),
                ("x-ratelimit-reset-cost", "3600"),
            ]
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            }),
        );
        let limit = RateLimit::from_headers(&headers);
        assert_eq!((limit.limit, limit.remaining), (Some(100), None));
        assert_eq!(limit.reset, Some(Duration::from_secs(58)));
        assert_eq!((limit.limit_cost, limit.remaining_cost), (None, Some(1.25)));
        assert_eq!(limit.reset_cost, Some(Duration::from_secs(3600)));
    }

    #[test]
    fn a_media_type_is_compared_without_case_and_parameters() {
        for (value, json, events) in [
            ("application/json; charset=utf-8", true, false),
            ("Application/Problem+JSON", true, false),
            ("text/event-stream;charset=utf-8", false, true),
            ("text/plain", false, false),
        ] {
            let value = HeaderValue::from_static(value);
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, value.clone())]);
            assert_eq!(
                (is_json(&headers), is_event_stream(&headers)),
                (json, events),
                "{value:?}"
            );
        }
    }
}
