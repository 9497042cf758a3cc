//! Kinds of answers, messages, ends and models.

use crate::model::json::open_enum::open_enum;

open_enum! {
    /// What an answer is.
    pub enum ObjectKind {
        Chat = "chat",
        Completion = "completion",
        Image = "image",
    }
}

open_enum! {
    /// What a message of an answer holds.
    pub enum MessageKind {
        Content = "content",
        ToolCalls = "tool_calls",
        Image = "image",
    }
}

open_enum! {
    /// Why a model stopped.
    pub enum FinishReason {
        /// : the model came to an end.
        Stop = "stop",
        /// : the answer reached the model's limit.
        Length = "length",
        /// : the answer reached the limit of the configuration.
        MaxTokens = "max_tokens",
        /// : the model waits for the results of its tool calls.
        ToolCalls = "tool_calls",
        /// : the provider withheld the rest.
        ContentFilter = "content_filter",
    }
}

open_enum! {
    /// What a model does.
    pub enum ModelType {
        Chat = "chat",
        Completion = "completion",
        Embedding = "embedding",
        Image = "image",
        Tts = "tts",
        Stt = "stt",
        Rerank = "rerank",
        Ocr = "ocr",
        Moderation = "moderation",
        Vision = "vision",
    }
}
