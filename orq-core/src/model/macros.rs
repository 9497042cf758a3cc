//! What the types of the model share beside reading and writing: setters of lists, conversions, inputs that fail later.

use serde::ser::Error as _;
use serde::{Serialize, Serializer};

use crate::model::json::JsonMap;

/// Defines two setters for each list that may be absent: one adds an element, the other adds several.
///
/// ```text
/// list_setters!(Thread {
///     /// Adds a tag.
///     tag,
///     /// Adds several tags.
///     tags: String,
/// });
/// ```
macro_rules! list_setters {
    ($name:ident {
        $( $(#[$one_meta:meta])* $one:ident, $(#[$many_meta:meta])* $many:ident : $type:ty, )*
    }) => {
        impl $name {
            $(
                $(#[$one_meta])*
                #[must_use]
                pub fn $one(mut self, $one: impl Into<$type>) -> Self {
                    self.$many.get_or_insert_default().push($one.into());
                    self
                }

                $(#[$many_meta])*
                #[must_use]
                pub fn $many(mut self, $many: impl IntoIterator<Item = impl Into<$type>>) -> Self {
                    self.$many.get_or_insert_default().extend($many.into_iter().map(Into::into));
                    self
                }
            )*
        }
    };
}

/// Implements `From` for a type, once for each of several types that it is made from.
///
/// ```text
/// conversions!(Content {
///     |text: &str| Self::Text(text.to_owned()),
///     |text: String| Self::Text(text),
/// });
/// ```
macro_rules! conversions {
    ($target:ident { $( $(#[$meta:meta])* |$value:ident : $source:ty| $made:expr, )* }) => {$(
        $(#[$meta])*
        impl From<$source> for $target {
            fn from($value: $source) -> Self {
                $made
            }
        }
    )*};
}

/// Implements `Serialize` for an enum whose variants hold one value each: as that value.
macro_rules! serialize_as_variant {
    ($name:ident => $( $variant:ident ),*) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $( Self::$variant(value) => value.serialize(serializer), )*
                }
            }
        }
    };
}

pub(in crate::model) use {conversions, list_setters, serialize_as_variant};

/// Adds the members of a JSON object to a map that may be absent. A value that isn't written as a JSON object is kept
/// as a failure, which comes out when the map is written.
pub(in crate::model) fn add_members(map: &mut Option<JsonMap>, values: impl Serialize) {
    map.get_or_insert_default()
        .extend(JsonMap::from_serialize_later(values));
}

/// A value that can't be written, in the place of an input that can't be used: setters don't fail, the call does.
pub(in crate::model) struct Unusable(pub(in crate::model) String);

impl Serialize for Unusable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom(&self.0))
    }
}
