//! A refusal as a part of a message.

use crate::model::json::object::{object, setters};

object! { Strict
    /// A model's refusal as a part of its message.
    #[derive(Default)]
    pub struct RefusalPart tagged "type" = "refusal" {
        /// What the model said.
        pub refusal: Option<String> = "refusal",
    }
}

impl RefusalPart {
    /// A part with this refusal.
    pub fn new(refusal: impl Into<String>) -> Self {
        Self {
            refusal: Some(refusal.into()),
            ..Self::default()
        }
    }
}

setters!(RefusalPart {});
