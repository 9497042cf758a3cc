//! A header that a test gives.

use std::fmt::Display;

use http::{HeaderName, HeaderValue};

use crate::guard::fail;

/// The header's name, or the test fails at the caller's line.
#[track_caller]
pub(crate) fn name<N>(name: N) -> HeaderName
where
    N: TryInto<HeaderName, Error: Display>,
{
    match name.try_into() {
        Ok(name) => name,
        Err(error) => fail(&format!("a header's name is not allowed: {error}")),
    }
}

/// The header, or the test fails at the caller's line.
#[track_caller]
pub(crate) fn field<N, V>(name: N, value: V) -> (HeaderName, HeaderValue)
where
    N: TryInto<HeaderName, Error: Display>,
    V: TryInto<HeaderValue, Error: Display>,
{
    let name = self::name(name);
    match value.try_into() {
        Ok(value) => (name, value),
        Err(error) => fail(&format!(
            "the value of header {name} is not allowed: {error}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_what_http_allows() {
        let (name, value) = field("X-Name", "value");
        assert_eq!((name.as_str(), value.as_bytes()), ("x-name", &b"value"[..]));
    }

    #[test]
    #[should_panic(expected = "a header's name is not allowed")]
    fn a_wrong_name_fails_the_test() {
        name("no name");
    }

    #[test]
    #[should_panic(expected = "the value of header x-name is not allowed")]
    fn a_wrong_value_fails_the_test() {
        field("x-name", "two\nlines");
    }
}
