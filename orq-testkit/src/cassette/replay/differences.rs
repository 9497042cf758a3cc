//! How a request differs from a recorded one.

use std::{collections::BTreeSet, fmt};

use jsonptr::Token;
use orq_core::transport::Operation;
use serde_json::{Number, Value};

use crate::cassette::tape::{Payload, TapedRequest};

/// How many differences are told. The others are counted.
const TOLD: usize = 8;
/// The most characters of a value that are shown.
const SHOWN: usize = 100;
/// How much of itself a fraction may lose.
const LOST: f64 = 16.0 * f64::EPSILON;

/// None, or each in words.
#[derive(Default)]
pub(super) struct Differences(Vec<String>);

/// How the request `asked` differs from the one that was `recorded`, in all that must be the same.
pub(super) fn differences(recorded: &TapedRequest, asked: &TapedRequest) -> Differences {
    let mut found = Differences::default();
    let other = Operation::Other.as_str();
    let operations = [recorded, asked].map(|it| it.operation.as_deref().unwrap_or(other));
    found.compare("operation", operations[0], operations[1]);
    let [(recorded_path, recorded_query), (asked_path, asked_query)] = [recorded, asked]
        .map(|request| request.path.split_once('?').unwrap_or((&request.path, "")));
    if operations == [other; 2] {
        found.compare("method", &recorded.method, &asked.method);
        found.compare("path", recorded_path, asked_path);
    }
    found.compare("query", recorded_query, asked_query);
    match (&recorded.body, &asked.body) {
        (Some(Payload::Json(recorded)), Some(Payload::Json(asked))) => {
            found.compare_json("", Some(recorded), Some(asked));
        }
        (recorded, asked) if recorded == asked => {}
        (recorded, asked) => {
            let shown = |body: &Option<Payload>| body.as_ref().map_or("none".into(), show_body);
            found.add(format!(
                "body: recorded {}, sent {}",
                shown(recorded),
                shown(asked)
            ));
        }
    }
    found
}

impl Differences {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    fn add(&mut self, difference: String) {
        self.0.push(difference);
    }

    fn compare(&mut self, what: &str, recorded: &str, asked: &str) {
        if recorded != asked {
            self.add(format!("{what}: recorded {recorded:?}, sent {asked:?}"));
        }
    }

    fn compare_json(&mut self, path: &str, recorded: Option<&Value>, asked: Option<&Value>) {
        match (recorded, asked) {
            (Some(Value::Object(recorded)), Some(Value::Object(asked))) => {
                let names: BTreeSet<_> = recorded.keys().chain(asked.keys()).collect();
                for name in names {
                    let path = format!("{path}/{}", Token::new(name).encoded());
                    self.compare_json(&path, recorded.get(name), asked.get(name));
                }
            }
            (Some(Value::Array(recorded)), Some(Value::Array(asked))) => {
                for index in 0..recorded.len().max(asked.len()) {
                    let path = format!("{path}/{index}");
                    self.compare_json(&path, recorded.get(index), asked.get(index));
                }
            }
            (Some(Value::Number(recorded)), Some(Value::Number(asked)))
                if is_same_number(recorded, asked) => {}
            (recorded, asked) if recorded == asked => {}
            (recorded, asked) => {
                let shown = |value: Option<&Value>| {
                    value.map_or("nothing".to_owned(), |value| show(&value.to_string()))
                };
                let (recorded, asked) = (shown(recorded), shown(asked));
                self.add(format!("body{path}: recorded {recorded}, sent {asked}"));
            }
        }
    }
}

impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for difference in self.0.iter().take(TOLD) {
            write!(f, "\n      {difference}")?;
        }
        match self.0.len().saturating_sub(TOLD) {
            0 => Ok(()),
            more => write!(f, "\n      and {more} more"),
        }
    }
}

/// Whole numbers are compared exactly. A fraction may have lost its last bits on the way into the file and back, since
/// serde_json reads them quickly rather than exactly.
fn is_same_number(recorded: &Number, asked: &Number) -> bool {
    let whole = |number: &Number| number.to_string().parse::<i128>().ok();
    match (
        whole(recorded),
        whole(asked),
        recorded.as_f64(),
        asked.as_f64(),
    ) {
        (Some(recorded), Some(asked), ..) => recorded == asked,
        (_, _, Some(recorded), Some(asked)) => {
            (recorded - asked).abs() <= LOST * recorded.abs() + f64::MIN_POSITIVE
        }
        _ => recorded == asked,
    }
}

fn show_body(body: &Payload) -> String {
    match body {
        Payload::Json(json) => show(&json.to_string()),
        Payload::Text(text) => show(&format!("{text:?}")),
        Payload::Base64(bytes) => format!("{} bytes", bytes.len()),
    }
}

fn show(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use serde_json::json;

    use super::*;

    fn request(operation: &str, path: &str, body: &str) -> TapedRequest {
        TapedRequest {
            operation: Some(operation.to_owned()),
            deployment: None,
            attempt: None,
            method: "POST".to_owned(),
            path: path.to_owned(),
            headers: HeaderMap::new(),
            body: Payload::body(body.as_bytes()),
        }
    }

    fn told(recorded: &str, asked: &str) -> Vec<String> {
        differences(
            &request("invoke", "/", recorded),
            &request("invoke", "/", asked),
        )
        .0
    }

    #[test]
    fn json_differs_by_path_and_not_by_order() {
        assert_eq!(told(r#"{"a":1,"b":[2.0]}"#, r#"{"b":[2],"a":1}"#), [""; 0]);
        assert_eq!(
            told(
                r#"{"a":{"x/y":[1,2]},"b":true}"#,
                r#"{"a":{"x/y":[1,"2",3]},"c":null}"#
            ),
            [
                r#"body/a/x~1y/1: recorded 2, sent "2""#,
                "body/a/x~1y/2: recorded nothing, sent 3",
                "body/b: recorded true, sent nothing",
                "body/c: recorded nothing, sent null",
            ]
        );
    }

    #[test]
    fn large_whole_numbers_are_exact_and_fractions_nearly() {
        assert_eq!(
            told("18446744073709551615", "18446744073709551614").len(),
            1
        );
        assert_eq!(
            told("-9223372036854775808", "-9223372036854775807").len(),
            1
        );
        assert_eq!(told("0.1", "0.10000000000000002").len(), 0);
        assert_eq!(told("4.9e-324", "9.8e-324").len(), 0);
        assert_eq!(told("0.1", "0.100000000001").len(), 1);
    }

    #[test]
    fn bodies_that_are_no_json_are_compared_as_they_are() {
        assert_eq!(told("a", "a"), [""; 0]);
        assert_eq!(told("a", ""), [r#"body: recorded "a", sent none"#]);
        assert_eq!(told("{}", "{"), [r#"body: recorded {}, sent "{""#]);
    }

    #[test]
    fn the_same_body_for_another_operation_differs() {
        let differ =
            |one, other| differences(&request(one, "/", "{}"), &request(other, "/", "{}")).0;
        assert_eq!(differ("stream", "stream"), [""; 0]);
        assert_eq!(
            differ("stream", "invoke"),
            [r#"operation: recorded "stream", sent "invoke""#]
        );
    }

    #[test]
    fn paths_matter_only_where_the_operation_does_not_say_it() {
        let differ = |operation, one, other| {
            differences(&request(operation, one, ""), &request(operation, other, "")).0
        };
        assert_eq!(
            differ("list", "/v2/deployments", "/base/v2/deployments"),
            [""; 0]
        );
        assert_eq!(
            differ("list", "/v2/deployments?limit=1", "/v2/deployments"),
            [r#"query: recorded "limit=1", sent """#]
        );
        assert_eq!(
            differ("other", "/a", "/b"),
            [r#"path: recorded "/a", sent "/b""#]
        );
    }

    #[test]
    fn long_values_and_long_lists_are_shortened() {
        let long = json!("é".repeat(1000)).to_string();
        let told = told(&long, "1");
        assert!(told[0].chars().count() < 200, "{}", told[0]);
        let recorded = json!((0..20).collect::<Vec<_>>()).to_string();
        let shown = differences(
            &request("invoke", "/", &recorded),
            &request("invoke", "/", "[]"),
        )
        .to_string();
        assert!(shown.ends_with("and 12 more"), "{shown}");
    }
}
