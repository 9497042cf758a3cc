//! Macros for the types of the models: setters of lists and maps, conversions, and tagged unions.

use serde::Serialize;

use crate::model::json::JsonMap;

/// Defines two setters for each optional list: one adds an element, the other adds several.
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

/// Implements `From` of several types for one type.
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

/// Implements `Serialize` for an enum whose variants hold one value each, by serializing that value.
macro_rules! serialize_as_variant {
    ($name:ident => $( $variant:ident ),* $(,)?) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $( Self::$variant(value) => value.serialize(serializer), )*
                }
            }
        }
    };
}

/// Implements `Wire` and serde's traits for an enum: an object's tag decides the variant, a string may have a variant,
/// and anything else is kept as raw JSON.
///
/// ```text
/// tagged_union!(Strict ContentPart by "type" { "text" => Text(TextPart), } else Other);
/// ```
macro_rules! tagged_union {
    (
        $mode:ident $name:ident by $tag:literal { $( $kind:literal => $variant:ident($type:ty), )* }
        $( string $string:ident )? else $other:ident
    ) => {
        $crate::model::macros::serialize_as_variant!($name => $( $variant, )* $( $string, )? $other);

        impl $crate::model::json::Wire for $name {
            const EXPECTED: &'static str = "an object";

            fn read<'de, D: serde::Deserializer<'de>>(
                input: D,
                reader: &mut $crate::model::json::Reader,
            ) -> Result<Self, D::Error> {
                let raw: &serde_json::value::RawValue = serde::Deserialize::deserialize(input)?;
                $( if raw.get().starts_with('"') {
                    return String::read_raw(raw, reader).map(Self::$string);
                } )?
                let tag = $crate::model::json::tag::<D::Error>(raw, $tag, reader);
                let known = tag.and_then(|tag| match tag.as_deref() {
                    $( Some($kind) => <$type>::read_raw(raw, reader).map(Self::$variant), )*
                    _ => Ok(Self::$other(raw.into())),
                });
                known.or_else(|error| reader.recover(error).map(|()| Self::$other(raw.into())))
            }
        }

        $crate::model::json::decode::deserialize_as!($mode $name);
    };
}

pub(in crate::model) use {conversions, list_setters, serialize_as_variant, tagged_union};

/// Adds the members of a JSON object to an optional map. If the value isn't serialized as a JSON object, the map keeps
/// the error, and returns it when it is serialized.
pub(in crate::model) fn add_members(map: &mut Option<JsonMap>, values: impl Serialize) {
    let map = map.get_or_insert_default();
    if let Some(values) = map.settle("", JsonMap::from_serialize(values)) {
        map.extend(values.iter());
    }
}
