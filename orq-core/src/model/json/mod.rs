//! Serialization and deserialization of the types of the models.
//!
//! Each type implements [`Wire`] for two passes (see [`decode`](self::decode())). It uses neither `serde_json::Value`
//! nor serde's buffering of content: their behavior depends on features of serde_json that another crate of the build
//! may enable.

mod correct;
pub(super) mod decode;
mod fence;
mod field;
mod finite;
mod map;
mod nullable;
mod number;
pub(super) mod object;
pub(super) mod open_enum;
mod raw;
pub(super) mod reader;
mod text;
mod warning;
mod weight;

pub use map::JsonMap;
pub use nullable::Nullable;
pub use number::Number;
pub use raw::RawJson;
pub use warning::DecodeWarning;

pub(crate) use decode::{
    DecodeError, List, ListOrOne, Members, Wire, decode, decode_typed, members, tag,
    without_byte_order_mark,
};
pub(crate) use fence::unfenced;
pub(crate) use field::{Field, check_tag, put};
pub(crate) use number::{StringOrNumber, is_number};
pub(crate) use raw::{Kept, first_value, text_of};
pub(crate) use reader::Reader;
pub(crate) use text::{next_key, plain_key, read_text};
pub(crate) use warning::Warnings;
pub(crate) use weight::is_empty;
