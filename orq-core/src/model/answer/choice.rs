//! One of the alternatives of an answer.

use super::{CompletionMessage, FinishReason};
use crate::model::Nullable;
use crate::model::json::object::object;

object! { Lenient
    /// One of the alternatives of an answer.
    #[derive(Default)]
    pub struct Choice {
        /// Which alternative, from 0.
        pub index: Option<u64> = "index",
        /// What the model says; in a stream, the next piece of it. Also read as `delta`.
        pub message: Option<CompletionMessage> = "message" | "delta",
        /// Why the model stopped. In a stream null or absent until the end.
        pub finish_reason: Nullable<FinishReason> = "finish_reason",
    }
}

impl Choice {
    /// Choice 0 of a list: the one of index 0, or the first if that has no index.
    pub(super) fn first(choices: &[Self]) -> Option<&Self> {
        let mut numbered = (0_u64..).zip(choices);
        numbered
            .find(|(position, choice)| choice.index.unwrap_or(*position) == 0)
            .map(|(_, choice)| choice)
    }
}
