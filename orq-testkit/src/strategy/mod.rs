//! [proptest] strategies for whoever tests what stands on event streams.
//!
//! ```
//! use orq_core::sse::{Decoder, Encoder};
//! use orq_testkit::strategy::{SseEvent, chunking, sse_events};
//! use proptest::prelude::*;
//!
//! proptest!(|(events in sse_events(), chunking in chunking())| {
//!     let mut encoder = Encoder::new();
//!     for event in &events {
//!         encoder.event(&event.lend());
//!     }
//!     let (bytes, mut decoder) = (encoder.take(), Decoder::new());
//!     let mut decoded = Vec::<SseEvent>::new();
//!     for mut chunk in chunking.split(&bytes) {
//!         while let Some(event) = decoder.next(&mut chunk)? {
//!             decoded.push(event.into());
//!         }
//!     }
//!     prop_assert_eq!(decoded, events);
//! });
//! ```
//!
//! [proptest]: https://docs.rs/proptest

mod chunking;
mod event;
mod transcript;

pub use chunking::{Chunking, chunking};
pub use event::{SseEvent, sse_events};
pub use transcript::sse_transcript;
