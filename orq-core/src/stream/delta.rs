//! What a chunk adds to the answer.

use serde::Serialize;

use crate::model::{FinishReason, Usage};

/// One thing that a chunk adds to the answer. `choice` is the index of the choice that it belongs to.
///
/// Its JSON, for instance for a browser, has the variant's name in snake case under `type`:
/// `{"type":"text","choice":0,"text":"Hello"}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Delta {
    /// More text.
    #[non_exhaustive]
    Text {
        /// The choice's index.
        choice: u64,
        /// The text to append.
        text: String,
    },
    /// More of the model's reasoning.
    #[non_exhaustive]
    Reasoning {
        /// The choice's index.
        choice: u64,
        /// The text to append.
        text: String,
    },
    /// More of a refusal.
    #[non_exhaustive]
    Refusal {
        /// The choice's index.
        choice: u64,
        /// The text to append.
        text: String,
    },
    /// A tool call begins.
    #[non_exhaustive]
    ToolCallStart {
        /// The choice's index.
        choice: u64,
        /// The call's position among the choice's calls.
        index: usize,
        /// The call's id.
        id: Option<String>,
        /// The function's name.
        name: Option<String>,
    },
    /// More of a tool call's arguments.
    #[non_exhaustive]
    ToolCallArguments {
        /// The choice's index.
        choice: u64,
        /// The call's position among the choice's calls.
        index: usize,
        /// The text to append. Only all pieces together are JSON.
        arguments: String,
    },
    /// An image.
    #[non_exhaustive]
    ImageUrl {
        /// The choice's index.
        choice: u64,
        /// The image's URL, or the image itself as a `data:` URL.
        url: String,
    },
    /// The choice is complete.
    #[non_exhaustive]
    Finish {
        /// The choice's index.
        choice: u64,
        /// Why it ended.
        reason: FinishReason,
    },
    /// Token counts of the answer.
    Usage(Usage),
}
