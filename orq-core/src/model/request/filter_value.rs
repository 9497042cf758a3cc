//! What a knowledge filter compares with.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::model::json::object::deserialize;
use crate::model::json::{Reader, Wire};
use crate::model::{Number, RawJson};

/// What a knowledge filter compares a field with.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FilterValue {
    /// Text.
    String(String),
    /// A number.
    Number(Number),
    /// True or false.
    Bool(bool),
    /// Several values, for `in` and `nin`.
    List(Vec<FilterValue>),
    /// Anything else, as it is on the wire.
    Other(RawJson),
}

impl From<&str> for FilterValue {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<String> for FilterValue {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl From<bool> for FilterValue {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

macro_rules! from_numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for FilterValue {
            fn from(value: $number) -> Self {
                Self::Number(value.into())
            }
        }
    )*};
}

from_numbers!(
    Number, u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, f32, f64
);

impl Serialize for FilterValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::String(value) => value.serialize(serializer),
            Self::Number(value) => value.serialize(serializer),
            Self::Bool(value) => value.serialize(serializer),
            Self::List(values) => values.serialize(serializer),
            Self::Other(value) => value.serialize(serializer),
        }
    }
}

impl FilterValue {
    /// What has no variant of its own is kept as it is: lists of lists, numbers that don't fit.
    fn read_scalar<E: Error>(raw: &RawValue, reader: &mut Reader) -> Result<Self, E> {
        let known = match raw.get().bytes().next() {
            Some(b'"') => String::read_raw(raw, reader).map(Self::String),
            Some(b't' | b'f') => bool::read_raw(raw, reader).map(Self::Bool),
            Some(b'0'..=b'9' | b'-') => Number::read_raw(raw, reader).map(Self::Number),
            _ => return Ok(Self::Other(raw.into())),
        };
        known.or_else(|error| match reader.is_typed() {
            true => Err(error),
            false => Ok(Self::Other(raw.into())),
        })
    }
}

impl Wire for FilterValue {
    const EXPECTED: &'static str = "JSON";

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(input)?;
        if !raw.get().starts_with('[') {
            return Self::read_scalar(raw, reader);
        }
        let elements = Vec::<RawJson>::read_raw::<D::Error>(raw, reader)?;
        let values = elements
            .iter()
            .map(|element| Self::read_scalar(&element.0, reader));
        values.collect::<Result<_, _>>().map(Self::List)
    }
}

deserialize!(Strict FilterValue);
