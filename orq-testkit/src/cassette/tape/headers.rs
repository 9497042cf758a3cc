//! Headers in the file: by name, and each with one value or an array of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
};

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Deserializer, Serializer, de, ser};
use serde_json::Value;

use super::payload::Payload;

pub(super) fn serialize<S: Serializer>(
    headers: &HeaderMap,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    // Sorted, so that recording again changes no more lines than it must.
    let names: BTreeSet<_> = headers.keys().map(HeaderName::as_str).collect();
    let fields = names.into_iter().map(|name| {
        let values = headers.get_all(name).iter();
        let values = values.map(|value| match Payload::text(value.as_bytes()) {
            Payload::Text(text) => Ok(Value::String(text)),
            other => serde_json::to_value(other),
        });
        let mut values: Vec<_> = values.collect::<Result<_, _>>()?;
        let field = match values.len() {
            1 => values.remove(0),
            _ => Value::Array(values),
        };
        Ok((name, field))
    });
    let fields: serde_json::Result<Vec<_>> = fields.collect();
    serializer.collect_map(fields.map_err(ser::Error::custom)?)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<HeaderMap, D::Error> {
    let mut headers = HeaderMap::new();
    for (name, field) in BTreeMap::<String, Value>::deserialize(deserializer)? {
        let wrong = |problem: &dyn Display| de::Error::custom(format!("{name}: {problem}"));
        let values = match field {
            Value::Array(values) => values,
            value => vec![value],
        };
        for value in values {
            let bytes = match value {
                Value::String(text) => text.into_bytes(),
                other => Payload::deserialize(other)
                    .map_err(|it| wrong(&it))?
                    .bytes(),
            };
            let value = HeaderValue::try_from(bytes).map_err(|it| wrong(&it))?;
            let name = HeaderName::try_from(&name).map_err(|it| wrong(&it))?;
            headers.try_append(name, value).map_err(|it| wrong(&it))?;
        }
    }
    Ok(headers)
}
