//! What can stand as a value, and what as a field, of a noun.

use serde::Serialize;
use serde::de::Error as _;
use serde_json::value::RawValue;

use super::nullable::Nullable;
use super::number::Number;
use super::reader::{Mode, ReadError, Reader};
use super::warning::DecodeWarning;

/// A type that is read from the raw text of one JSON value.
pub(crate) trait Wire: Sized {
    /// Whether `null` is a value of this type, to be kept where it stands.
    const KEEPS_NULL: bool = false;

    fn read(raw: &RawValue, reader: &mut Reader) -> Result<Self, ReadError>;

    /// The value of a field that isn't there, for types of which an empty one means just that.
    fn missing() -> Option<Self> {
        None
    }

    /// Whether the value is left out when its noun is written.
    fn is_left_out(&self) -> bool {
        false
    }
}

/// Reads an answer, keeping what can be kept.
///
/// # Errors
/// When the text isn't JSON, or isn't an object.
pub(crate) fn decode<T: Wire>(json: &str) -> Result<(T, Vec<DecodeWarning>), serde_json::Error> {
    let raw: &RawValue = serde_json::from_str(json)?;
    let mut reader = Reader::new(Mode::Lenient);
    let value = T::read(raw, &mut reader).map_err(serde_json::Error::custom)?;
    Ok((value, reader.into_warnings()))
}

/// Reads a value for its serde implementation, which has no place for warnings.
pub(in crate::model) fn from_raw<T: Wire>(raw: &RawValue, mode: Mode) -> Result<T, ReadError> {
    T::read(raw, &mut Reader::new(mode))
}

/// The type of a noun's field: how it is read when absent, null or misshapen, and when it is written.
pub(in crate::model) trait Field: Sized + Serialize {
    type Value: Wire;

    fn read_field(
        name: &'static str,
        raw: Option<&RawValue>,
        reader: &mut Reader,
        read: ReadValue<Self::Value>,
    ) -> Result<Self, ReadError>;

    fn is_present(&self) -> bool;
}

/// How a field's value is read; [`Wire::read`] unless the field says otherwise.
pub(in crate::model) type ReadValue<T> = fn(&RawValue, &mut Reader) -> Result<T, ReadError>;

impl<T: Wire + Serialize> Field for T {
    type Value = T;

    fn read_field(
        name: &'static str,
        raw: Option<&RawValue>,
        reader: &mut Reader,
        read: ReadValue<T>,
    ) -> Result<Self, ReadError> {
        let Some(raw) = raw else {
            return T::missing().ok_or_else(|| reader.error(format!("missing field `{name}`")));
        };
        if is_null(raw)
            && let Some(empty) = T::missing()
        {
            return Ok(empty);
        }
        reader
            .in_field(name, |reader| read(raw, reader))
            .or_else(|error| match T::missing() {
                Some(empty) => reader.recover(error).map(|()| empty),
                None => Err(error),
            })
    }

    fn is_present(&self) -> bool {
        !self.is_left_out()
    }
}

impl<T: Wire + Serialize> Field for Option<T> {
    type Value = T;

    fn read_field(
        name: &'static str,
        raw: Option<&RawValue>,
        reader: &mut Reader,
        read: ReadValue<T>,
    ) -> Result<Self, ReadError> {
        match raw {
            None => Ok(None),
            Some(raw) if is_null(raw) && !T::KEEPS_NULL => Ok(None),
            Some(raw) => match reader.in_field(name, |reader| read(raw, reader)) {
                Ok(value) => Ok(Some(value)),
                Err(error) => reader.recover(error).map(|()| None),
            },
        }
    }

    fn is_present(&self) -> bool {
        self.is_some()
    }
}

impl<T: Wire + Serialize> Field for Nullable<T> {
    type Value = T;

    fn read_field(
        name: &'static str,
        raw: Option<&RawValue>,
        reader: &mut Reader,
        read: ReadValue<T>,
    ) -> Result<Self, ReadError> {
        match raw {
            None => Ok(Self::Absent),
            Some(raw) if is_null(raw) => Ok(Self::Null),
            Some(raw) => match reader.in_field(name, |reader| read(raw, reader)) {
                Ok(value) => Ok(Self::Value(value)),
                Err(error) => reader.recover(error).map(|()| Self::Absent),
            },
        }
    }

    fn is_present(&self) -> bool {
        !self.is_absent()
    }
}

fn is_null(raw: &RawValue) -> bool {
    raw.get() == "null"
}

impl Wire for String {
    fn read(raw: &RawValue, reader: &mut Reader) -> Result<Self, ReadError> {
        reader.string(raw).map(Into::into)
    }
}

impl Wire for bool {
    fn read(raw: &RawValue, reader: &mut Reader) -> Result<Self, ReadError> {
        match raw.get() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(reader.expected("a boolean", raw)),
        }
    }

    fn missing() -> Option<Self> {
        Some(false)
    }
}

/// In an answer, a count may stand in quotes: the index of a choice must not be lost to that.
impl Wire for u64 {
    fn read(raw: &RawValue, reader: &mut Reader) -> Result<Self, ReadError> {
        let quoted = raw
            .get()
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        if let Some(count) = quoted.and_then(|text| text.parse().ok())
            && !reader.is_strict()
        {
            reader.recover(reader.expected("a number", raw))?;
            return Ok(count);
        }
        let number = Number::read(raw, reader)?;
        number.as_u64().ok_or_else(|| {
            reader.error(format!("expected a whole number from 0 on, found {number}"))
        })
    }
}

/// In an answer, an element of the wrong shape is left out, with a warning.
impl<T: Wire> Wire for Vec<T> {
    fn read(raw: &RawValue, reader: &mut Reader) -> Result<Self, ReadError> {
        let elements = reader.array(raw)?;
        let mut list = Self::new();
        for (index, element) in elements.into_iter().enumerate() {
            match reader.in_element(index, |reader| T::read(element, reader)) {
                Ok(value) => list.push(value),
                Err(error) => reader.recover(error)?,
            }
        }
        Ok(list)
    }

    fn missing() -> Option<Self> {
        Some(Self::new())
    }
}

/// A string, or the text of a number, for fields that are both in the wild.
pub(in crate::model) fn text_of_string_or_number(
    raw: &RawValue,
    reader: &mut Reader,
) -> Result<String, ReadError> {
    match raw.get().bytes().next() {
        Some(b'0'..=b'9' | b'-') => Ok(raw.get().to_owned()),
        _ => String::read(raw, reader),
    }
}
