//! Server-sent events: an incremental decoder and its counterpart, an encoder.
//!
//! [`Decoder`] turns the bytes of a `text/event-stream` body into [`Event`]s, exactly as the HTML standard's
//! [*interpreting an event stream*][standard] says. It does no I/O: the caller hands it chunks of bytes as
//! they arrive, cut anywhere.
//!
//! [standard]: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

mod block;
mod decoder;
mod encoder;
mod error;
mod event;
mod field;
mod interpreter;
mod line;
mod line_end;
mod text;

pub use decoder::Decoder;
pub use encoder::Encoder;
pub use error::{SseError, SseErrorKind};
pub use event::{Event, InvalidEvent};
