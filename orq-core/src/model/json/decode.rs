//! Deserializes values, lists and whole documents, in one or two passes over the same text.
//!
//! The typed pass deserializes the whole text directly, and fails at anything unexpected. Only then the second pass
//! follows: it reads the members of each object and the elements of each list as raw text, and deserializes each
//! separately, so that an unexpected field doesn't affect the others.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer as Json, value::RawValue};

use super::correct::corrected;
use super::reader::{MAX_MEMBERS, Mode, Reader};
use super::text::{next_key, read_text};
use super::warning::{DecodeWarning, Warnings};
use super::weight::{is_empty, weight};

/// Deserializes a `T` from a JSON value. Usually implemented by `T` itself.
pub(crate) trait Wire<T = Self>: Sized {
    /// The expected JSON type, for error messages: `an object`.
    const EXPECTED: &'static str;

    /// Deserializes the value, in the pass of the reader.
    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<T, D::Error>;

    /// Deserializes the value from its raw text.
    fn read_raw<E: de::Error>(raw: &RawValue, reader: &mut Reader) -> Result<T, E> {
        let mut input = Json::from_str(raw.get());
        let mut value =
            reader.explain(raw, Self::EXPECTED, |reader| Self::read(&mut input, reader))?;
        Self::keep_json(&mut value, &[raw.get()]);
        Ok(value)
    }

    /// Whether a value keeps the JSON that it was deserialized from.
    const KEEPS_JSON: bool = false;

    /// Keeps the JSON, in parts, that the value was deserialized from.
    fn keep_json(_: &mut T, _: &[&str]) {}

    /// Whether `null` in a field is read as if the field were absent.
    const NULL_IS_ABSENT: bool = true;

    /// Returns the default for an absent field; `None` if the type has none.
    fn missing() -> Option<T> {
        None
    }

    /// Returns the value for `null`, for types that can represent it.
    fn null() -> Option<T> {
        None
    }
}

/// The error of a document that can't be deserialized.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DecodeError {
    /// It isn't JSON, or of the wrong type.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// It has more list elements and object members than this limit.
    #[error("it has more than {0} list elements and object members")]
    TooManyMembers(usize),
}

/// Removes the byte order mark, which some servers send before JSON, although
/// [RFC 8259, 8.1](https://www.rfc-editor.org/rfc/rfc8259#section-8.1) doesn't allow it.
pub(crate) fn without_byte_order_mark(json: &[u8]) -> &[u8] {
    json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json)
}

/// Deserializes a response leniently: a field of the wrong type is left out, with a warning. An object within a JSON
/// string is read, with a warning, and so is JSON with numbers such as `NaN`, which are null.
///
/// # Errors
/// An error if the text isn't JSON, isn't an object, or has more than [`MAX_MEMBERS`] members.
pub(crate) fn decode<T: Wire>(json: &str) -> Result<(T, Warnings), DecodeError> {
    if let Some(value) = decode_typed(json) {
        return Ok((value, Warnings::default()));
    }
    match decode_lenient(json) {
        Err(DecodeError::Json(error)) => {
            let corrected = corrected(json).ok_or(error)?;
            let (value, mut warnings) = decode_lenient(&corrected)?;
            warnings.push(DecodeWarning::new("", "the text isn't quite JSON"));
            Ok((value, warnings))
        }
        result => result,
    }
}

/// Deserializes a document in the typed pass only. Returns `None` if that fails.
pub(crate) fn decode_typed<T: Wire>(json: &str) -> Option<T> {
    let mut input = Json::from_str(json);
    let mut value = T::read(&mut input, &mut Reader::new(Mode::Typed)).ok()?;
    input.end().ok()?;
    T::keep_json(&mut value, &[json.trim()]);
    Some(value)
}

/// Deserializes a response in the lenient pass only.
pub(crate) fn decode_lenient<T: Wire>(json: &str) -> Result<(T, Warnings), DecodeError> {
    read_by_parts(serde_json::from_str(json)?, Mode::Lenient)
}

/// Implements serde's `deserialize` for a type. Warnings are dropped.
pub(crate) fn deserialize<'de, T: Wire, D>(input: D, mode: Mode) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    let raw = Box::<RawValue>::deserialize(input)?;
    let by_parts = || read_by_parts(&raw, mode).map(|(value, _)| value);
    let value = decode_typed(raw.get()).map_or_else(by_parts, Ok);
    value.map_err(de::Error::custom)
}

fn read_by_parts<T: Wire>(raw: &RawValue, mode: Mode) -> Result<(T, Warnings), DecodeError> {
    let mut reader = Reader::new(mode);
    match T::read_raw::<serde_json::Error>(raw, &mut reader) {
        _ if reader.is_full() => Err(DecodeError::TooManyMembers(MAX_MEMBERS)),
        Ok(value) => Ok((value, reader.warnings)),
        Err(error) => Err(reader.failure.map_or(error, de::Error::custom).into()),
    }
}

/// Implements serde's `Deserialize` with `Wire`.
macro_rules! deserialize_as {
    ($mode:ident $name:ident) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                $crate::model::json::decode::deserialize(
                    input,
                    $crate::model::json::reader::Mode::$mode,
                )
            }
        }
    };
}

pub(in crate::model) use deserialize_as;

impl Wire for String {
    const EXPECTED: &'static str = "a string";

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        match reader.is_typed() {
            true => Self::deserialize(input),
            false => read_text(input, reader).map(Cow::into_owned),
        }
    }
}

impl Wire for bool {
    const EXPECTED: &'static str = "a boolean";

    fn read<'de, D: Deserializer<'de>>(input: D, _: &mut Reader) -> Result<Self, D::Error> {
        Self::deserialize(input)
    }

    /// A server that sends null doesn't say whether it means `false`.
    const NULL_IS_ABSENT: bool = false;

    fn missing() -> Option<Self> {
        Some(false)
    }
}

/// In lenient mode, an element of the wrong type is left out, with a warning.
impl<T: Wire> Wire for Vec<T> {
    const EXPECTED: &'static str = "an array";

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        input.deserialize_seq(List::new(reader))
    }

    fn missing() -> Option<Self> {
        Some(Self::new())
    }
}

/// Reads a list. In lenient mode, an object that isn't empty is read as its only element, with a warning.
pub(crate) struct ListOrOne;

impl<T: Wire> Wire<Vec<T>> for ListOrOne {
    const EXPECTED: &'static str = Vec::<T>::EXPECTED;

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Vec<T>, D::Error> {
        if reader.is_typed() {
            return Vec::read(input, reader);
        }
        let raw = <&RawValue>::deserialize(input)?;
        if !raw.get().starts_with('{') || is_empty(raw) {
            return Vec::read_raw(raw, reader);
        }
        reader.repair(raw, <Self as Wire<Vec<T>>>::EXPECTED)?;
        T::read_raw(raw, reader).map(|element| vec![element])
    }
}

/// Deserializes a list.
pub(crate) struct List<'r, T>(&'r mut Reader, PhantomData<T>);

impl<'r, T> List<'r, T> {
    pub(crate) fn new(reader: &'r mut Reader) -> Self {
        Self(reader, PhantomData)
    }
}

impl<'de, T: Wire> Visitor<'de> for List<'_, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Vec::<T>::EXPECTED)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        let mut element = Element(self.0, 0, PhantomData);
        while let Some(value) = elements.next_element_seed(&mut element)? {
            if list.is_empty() {
                // A vector begins with room for four, and most lists of completions have one element.
                list.reserve_exact(1);
            }
            list.extend(value);
        }
        Ok(list)
    }
}

/// Deserializes the elements of a list, and counts them.
struct Element<'r, T>(&'r mut Reader, usize, PhantomData<T>);

impl<'de, T: Wire> DeserializeSeed<'de> for &mut Element<'_, T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Option<T>, D::Error> {
        let Element(reader, index, _) = self;
        reader.count()?;
        if reader.is_typed() && !T::KEEPS_JSON {
            return T::read(input, reader).map(Some);
        }
        let raw = <&RawValue>::deserialize(input)?;
        let value = reader.at(format_args!("[{index}]"), |reader| T::read_raw(raw, reader));
        *index += 1;
        value
            .map(Some)
            .or_else(|error| reader.recover(error).map(|()| None))
    }
}

/// The members of an object, with their values as raw text.
#[derive(Default)]
pub(crate) struct Members<'de>(pub(crate) Vec<(Cow<'de, str>, &'de RawValue)>);

impl<'de> Members<'de> {
    pub(crate) fn read<E: de::Error>(raw: &'de RawValue, reader: &mut Reader) -> Result<Self, E> {
        let mut input = Json::from_str(raw.get());
        let members = |reader: &mut _| input.deserialize_map(MembersVisitor(reader));
        reader.explain(raw, "an object", members)
    }

    /// Returns the member with this key or one of the aliases that says most: a value, before zero and what is empty,
    /// before null. Of those that say as much, it is the last with the key, or else the last.
    pub(super) fn best(
        &self,
        key: &str,
        aliases: &[&str],
    ) -> Option<(Cow<'de, str>, &'de RawValue)> {
        let is_named = |name: &str| name == key || aliases.contains(&name);
        let named = self.0.iter().filter(|(name, _)| is_named(name));
        let best = named.max_by_key(|(name, raw)| (weight(raw), name == key));
        best.cloned()
    }
}

/// Returns the members of an object; none if the value isn't one, or has too many.
pub(crate) fn members(raw: &RawValue) -> Vec<(Cow<'_, str>, &RawValue)> {
    let members = Members::read::<serde_json::Error>(raw, &mut Reader::new(Mode::Lenient));
    members.unwrap_or_default().0
}

/// Returns the value of an object's tag, the string member that decides its type; `None` if it is absent. The members
/// are not counted, since they are counted when the object is deserialized.
pub(crate) fn tag<E: de::Error>(
    raw: &RawValue,
    key: &str,
    reader: &mut Reader,
) -> Result<Option<String>, E> {
    let counted = reader.members;
    let members = Members::read(raw, reader)?;
    reader.members = counted;
    let Some((_, raw)) = members.best(key, &[]) else {
        return Ok(None);
    };
    let read = |reader: &mut Reader| String::read_raw(raw, reader);
    reader.at(format_args!(".{key}"), read).map(Some)
}

struct MembersVisitor<'r>(&'r mut Reader);

impl<'de> Visitor<'de> for MembersVisitor<'_> {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = next_key(&mut map, self.0)? {
            members.push((key, map.next_value()?));
        }
        Ok(Members(members))
    }
}
