//! A field that may be absent, null or a value.

use serde::{Serialize, Serializer};

/// A field that may be absent, `null` or a value, where the three have different meanings.
///
/// An absent field is omitted when its object is serialized. Fields that can't be `null` are an [`Option`].
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
    /// The field is absent.
    #[default]
    Absent,
    /// The field is `null`.
    Null,
    /// The field has a value.
    Value(T),
}

impl<T> Nullable<T> {
    /// Returns a reference to the value; `None` if the field is absent or null.
    pub fn as_option(&self) -> Option<&T> {
        let Self::Value(it) = self else { return None };
        Some(it)
    }

    /// Returns a mutable reference to the value; `None` if the field is absent or null.
    pub fn as_mut(&mut self) -> Option<&mut T> {
        let Self::Value(it) = self else { return None };
        Some(it)
    }

    /// Returns the value; `None` if the field is absent or null.
    pub fn into_option(self) -> Option<T> {
        let Self::Value(it) = self else { return None };
        Some(it)
    }

    /// Applies `f` to the value. An absent field and null are kept.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Nullable<U> {
        match self {
            Self::Absent => Nullable::Absent,
            Self::Null => Nullable::Null,
            Self::Value(value) => Nullable::Value(f(value)),
        }
    }

    /// Returns whether the field is absent.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Returns whether the field is `null`.
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

/// The objects of this crate omit an absent field; `Absent` itself is serialized as `null`.
impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_option().serialize(serializer)
    }
}
