//! The macros that define structs: their serialization, deserialization and setters.

/// Defines a struct, and implements `Wire` and serde's traits for it.
///
/// ```text
/// object! { Strict                            // serde's mode: Strict for requests, Lenient for responses
///     /// Docs.
///     #[derive(Default)]
///     pub struct Part tagged "type" = "part" { // serialized first, and not a field
///         /// Docs.
///         pub id: Option<String> = "id" | "_id",           // name in JSON, and aliases for deserializing
///         /// Docs.
///         pub version: Option<String> = "version" by Text, // deserialized by another type
///     } keeping raw                            // keeps the JSON of the object, for `raw()`
/// }
/// ```
macro_rules! object {
    (
        $mode:ident
        $(#[$meta:meta])*
        pub struct $name:ident $(tagged $tag:literal = $kind:literal)? {
            $(
                $(#[$field_meta:meta])*
                pub $field:ident : $type:ty = $wire:literal $(| $alias:literal)* $(by $read:ty)?,
            )*
        } $(keeping $kept:ident)?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$field_meta])* pub $field: $type, )*
            /// Fields that this version of the crate doesn't know, in order. They are serialized as received, except
            /// one with the name of a field that is set.
            pub extra: $crate::model::JsonMap,
            $( $kept: $crate::model::json::Kept, )?
        }

        impl $crate::model::json::Wire for $name {
            const EXPECTED: &'static str = "an object";

            fn read<'de, D: serde::Deserializer<'de>>(
                input: D,
                reader: &mut $crate::model::json::Reader,
            ) -> Result<Self, D::Error> {
                #[allow(unused_imports)]
                use {serde::de::{MapAccess, Visitor}, $crate::model::json::{self, object::reading}};

                struct Fields<'r>(&'r mut json::Reader);

                impl<'de> Visitor<'de> for Fields<'_> {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(<$name as json::Wire>::EXPECTED)
                    }

                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        let Self(reader) = self;
                        let mut members = json::Members::default();
                        $( let mut $field = None; )*
                        while reader.is_typed() && let Some(key) = json::plain_key(&mut map, reader)? {
                            match key {
                                $( $tag => json::check_tag($tag, $kind, &mut map, reader)?, )?
                                $( $wire $(| $alias)* => {
                                    json::put::<$type, reading!($type $(, $read)?), _>(&mut $field, &mut map, reader)?
                                } )*
                                _ => members.0.push((key.into(), map.next_value()?)),
                            }
                        }
                        while !reader.is_typed() && let Some(key) = json::next_key(&mut map, reader)? {
                            match &*key {
                                $( $tag => json::check_tag($tag, $kind, &mut map, reader)?, )?
                                _ => members.0.push((key, map.next_value()?)),
                            }
                        }
                        Ok($name {
                            $( $field: members.field::<_, reading!($type $(, $read)?), _>($field, $wire, &[$($alias),*], reader)?, )*
                            extra: members.into(),
                            $( $kept: json::Kept::default(), )?
                        })
                    }
                }

                input.deserialize_map(Fields(reader))
            }

            $(
                const KEEPS_JSON: bool = true;

                fn keep_json(this: &mut Self, json: &[&str]) {
                    this.$kept.set(json);
                }
            )?
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #[allow(unused_imports)]
                use {serde::ser::SerializeMap as _, $crate::model::json::Field as _};

                self.extra.check()?;
                let mut map = serializer.serialize_map(None)?;
                $( map.serialize_entry($tag, $kind)?; )?
                $( if self.$field.is_present() { map.serialize_entry($wire, &self.$field)?; } )*
                for (key, value) in self.extra.iter() {
                    let is_known = match key {
                        $( $tag => true, )?
                        $( $wire => self.$field.is_present(), )*
                        _ => false,
                    };
                    if !is_known { map.serialize_entry(key, value)?; }
                }
                map.end()
            }
        }

        $crate::model::json::decode::deserialize_as!($mode $name);
    };
}

/// The type that deserializes a field: its own, or the given one.
macro_rules! reading {
    ($type:ty) => {
        <$type as $crate::model::json::Field>::Value
    };
    ($type:ty, $read:ty) => {
        $read
    };
}

/// Defines setters of optional fields, the setter of unknown fields, and, if it is given first, `new` with the required
/// fields. The names after `+` are the fields whose setters are defined elsewhere.
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

            /// Sets a field that this version of the crate doesn't know. A value that can't be serialized as JSON
            /// fails the request when it is sent.
            #[must_use]
            pub fn extra(mut self, name: impl Into<String>, value: impl serde::Serialize) -> Self {
                self.extra.insert(name, value);
                self
            }
        }
    };
}

pub(in crate::model) use {object, reading, setters};
