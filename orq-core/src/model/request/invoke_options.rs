//! How an invocation is answered.

use crate::model::json::object::{object, setters};

object! { Strict
    /// What an answer includes.
    #[derive(Default)]
    pub struct InvokeOptions {
        /// Whether the answer has [the documents that were retrieved](https://docs.orq.ai/docs/include-retrievals).
        /// orq's default is no.
        pub include_retrievals: Option<bool> = "include_retrievals",
        /// Whether the answer has token counts. orq's default is no.
        pub include_usage: Option<bool> = "include_usage",
        /// A text for the server to answer with, without asking a model. Such a call leaves no log, trace or usage.
        pub mock_response: Option<String> = "mock_response",
    }
}

impl InvokeOptions {
    /// Options that are all left to orq's defaults.
    pub fn new() -> Self {
        Self::default()
    }
}

setters!(InvokeOptions {
    /// Whether the answer has the documents that were retrieved.
    include_retrievals: bool,
    /// Whether the answer has token counts.
    include_usage: bool,
    /// A text for the server to answer with, without asking a model.
    mock_response: String,
});
