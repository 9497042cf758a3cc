//! The nouns themselves: a struct, what it is on the wire, and the unknown fields it keeps.

use std::borrow::Cow;
use std::fmt;

use serde_json::value::RawValue;

use super::map::JsonMap;
use super::raw::RawJson;
use super::reader::{ReadError, Reader};
use super::wire::{Field, ReadValue};

/// Defines a noun: the struct, and how it is read and written.
///
/// ```text
/// object! { Strict + may_be_empty             // how serde reads it: a request Strict, an answer Lenient
///     /// Docs.
///     #[derive(Default)]
///     pub struct Part tagged "type" = "part" { // written first, and not a field
///         /// Docs.
///         pub id: Option<String> = "id" | "_id",           // name on the wire, and other spellings to read
///         /// Docs.
///         pub version: Option<String> = "version" by text, // read by a function of its own
///     } keeping raw                            // the noun's own JSON, for `raw()`
/// }
/// ```
macro_rules! object {
    (
        $mode:ident $(+ $empty:ident)?
        $(#[$meta:meta])*
        pub struct $name:ident $(tagged $tag:literal = $kind:literal)? {
            $(
                $(#[$field_meta:meta])*
                pub $field:ident : $type:ty = $wire:literal $(| $alias:literal)* $(by $read:path)?,
            )*
        } $(keeping $kept:ident)?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$field_meta])* pub $field: $type, )*
            /// Fields that this version of the crate doesn't know, in their order. They are sent as they are; one
            /// that has the name of a field that is set is not.
            pub extra: $crate::model::JsonMap,
            $( $kept: $crate::model::json::Kept, )?
        }

        impl $crate::model::json::Wire for $name {
            fn read(
                raw: &serde_json::value::RawValue,
                reader: &mut $crate::model::json::Reader,
            ) -> Result<Self, $crate::model::json::ReadError> {
                let mut extra = $crate::model::JsonMap::new();
                $( let mut $field = $crate::model::json::Slot::default(); )*
                for (key, value) in reader.object(raw)? {
                    match key.as_ref() {
                        $( $tag => reader.in_field($tag, |reader| $crate::model::json::object::check_tag($kind, value, reader))?, )?
                        $(
                            $wire => $field.put(value, &mut extra),
                            $( $alias => $field.put_alias($alias, value, &mut extra), )*
                        )*
                        _ => extra.push(key, value),
                    }
                }
                Ok(Self {
                    $( $field: $field.read($wire, reader, $crate::model::json::object::reading!($type $(, $read)?))?, )*
                    extra,
                    $( $kept: $crate::model::json::Kept::new(raw), )?
                })
            }

            $( $crate::model::json::object::$empty!(); )?
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;

                let mut map = serializer.serialize_map(None)?;
                $( map.serialize_entry($tag, $kind)?; )?
                $(
                    if $crate::model::json::Field::is_present(&self.$field) {
                        map.serialize_entry($wire, &self.$field)?;
                    }
                )*
                for (key, value) in &self.extra {
                    let is_known = match key {
                        $( $tag => true, )?
                        $( $wire => $crate::model::json::Field::is_present(&self.$field), )*
                        _ => false,
                    };
                    if !is_known {
                        map.serialize_entry(key, value)?;
                    }
                }
                map.end()
            }
        }

        $crate::model::json::object::deserialize!($mode $name);
    };
}

/// For a noun that says nothing when it is empty: it is left out, and read as empty where it isn't there.
macro_rules! may_be_empty {
    () => {
        fn missing() -> Option<Self> {
            Some(Self::default())
        }

        fn is_left_out(&self) -> bool {
            *self == Self::default()
        }
    };
}

/// Implements serde's `Deserialize` by way of `Wire`.
macro_rules! deserialize {
    ($mode:ident $name:ident) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let raw = Box::<serde_json::value::RawValue>::deserialize(deserializer)?;
                $crate::model::json::from_raw(&raw, $crate::model::json::Mode::$mode)
                    .map_err(<D::Error as serde::de::Error>::custom)
            }
        }
    };
}

/// How a field's value is read: as its type is, or by the function that is named.
macro_rules! reading {
    ($type:ty) => {
        <<$type as $crate::model::json::Field>::Value as $crate::model::json::Wire>::read
    };
    ($type:ty, $read:path) => {
        $read
    };
}

/// Defines setters of fields that may be absent, the setter of unknown fields, and, where it comes first, `new`: it
/// takes the required fields, and names behind `+` the fields that have setters of another kind.
///
/// ```text
/// setters!(Thread {
///     /// Makes a thread with this id.
///     new(id: String) + tags;
///     /// Sets the title.
///     title: String,
/// });
/// ```
macro_rules! setters {
    ($name:ident {
        $(#[$new_meta:meta])*
        new($($required:ident : $required_type:ty),*) $(+ $other:ident)*;
        $( $(#[$meta:meta])* $field:ident : $type:ty, )*
    }) => {
        impl $name {
            $(#[$new_meta])*
            pub fn new($($required: impl Into<$required_type>),*) -> Self {
                $( let $required: $required_type = $required.into(); )*
                Self {
                    $( $required: $required.into(), )*
                    $( $other: Default::default(), )*
                    $( $field: Default::default(), )*
                    extra: Default::default(),
                }
            }
        }

        $crate::model::json::object::setters!($name { $( $(#[$meta])* $field: $type, )* });
    };
    ($name:ident { $( $(#[$meta:meta])* $field:ident : $type:ty, )* }) => {
        impl $name {
            $(
                $(#[$meta])*
                #[must_use]
                pub fn $field(mut self, $field: impl Into<$type>) -> Self {
                    let value: $type = $field.into();
                    self.$field = value.into();
                    self
                }
            )*

            /// Sets a field that this version of the crate doesn't know. A value that can't be written as JSON
            /// fails when the request is sent.
            #[must_use]
            pub fn extra(mut self, name: impl Into<String>, value: impl serde::Serialize) -> Self {
                self.extra.insert(name, value);
                self
            }
        }
    };
}

pub(in crate::model) use {deserialize, may_be_empty, object, reading, setters};

/// A tag says what its noun is, so another tag is another noun.
pub(in crate::model) fn check_tag(
    expected: &str,
    raw: &RawValue,
    reader: &mut Reader,
) -> Result<(), ReadError> {
    let found = reader.string(raw)?;
    if found == expected {
        return Ok(());
    }
    Err(reader.error(format!("expected `{expected}`, found `{found}`")))
}

/// The raw value of one field while its noun is read. Of several values the last counts, and what is found under
/// the field's own name counts more than what is found under another spelling, unless it is null.
#[derive(Default)]
pub(in crate::model) struct Slot<'a> {
    own: Option<&'a RawValue>,
    alias: Option<(&'static str, &'a RawValue)>,
}

impl<'a> Slot<'a> {
    pub(in crate::model) fn put(&mut self, raw: &'a RawValue, extra: &mut JsonMap) {
        self.own = Some(raw);
        self.settle(extra);
    }

    pub(in crate::model) fn put_alias(
        &mut self,
        name: &'static str,
        raw: &'a RawValue,
        extra: &mut JsonMap,
    ) {
        if let Some((older, raw)) = self.alias.replace((name, raw))
            && older != name
        {
            extra.push(Cow::Borrowed(older), raw);
        }
        self.settle(extra);
    }

    /// The spelling that doesn't count is kept as an unknown field.
    fn settle(&mut self, extra: &mut JsonMap) {
        if self.own.is_some_and(|raw| raw.get() != "null")
            && let Some((name, raw)) = self.alias.take()
        {
            extra.push(Cow::Borrowed(name), raw);
        }
    }

    pub(in crate::model) fn read<F: Field>(
        self,
        wire: &'static str,
        reader: &mut Reader,
        read: ReadValue<F::Value>,
    ) -> Result<F, ReadError> {
        let (name, raw) = match (self.alias, self.own) {
            (Some((name, raw)), _) => (name, Some(raw)),
            (None, own) => (wire, own),
        };
        F::read_field(name, raw, reader, read)
    }
}

/// The JSON that a noun was read from. It is no part of the noun's value: all are equal.
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
        // The fields say it all; twice the text helps nobody.
        f.write_str(if self.0.is_some() { "kept" } else { "none" })
    }
}
