//! A serializer that detects NaN and infinities.

use serde::ser::{self, Error as _, Serialize};
use serde_json::Error;

/// A serializer that fails at NaN and infinities, which serde_json serializes as null. It has no output.
#[derive(Clone, Copy)]
pub(super) struct FiniteFloats;

type Name = &'static str;

macro_rules! methods {
    (plain { $($plain:ident($($plain_type:ty),*);)* }
     inner { $($inner:ident($($inner_type:ty),*);)* }
     parts { $($kind:ident $begin:ident($($type:ty),*) { $($part:ident($($key:ty)?);)* })* }) => {
        impl ser::Serializer for FiniteFloats {
            type Ok = ();
            type Error = Error;
            $( type $kind = Self; )*

            $( fn $plain(self, $(_: $plain_type),*) -> Result<(), Error> { Ok(()) } )*

            $( fn $inner<T: Serialize + ?Sized>(self, $(_: $inner_type,)* value: &T) -> Result<(), Error> {
                value.serialize(self)
            } )*

            $( fn $begin(self, $(_: $type),*) -> Result<Self, Error> { Ok(self) } )*

            fn serialize_f32(self, value: f32) -> Result<(), Error> { self.serialize_f64(value.into()) }

            fn serialize_f64(self, value: f64) -> Result<(), Error> {
                match value.is_finite() {
                    true => Ok(()),
                    false => Err(Error::custom(format!("JSON has no number {value}"))),
                }
            }
        }

        $( impl ser::$kind for FiniteFloats {
            type Ok = ();
            type Error = Error;

            $( fn $part<T: Serialize + ?Sized>(&mut self, $(_: $key,)? value: &T) -> Result<(), Error> {
                value.serialize(*self)
            } )*

            fn end(self) -> Result<(), Error> { Ok(()) }
        } )*
    };
}

methods! {
    plain {
        serialize_bool(bool); serialize_char(char); serialize_str(&str); serialize_bytes(&[u8]);
        serialize_i8(i8); serialize_i16(i16); serialize_i32(i32); serialize_i64(i64); serialize_i128(i128);
        serialize_u8(u8); serialize_u16(u16); serialize_u32(u32); serialize_u64(u64); serialize_u128(u128);
        serialize_none(); serialize_unit(); serialize_unit_struct(Name); serialize_unit_variant(Name, u32, Name);
    }
    inner { serialize_some(); serialize_newtype_struct(Name); serialize_newtype_variant(Name, u32, Name); }
    parts {
        SerializeSeq serialize_seq(Option<usize>) { serialize_element(); }
        SerializeTuple serialize_tuple(usize) { serialize_element(); }
        SerializeTupleStruct serialize_tuple_struct(Name, usize) { serialize_field(); }
        SerializeTupleVariant serialize_tuple_variant(Name, u32, Name, usize) { serialize_field(); }
        SerializeMap serialize_map(Option<usize>) { serialize_key(); serialize_value(); }
        SerializeStruct serialize_struct(Name, usize) { serialize_field(Name); }
        SerializeStructVariant serialize_struct_variant(Name, u32, Name, usize) { serialize_field(Name); }
    }
}
