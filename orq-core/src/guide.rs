//! The guide: chapters that say what to use when, and a [cookbook] of code to copy.
//!
//! The chapters have no items. They are compiled only for the documentation, and their examples are tests.
//!
//! | chapter | contents |
//! |---|---|
//! | [`getting_started`] | dependencies, the client, a request, its answer, settings |
//! | [`streaming`] | reading an answer while it arrives, its end, cancelling, timeouts |
//! | [`tools`] | tool calls, and how to tell that one is cut |
//! | [`structured_output`] | answers in JSON of a type |
//! | [`errors_and_retries`] | what an error says, what is retried, timeouts |
//! | [`testing`] | which double to use for which test |
//! | [`transports`] | choosing and configuring a transport, layers, your own |
//! | [`telemetry`] | a report of each call, spans, trace ids, rate limits |
//! | [`security`] | API keys, TLS, what may be logged, limits on memory |
//! | [`cookbook`] | code for the everyday needs, to copy |

#[doc = include_str!("guide/getting_started.md")]
pub mod getting_started {}

#[doc = include_str!("guide/streaming.md")]
pub mod streaming {}

#[doc = include_str!("guide/tools.md")]
pub mod tools {}

#[cfg_attr(
    feature = "schemars",
    doc = include_str!("guide/structured_output.md")
)]
/// This chapter is about the feature `schemars`, and is part of the documentation with all features.
pub mod structured_output {}

#[doc = include_str!("guide/errors_and_retries.md")]
pub mod errors_and_retries {}

#[doc = include_str!("guide/testing.md")]
pub mod testing {}

#[doc = include_str!("guide/transports.md")]
pub mod transports {}

#[doc = include_str!("guide/telemetry.md")]
pub mod telemetry {}

#[doc = include_str!("guide/security.md")]
pub mod security {}

#[doc = include_str!("guide/cookbook/answers.md")]
#[doc = include_str!("guide/cookbook/data.md")]
#[doc = include_str!("guide/cookbook/operation.md")]
pub mod cookbook {}
