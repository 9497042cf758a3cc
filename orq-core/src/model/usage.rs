//! What an answer reports beside its text: token usage, the trace of the call, retrieved documents.

use crate::model::json::object::object;
use crate::model::json::{Nullable, Number};

object! { Lenient
    /// How many tokens a call took.
    #[derive(Default)]
    pub struct Usage {
        /// Tokens in all.
        pub total_tokens: Option<u64> = "total_tokens",
        /// Tokens of the prompt. Also read as `input_tokens`.
        pub prompt_tokens: Option<u64> = "prompt_tokens" | "input_tokens",
        /// Tokens of the answer. Also read as `output_tokens`.
        pub completion_tokens: Option<u64> = "completion_tokens" | "output_tokens",
        /// What the prompt's tokens were.
        pub prompt_tokens_details: Option<PromptTokensDetails> = "prompt_tokens_details",
        /// What the answer's tokens were.
        pub completion_tokens_details: Nullable<CompletionTokensDetails> = "completion_tokens_details",
    }
}

object! { Lenient
    /// What a prompt's tokens were.
    #[derive(Default)]
    pub struct PromptTokensDetails {
        /// Tokens that the provider had in its cache.
        pub cached_tokens: Nullable<u64> = "cached_tokens",
    }
}

object! { Lenient
    /// What an answer's tokens were.
    #[derive(Default)]
    pub struct CompletionTokensDetails {
        /// Tokens of the model's reasoning.
        pub reasoning_tokens: Nullable<u64> = "reasoning_tokens",
    }
}

object! { Lenient
    /// Where orq keeps the trace of a call.
    #[derive(Default)]
    pub struct Telemetry {
        /// The trace.
        pub trace_id: Option<String> = "trace_id",
        /// The call's span in the trace.
        pub span_id: Option<String> = "span_id",
    }
}

object! { Lenient
    /// A piece of a document that was retrieved from a knowledge base.
    #[derive(Default)]
    pub struct Retrieval {
        /// The text.
        pub document: Option<String> = "document",
        /// Where it is from, and how well it fits.
        pub metadata: Option<RetrievalMetadata> = "metadata",
    }
}

object! { Lenient
    /// Where a retrieved text is from, and how well it fits.
    #[derive(Default)]
    pub struct RetrievalMetadata {
        /// The name of its file.
        pub file_name: Option<String> = "file_name",
        /// The page of the file.
        pub page_number: Nullable<Number> = "page_number",
        /// The file's media type.
        pub file_type: Option<String> = "file_type",
        /// How well the search found it to fit.
        pub search_score: Option<Number> = "search_score",
        /// How well the reranking model found it to fit.
        pub rerank_score: Option<Number> = "rerank_score",
    }
}
