//! Enums that keep unknown values.

/// Defines an enum of strings whose last variant is for values that this version of the crate doesn't know.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $( $(#[$variant_meta:meta])* $variant:ident = $wire:literal, )* }
    ) => {
        $(#[$meta])*
        ///
        /// Values are compared by their strings in JSON. To check for a value without a variant, match on
        /// [`as_str`](Self::as_str) and not on `Other`: a later version of the crate may add a variant for it.
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("`", $wire, "`")]
                $(#[$variant_meta])*
                $variant,
            )*
            /// A value without a variant, as in JSON. A later version may add a variant for it.
            Other(String),
        }

        impl $name {
            /// Returns the string in JSON.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $wire, )*
                    Self::Other(value) => value,
                }
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $( $wire => Self::$variant, )*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self { Self::from(value.as_str()) }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool { self.as_str() == other.as_str() }
        }

        impl Eq for $name {}

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool { self.as_str() == other }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool { self.as_str() == *other }
        }

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) { self.as_str().hash(state); }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                String::deserialize(input).map(Self::from)
            }
        }

        impl $crate::model::json::Wire for $name {
            const EXPECTED: &'static str = <String as $crate::model::json::Wire>::EXPECTED;

            fn read<'de, D: serde::Deserializer<'de>>(
                input: D,
                reader: &mut $crate::model::json::Reader,
            ) -> Result<Self, D::Error> {
                $crate::model::json::read_text(input, reader).map(|text| Self::from(&*text))
            }
        }
    };
}

pub(in crate::model) use open_enum;
