//! Token counts, the trace of the call, and retrieved documents.

use crate::model::json::object::object;
use crate::model::json::{Nullable, Number};

object! { Lenient
    /// The token counts of a call. A completion has them if the request asked for them with
    /// [`include_usage`](crate::model::DeploymentRequest::include_usage).
    #[derive(Default)]
    pub struct Usage {
        /// The total number of tokens.
        pub total_tokens: Option<u64> = "total_tokens",
        /// The number of tokens in the prompt. Also deserialized from `input_tokens`.
        pub prompt_tokens: Option<u64> = "prompt_tokens" | "input_tokens",
        /// The number of tokens in the completion. Also deserialized from `output_tokens`.
        pub completion_tokens: Option<u64> = "completion_tokens" | "output_tokens",
        /// Details of the tokens in the prompt.
        pub prompt_tokens_details: Option<PromptTokensDetails> = "prompt_tokens_details",
        /// Details of the tokens in the completion.
        pub completion_tokens_details: Nullable<CompletionTokensDetails> = "completion_tokens_details",
    }
}

object! { Lenient
    /// Details of the tokens in a prompt.
    #[derive(Default)]
    pub struct PromptTokensDetails {
        /// The number of tokens that the provider read from its cache.
        pub cached_tokens: Nullable<u64> = "cached_tokens",
    }
}

object! { Lenient
    /// Details of the tokens in a completion.
    #[derive(Default)]
    pub struct CompletionTokensDetails {
        /// The number of reasoning tokens.
        pub reasoning_tokens: Nullable<u64> = "reasoning_tokens",
    }
}

object! { Lenient
    /// The trace of a call in orq.
    #[derive(Default)]
    pub struct Telemetry {
        /// The id of the trace.
        pub trace_id: Option<String> = "trace_id",
        /// The id of the call's span in the trace.
        pub span_id: Option<String> = "span_id",
    }
}

object! { Lenient
    /// A chunk of a document that was [retrieved](https://docs.orq.ai/docs/include-retrievals) from a knowledge base. A
    /// completion has these if the request asked for them with
    /// [`include_retrievals`](crate::model::DeploymentRequest::include_retrievals).
    #[derive(Default)]
    pub struct Retrieval {
        /// The text.
        pub document: Option<String> = "document",
        /// The source of the text, and its scores.
        pub metadata: Option<RetrievalMetadata> = "metadata",
    }
}

object! { Lenient
    /// The source of a retrieved text, and its scores.
    #[derive(Default)]
    pub struct RetrievalMetadata {
        /// The name of the file.
        pub file_name: Option<String> = "file_name",
        /// The page in the file.
        pub page_number: Nullable<Number> = "page_number",
        /// The media type of the file.
        pub file_type: Option<String> = "file_type",
        /// The cosine similarity to the query, from 0 to 1.
        pub search_score: Option<Number> = "search_score",
        /// The score of the reranking model, from 0 to 1. It isn't proportional to the relevance.
        pub rerank_score: Option<Number> = "rerank_score",
    }
}
