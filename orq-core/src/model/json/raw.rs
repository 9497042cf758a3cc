//! A JSON value, kept as text.

use std::{fmt, io};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::decode::Wire;
use super::finite::FiniteFloats;
use super::reader::{Mode, Reader};
use super::weight::is_empty;

/// A JSON value, kept as the text that it was deserialized from or serialized to, with the order of keys and every
/// digit.
///
/// Two values are equal if their texts are the same, or if they are equal as [`serde_json::Value`]s: white space, the
/// order of keys and escapes in strings make no difference, and if a key occurs twice, the last value counts. `1` and
/// `1.0` differ. A value that is nested more than 128 levels deep is only equal to the same text.
///
/// ```
/// use orq_core::model::RawJson;
///
/// let order = RawJson::from_text(r#"{"z": 1, "a": {"id": 123456789012345678901}}"#)?;
/// assert_eq!(order.json(), r#"{"z": 1, "a": {"id": 123456789012345678901}}"#);
/// assert_eq!(order, RawJson::from_text(r#"{"a":{"id":123456789012345678901},"z":1}"#)?);
/// assert_eq!(RawJson::new([1, 2])?.parse::<Vec<u8>>()?, [1, 2]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct RawJson(pub(crate) Box<RawValue>);

impl RawJson {
    /// Serializes a value as JSON.
    ///
    /// # Errors
    /// An error if the value can't be serialized as JSON: a map whose keys aren't strings, a `Serialize` that fails,
    /// NaN or an infinity anywhere in it.
    pub fn new(value: impl Serialize) -> Result<Self, serde_json::Error> {
        let raw = serde_json::value::to_raw_value(&value).or_else(|error| {
            let sink = &mut serde_json::Serializer::new(io::sink());
            // Serialized again to find the place of the error.
            serde_path_to_error::serialize(&value, sink).map_err(serde::ser::Error::custom)?;
            Err(error)
        })?;
        // serde_json serializes NaN and infinities as null, so only a text with null needs the check.
        if raw.get().contains("null") {
            serde_path_to_error::serialize(&value, FiniteFloats)
                .map_err(serde::ser::Error::custom)?;
        }
        Ok(Self(raw))
    }

    /// Creates a value from JSON text, which is kept unchanged.
    ///
    /// # Errors
    /// An error if the text isn't a single JSON value.
    pub fn from_text(text: impl Into<String>) -> Result<Self, serde_json::Error> {
        RawValue::from_string(text.into()).map(Self)
    }

    /// Returns the JSON text; a string has its quotes. To deserialize the value, use [`parse`](RawJson::parse).
    pub fn json(&self) -> &str {
        self.0.get()
    }

    /// Deserializes the value to a `T`.
    ///
    /// # Errors
    /// An error if the value can't be deserialized to a `T`, or exceeds serde_json's limit of 128 nested levels.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.json())
    }

    /// Returns whether the value is `null`.
    pub fn is_null(&self) -> bool {
        self.json() == "null"
    }

    /// Returns the value of a string, with U+FFFD for each lone surrogate; `None` if it isn't a string.
    pub(crate) fn text(&self) -> Option<String> {
        text_of(&self.0)
    }

    /// Returns whether the value is null, or an empty string, object or list.
    pub(crate) fn is_empty(&self) -> bool {
        is_empty(&self.0)
    }
}

/// Returns the same as [`RawJson::text`].
pub(crate) fn text_of(raw: &RawValue) -> Option<String> {
    let reader = &mut Reader::new(Mode::Lenient);
    let is_string = raw.get().starts_with('"');
    is_string.then(|| String::read_raw::<serde_json::Error>(raw, reader).ok())?
}

/// Splits a text after its first JSON value, and trims the rest. Returns `None` if it doesn't start with a whole one.
pub(crate) fn first_value(text: &str) -> Option<(&RawValue, &str)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter();
    let value = values.next()?.ok()?;
    let rest = text.get(values.byte_offset()..)?;
    Some((value, rest.trim_start()))
}

impl From<&RawValue> for RawJson {
    fn from(raw: &RawValue) -> Self {
        Self(raw.to_owned())
    }
}

impl PartialEq for RawJson {
    fn eq(&self, other: &Self) -> bool {
        self.json() == other.json()
            || matches!((self.parse(), other.parse()), (Ok::<Value, _>(left), Ok::<Value, _>(right)) if left == right)
    }
}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.json())
    }
}

impl Serialize for RawJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RawJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(Self)
    }
}

impl Wire for RawJson {
    const EXPECTED: &'static str = "JSON";

    fn read<'de, D: Deserializer<'de>>(input: D, _: &mut Reader) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(input).map(Self::from)
    }

    fn null() -> Option<Self> {
        Some(Self::from(RawValue::NULL))
    }
}

/// The JSON that a value was deserialized from. It is ignored in comparisons.
#[derive(Clone, Default)]
pub(crate) struct Kept(Option<String>);

impl Kept {
    /// Keeps this JSON, which is in parts, instead, in the same allocation.
    pub(crate) fn set(&mut self, json: &[&str]) {
        let kept = self.0.get_or_insert_default();
        kept.clear();
        kept.extend(json.iter().copied());
    }

    pub(crate) fn get(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl PartialEq for Kept {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The text is omitted, since the fields show the same.
        f.write_str(if self.0.is_some() { "kept" } else { "none" })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use serde_json::json;

    use super::*;

    fn raw(text: &str) -> RawJson {
        RawJson::from_text(text).unwrap()
    }

    #[test]
    fn what_cannot_be_written_is_an_error() {
        let error = RawJson::new(BTreeMap::from([((1, 2), 3)])).unwrap_err();
        assert_eq!(error.to_string(), "key must be a string");
    }

    #[derive(Serialize)]
    enum Shape {
        Unit,
        Newtype(f64),
        Tuple(f64, Option<f64>),
        Struct { a: f64, b: () },
    }

    #[test]
    fn a_float_that_json_does_not_have_is_an_error_wherever_it_is() {
        #[derive(Serialize)]
        struct Pair(f64, u8);
        #[derive(Serialize)]
        struct Newtype(f64);

        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for (result, place) in [
                (RawJson::new(number), ""),
                (RawJson::new(number as f32), ""),
                (RawJson::new(Some(number)), ""),
                (RawJson::new([1.0, number]), "[1]: "),
                (RawJson::new((1, "a", number)), "[2]: "),
                (RawJson::new(HashMap::from([("a", [number])])), "a[0]: "),
                (RawJson::new(Pair(number, 1)), "[0]: "),
                (RawJson::new(Newtype(number)), ""),
                (RawJson::new(Shape::Newtype(number)), ""),
                (RawJson::new(Shape::Tuple(1.0, Some(number))), "[1]: "),
                (RawJson::new(Shape::Struct { a: number, b: () }), "a: "),
            ] {
                let error = result.unwrap_err().to_string();
                assert_eq!(error, format!("{place}JSON has no number {number}"));
            }
        }
    }

    #[test]
    fn null_is_no_error() {
        let all = (
            (1_u8, 2_u16, 3_u32, 4_u64, 5_u128),
            (-1_i8, -2_i16, -3_i32, -4_i64, -5_i128),
            (true, 'c', "null", 0.5_f32, 0.5_f64, None::<u8>, ()),
            (
                Shape::Unit,
                Shape::Tuple(1.5, None),
                Shape::Struct { a: 0.5, b: () },
            ),
            json!({"a": [null], "b": raw("null")}),
        );
        assert_eq!(
            RawJson::new(all).unwrap().json(),
            concat!(
                r#"[[1,2,3,4,5],[-1,-2,-3,-4,-5],[true,"c","null",0.5,0.5,null,null],"#,
                r#"["Unit",{"Tuple":[1.5,null]},{"Struct":{"a":0.5,"b":null}}],{"a":[null],"b":null}]"#
            )
        );
    }

    #[test]
    fn text_is_kept_as_it_is() {
        let text = r#"{"b": 1.10, "a": [1e400, "\ud800"]}"#;
        let raw = RawJson::from_text(text).unwrap();
        assert_eq!(serde_json::to_string(&raw).unwrap(), text);
        assert_eq!(serde_json::from_str::<RawJson>(text).unwrap().json(), text);
        assert!(RawJson::from_text("{} {}").is_err());
    }

    #[test]
    fn spelling_makes_no_difference() {
        for (left, right) in [
            (
                r#"{"a":1,"b":[true,null]}"#,
                r#" { "b" : [ true , null ] , "a" : 1 } "#,
            ),
            (r#""A\n""#, r#""\u0041\u000a""#),
            (r#""\ud83d\ude00""#, "\"😀\""),
            (r#"{"a":1,"a":2}"#, r#"{"a":2}"#),
            (r#"{"a":1,"b":3,"a":2}"#, r#"{"a":2,"b":3}"#),
            ("[]", "[ ]"),
            (r#""\ud800""#, r#""\ud800""#),
        ] {
            assert_eq!(raw(left), raw(right));
        }
    }

    #[test]
    fn values_make_a_difference() {
        for (left, right) in [
            ("[1,2]", "[2,1]"),
            ("[]", "{}"),
            ("[[]]", "[]"),
            ("null", "false"),
            ("1", "\"1\""),
            (r#"{"a":1}"#, r#"{"a":1,"b":1}"#),
            (r#"{"a":1,"a":2}"#, r#"{"a":1}"#),
            (r#""\ud800""#, r#""\ud801""#),
            ("18446744073709551614", "18446744073709551615"),
        ] {
            assert_ne!(raw(left), raw(right));
        }
    }

    #[test]
    fn a_million_brackets_are_held_compared_and_refused_by_parse() {
        let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        let raw = RawJson::from_text(deep.clone()).unwrap();
        assert_eq!(raw, RawJson::from_text(format!(" {deep}")).unwrap());
        let other = format!("{}1{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert_ne!(raw, RawJson::from_text(other).unwrap());
        assert!(raw.parse::<serde_json::Value>().is_err());
    }
}
