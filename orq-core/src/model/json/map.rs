//! Free-form objects.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeOwned, Error as _};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::raw::RawJson;
use super::reader::{Mode, ReadError, Reader};
use super::wire::{self, Wire};

/// A JSON object without a fixed shape: pairs of a key and any JSON value, in order.
///
/// Read from JSON text, it keeps the order of keys at every depth and every digit. Values are set from anything
/// that is `Serialize`. Equal as JSON: the order makes no difference, and of a key that was read twice the last
/// counts.
///
/// ```
/// use orq_core::model::JsonMap;
///
/// let mut map: JsonMap = serde_json::from_str(r#"{"z": 1, "a": {"y": 1, "b": 2}}"#)?;
/// map.insert("z", [1, 2]);
/// assert_eq!(serde_json::to_string(&map)?, r#"{"z":[1,2],"a":{"y": 1, "b": 2}}"#);
/// assert_eq!(map.parse::<Vec<u8>>("z")?, Some(vec![1, 2]));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct JsonMap {
    pairs: Vec<(String, RawJson)>,
}

impl JsonMap {
    /// A map without pairs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes a value (a struct, a map, `serde_json::json!`) as JSON, and takes its pairs.
    ///
    /// # Errors
    /// When the value can't be written as JSON, or is no object there.
    pub fn from_serialize(value: impl Serialize) -> Result<Self, serde_json::Error> {
        RawJson::new(value).parse()
    }

    /// Like [`JsonMap::from_serialize`] for setters, which can't fail: the map that holds the failure can't be written.
    pub(in crate::model) fn from_serialize_later(value: impl Serialize) -> Self {
        Self::from_serialize(value).unwrap_or_else(|error| Self {
            pairs: vec![(
                String::new(),
                RawJson::failed(format!("not a JSON object: {error}")),
            )],
        })
    }

    /// Sets a key to a value. A key that is there keeps its place.
    ///
    /// A value that can't be written as JSON is no error here; see [`RawJson::new`].
    pub fn insert(&mut self, key: impl Into<String>, value: impl Serialize) -> Option<RawJson> {
        self.insert_raw(key, RawJson::new(value))
    }

    /// Sets a key to a value that is JSON already. Gives back the value that was there.
    pub fn insert_raw(&mut self, key: impl Into<String>, value: RawJson) -> Option<RawJson> {
        let key = key.into();
        let Some(last) = self.pairs.iter().rposition(|(name, _)| *name == key) else {
            self.pairs.push((key, value));
            return None;
        };
        let old = self
            .pairs
            .get_mut(last)
            .map(|pair| std::mem::replace(&mut pair.1, value));
        let mut index = 0;
        self.pairs.retain(|(name, _)| {
            let kept = *name != key || index == last;
            index += 1;
            kept
        });
        old
    }

    /// A key's value; the last one, if the key was read more than once.
    pub fn get(&self, key: &str) -> Option<&RawJson> {
        self.pairs
            .iter()
            .rev()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    /// Reads a key's value as a `T`; `None` if the key isn't there.
    ///
    /// # Errors
    /// When the value isn't of `T`'s shape.
    pub fn parse<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, serde_json::Error> {
        self.get(key).map(RawJson::parse).transpose()
    }

    /// Whether the key is there.
    pub fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Takes a key out, however often it is there, and gives back its last value.
    pub fn remove(&mut self, key: &str) -> Option<RawJson> {
        self.pairs
            .extract_if(.., |(name, _)| name == key)
            .last()
            .map(|(_, value)| value)
    }

    /// The pairs in their order.
    pub fn iter(&self) -> JsonMapIter<'_> {
        JsonMapIter(self.pairs.iter())
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there are no pairs.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Adds a pair as it was read, be the key there already or not.
    pub(in crate::model) fn push(&mut self, key: Cow<'_, str>, value: &RawValue) {
        self.pairs.push((key.into_owned(), value.into()));
    }
}

/// The pairs of a [`JsonMap`], in their order.
#[derive(Clone, Debug)]
pub struct JsonMapIter<'a>(std::slice::Iter<'a, (String, RawJson)>);

impl<'a> Iterator for JsonMapIter<'a> {
    type Item = (&'a str, &'a RawJson);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(key, value)| (key.as_str(), value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for JsonMapIter<'_> {}

impl<'a> IntoIterator for &'a JsonMap {
    type Item = (&'a str, &'a RawJson);
    type IntoIter = JsonMapIter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for JsonMap {
    type Item = (String, RawJson);
    type IntoIter = std::vec::IntoIter<(String, RawJson)>;

    fn into_iter(self) -> Self::IntoIter {
        self.pairs.into_iter()
    }
}

impl<K: Into<String>, V: Serialize> Extend<(K, V)> for JsonMap {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, pairs: I) {
        for (key, value) in pairs {
            self.insert(key, value);
        }
    }
}

impl<K: Into<String>, V: Serialize> FromIterator<(K, V)> for JsonMap {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut map = Self::new();
        map.extend(pairs);
        map
    }
}

impl PartialEq for JsonMap {
    fn eq(&self, other: &Self) -> bool {
        let values = |map| -> BTreeMap<_, _> { Self::iter(map).collect() };
        values(self) == values(other)
    }
}

impl fmt::Debug for JsonMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl Serialize for JsonMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in self {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for JsonMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        wire::from_raw(&raw, Mode::Strict).map_err(D::Error::custom)
    }
}

impl Wire for JsonMap {
    fn read(raw: &RawValue, reader: &mut Reader) -> Result<Self, ReadError> {
        let mut map = Self::new();
        for (key, value) in reader.object(raw)? {
            map.push(key, value);
        }
        Ok(map)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::json;

    use super::*;

    fn read(text: &str) -> JsonMap {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn values_come_from_anything_that_serialises() {
        let expected = read(r#"{"a":{"b":[1,2.5,"x",null]}}"#);
        assert_eq!(
            JsonMap::from_serialize(json!({"a": {"b": [1, 2.5, "x", null]}})).unwrap(),
            expected
        );
        assert_eq!(
            HashMap::from([("a", json!({"b": [1, 2.5, "x", null]}))])
                .into_iter()
                .collect::<JsonMap>(),
            expected
        );
        assert!(JsonMap::from_serialize([1]).is_err());
        assert!(JsonMap::from_serialize(HashMap::from([((1, 2), 3)])).is_err());
    }

    #[test]
    fn keys_keep_their_order_and_numbers_their_digits() {
        let text = r#"{"z":{"y":123456789012345678901234567890,"b":[{"d":1,"c":0.10}]},"a":1e400}"#;
        assert_eq!(serde_json::to_string(&read(text)).unwrap(), text);
    }

    #[test]
    fn of_a_key_read_twice_the_last_counts() {
        let text = r#"{"a":1,"b":2,"a":3}"#;
        let mut map = read(text);
        assert_eq!(
            serde_json::to_string(&map).unwrap(),
            text,
            "kept as it was read"
        );
        assert_eq!(map.get("a"), Some(&RawJson::new(3)));
        assert_eq!(map, read(r#"{"b":2,"a":3}"#));
        assert_eq!(map.insert("a", 4), Some(RawJson::new(3)));
        assert_eq!(serde_json::to_string(&map).unwrap(), r#"{"b":2,"a":4}"#);
        assert_eq!(map.remove("a"), Some(RawJson::new(4)));
        assert_eq!(map.remove("a"), None);
        assert_eq!(
            (map.len(), map.is_empty(), map.contains_key("b")),
            (1, false, true)
        );
    }

    #[test]
    fn equality_is_that_of_json() {
        assert_eq!(
            read(r#"{"a":1,"b":{"c":2,"d":3}}"#),
            read(r#"{"b":{"d":3.0,"c":2},"a":1}"#)
        );
        assert_ne!(read(r#"{"a":1}"#), read(r#"{"a":1,"b":null}"#));
        assert_ne!(read(r#"{"a":1}"#), read(r#"{"a":2}"#));
    }
}
