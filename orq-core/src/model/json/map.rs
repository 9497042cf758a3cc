//! Free-form objects.

use std::fmt;

use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::decode::deserialize_as;
use super::decode::{Members, Wire};
use super::raw::RawJson;
use super::reader::Reader;

/// A free-form JSON object: pairs of a key and a JSON value, in order.
///
/// Deserialized from JSON text, it keeps the order of keys at every depth, and every digit of numbers. If a key occurs
/// twice, the last value is kept. Values can be set from any type that is `Serialize`. Two maps are equal if they have
/// equal values for the same keys, in any order.
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
pub struct JsonMap(Option<Box<Inner>>);

/// Boxed, because most of the many maps of a response are empty.
#[derive(Clone, Default)]
struct Inner {
    pairs: IndexMap<String, RawJson>,
    /// The key of the first value that couldn't be serialized as JSON, and the error.
    failure: Option<(String, String)>,
}

impl JsonMap {
    /// Creates an empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a map from a value that is serialized as a JSON object: a struct, a map or `serde_json::json!({..})`.
    ///
    /// # Errors
    /// An error if the value can't be serialized as JSON, or isn't serialized as an object.
    pub fn from_serialize(value: impl Serialize) -> Result<Self, serde_json::Error> {
        RawJson::new(value)?.parse()
    }

    /// Sets the value of a key, and returns its previous value. An existing key keeps its position.
    ///
    /// A value that can't be serialized as JSON (see [`RawJson::new`]) is not an error here: the map keeps the first
    /// such error, and serializing the map fails with it, even if the key is set again or removed.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Serialize) -> Option<RawJson> {
        let key = key.into();
        let value = self.settle(&key, RawJson::new(value))?;
        self.insert_raw(key, value)
    }

    /// Sets the value of a key to JSON, and returns its previous value. An existing key keeps its position.
    pub fn insert_raw(&mut self, key: impl Into<String>, value: RawJson) -> Option<RawJson> {
        let inner = self.0.get_or_insert_default();
        inner.pairs.insert(key.into(), value)
    }

    /// Returns the value of a key; `None` if the map doesn't contain the key.
    pub fn get(&self, key: &str) -> Option<&RawJson> {
        self.0.as_ref()?.pairs.get(key)
    }

    pub(in crate::model) fn get_mut(&mut self, key: &str) -> Option<&mut RawJson> {
        self.0.as_mut()?.pairs.get_mut(key)
    }

    /// Deserializes the value of a key to a `T`; returns `None` if the map doesn't contain the key.
    ///
    /// # Errors
    /// An error if the value can't be deserialized to a `T`.
    pub fn parse<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, serde_json::Error> {
        self.get(key).map(RawJson::parse).transpose()
    }

    /// Returns whether the map contains the key.
    pub fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Removes a key, and returns its value; `None` if the map doesn't contain the key.
    pub fn remove(&mut self, key: &str) -> Option<RawJson> {
        self.0.as_mut()?.pairs.shift_remove(key)
    }

    /// Returns the pairs in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawJson)> {
        let pairs = self.0.iter().flat_map(|inner| &inner.pairs);
        pairs.map(|(key, value)| (key.as_str(), value))
    }

    /// Returns the number of pairs.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |inner| inner.pairs.len())
    }

    /// Returns whether the map is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns whether the pairs have the same JSON text. To compare equal values, the texts would be parsed.
    pub(crate) fn has_same_text(&self, other: &Self) -> bool {
        let mut pairs = self.iter().zip(other.iter());
        self.len() == other.len()
            && pairs.all(|(left, right)| left.0 == right.0 && left.1.json() == right.1.json())
    }

    /// Returns the key of the first value that couldn't be serialized as JSON, and the error.
    pub(crate) fn failure(&self) -> Option<(&str, &str)> {
        let (key, why) = self.0.as_ref()?.failure.as_ref()?;
        Some((key, why))
    }

    /// Returns an error if a value couldn't be serialized as JSON.
    pub(in crate::model) fn check<E: serde::ser::Error>(&self) -> Result<(), E> {
        self.failure().map_or(Ok(()), |(key, why)| {
            let key = format!("`{key}`").replace("``", "it");
            Err(E::custom(format!("{key} can't be written as JSON: {why}")))
        })
    }

    /// Returns the value, or keeps its error under this name, if it is the first one, and returns `None`.
    pub(in crate::model) fn settle<T>(
        &mut self,
        name: &str,
        value: Result<T, serde_json::Error>,
    ) -> Option<T> {
        value
            .map_err(|error| {
                let failure = &mut self.0.get_or_insert_default().failure;
                failure.get_or_insert_with(|| (name.to_owned(), error.to_string()));
            })
            .ok()
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
        self.len() == other.len()
            && self
                .iter()
                .all(|(key, value)| other.get(key) == Some(value))
            && self.failure() == other.failure()
    }
}

impl fmt::Debug for JsonMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failure = self
            .failure()
            .map(|(key, why)| (key, format_args!("<can't be written: {why}>").to_string()));
        let mut map = f.debug_map();
        map.entries(self.iter()).entries(failure).finish()
    }
}

impl Serialize for JsonMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.check::<S::Error>()?;
        serializer.collect_map(self.iter())
    }
}

impl From<Members<'_>> for JsonMap {
    fn from(Members(members): Members<'_>) -> Self {
        let mut map = Self::new();
        for (key, raw) in members {
            map.insert_raw(key, raw.into());
        }
        map
    }
}

impl Wire for JsonMap {
    const EXPECTED: &'static str = "an object";

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        Members::read(<&RawValue>::deserialize(input)?, reader).map(Self::from)
    }
}

deserialize_as!(Strict JsonMap);

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
        assert_eq!(serde_json::to_string(&map).unwrap(), r#"{"a":3,"b":2}"#);
        assert_eq!(map.get("a"), Some(&RawJson::new(3).unwrap()));
        assert_eq!(map, read(r#"{"b":2,"a":3}"#));
        assert_eq!(map.insert("a", 4), Some(RawJson::new(3).unwrap()));
        assert_eq!(serde_json::to_string(&map).unwrap(), r#"{"a":4,"b":2}"#);
        assert_eq!(map.remove("a"), Some(RawJson::new(4).unwrap()));
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
            read(r#"{"b":{"d":3,"c":2},"a":1}"#)
        );
        assert_ne!(read(r#"{"a":1}"#), read(r#"{"a":1,"b":null}"#));
        assert_ne!(read(r#"{"a":1}"#), read(r#"{"a":2}"#));
    }

    #[test]
    fn a_value_that_cannot_be_written_fails_when_the_map_is() {
        let failed = |map: &JsonMap| serde_json::to_string(map).unwrap_err().to_string();
        let mut map = read(r#"{"a":1,"b":2}"#);
        assert_eq!(map.insert("a", f64::NAN), None);
        map.insert("c", HashMap::from([((1, 2), 3)]));
        assert_eq!(map.failure(), Some(("a", "JSON has no number NaN")));
        let why = "`a` can't be written as JSON: JSON has no number NaN";
        assert_eq!(failed(&map), why);
        assert_eq!(
            format!("{map:?}"),
            r#"{"a": 1, "b": 2, "a": "<can't be written: JSON has no number NaN>"}"#
        );
        assert_eq!(map, map.clone());
        assert_ne!(map, read(r#"{"a":1,"b":2}"#));
        assert!(JsonMap::from_serialize(&map).is_err());
        map.insert("a", 3);
        assert_eq!(failed(&map), why, "a failure stays");
    }

    #[test]
    fn many_keys_keep_their_values_and_order() {
        let mut plain: Vec<(String, usize)> = Vec::new();
        let mut map = read(r#"{"0":0,"0":1}"#);
        plain.push(("0".into(), 1));
        for step in 0..4000 {
            let key = (step * 7 % 1000).to_string();
            if step % 97 == 5 {
                map.remove(&key);
                plain.retain(|(name, _)| *name != key);
                continue;
            }
            map.insert(key.clone(), step);
            match plain.iter_mut().find(|(name, _)| *name == key) {
                Some(pair) => pair.1 = step,
                None => plain.push((key, step)),
            }
        }
        let pairs: Vec<_> = map
            .iter()
            .map(|(key, value)| (key.to_owned(), value.parse().unwrap()))
            .collect();
        assert_eq!(pairs, plain);
        for (key, value) in &plain {
            assert_eq!(map.parse(key).unwrap(), Some(*value));
        }
    }
}
