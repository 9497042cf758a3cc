//! Streamed completions.

mod adapters;
mod append;
mod arguments;
mod assembly;
mod completion_stream;
mod delta;
mod first_event;
mod form;
mod item;
mod item_reader;
mod lists;
mod strays;
mod tail;
mod template;
mod tool_calls;

pub use adapters::{Deltas, TextStream};
pub use completion_stream::CompletionStream;
pub use delta::Delta;
pub(crate) use first_event::open;
pub(crate) use form::{Form, read};
