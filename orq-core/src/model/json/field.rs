//! How the fields of an object are read, in either pass.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::decode::Wire;
use super::map::JsonMap;
use super::raw::RawJson;
use super::reader::Reader;

/// A type with fields, defined by `object!`.
pub(in crate::model) trait Object: Sized {
    /// Whether the object keeps the JSON that it was read from.
    const KEEPS_JSON: bool = false;

    fn read_members<'de, A: MapAccess<'de>>(map: A, reader: &mut Reader) -> Result<Self, A::Error>;

    fn keep_json(&mut self, _: &RawValue) {}
}

impl<T: Object> Wire for T {
    const EXPECTED: &'static str = "an object";

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        let visitor = ObjectVisitor(reader, PhantomData);
        if !T::KEEPS_JSON {
            return input.deserialize_map(visitor);
        }
        let raw = <&RawValue>::deserialize(input)?;
        let mut object: T = serde_json::Deserializer::from_str(raw.get())
            .deserialize_map(visitor)
            .map_err(D::Error::custom)?;
        object.keep_json(raw);
        Ok(object)
    }
}

struct ObjectVisitor<'r, T>(&'r mut Reader, PhantomData<T>);

impl<'de, T: Object> Visitor<'de> for ObjectVisitor<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::read_members(map, self.0)
    }
}

/// The type of an object's field: what it is when absent or null, and when it is written.
pub(in crate::model) trait Field: Sized + Serialize {
    type Value: Wire;

    fn from_value(value: Self::Value) -> Self;

    /// Returns what the field is when it isn't there; `None` where it must be.
    fn absent() -> Option<Self>;

    /// Returns what the field is when it is null; `None` where it must not be.
    fn null() -> Option<Self>;

    fn is_present(&self) -> bool;
}

impl<T: Wire + Serialize> Field for T {
    type Value = T;

    fn from_value(value: T) -> Self {
        value
    }

    fn absent() -> Option<Self> {
        T::missing()
    }

    fn null() -> Option<Self> {
        T::missing()
    }

    fn is_present(&self) -> bool {
        true
    }
}

impl<T: Wire + Serialize> Field for Option<T> {
    type Value = T;

    fn from_value(value: T) -> Self {
        Some(value)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn null() -> Option<Self> {
        Some(T::null())
    }

    fn is_present(&self) -> bool {
        self.is_some()
    }
}

/// One field while its object is read. `R` is how its value is read.
///
/// In the typed pass a field is read where it stands, and may be there once, under one of its names. In the second
/// pass its raw value is noted: of several the last counts, and what stands under the field's own name counts more
/// than what stands under another spelling, unless it is null.
pub(in crate::model) struct Slot<'de, F, R> {
    name: &'static str,
    typed: Option<F>,
    own: Option<&'de RawValue>,
    alias: Option<(&'static str, &'de RawValue)>,
    reading: PhantomData<R>,
}

impl<'de, F: Field, R: Wire<F::Value>> Slot<'de, F, R> {
    pub(in crate::model) fn new(name: &'static str) -> Self {
        Self {
            name,
            typed: None,
            own: None,
            alias: None,
            reading: PhantomData,
        }
    }

    /// Takes the value that stands under one of the field's names.
    pub(in crate::model) fn put<A: MapAccess<'de>>(
        &mut self,
        name: &'static str,
        map: &mut A,
        reader: &mut Reader,
        extra: &mut JsonMap,
    ) -> Result<(), A::Error> {
        if reader.is_typed() {
            if self.typed.is_some() {
                return Err(reader.error("the field is there twice"));
            }
            self.typed = Some(map.next_value_seed(FieldSeed::<F, R>(reader, PhantomData))?);
            return Ok(());
        }
        let raw = map.next_value()?;
        if name == self.name {
            self.own = Some(raw);
        } else if let Some((older, raw)) = self.alias.replace((name, raw))
            && older != name
        {
            extra.push(older, raw);
        }
        // The spelling that doesn't count is kept as an unknown field.
        if self.own.is_some_and(|raw| !is_null(raw))
            && let Some((name, raw)) = self.alias.take()
        {
            extra.push(name, raw);
        }
        Ok(())
    }

    /// Returns the field, when all members of the object have been seen.
    pub(in crate::model) fn finish<E: Error>(self, reader: &mut Reader) -> Result<F, E> {
        if let Some(value) = self.typed {
            return Ok(value);
        }
        let (name, raw) = match (self.alias, self.own) {
            (Some((name, raw)), _) => (name, raw),
            (None, Some(raw)) => (self.name, raw),
            (None, None) => {
                return F::absent()
                    .ok_or_else(|| reader.error(format!("missing field `{}`", self.name)));
            }
        };
        if is_null(raw)
            && let Some(null) = F::null()
        {
            return Ok(null);
        }
        match (
            reader.in_field(name, |reader| R::read_raw(raw, reader)),
            F::absent(),
        ) {
            (Ok(value), _) => Ok(F::from_value(value)),
            (Err(error), Some(absent)) => reader.recover(error).map(|()| absent),
            (Err(error), None) => Err(error),
        }
    }
}

fn is_null(raw: &RawValue) -> bool {
    raw.get() == "null"
}

/// Reads a field in the typed pass.
struct FieldSeed<'r, F, R>(&'r mut Reader, PhantomData<(F, R)>);

impl<'de, F: Field, R: Wire<F::Value>> DeserializeSeed<'de> for FieldSeed<'_, F, R> {
    type Value = F;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<F, D::Error> {
        input.deserialize_option(self)
    }
}

impl<'de, F: Field, R: Wire<F::Value>> Visitor<'de> for FieldSeed<'_, F, R> {
    type Value = F;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(R::EXPECTED)
    }

    fn visit_none<E: Error>(self) -> Result<F, E> {
        F::null().ok_or_else(|| self.0.error("the field must not be null"))
    }

    fn visit_some<D: Deserializer<'de>>(self, input: D) -> Result<F, D::Error> {
        R::read(input, self.0).map(F::from_value)
    }
}

/// Reads the member that tells an object's type, and refuses another type.
pub(in crate::model) fn check_tag<'de, A: MapAccess<'de>>(
    tag: &'static str,
    expected: &str,
    map: &mut A,
    reader: &mut Reader,
) -> Result<(), A::Error> {
    let raw: &RawValue = map.next_value()?;
    reader.in_field(tag, |reader| {
        let found = String::read_raw(raw, reader)?;
        if found == expected {
            return Ok(());
        }
        Err(reader.error(format!("expected `{expected}`, found `{found}`")))
    })
}

/// The JSON that an object was read from. It is no part of the object's value: all are equal.
#[derive(Clone, Default)]
pub(in crate::model) struct Kept(Option<RawJson>);

impl Kept {
    pub(in crate::model) fn new(raw: &RawValue) -> Self {
        Self(Some(raw.into()))
    }

    pub(in crate::model) fn get(&self) -> Option<&RawJson> {
        self.0.as_ref()
    }
}

impl PartialEq for Kept {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The fields have it all; the same text again would help nobody.
        f.write_str(if self.0.is_some() { "kept" } else { "none" })
    }
}
