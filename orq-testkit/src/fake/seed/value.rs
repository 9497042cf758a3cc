//! What the fields of a seed may hold.

use std::{fmt, marker::PhantomData, time::Duration};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value;

use crate::reply::Fault;

/// An object. What serde derives for a struct would read an array too.
pub(super) struct Object<T>(pub(super) T);

/// A whole number within these bounds.
#[derive(Clone, Copy)]
pub(super) struct Whole<const FROM: u64, const TO: u64>(pub(super) u64);

/// A number that counts from 1.
pub(super) type Count = Whole<1, { u64::MAX }>;
/// A place in a body.
pub(super) type Byte = Whole<0, { u64::MAX }>;

/// A time in milliseconds, in a seed a day at most.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(from = "Whole<0, 86_400_000>")]
pub(crate) struct Millis(pub(in crate::fake) Duration);

/// A fault by its name.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct FaultName(pub(super) Fault);

/// A field that is `true` or absent.
#[derive(Deserialize)]
#[serde(try_from = "bool")]
pub(super) struct True;

struct Fields<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields(PhantomData)).map(Self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

impl<'de, const FROM: u64, const TO: u64> Deserialize<'de> for Whole<FROM, TO> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = Value::deserialize(deserializer)?.as_u64();
        let number = number.filter(|number| (FROM..=TO).contains(number));
        let expected = || format!("expected a whole number from {FROM} to {TO}");
        number.map(Self).ok_or_else(|| D::Error::custom(expected()))
    }
}

impl From<Whole<0, 86_400_000>> for Millis {
    fn from(Whole(millis): Whole<0, 86_400_000>) -> Self {
        Self(Duration::from_millis(millis))
    }
}

impl TryFrom<String> for FaultName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let fault = Fault::ALL.into_iter().find(|fault| fault.as_str() == name);
        let names = || Fault::ALL.map(Fault::as_str).join(", ");
        fault
            .map(Self)
            .ok_or_else(|| format!("expected one of {}", names()))
    }
}

impl TryFrom<bool> for True {
    type Error = &'static str;

    fn try_from(value: bool) -> Result<Self, &'static str> {
        value
            .then_some(Self)
            .ok_or("expected true, or no such field")
    }
}

/// Returns the one value that is given, if any is; `names` are those of the fields.
pub(super) fn only<T, const N: usize>(
    names: &str,
    given: [Option<T>; N],
) -> Result<Option<T>, String> {
    let mut given = given.into_iter().flatten();
    match (given.next(), given.next()) {
        (first, None) => Ok(first),
        _ => Err(format!("expected only one of {names}")),
    }
}
