//! [proptest] strategies: requests, answers, event streams, and ways to split bytes into chunks.
//!
//! | strategy | its values |
//! |---|---|
//! | [`deployment_request`] | requests that orq's schema allows |
//! | [`completion`] | answers, with unknown and with missing fields |
//! | [`streamed_completion`] | an answer, and the events of its stream |
//! | [`sse_transcript`] | the bytes of a careless or hostile stream |
//! | [`chunking`] | ways to split bytes into chunks |
//!
//! All of them shrink: a failing property is reported with a small value that fails it.
//!
//! ```
//! use orq_core::sse::Decoder;
//! use orq_testkit::strategy::{chunking, sse_transcript};
//! use proptest::prelude::*;
//!
//! /// The data of each event.
//! fn decoded(chunks: Vec<&[u8]>) -> Result<Vec<String>, TestCaseError> {
//!     let (mut decoder, mut events) = (Decoder::new(), Vec::new());
//!     for mut chunk in chunks {
//!         while let Some(event) = decoder.next(&mut chunk)? {
//!             events.push(event.data.to_owned());
//!         }
//!     }
//!     Ok(events)
//! }
//!
//! proptest!(|(body in sse_transcript(), chunking in chunking())| {
//!     prop_assert_eq!(decoded(chunking.split(&body))?, decoded(vec![&body])?);
//! });
//! ```
//!
//! [proptest]: https://docs.rs/proptest

mod chunking;
mod completion;
mod json;
mod request;
mod streamed;
mod text;
mod transcript;

pub use chunking::{Chunking, chunking};
pub use completion::completion;
pub use request::deployment_request;
pub use streamed::{StreamedCompletion, streamed_completion};
pub use transcript::sse_transcript;
