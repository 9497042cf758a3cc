//! A developer message.

use crate::model::Content;
use crate::model::json::object::{object, setters};

object! { Strict
    /// A developer message.
    pub struct DeveloperMessage tagged "role" = "developer" {
        /// What it says: text, or parts of type text.
        pub content: Content = "content",
        /// The name of its author, to tell authors of one role apart.
        pub name: Option<String> = "name",
    }
}

impl DeveloperMessage {
    /// A message that says this.
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            name: None,
            extra: Default::default(),
        }
    }
}

setters!(DeveloperMessage {
    /// The name of its author.
    name: String,
});
