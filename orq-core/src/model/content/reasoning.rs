//! Reasoning as a part of a message, given back to the model that thought it.

use crate::model::json::object::{object, setters};

object! { Strict
    /// A model's reasoning as a part of its message.
    pub struct ReasoningPart tagged "type" = "reasoning" {
        /// The reasoning.
        pub reasoning: String = "reasoning",
        /// The signature that the provider gave it, without which providers refuse it.
        pub signature: Option<String> = "signature",
    }
}

impl ReasoningPart {
    /// A part with this reasoning, not signed.
    pub fn new(reasoning: impl Into<String>) -> Self {
        Self {
            reasoning: reasoning.into(),
            signature: None,
            extra: Default::default(),
        }
    }
}

setters!(ReasoningPart {
    /// The signature that the provider gave it.
    signature: String,
});

object! { Strict
    /// A model's reasoning in the form that only its provider can read.
    pub struct RedactedReasoningPart tagged "type" = "redacted_reasoning" {
        /// The provider's data.
        pub data: String = "data",
    }
}

impl RedactedReasoningPart {
    /// A part with this data.
    pub fn new(data: impl Into<String>) -> Self {
        Self {
            data: data.into(),
            extra: Default::default(),
        }
    }
}

setters!(RedactedReasoningPart {});
