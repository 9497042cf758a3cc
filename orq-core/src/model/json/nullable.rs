//! A field that may be absent, null or a value.

use serde::{Serialize, Serializer};

/// A field that orq's schema allows to be absent, `null` or a value, and where the three are kept apart.
///
/// Written as nothing, `null` or the value. Fields that may only be absent or a value are an [`Option`].
///
/// ```
/// use orq_core::model::Nullable;
///
/// let content: Nullable<String> = Nullable::from("Hello");
/// assert_eq!(content.as_option().map(String::as_str), Some("Hello"));
/// assert!(Nullable::<String>::Null.is_null());
/// assert_eq!(Nullable::<String>::default(), Nullable::Absent);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Nullable<T> {
    /// The field isn't there.
    #[default]
    Absent,
    /// The field is `null`.
    Null,
    /// The field has a value.
    Value(T),
}

impl<T> Nullable<T> {
    /// The value, if there is one.
    pub fn as_option(&self) -> Option<&T> {
        let Self::Value(it) = self else { return None };
        Some(it)
    }

    /// The value to change, if there is one.
    pub fn as_mut(&mut self) -> Option<&mut T> {
        let Self::Value(it) = self else { return None };
        Some(it)
    }

    /// The value itself, if there is one.
    pub fn into_option(self) -> Option<T> {
        let Self::Value(it) = self else { return None };
        Some(it)
    }

    /// The same with another value, absent and null kept.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Nullable<U> {
        match self {
            Self::Absent => Nullable::Absent,
            Self::Null => Nullable::Null,
            Self::Value(value) => Nullable::Value(f(value)),
        }
    }

    /// Whether the field isn't there.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether the field is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl From<&str> for Nullable<String> {
    fn from(value: &str) -> Self {
        Self::Value(value.to_owned())
    }
}

/// An absent field is left out by the object that has it; by itself, `Absent` is written as `null`.
impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_option().serialize(serializer)
    }
}
