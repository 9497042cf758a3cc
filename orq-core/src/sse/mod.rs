//! Server-sent events: an incremental decoder and its counterpart, an encoder.
//!
//! [`Decoder`] turns the bytes of a `text/event-stream` body into [`Event`]s, exactly as the HTML standard's
//! [*interpreting an event stream*][standard] says. It does no I/O: the caller hands it chunks as they arrive,
//! cut anywhere. [`Encoder`] writes what decodes to itself, for tests and for servers that stand in for the
//! real one.
//!
//! ```
//! use orq_core::sse::{Decoder, Encoder, Event};
//!
//! let bytes = Encoder::new().comment("hello").data("first").event(&Event::new("second")?).take();
//! let (mut decoder, mut chunk) = (Decoder::new(), &bytes[..]);
//! assert_eq!(decoder.next(&mut chunk)?, Some(Event::new("first")?));
//! assert_eq!(decoder.next(&mut chunk)?, Some(Event::new("second")?));
//! assert_eq!(decoder.next(&mut chunk)?, None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # In scope and out of scope
//!
//! In scope: byte order mark, line ends, fields, UTF-8 with U+FFFD for what is ill-formed, ids that persist,
//! the reconnection time, bounds on memory. Out of scope: connecting, reconnecting, content types, and what the
//! data mean.
//!
//! # How it works
//!
//! The decoder cuts chunks into lines. Between two calls it stands in one of four places:
//!
//! ```text
//!               ┌───────┐   the start of a byte order mark, and then something else
//!    new ──────►│ Start ├───────────────────────────────────────────────────┐
//!               └───┬───┘                                                   │
//!                   │ a byte order mark, or none                            │
//!                   ▼                                                       ▼
//!             ┌───────────┐   the chunk ends within the line           ┌────────┐
//!  whole ┌───►│ LineStart ├───────────────────────────────────────────►│ InLine │◄───┐ a piece
//!   line └────┤           │◄───────────────────────────────────────────┤        ├────┘ of the line
//!             └──┬─────▲──┘   LF, CRLF, or CR and something else       └───┬────┘
//!                │     │                                                   │
//!                │     │ the next byte; an LF is dropped                   │
//!                │     │                                                   │
//!                │  ┌──┴──────────┐                                        │
//!                └─►│ AfterReturn │◄───────────────────────────────────────┘
//!                   └─────────────┘   the line ends with a CR that ends the chunk
//! ```
//!
//! The lines fill a block, which a blank line dispatches. A CR is enough for that: an event isn't held back
//! until it is known whether an LF follows.
//!
//! ```text
//!           ┌───────┐  a field                     ┌─────────┐◄───┐ another field: adds data,
//!    new ──►│ empty ├─────────────────────────────►│ filling │    │ replaces type or id
//!           │       │◄─────────────────────────────┤         ├────┘
//!           └─────▲─┘  a blank line: remembers     └────┬────┘
//!                 │    the id and, with data,           │ a line or the event goes over
//!                 │    lends the event                  │ its limit: an error
//!                 │                                ┌────▼─────┐
//!                 └────────────────────────────────┤ skipping │
//!                      a blank line                └──────────┘
//! ```
//!
//! An event whose data are one line within one chunk is lent from the chunk, without a copy and without an
//! allocation. All others are put together in buffers, which are kept for the next event. Data that come in
//! pieces are decoded as they come, so each byte is looked at a fixed number of times, however long the event
//! and however small the pieces.
//!
//! # Where the standard leaves a choice
//!
//! - A `retry` without digits is ignored; one that doesn't fit into 64 bits counts as the largest that does.
//! - The standard knows no limits. Here a line or an event that goes over [`Limits`](crate::Limits) is an
//!   error. The event is dropped, and its id with it; the next one is as if nothing had happened.
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
