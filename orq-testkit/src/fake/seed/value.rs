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
/// A time, at most a day.
pub(super) type Millis = Whole<0, 86_400_000>;

/// A key of visible ASCII characters.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(super) struct ApiKey(pub(super) String);

/// A fault by its name.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct FaultName(pub(super) Fault);

/// A field that is `true` or absent.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "bool")]
pub(super) struct True;

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(Fields(PhantomData))
    }
}

impl<'de, const FROM: u64, const TO: u64> Deserialize<'de> for Whole<FROM, TO> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = Value::deserialize(deserializer)?.as_u64();
        let number = number.filter(|number| (FROM..=TO).contains(number));
        number.map(Self).ok_or_else(|| match TO {
            u64::MAX => D::Error::custom(format_args!("expected a whole number from {FROM} on")),
            _ => D::Error::custom(format_args!("expected a whole number from {FROM} to {TO}")),
        })
    }
}

impl<const FROM: u64, const TO: u64> Whole<FROM, TO> {
    pub(super) fn millis(self) -> Duration {
        Duration::from_millis(self.0)
    }

    pub(super) fn status(self) -> u16 {
        u16::try_from(self.0).unwrap_or(u16::MAX)
    }

    pub(super) fn bytes(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl TryFrom<String> for ApiKey {
    type Error = &'static str;

    fn try_from(key: String) -> Result<Self, &'static str> {
        let fits = !key.is_empty() && key.chars().all(|c| c.is_ascii_graphic());
        fits.then_some(Self(key))
            .ok_or("not of visible ASCII characters")
    }
}

impl TryFrom<String> for FaultName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let fault = Fault::ALL.into_iter().find(|fault| fault.as_str() == name);
        let names = || {
            format!(
                "expected one of {}",
                Fault::ALL.map(Fault::as_str).join(", ")
            )
        };
        fault.map(Self).ok_or_else(names)
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
pub(super) fn at_most_one<T, const N: usize>(
    names: &str,
    given: [Option<T>; N],
) -> Result<Option<T>, String> {
    let mut given = given.into_iter().flatten();
    match (given.next(), given.next()) {
        (first, None) => Ok(first),
        _ => Err(format!("expected only one of {names}")),
    }
}

/// Returns the one value that is given; `names` are those of the fields.
pub(super) fn exactly_one<T, const N: usize>(
    names: &str,
    given: [Option<T>; N],
) -> Result<T, String> {
    at_most_one(names, given)?.ok_or_else(|| format!("expected one of {names}"))
}
