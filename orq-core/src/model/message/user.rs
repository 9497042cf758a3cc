//! A user message.

use crate::model::Content;
use crate::model::json::object::{object, setters};

object! { Strict
    /// A user message.
    pub struct UserMessage tagged "role" = "user" {
        /// What it says: text, or parts of type text, image, audio and file.
        pub content: Content = "content",
        /// The name of its author, to tell authors of one role apart.
        pub name: Option<String> = "name",
    }
}

impl UserMessage {
    /// A message that says this.
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            name: None,
            extra: Default::default(),
        }
    }
}

setters!(UserMessage {
    /// The name of its author.
    name: String,
});
