//! What is compared.

use orq_core::async_trait;

use crate::Result;

/// What of a stream's events is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// The text of choice 0.
    Text,
    /// What each event adds. By hand: the text of the only choice in it.
    Deltas,
    /// Whole chunks. By hand: as for `Deltas`.
    Chunks,
    /// What each event adds, of a stream of tool calls. By hand: the arguments.
    Arguments,
}

/// A client, ours or written by hand. All methods return how many bytes of text they took, so that it can be checked.
#[async_trait]
pub(crate) trait Contender {
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
