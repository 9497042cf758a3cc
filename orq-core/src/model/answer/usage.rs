//! How many tokens a call took.

use crate::model::Nullable;
use crate::model::json::object::object;

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
