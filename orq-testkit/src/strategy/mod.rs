//! [proptest] strategies: requests, answers, event streams, and the ways in which bytes come.
//!
//! | strategy | its values |
//! |---|---|
//! | [`deployment_request`] | requests that orq's schema allows |
//! | [`completion`] | answers, with what is new and what is missing in them |
//! | [`streamed_completion`] | an answer, and the events that it comes in |
//! | [`sse_events`] | any events of a stream |
//! | [`sse_transcript`] | the bytes of a careless or hostile stream |
//! | [`chunking`] | ways to cut bytes into chunks |
//!
//! All of them shrink: a property that fails is reported with about the smallest value that fails it.
//!
//! ```
//! use orq_core::sse::Decoder;
//! use orq_testkit::Encoder;
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

mod choice;
mod chunking;
mod completion;
mod cut;
mod event;
mod filter;
mod json;
mod message;
mod part;
mod request;
mod streamed;
mod text;
mod transcript;

pub use chunking::{Chunking, chunking};
pub use completion::completion;
pub use event::{SseEvent, sse_events};
pub use request::deployment_request;
pub use streamed::{StreamedCompletion, streamed_completion};
pub use transcript::sse_transcript;
