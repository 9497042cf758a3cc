//! Server-sent events: an incremental decoder.
//!
//! [`Decoder`] turns the bytes of a `text/event-stream` body into [`Event`]s, exactly as *[interpreting an event
//! stream][standard]* in the HTML standard specifies. It does no I/O: the caller passes it the chunks as they
//! arrive, split at any byte. `orq_testkit::Encoder` encodes events for tests.
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
//! In scope: the byte order mark, line ends, fields, UTF-8 with U+FFFD for ill-formed sequences, the last event id, the
//! reconnection time, and limits on memory. Out of scope: connecting, reconnecting, content types, and the meaning of
//! the data.
//!
//! # How it works
//!
//! The decoder splits chunks into lines, and parses complete lines only. An unfinished line is kept as received until
//! the chunk with its line end arrives; only new bytes are searched for line ends. A CR at the end of a chunk ends its
//! line immediately, and an LF at the start of the next chunk is dropped:
//!
//! ```text
//!   start of the stream ── a byte order mark or none ──► start of a line ◄── any byte, dropped if LF ──┐
//!           │                                             │         ▲                                  │
//!           │ a part of a byte order mark,     a part     │         │ LF, CRLF, or                     │
//!           │ then something else              of a line  ▼         │ CR and another byte              │
//!           └──────────────────────────────────────────► inside a line ── CR, end of the chunk ──► after CR
//! ```
//!
//! A `data`, `event` or `id` line sets a field of the event, and a blank line ends the event:
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
//! If the data of an event are a single line within one chunk, the event borrows them from the chunk, without a copy
//! and without an allocation. Otherwise they are collected in a buffer, which is reused for the next event. It holds
//! the data of the event so far, followed by the unfinished line. Its size is at most the sum of the two limits.
//! Ill-formed UTF-8 requires a second copy of the data while the event is borrowed. The time is linear in the
//! number of bytes, whatever the length of the events and the size of the chunks.
//!
//! # Where the standard leaves a choice
//!
//! - A `retry` field with an empty value is ignored. A number that doesn't fit into 64 bits counts as `u64::MAX`.
//! - The standard has no limits. Here a line longer than [`max_line`](Decoder::max_line) or an event longer than
//!   [`max_event`](Decoder::max_event) is an error. The event is dropped together with its id, and decoding continues
//!   with the next event. The length of a line is checked while it arrives. That of an event is checked at the end of
//!   each of its lines, as received, and at its blank line, as decoded.
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
