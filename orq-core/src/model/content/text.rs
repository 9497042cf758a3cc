//! Text as a part of a message.

use super::CacheControl;
use crate::model::json::object::{object, setters};

object! { Strict
    /// Text as a part of a message.
    pub struct TextPart tagged "type" = "text" {
        /// The text.
        pub text: String = "text",
        /// Whether the provider may cache the prompt up to this part.
        pub cache_control: Option<CacheControl> = "cache_control",
    }
}

impl TextPart {
    /// A part with this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            cache_control: None,
            extra: Default::default(),
        }
    }
}

setters!(TextPart {
    /// Lets the provider cache the prompt up to this part.
    cache_control: CacheControl,
});
