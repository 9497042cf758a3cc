//! Headers in the file: by name, and each with one value or an array of them.

use std::collections::{BTreeMap, BTreeSet};

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::payload::Payload;

#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "a header is a string, an object with `base64`, or an array of those"
)]
enum Field {
    One(Value),
    More(Vec<Value>),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Value {
    Text(String),
    Other(Payload),
}

impl Value {
    fn of(value: &HeaderValue) -> Self {
        match Payload::text(value.as_bytes()) {
            Payload::Text(text) => Self::Text(text),
            other => Self::Other(other),
        }
    }

    fn bytes(self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.into_bytes(),
            Self::Other(other) => other.bytes(),
        }
    }
}

pub(super) fn serialize<S: Serializer>(
    headers: &HeaderMap,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    // Sorted, so that recording again changes no more lines than it must.
    let names: BTreeSet<_> = headers.keys().map(HeaderName::as_str).collect();
    serializer.collect_map(names.into_iter().map(|name| {
        let mut values: Vec<_> = headers.get_all(name).iter().map(Value::of).collect();
        let field = match values.len() {
            1 => Field::One(values.remove(0)),
            _ => Field::More(values),
        };
        (name, field)
    }))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<HeaderMap, D::Error> {
    let mut headers = HeaderMap::new();
    for (name, field) in BTreeMap::<String, Field>::deserialize(deserializer)? {
        let wrong =
            |problem: &dyn std::fmt::Display| D::Error::custom(format!("{name}: {problem}"));
        let values = match field {
            Field::One(value) => vec![value],
            Field::More(values) => values,
        };
        for value in values {
            let value = HeaderValue::try_from(value.bytes()).map_err(|error| wrong(&error))?;
            let name = HeaderName::try_from(&name).map_err(|error| wrong(&error))?;
            headers
                .try_append(name, value)
                .map_err(|error| wrong(&error))?;
        }
    }
    Ok(headers)
}
