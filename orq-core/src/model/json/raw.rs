//! Any JSON value, kept as its text.

use std::fmt;
use std::sync::Arc;

use serde::de::{self, DeserializeOwned};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};
use serde_json::value::RawValue;

use super::equality;
use super::reader::{ReadError, Reader};
use super::wire::Wire;

/// Any JSON value, kept as the text it was read from or written to: order of keys and every digit included.
///
/// Two are equal when they are equal as JSON values: white space, the order of keys and the spelling of numbers
/// (`24` and `24.0`) and strings make no difference, and of a key that occurs twice the last counts.
///
/// ```
/// use orq_core::model::RawJson;
///
/// let order = RawJson::from_text(r#"{"z": 1, "a": {"id": 123456789012345678901}}"#)?;
/// assert_eq!(order.json_text(), Some(r#"{"z": 1, "a": {"id": 123456789012345678901}}"#));
/// assert_eq!(order, RawJson::from_text(r#"{"a":{"id":123456789012345678901},"z":1.0}"#)?);
/// assert_eq!(RawJson::new([1, 2]).parse::<Vec<u8>>()?, [1, 2]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct RawJson(Held);

#[derive(Clone)]
enum Held {
    Json(Box<RawValue>),
    /// Why the value that [`RawJson::new`] was given can't be written as JSON.
    Failed(Arc<str>),
}

impl RawJson {
    /// Writes a value as JSON.
    ///
    /// A value that can't be written (a map whose keys are no strings, a `Serialize` that fails) is no error here:
    /// the failure is held, and comes out when this is itself written. So setters that take values can't fail, and
    /// the call that would send the request does.
    pub fn new(value: impl Serialize) -> Self {
        match serde_json::value::to_raw_value(&value) {
            Ok(raw) => Self(Held::Json(raw)),
            Err(error) => Self::failed(error.to_string()),
        }
    }

    /// Takes JSON text as it is.
    ///
    /// # Errors
    /// When the text isn't one JSON value.
    pub fn from_text(text: impl Into<String>) -> Result<Self, serde_json::Error> {
        RawValue::from_string(text.into()).map(|raw| Self(Held::Json(raw)))
    }

    pub(crate) fn failed(message: impl Into<Arc<str>>) -> Self {
        Self(Held::Failed(message.into()))
    }

    /// The JSON text as it stands, a string in its quotes; or `None` if [`RawJson::new`] was given a value that can't
    /// be written as JSON. To read the value, there is [`parse`](RawJson::parse).
    pub fn json_text(&self) -> Option<&str> {
        match &self.0 {
            Held::Json(raw) => Some(raw.get()),
            Held::Failed(_) => None,
        }
    }

    /// Reads the value as a `T`.
    ///
    /// # Errors
    /// When the value isn't of `T`'s shape, is nested more than 128 levels deep (serde_json's bound), or couldn't
    /// be written in the first place.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        match &self.0 {
            Held::Json(raw) => serde_json::from_str(raw.get()),
            Held::Failed(message) => Err(de::Error::custom(message)),
        }
    }

    /// Whether the value is `null`.
    pub fn is_null(&self) -> bool {
        self.json_text() == Some("null")
    }
}

impl From<&RawValue> for RawJson {
    fn from(raw: &RawValue) -> Self {
        Self(Held::Json(raw.to_owned()))
    }
}

impl PartialEq for RawJson {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Held::Json(left), Held::Json(right)) => equality::equal(left.get(), right.get()),
            (Held::Failed(left), Held::Failed(right)) => left == right,
            _ => false,
        }
    }
}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Held::Json(raw) => f.write_str(raw.get()),
            Held::Failed(message) => write!(f, "<no JSON: {message}>"),
        }
    }
}

impl Serialize for RawJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Held::Json(raw) => raw.serialize(serializer),
            Held::Failed(message) => Err(ser::Error::custom(message)),
        }
    }
}

impl<'de> Deserialize<'de> for RawJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(|raw| Self(Held::Json(raw)))
    }
}

impl Wire for RawJson {
    const KEEPS_NULL: bool = true;

    fn read(raw: &RawValue, _: &mut Reader) -> Result<Self, ReadError> {
        Ok(Self::from(raw))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_value_that_cannot_be_written_fails_when_it_is_sent() {
        let held = RawJson::new(BTreeMap::from([((1, 2), 3)]));
        assert_eq!(held.json_text(), None);
        assert!(!held.is_null());
        assert_eq!(
            serde_json::to_string(&held).unwrap_err().to_string(),
            "key must be a string"
        );
        assert_eq!(
            held.parse::<()>().unwrap_err().to_string(),
            "key must be a string"
        );
        assert_eq!(held, held.clone());
        assert_ne!(held, RawJson::new(()));
        assert_eq!(
            RawJson::new(&held),
            held,
            "a held failure stays one when it is wrapped again"
        );
        assert_eq!(format!("{held:?}"), "<no JSON: key must be a string>");
    }

    #[test]
    fn text_is_kept_as_it_is() {
        let text = r#"{"b": 1.10, "a": [1e400, "\ud800"]}"#;
        let raw = RawJson::from_text(text).unwrap();
        assert_eq!(serde_json::to_string(&raw).unwrap(), text);
        assert_eq!(
            serde_json::from_str::<RawJson>(text).unwrap().json_text(),
            Some(text)
        );
        assert!(RawJson::from_text("{} {}").is_err());
    }

    #[test]
    fn a_million_brackets_are_held_compared_and_refused_by_parse() {
        let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        let raw = RawJson::from_text(deep.clone()).unwrap();
        assert_eq!(raw, RawJson::from_text(format!(" {deep}")).unwrap());
        assert!(raw.parse::<serde_json::Value>().is_err());
    }
}
