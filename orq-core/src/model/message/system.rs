//! A system message.

use crate::model::Content;
use crate::model::json::object::{object, setters};

object! { Strict
    /// A system message.
    pub struct SystemMessage tagged "role" = "system" {
        /// What it says: text, or parts of type text.
        pub content: Content = "content",
        /// The name of its author, to tell authors of one role apart.
        pub name: Option<String> = "name",
    }
}

impl SystemMessage {
    /// A message that says this.
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            name: None,
            extra: Default::default(),
        }
    }
}

setters!(SystemMessage {
    /// The name of its author.
    name: String,
});
