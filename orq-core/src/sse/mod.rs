//! Server-sent events: an incremental decoder.
//!
//! [`Decoder`] turns the bytes of a `text/event-stream` body into [`Event`]s, exactly as *[interpreting an event
//! stream][standard]* in the HTML standard specifies. It does no I/O: the caller feeds it chunks as they arrive, split
//! anywhere. `orq_testkit::Encoder` writes events for tests.
//!
//! ```
//! use orq_core::sse::{Decoder, Event};
//!
//! let mut chunk = &b": hello\ndata: first\n\nevent: note\nid: 7\ndata: two\ndata: lines\n\n"[..];
//! let mut decoder = Decoder::new();
//! assert_eq!(decoder.next(&mut chunk)?, Some(Event { event: "message", data: "first", id: "" }));
//! assert_eq!(decoder.next(&mut chunk)?, Some(Event { event: "note", data: "two\nlines", id: "7" }));
//! assert_eq!(decoder.next(&mut chunk)?, None);
//! # Ok::<(), orq_core::sse::SseError>(())
//! ```
//!
//! # Scope
//!
//! In scope: byte order mark, line ends, fields, UTF-8 with U+FFFD for ill-formed sequences, ids that persist, the
//! reconnection time, limits on memory. Out of scope: connecting, reconnecting, content types, and the meaning of the
//! data.
//!
//! # How it works
//!
//! The decoder splits chunks into lines, and only whole lines are interpreted. An unfinished line is kept as sent
//! until the chunk that ends it arrives; line ends are searched for in new bytes only. A CR at the end of a chunk ends
//! its line at once, and an LF at the start of the next chunk is dropped:
//!
//! ```text
//!   start of the stream ── a byte order mark or none ──► start of a line ◄── any byte, dropped if LF ──┐
//!           │                                             │         ▲                                  │
//!           │ a part of a byte order mark,     a part     │         │ LF, CRLF, or                     │
//!           │ then something else              of a line  ▼         │ CR and another byte              │
//!           └──────────────────────────────────────────► inside a line ── CR, end of the chunk ──► after CR
//! ```
//!
//! Lines of data, a type or an id fill the event, and a blank line ends it:
//!
//! ```text
//!                         a field              a blank line: returns the event
//!     ┌──────────► Empty ───────────► Filling ───────────────────────────────► Ended ──┐
//!     │              │                  │ │                                            │
//!     │              │                  │ └─ a blank line without data ─┐              │
//!     ├──────────────│──────────────────│───────────────────────────────┴──────────────┘ the next call
//!     │              ▼                  ▼ a line or the event exceeds its limit: an error
//!     └── a blank line ─ Skipping ◄─────┘
//! ```
//!
//! If the data of an event are one line within one chunk, the event borrows them from the chunk, without a copy and
//! without an allocation. Otherwise they are collected in one buffer, which is reused for the next event: the data of
//! the event so far, and behind them the unfinished line. Its size is at most that of the largest event and the
//! longest line together; ill-formed UTF-8 costs a second copy of the data while the event is lent. Each byte is
//! looked at a fixed number of times, however long the event and however small the chunks are.
//!
//! # Where the standard leaves a choice
//!
//! - A `retry` without digits is ignored; one that doesn't fit into 64 bits counts as the largest number that does.
//! - The standard has no limits. Here a line longer than [`max_line`](Decoder::max_line) or an event longer than
//!   [`max_event`](Decoder::max_event) is an error. The event is dropped and its id with it; the next one is read as
//!   if nothing had happened. A line is measured while it arrives, an event at the end of each of its lines: as sent,
//!   and at its blank line as decoded.
//!
//! [standard]: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

mod block;
mod buffer;
mod decoder;
mod error;
mod event;
mod field;

pub use decoder::Decoder;
pub use error::{SseError, SseErrorKind};
pub use event::Event;
