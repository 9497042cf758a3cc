//! The fields of an object in a seed, taken out one by one.

use std::{fmt, time::Duration};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::SeedError;
use crate::reply::Fault;

/// The longest time that a seed may ask for, in milliseconds: a day.
const LONGEST: u64 = 86_400_000;

/// The fields that weren't taken yet, and the path to the object. An absent field and `null` are the same.
pub(super) struct Fields {
    fields: Map<String, Value>,
    path: String,
}

impl Fields {
    pub(super) fn new(fields: Map<String, Value>, path: impl Into<String>) -> Self {
        let path = path.into();
        Self { fields, path }
    }

    pub(super) fn of(value: Value, path: impl Into<String>) -> Result<Self, SeedError> {
        let path = path.into();
        match value {
            Value::Object(fields) => Ok(Self { fields, path }),
            _ => Err(SeedError::at(path, "expected an object")),
        }
    }

    /// The path to the field `name`.
    pub(super) fn path(&self, name: &str) -> String {
        match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }

    /// An error at the field `name`.
    pub(super) fn error(&self, name: &str, message: impl fmt::Display) -> SeedError {
        SeedError::at(self.path(name), message)
    }

    /// An error of the object as such.
    pub(super) fn error_here(&self, message: impl fmt::Display) -> SeedError {
        match self.path.as_str() {
            "" => SeedError::new(message),
            path => SeedError::at(path, message),
        }
    }

    pub(super) fn value(&mut self, name: &str) -> Option<Value> {
        self.fields.remove(name).filter(|value| !value.is_null())
    }

    pub(super) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, SeedError> {
        let value = self.fields.remove(name).unwrap_or_default();
        serde_json::from_value(value).map_err(|error| self.error(name, error))
    }

    /// The items of an array, each with its path.
    pub(super) fn list(&mut self, name: &str) -> Result<Option<Vec<(String, Value)>>, SeedError> {
        let path = self.path(name);
        let with_path = |(index, item)| (format!("{path}[{index}]"), item);
        match self.value(name) {
            None => Ok(None),
            Some(Value::Array(items)) => {
                Ok(Some(items.into_iter().enumerate().map(with_path).collect()))
            }
            Some(_) => Err(SeedError::at(&path, "expected an array")),
        }
    }

    /// What `read` makes of the items of an array.
    pub(super) fn each<T>(
        &mut self,
        name: &str,
        read: impl Fn(Value, String) -> Result<T, SeedError>,
    ) -> Result<Option<Vec<T>>, SeedError> {
        let Some(items) = self.list(name)? else {
            return Ok(None);
        };
        let items = items.into_iter().map(|(path, item)| read(item, path));
        items.collect::<Result<_, _>>().map(Some)
    }

    /// A time in milliseconds.
    pub(super) fn millis(&mut self, name: &str) -> Result<Option<Duration>, SeedError> {
        let expected = format!("expected whole milliseconds, at most {LONGEST}");
        let millis = self.number(name, &expected, |millis| millis <= LONGEST)?;
        Ok(millis.map(Duration::from_millis))
    }

    /// A number that counts from 1.
    pub(super) fn count(&mut self, name: &str) -> Result<Option<u64>, SeedError> {
        self.number(name, "expected a whole number from 1 on", |count| count > 0)
    }

    /// A place in a body.
    pub(super) fn byte(&mut self, name: &str) -> Result<Option<usize>, SeedError> {
        let expected = "expected a whole number of bytes";
        let byte = self.number(name, expected, |byte| usize::try_from(byte).is_ok())?;
        Ok(byte.and_then(|byte| usize::try_from(byte).ok()))
    }

    /// A status between these two.
    pub(super) fn status(
        &mut self,
        name: &str,
        from: u16,
        to: u16,
    ) -> Result<Option<u16>, SeedError> {
        let expected = format!("expected a status from {from} to {to}");
        let fits = |status| (u64::from(from)..=u64::from(to)).contains(&status);
        let status = self.number(name, &expected, fits)?;
        Ok(status.and_then(|status| u16::try_from(status).ok()))
    }

    fn number(
        &mut self,
        name: &str,
        expected: &str,
        fits: impl Fn(u64) -> bool,
    ) -> Result<Option<u64>, SeedError> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        match value.as_u64().filter(|number| fits(*number)) {
            Some(number) => Ok(Some(number)),
            None => Err(self.error(name, expected)),
        }
    }

    /// A fault by its name.
    pub(super) fn fault(&mut self, name: &str) -> Result<Option<Fault>, SeedError> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let named = |fault: &Fault| value.as_str() == Some(fault.as_str());
        match Fault::ALL.into_iter().find(named) {
            Some(fault) => Ok(Some(fault)),
            None => {
                let names = Fault::ALL.map(Fault::as_str).join(", ");
                Err(self.error(name, format!("expected one of {names}")))
            }
        }
    }

    /// A field that is `true` or absent.
    pub(super) fn flag(&mut self, name: &str) -> Result<bool, SeedError> {
        match self.value(name) {
            None => Ok(false),
            Some(Value::Bool(true)) => Ok(true),
            Some(_) => Err(self.error(name, "expected true, or no such field")),
        }
    }

    /// The fields that are left.
    pub(super) fn rest(self) -> (Map<String, Value>, String) {
        (self.fields, self.path)
    }

    /// Nothing may be left.
    pub(super) fn end(self) -> Result<(), SeedError> {
        match self.fields.keys().next() {
            None => Ok(()),
            Some(name) => Err(self.error_here(format!("unknown field `{name}`"))),
        }
    }
}
