//! Free-form objects.

use std::collections::{BTreeMap, HashMap};
use std::{fmt, iter, slice, vec};

use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize, Serializer, ser};
use serde_json::{Error, value::RawValue};

use super::decode::{Members, Wire};
use super::object::deserialize;
use super::raw::RawJson;
use super::reader::Reader;

/// From how many pairs on a key is found by an index when pairs are inserted.
const INDEXED: usize = 16;

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
pub struct JsonMap(Option<Box<Inner>>);

/// Apart, because nearly all of the many maps of an answer are empty.
#[derive(Clone, Default)]
struct Inner {
    pairs: Vec<(String, RawJson)>,
    /// Where each key stands last, once many pairs were inserted.
    index: Option<HashMap<String, usize>>,
    /// The keys whose values can't be written as JSON, and why.
    failures: Vec<(String, String)>,
}

impl JsonMap {
    /// Returns a map without pairs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes a value (a struct, a map, `serde_json::json!`) as JSON, and takes its pairs.
    ///
    /// # Errors
    /// When the value can't be written as JSON, or isn't an object there.
    pub fn from_serialize(value: impl Serialize) -> Result<Self, Error> {
        RawJson::new(value)?.parse()
    }

    /// Sets a key to a value and returns the value that was there. A key that is there keeps its place.
    ///
    /// A value that can't be written as JSON (see [`RawJson::new`]) is no error here, so that setters can't fail: the
    /// map keeps why, and can't be written itself until the key is removed or set to another value.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Serialize) -> Option<RawJson> {
        let key = key.into();
        match self.settle(&key, RawJson::new(value)) {
            Some(value) => self.insert_raw(key, value),
            None => self.take(&key),
        }
    }

    /// Sets a key to a value that is JSON already, and returns the value that was there.
    pub fn insert_raw(&mut self, key: impl Into<String>, value: RawJson) -> Option<RawJson> {
        let key = key.into();
        let Inner {
            pairs,
            index,
            failures,
        } = &mut **self.0.get_or_insert_default();
        failures.retain(|(failed, _)| *failed != key);
        if index.is_none() && pairs.len() >= INDEXED {
            let keys = pairs.iter().map(|(key, _)| key.clone());
            *index = Some(keys.zip(0..).collect());
        }
        let Some(last) = last(pairs, index, &key) else {
            index
                .iter_mut()
                .for_each(|index| drop(index.insert(key.clone(), pairs.len())));
            pairs.push((key, value));
            return None;
        };
        let old = pairs
            .get_mut(last)
            .map(|pair| std::mem::replace(&mut pair.1, value));
        if index.as_ref().is_none_or(|index| index.len() < pairs.len()) {
            let mut at = 0..;
            pairs.retain(|(name, _)| at.next() == Some(last) || *name != key);
            *index = None;
        }
        old
    }

    /// Returns a key's value; the last one, if the key was read more than once.
    pub fn get(&self, key: &str) -> Option<&RawJson> {
        let Inner { pairs, index, .. } = self.0.as_deref()?;
        pairs.get(last(pairs, index, key)?).map(|(_, value)| value)
    }

    /// Reads a key's value as a `T`; `None` if the key isn't there.
    ///
    /// # Errors
    /// When the value isn't of `T`'s shape.
    pub fn parse<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Error> {
        self.get(key).map(RawJson::parse).transpose()
    }

    /// Returns whether the key is there.
    pub fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Takes a key out, however often it is there, and returns its last value.
    pub fn remove(&mut self, key: &str) -> Option<RawJson> {
        let inner = self.0.as_deref_mut()?;
        inner.failures.retain(|(failed, _)| failed != key);
        self.take(key)
    }

    fn take(&mut self, key: &str) -> Option<RawJson> {
        let inner = self.0.as_deref_mut()?;
        inner.index = None;
        let taken = inner.pairs.extract_if(.., |(name, _)| name == key);
        taken.last().map(|(_, value)| value)
    }

    /// Returns the pairs in their order.
    pub fn iter(&self) -> JsonMapIter<'_> {
        self.pairs().iter().map(|(key, value)| (key, value))
    }

    /// Returns how many pairs there are.
    pub fn len(&self) -> usize {
        self.pairs().len()
    }

    /// Returns whether there are no pairs.
    pub fn is_empty(&self) -> bool {
        self.pairs().is_empty()
    }

    fn pairs(&self) -> &[(String, RawJson)] {
        self.0.as_deref().map_or(&[], |inner| &inner.pairs)
    }

    /// Returns the first key whose value can't be written as JSON, and why.
    pub(crate) fn failure(&self) -> Option<(&str, &str)> {
        let (key, why) = self.0.as_deref()?.failures.first()?;
        Some((key, why))
    }

    /// Fails if a value can't be written as JSON.
    pub(crate) fn check<E: ser::Error>(&self) -> Result<(), E> {
        let Some((key, why)) = self.failure() else {
            return Ok(());
        };
        Err(E::custom(format!(
            "`{key}` can't be written as JSON: {why}"
        )))
    }

    /// Returns the value of a key, or of a field beside the map; where there is none, the map keeps why.
    pub(crate) fn settle<T>(&mut self, name: &str, value: Result<T, Error>) -> Option<T> {
        let failures = &mut self.0.get_or_insert_default().failures;
        failures.retain(|(failed, _)| failed != name);
        let failed = |error: Error| failures.push((name.to_owned(), error.to_string()));
        value.map_err(failed).ok()
    }
}

fn last(
    pairs: &[(String, RawJson)],
    index: &Option<HashMap<String, usize>>,
    key: &str,
) -> Option<usize> {
    match index {
        Some(index) => index.get(key).copied(),
        None => pairs.iter().rposition(|(name, _)| name == key),
    }
}

/// The pairs of a [`JsonMap`], in their order.
pub type JsonMapIter<'a> = iter::Map<
    slice::Iter<'a, (String, RawJson)>,
    fn(&'a (String, RawJson)) -> (&'a str, &'a RawJson),
>;

impl<'a> IntoIterator for &'a JsonMap {
    type Item = (&'a str, &'a RawJson);
    type IntoIter = JsonMapIter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for JsonMap {
    type Item = (String, RawJson);
    type IntoIter = vec::IntoIter<(String, RawJson)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0
            .map_or_else(Vec::new, |inner| inner.pairs)
            .into_iter()
    }
}

impl<K: Into<String>, V: Serialize> Extend<(K, V)> for JsonMap {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, pairs: I) {
        pairs
            .into_iter()
            .for_each(|(key, value)| drop(self.insert(key, value)));
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
        values(self) == values(other) && self.failure() == other.failure()
    }
}

impl fmt::Debug for JsonMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = self.failure();
        let failed = failed.map(|(key, why)| (key, format!("<can't be written: {why}>")));
        f.debug_map().entries(self).entries(failed).finish()
    }
}

impl Serialize for JsonMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.check::<S::Error>()?;
        serializer.collect_map(self)
    }
}

/// As they were read: a key may be there more than once.
impl From<Members<'_>> for JsonMap {
    fn from(Members(members): Members<'_>) -> Self {
        let pairs = members
            .into_iter()
            .map(|(key, raw)| (key.into_owned(), raw.into()));
        let pairs: Vec<_> = pairs.collect();
        Self((!pairs.is_empty()).then(|| {
            Box::new(Inner {
                pairs,
                ..Inner::default()
            })
        }))
    }
}

impl Wire for JsonMap {
    const EXPECTED: &'static str = "an object";

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        Members::read(<&RawValue>::deserialize(input)?, reader).map(Self::from)
    }
}

deserialize!(Strict JsonMap);

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
        assert_eq!(map.get("a"), Some(&RawJson::new(3).unwrap()));
        assert_eq!(map, read(r#"{"b":2,"a":3}"#));
        assert_eq!(map.insert("a", 4), Some(RawJson::new(3).unwrap()));
        assert_eq!(serde_json::to_string(&map).unwrap(), r#"{"b":2,"a":4}"#);
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
        assert_eq!(map.insert("a", f64::NAN), Some(RawJson::new(1).unwrap()));
        map.insert("c", HashMap::from([((1, 2), 3)]));
        assert_eq!(map.failure(), Some(("a", "JSON has no number NaN")));
        assert_eq!(
            failed(&map),
            "`a` can't be written as JSON: JSON has no number NaN"
        );
        assert_eq!(
            format!("{map:?}"),
            r#"{"b": 2, "a": "<can't be written: JSON has no number NaN>"}"#
        );
        assert_eq!((map.get("a"), map.len()), (None, 1));
        assert_eq!(map, map.clone());
        assert_ne!(map, read(r#"{"b":2}"#));
        assert!(JsonMap::from_serialize(&map).is_err());

        map.insert("a", 3);
        assert_eq!(
            failed(&map),
            "`c` can't be written as JSON: key must be a string"
        );
        assert_eq!(map.remove("c"), None);
        assert_eq!(serde_json::to_string(&map).unwrap(), r#"{"b":2,"a":3}"#);
    }

    #[test]
    fn many_keys_are_found_by_an_index() {
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
