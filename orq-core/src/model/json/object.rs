//! The macros that define types with fields: the struct, how it is read and written, and its setters.

/// Defines a type with fields: the struct, and how it is read and written.
///
/// ```text
/// object! { Strict                            // how serde reads it: a request Strict, an answer Lenient
///     /// Docs.
///     #[derive(Default)]
///     pub struct Part tagged "type" = "part" { // written first, and not a field
///         /// Docs.
///         pub id: Option<String> = "id" | "_id",           // name on the wire, and other spellings to read
///         /// Docs.
///         pub version: Option<String> = "version" by Text, // read in the way of another type
///     } keeping raw                            // the object's own JSON, for `raw()`
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
            /// Fields that this version of the crate doesn't know, in their order. They are sent as they are, except
            /// one that has the name of a field that is set.
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
                        while let Some(key) = json::next_key(&mut map, reader)? {
                            match &*key {
                                $( $tag => json::check_tag($tag, $kind, &mut map, reader)?, )?
                                $( $wire $(| $alias)* if reader.is_typed() => {
                                    json::put::<$type, reading!($type $(, $read)?), _>(&mut $field, &mut map, reader)?
                                } )*
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

                fn keep_json(this: &mut Self, json: &str) {
                    this.$kept = $crate::model::json::Kept::new(json);
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

/// How a field's value is read: in the way of its own type, or of the one that is named.
macro_rules! reading {
    ($type:ty) => {
        <$type as $crate::model::json::Field>::Value
    };
    ($type:ty, $read:ty) => {
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

pub(in crate::model) use {object, reading, setters};
