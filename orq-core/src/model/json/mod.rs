//! How the types of the models are read from and written to JSON.
//!
//! Each type has one reader, which serves two passes (see [`decode`](self::decode())). Nothing goes through
//! `serde_json::Value` or serde's buffering of content, whose meaning hangs on features of serde_json that another
//! crate of the build may switch on.

mod decode;
mod field;
mod finite;

mod map;
mod nullable;
mod number;
pub(super) mod object;
pub(super) mod open_enum;
mod raw;
mod reader;
mod text;
mod warning;

pub use map::JsonMap;
pub use nullable::Nullable;
pub use number::Number;
pub use raw::RawJson;
pub use warning::DecodeWarning;

pub(crate) use decode::{DecodeError, Wire, decode};
#[cfg(test)]
pub(super) use decode::{decode_lenient, decode_typed};
pub(super) use decode::{deserialize, pairs, tag};
pub(super) use field::{Field, Kept, Object, Slot, check_tag};
pub(super) use number::StringOrNumber;
pub(super) use reader::{Mode, Reader};
pub(super) use text::{read_key, read_text};
pub(crate) use warning::Warnings;
