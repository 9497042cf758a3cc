//! How the nouns are read from and written to JSON.
//!
//! Every level is read from a borrowed [`RawValue`](serde_json::value::RawValue) as pairs of key and raw text, so no
//! number is rounded, no key is moved, and one misshapen field costs that field alone. Nothing goes through
//! `serde_json::Value` or serde's buffering of content, whose meaning hangs on features that another crate of
//! the build may switch on.

mod decimal;
mod equality;
mod map;
mod members;
mod nullable;
mod number;
pub(super) mod object;
pub(super) mod open_enum;
mod raw;
mod reader;
mod text;
mod warning;
mod wire;

pub use map::{JsonMap, JsonMapIter};
pub use nullable::Nullable;
pub use number::Number;
pub use raw::RawJson;
pub use warning::DecodeWarning;

pub(super) use object::{Kept, Slot};
pub(super) use reader::{Mode, ReadError, Reader};
pub(crate) use text::text;
pub(super) use wire::{Field, from_raw, text_of_string_or_number};
pub(crate) use wire::{Wire, decode};
