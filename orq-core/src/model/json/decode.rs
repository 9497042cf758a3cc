//! How a value, a list and a field are read, in two passes over the same text.
//!
//! The typed pass reads the whole text once, each value by the method that its type asks for, and gives up at
//! anything odd. The second pass is for what is odd: it takes the members of each object and list as raw text and
//! reads each from there, so that one misshapen field costs that field alone.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::de::{Deserializer as Json, StrRead};
use serde_json::value::RawValue;

use super::reader::{MAX_MEMBERS, Mode, Reader};
use super::text::{read_key, read_text};
use super::warning::Warnings;

/// A way to read a `T` from one JSON value: as a rule, the way of the type itself.
pub(crate) trait Wire<T = Self>: Sized {
    /// What the value should be, for the message about one that isn't: `an object`.
    const EXPECTED: &'static str;

    /// Reads the value, in whichever pass the reader is.
    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<T, D::Error>;

    /// Reads the value from its raw text.
    fn read_raw<E: de::Error>(raw: &RawValue, reader: &mut Reader) -> Result<T, E> {
        explain(raw, Self::EXPECTED, reader, |input, reader| {
            Self::read(input, reader)
        })
    }

    /// Returns the value of a field that isn't there, for types of which an empty value means just that.
    fn missing() -> Option<T> {
        None
    }

    /// Returns the value that `null` is, for types that keep it.
    fn null() -> Option<T> {
        None
    }
}

/// Reads raw text. It is valid JSON, so an error without words can only be about its shape.
fn explain<'de, T, E: de::Error>(
    raw: &'de RawValue,
    expected: &str,
    reader: &mut Reader,
    read: impl FnOnce(&mut Json<StrRead<'de>>, &mut Reader) -> serde_json::Result<T>,
) -> Result<T, E> {
    read(&mut Json::from_str(raw.get()), reader).map_err(|_| {
        reader.error_unless_known(|| format!("expected {expected}, found {}", kind(raw)))
    })
}

/// Returns what kind of value a JSON text holds.
fn kind(raw: &RawValue) -> &'static str {
    match raw.get().bytes().next() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// Why an answer can't be read at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DecodeError {
    /// It isn't JSON, or another kind of value than it should be.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// It has more list elements and object members than this.
    #[error("it has more than {0} list elements and object members")]
    TooManyMembers(usize),
}

/// Reads an answer, keeping what can be kept.
///
/// # Errors
/// When the text isn't JSON or isn't an object, or has more than [`MAX_MEMBERS`] members.
pub(crate) fn decode<T: Wire>(json: &str) -> Result<(T, Warnings), DecodeError> {
    match decode_typed(json) {
        Some(value) => Ok((value, Warnings::default())),
        None => decode_lenient(json),
    }
}

/// Reads an answer in the typed pass alone.
pub(in crate::model) fn decode_typed<T: Wire>(json: &str) -> Option<T> {
    typed(json, Mode::Lenient)
}

/// Reads an answer in the lenient pass alone.
pub(in crate::model) fn decode_lenient<T: Wire>(json: &str) -> Result<(T, Warnings), DecodeError> {
    let raw: &RawValue = serde_json::from_str(json)?;
    let mut reader = Reader::new(Mode::Lenient);
    match T::read_raw::<serde_json::Error>(raw, &mut reader) {
        Ok(value) => Ok((value, reader.into_warnings())),
        Err(_) if reader.has_too_many() => Err(DecodeError::TooManyMembers(MAX_MEMBERS)),
        Err(_) => Err(DecodeError::Json(reader.into_error())),
    }
}

fn typed<T: Wire>(json: &str, mode: Mode) -> Option<T> {
    let mut input = Json::from_str(json);
    let value = T::read(&mut input, &mut Reader::typed(mode)).ok()?;
    input.end().ok().map(|()| value)
}

/// Reads a value for its serde implementation, which has no place for warnings.
pub(in crate::model) fn deserialize<'de, T: Wire, D: Deserializer<'de>>(
    input: D,
    mode: Mode,
) -> Result<T, D::Error> {
    let raw = Box::<RawValue>::deserialize(input)?;
    if let Some(value) = typed(raw.get(), mode) {
        return Ok(value);
    }
    let mut reader = Reader::new(mode);
    T::read_raw::<D::Error>(&raw, &mut reader).map_err(|_| reader.into_error())
}

/// Reads the pairs of an object.
pub(in crate::model) fn pairs<'de, E: de::Error>(
    raw: &'de RawValue,
    reader: &mut Reader,
) -> Result<Vec<(Cow<'de, str>, &'de RawValue)>, E> {
    explain(raw, "an object", reader, |input, reader| {
        input.deserialize_map(PairsVisitor(reader))
    })
}

struct PairsVisitor<'r>(&'r mut Reader);

impl<'de> Visitor<'de> for PairsVisitor<'_> {
    type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(key) = read_key(&mut map, self.0)? {
            pairs.push((key, map.next_value()?));
        }
        Ok(pairs)
    }
}

/// Reads the string under the key that tells which type an object is, if it is there.
pub(in crate::model) fn tag<E: de::Error>(
    raw: &RawValue,
    key: &'static str,
    reader: &mut Reader,
) -> Result<Option<String>, E> {
    let pairs = pairs(raw, reader)?;
    let tag = pairs.iter().rfind(|(name, _)| name == key);
    tag.map(|(_, value)| reader.in_field(key, |reader| String::read_raw(value, reader)))
        .transpose()
}

impl Wire for String {
    const EXPECTED: &'static str = "a string";

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        read_text(input, reader).map(Cow::into_owned)
    }
}

impl Wire for bool {
    const EXPECTED: &'static str = "a boolean";

    fn read<'de, D: Deserializer<'de>>(input: D, _: &mut Reader) -> Result<Self, D::Error> {
        Self::deserialize(input)
    }

    fn missing() -> Option<Self> {
        Some(false)
    }
}

/// In an answer, an element of the wrong shape is left out, with a warning.
impl<T: Wire> Wire for Vec<T> {
    const EXPECTED: &'static str = "an array";

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        input.deserialize_seq(ListVisitor(reader, PhantomData))
    }

    fn missing() -> Option<Self> {
        Some(Self::new())
    }
}

/// Reads a value where serde asks for a seed.
struct Seed<'r, T>(&'r mut Reader, PhantomData<T>);

impl<'de, T: Wire> DeserializeSeed<'de> for Seed<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<T, D::Error> {
        T::read(input, self.0)
    }
}

struct ListVisitor<'r, T>(&'r mut Reader, PhantomData<T>);

impl<'de, T: Wire> Visitor<'de> for ListVisitor<'_, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let Self(reader, _) = self;
        let mut list = Vec::new();
        if reader.is_typed() {
            while let Some(value) = elements.next_element_seed(Seed(&mut *reader, PhantomData))? {
                reader.count_member()?;
                list.push(value);
            }
            return Ok(list);
        }
        let mut index = 0;
        while let Some(raw) = elements.next_element::<&RawValue>()? {
            reader.count_member()?;
            match reader.in_element(index, |reader| T::read_raw(raw, reader)) {
                Ok(value) => list.push(value),
                Err(error) => reader.recover(error)?,
            }
            index += 1;
        }
        Ok(list)
    }
}
