//! JSON that knows where it stands, so that whatever is wrong with it can be named.

use serde_json::{Map, Value};

use crate::cassette::error::{CassetteError, CassetteErrorKind};

pub(super) type Result<T> = std::result::Result<T, CassetteError>;

pub(super) fn wrong(path: &str, problem: &str) -> CassetteError {
    let path = if path.is_empty() { "the file" } else { path };
    CassetteError::new(CassetteErrorKind::Field, format!("{path}: {problem}"))
}

/// A value, and where it stands.
pub(super) struct Place {
    pub(super) path: String,
    pub(super) value: Value,
}

impl Place {
    pub(super) fn new(path: String, value: Value) -> Self {
        Self { path, value }
    }

    pub(super) fn object(self) -> Result<Fields> {
        match self.value {
            Value::Object(values) => Ok(Fields {
                path: self.path,
                values,
            }),
            _ => Err(wrong(&self.path, "is no object")),
        }
    }

    pub(super) fn items<T>(self, mut read: impl FnMut(Place) -> Result<T>) -> Result<Vec<T>> {
        let Value::Array(values) = self.value else {
            return Err(wrong(&self.path, "is no array"));
        };
        let places = values.into_iter().enumerate();
        let places =
            places.map(|(index, value)| Place::new(format!("{}[{index}]", self.path), value));
        places.map(&mut read).collect()
    }

    pub(super) fn text(self) -> Result<(String, String)> {
        match self.value {
            Value::String(text) => Ok((self.path, text)),
            _ => Err(wrong(&self.path, "is no string")),
        }
    }

    pub(super) fn number<T: TryFrom<u64>>(self) -> Result<T> {
        let number = self
            .value
            .as_u64()
            .and_then(|number| T::try_from(number).ok());
        number.ok_or_else(|| wrong(&self.path, "is no whole number, or out of range"))
    }

    pub(super) fn one_of<T: Copy, const N: usize>(
        self,
        all: [T; N],
        as_str: fn(T) -> &'static str,
    ) -> Result<T> {
        let (path, text) = self.text()?;
        let found = all.into_iter().find(|&one| as_str(one) == text);
        found.ok_or_else(|| wrong(&path, &format!("is none of {}", all.map(as_str).join(", "))))
    }
}

/// The fields of an object, taken out one by one.
pub(super) struct Fields {
    pub(super) path: String,
    pub(super) values: Map<String, Value>,
}

impl Fields {
    pub(super) fn optional(&mut self, name: &str) -> Option<Place> {
        let value = self.values.remove(name)?;
        Some(Place::new(self.path_of(name), value))
    }

    pub(super) fn required(&mut self, name: &str) -> Result<Place> {
        self.optional(name)
            .ok_or_else(|| wrong(&self.path_of(name), "is required"))
    }

    /// Nothing may be left: what isn't known can't be played.
    pub(super) fn end(self) -> Result<()> {
        match self.values.keys().next() {
            None => Ok(()),
            Some(name) => Err(wrong(&self.path_of(name), "is no field of a cassette")),
        }
    }

    fn path_of(&self, name: &str) -> String {
        match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }
}
