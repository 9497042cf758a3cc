//! What is compared.

use orq_core::async_trait;

use crate::Result;

/// How ours reads a stream. By hand, each event's text or tool call arguments are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// The text of choice 0, by `next_text`.
    Text,
    /// What each event adds, by `next_delta`.
    Deltas,
    /// Whole chunks, by `next_chunk`.
    Chunks,
}

/// A client, ours or written by hand. All methods return how many bytes of text they took, so that it can be checked.
#[async_trait]
pub(crate) trait Contender: Send + Sync {
    fn name(&self) -> &'static str;

    /// Reads so many streams, one after another.
    async fn stream(&self, base_url: &str, read: Read, streams: usize) -> Result<usize>;

    /// Makes so many calls, one after another, with this text as the user's message.
    async fn invoke(&self, base_url: &str, content: &str, calls: usize) -> Result<usize>;

    /// Opens a stream, and reads its first event.
    async fn open(&self, base_url: &str) -> Result<Box<dyn Open>>;
}

/// A stream whose first event was read.
#[async_trait]
pub(crate) trait Open: Send {
    /// Reads the rest, and returns how many events had text.
    async fn rest(self: Box<Self>) -> Result<usize>;
}

/// What calls say to the user's deployment, unless the text itself is what is measured.
pub(crate) const QUESTION: &str = "Where is my order?";
