//! What a test says of a request.

use assert_json_diff::{CompareMode, Config, assert_json_matches_no_panic};
use serde::Serialize;

use super::recorded::RecordedRequest;
use crate::guard::fail;

impl RecordedRequest {
    /// Asserts that the body is this JSON value. The order of keys doesn't matter.
    ///
    /// # Panics
    ///
    /// If the body isn't JSON, or is another value. The message has every difference.
    #[track_caller]
    pub fn assert_json(&self, expected: impl Serialize) {
        self.compare(expected, CompareMode::Strict, "isn't what was expected");
    }

    /// Asserts that the body contains this JSON value. Objects of the body may have more members, and arrays more items
    /// at their end.
    ///
    /// # Panics
    ///
    /// If the body isn't JSON, or doesn't contain the value. The message has every difference.
    #[track_caller]
    pub fn assert_json_contains(&self, expected: impl Serialize) {
        self.compare(expected, CompareMode::Inclusive, "lacks what was expected");
    }

    #[track_caller]
    fn compare(&self, expected: impl Serialize, mode: CompareMode, complaint: &str) {
        let actual = self.json();
        let expected = match serde_json::to_value(expected) {
            Ok(expected) => expected,
            Err(error) => fail(&format!(
                "what is expected can't be written as JSON: {error}"
            )),
        };
        let config = Config::new(mode);
        if let Err(difference) = assert_json_matches_no_panic(&actual, &expected, config) {
            let difference = difference
                .replace("is missing from lhs", "is missing from the body")
                .replace("is missing from rhs", "was not expected");
            let difference = self.redacted(&difference);
            fail(&format!("the body of {self} {complaint}:\n{difference}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http::Request;
    use serde_json::json;

    use super::*;

    fn sent() -> RecordedRequest {
        let request = Request::post("/v2/deployments/invoke")
            .header("authorization", "Bearer sk-orq-secret")
            .body(Bytes::from(
                r#"{"key":"greeter","inputs":{"a":1,"b":"sk-orq-secret"}}"#,
            ))
            .unwrap();
        RecordedRequest::new(request, Duration::ZERO)
    }

    #[test]
    fn what_is_there_passes() {
        sent().assert_json_contains(json!({"inputs": {"a": 1}}));
        sent().assert_json(json!({"inputs": {"b": "sk-orq-secret", "a": 1}, "key": "greeter"}));
    }

    #[test]
    #[should_panic(expected = "json atoms at path \".inputs.a\" are not equal")]
    fn another_value_fails_and_is_shown() {
        sent().assert_json_contains(json!({"inputs": {"a": 2}}));
    }

    #[test]
    #[should_panic(expected = "\".inputs\" was not expected")]
    fn more_than_was_expected_fails_an_exact_comparison() {
        sent().assert_json(json!({"key": "greeter"}));
    }

    #[test]
    #[should_panic(expected = "<redacted>")]
    fn a_difference_does_not_show_the_key() {
        sent().assert_json_contains(json!({"inputs": {"b": "x"}}));
    }
}
