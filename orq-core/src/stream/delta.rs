//! What a chunk adds to a completion.

use serde::Serialize;

use crate::model::{FinishReason, Usage};

/// One addition of a chunk to the completion.
///
/// It is serialized with the variant's name in snake case under `type`:
/// `{"type":"text","choice":0,"text":"Hello"}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Delta {
    /// Text to append to the content.
    #[non_exhaustive]
    Text {
        /// The choice's index.
        choice: u64,
        /// The text to append.
        text: String,
    },
    /// Text to append to the reasoning.
    #[non_exhaustive]
    Reasoning {
        /// The choice's index.
        choice: u64,
        /// The text to append.
        text: String,
    },
    /// Text to append to the refusal.
    #[non_exhaustive]
    Refusal {
        /// The choice's index.
        choice: u64,
        /// The text to append.
        text: String,
    },
    /// The start of a tool call. If it is given again, with the same position, the call starts over: the id and name
    /// replace the earlier ones, and the arguments so far are dropped. That is rare: a server sent the id late, the name
    /// in pieces, or `{}` before the arguments.
    #[non_exhaustive]
    ToolCallStart {
        /// The choice's index.
        choice: u64,
        /// The position of the call in the choice's list of calls, from 0.
        index: usize,
        /// The id of the call; `None` if there was none yet.
        id: Option<String>,
        /// The name of the function; `None` if there was none yet.
        name: Option<String>,
    },
    /// Text to append to the arguments of a tool call.
    #[non_exhaustive]
    ToolCallArguments {
        /// The choice's index.
        choice: u64,
        /// The position of the call in the choice's list of calls, from 0.
        index: usize,
        /// The text to append. Only the complete arguments are JSON.
        arguments: String,
    },
    /// An image. It replaces an earlier one.
    #[non_exhaustive]
    ImageUrl {
        /// The choice's index.
        choice: u64,
        /// The image's URL, or the image itself as a `data:` URL.
        url: String,
    },
    /// The end of a choice. It is given once, with the first reason.
    #[non_exhaustive]
    Finish {
        /// The choice's index.
        choice: u64,
        /// The finish reason.
        reason: FinishReason,
    },
    /// The token counts of the completion so far. They replace earlier ones, except for unknown fields, which are those
    /// of one chunk.
    Usage(Usage),
}

/// What a chunk adds, with text borrowed from the chunk, so that only what is returned is copied.
pub(super) enum Added<'a> {
    /// The index of the choice, and the text.
    Text(u64, &'a str),
    Reasoning(u64, &'a str),
    Refusal(u64, &'a str),
    /// The index of the choice, the position of the call, and the text.
    Arguments(u64, usize, &'a str),
    Other(Delta),
}

impl From<Added<'_>> for Delta {
    fn from(added: Added<'_>) -> Self {
        let text = str::to_owned;
        match added {
            Added::Text(choice, more) => Self::Text {
                choice,
                text: text(more),
            },
            Added::Reasoning(choice, more) => Self::Reasoning {
                choice,
                text: text(more),
            },
            Added::Refusal(choice, more) => Self::Refusal {
                choice,
                text: text(more),
            },
            Added::Arguments(choice, index, more) => Self::ToolCallArguments {
                choice,
                index,
                arguments: text(more),
            },
            Added::Other(delta) => delta,
        }
    }
}
