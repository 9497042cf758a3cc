//! A look for the floats that JSON doesn't have.

use serde::ser::{self, Error as _, Serialize};
use serde_json::Error;

/// Fails at NaN and infinities, which serde_json writes as null. Everything else passes and is written nowhere.
#[derive(Clone, Copy)]
pub(super) struct FiniteFloats;

/// Methods that have nothing to look at.
macro_rules! pass {
    ($($method:ident($($type:ty),*);)*) => {$(
        fn $method(self, $(_: $type),*) -> Result<(), Error> {
            Ok(())
        }
    )*};
}

/// Methods that begin a value of several parts.
macro_rules! begin {
    ($($kind:ident $method:ident($($type:ty),*);)*) => {$(
        type $kind = Self;

        fn $method(self, $(_: $type),*) -> Result<Self, Error> {
            Ok(self)
        }
    )*};
}

/// The parts of such values.
macro_rules! parts {
    ($($kind:ident { $($method:ident($($key:ty)?);)* })*) => {$(
        impl ser::$kind for FiniteFloats {
            type Ok = ();
            type Error = Error;

            $(
                fn $method<T: Serialize + ?Sized>(&mut self, $(_: $key,)? value: &T) -> Result<(), Error> {
                    value.serialize(*self)
                }
            )*

            fn end(self) -> Result<(), Error> {
                Ok(())
            }
        }
    )*};
}

type Name = &'static str;

impl ser::Serializer for FiniteFloats {
    type Ok = ();
    type Error = Error;

    pass! {
        serialize_bool(bool); serialize_char(char); serialize_str(&str); serialize_bytes(&[u8]);
        serialize_i8(i8); serialize_i16(i16); serialize_i32(i32); serialize_i64(i64); serialize_i128(i128);
        serialize_u8(u8); serialize_u16(u16); serialize_u32(u32); serialize_u64(u64); serialize_u128(u128);
        serialize_none(); serialize_unit(); serialize_unit_struct(Name); serialize_unit_variant(Name, u32, Name);
    }

    begin! {
        SerializeSeq serialize_seq(Option<usize>);
        SerializeTuple serialize_tuple(usize);
        SerializeTupleStruct serialize_tuple_struct(Name, usize);
        SerializeTupleVariant serialize_tuple_variant(Name, u32, Name, usize);
        SerializeMap serialize_map(Option<usize>);
        SerializeStruct serialize_struct(Name, usize);
        SerializeStructVariant serialize_struct_variant(Name, u32, Name, usize);
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        if value.is_finite() {
            return Ok(());
        }
        Err(Error::custom(format!("JSON has no number {value}")))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: Name,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: Name,
        _: u32,
        _: Name,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }
}

parts! {
    SerializeSeq { serialize_element(); }
    SerializeTuple { serialize_element(); }
    SerializeTupleStruct { serialize_field(); }
    SerializeTupleVariant { serialize_field(); }
    SerializeMap { serialize_key(); serialize_value(); }
    SerializeStruct { serialize_field(Name); }
    SerializeStructVariant { serialize_field(Name); }
}
