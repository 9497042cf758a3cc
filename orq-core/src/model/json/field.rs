//! Deserializes the fields of an object, in both passes.

use std::{fmt, marker::PhantomData};

use serde::Serialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::decode::{Members, Wire};
use super::nullable::Nullable;
use super::reader::Reader;

/// The type of an object's field: its value if absent or null, and whether it is serialized.
pub(crate) trait Field: Sized + Serialize {
    type Value: Wire;

    /// Converts a value, null or an absent field to the field; `None` if null or an absent field isn't allowed.
    fn from_nullable(value: Nullable<Self::Value>) -> Option<Self>;

    fn is_present(&self) -> bool;
}

impl<T: Wire + Serialize> Field for T {
    type Value = T;

    fn from_nullable(value: Nullable<T>) -> Option<Self> {
        let is_missing = T::NULL_IS_ABSENT || value.is_absent();
        value
            .into_option()
            .or_else(|| T::missing().filter(|_| is_missing))
    }

    fn is_present(&self) -> bool {
        true
    }
}

impl<T: Wire + Serialize> Field for Option<T> {
    type Value = T;

    fn from_nullable(value: Nullable<T>) -> Option<Self> {
        let null = T::null().filter(|_| value.is_null());
        Some(value.into_option().or(null))
    }

    fn is_present(&self) -> bool {
        self.is_some()
    }
}

impl<T: Wire + Serialize> Field for Nullable<T> {
    type Value = T;

    fn from_nullable(value: Self) -> Option<Self> {
        Some(value)
    }

    fn is_present(&self) -> bool {
        !self.is_absent()
    }
}

/// Deserializes a field with `R` in the typed pass. Fails if it occurs twice, under the same or different names.
pub(crate) fn put<'de, F: Field, R: Wire<F::Value>, A: MapAccess<'de>>(
    field: &mut Option<F>,
    map: &mut A,
    reader: &mut Reader,
) -> Result<(), A::Error> {
    let value = map.next_value_seed(FieldSeed::<F, R>(reader, PhantomData))?;
    match field.replace(value) {
        None => Ok(()),
        Some(_) => Err(A::Error::custom("a field twice")),
    }
}

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
        F::from_nullable(Nullable::Null).ok_or_else(|| E::custom("null"))
    }

    fn visit_some<D: Deserializer<'de>>(self, input: D) -> Result<F, D::Error> {
        let value = Nullable::Value(R::read(input, self.0)?);
        F::from_nullable(value).ok_or_else(|| D::Error::custom("a value"))
    }
}

impl Members<'_> {
    /// Returns a field: the one of the typed pass, or else removes it from the members and deserializes it with `R`.
    #[inline]
    pub(crate) fn field<F: Field, R: Wire<F::Value>, E: Error>(
        &mut self,
        typed: Option<F>,
        name: &str,
        aliases: &[&str],
        reader: &mut Reader,
    ) -> Result<F, E> {
        match typed {
            Some(typed) => Ok(typed),
            // The members of the typed pass are those without a field.
            None if reader.is_typed() => absent(name, reader),
            None => self.find::<F, R, E>(name, aliases, reader),
        }
    }

    /// Removes a field from the members and deserializes it with `R`.
    ///
    /// If it occurs several times, the last value is used that isn't null, zero or empty. The field's own name takes
    /// precedence over an alias, unless the alias has such a value and it hasn't. A member with an alias that isn't used
    /// stays in the members.
    fn find<F: Field, R: Wire<F::Value>, E: Error>(
        &mut self,
        name: &str,
        aliases: &[&str],
        reader: &mut Reader,
    ) -> Result<F, E> {
        let Some((key, raw)) = self.best(name, aliases) else {
            return absent(name, reader);
        };
        self.0.retain(|(other, _)| *other != key && other != name);
        let is_null = raw.get() == "null";
        let null = is_null.then(|| F::from_nullable(Nullable::Null));
        if let Some(null) = null.flatten() {
            return Ok(null);
        }
        let value = reader.at(format_args!(".{key}"), |reader| R::read_raw(raw, reader));
        let field = value.map(|value| F::from_nullable(Nullable::Value(value)));
        match (field, F::from_nullable(Nullable::Absent)) {
            (Ok(Some(field)), _) => Ok(field),
            (Err(error), Some(absent)) => reader.recover(error).map(|()| absent),
            (Err(error), None) => Err(error),
            (Ok(None), _) => Err(reader.error("a value")),
        }
    }
}

/// Returns what an absent field is, or an error if it may not be absent.
#[inline]
fn absent<F: Field, E: Error>(name: &str, reader: &mut Reader) -> Result<F, E> {
    let absent = F::from_nullable(Nullable::Absent);
    absent.ok_or_else(|| reader.error(format!("missing field `{name}`")))
}

/// Reads an object's tag, the member that decides its type, and fails if it isn't `expected`.
pub(crate) fn check_tag<'de, A: MapAccess<'de>>(
    tag: &str,
    expected: &str,
    map: &mut A,
    reader: &mut Reader,
) -> Result<(), A::Error> {
    let raw: &RawValue = map.next_value()?;
    reader.at(format_args!(".{tag}"), |reader| {
        match String::read_raw(raw, reader)? {
            found if found == expected => Ok(()),
            found => Err(reader.error(format!("expected `{expected}`, found `{found}`"))),
        }
    })
}
