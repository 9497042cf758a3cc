//! A conversation.

use crate::model::json::object::{object, setters};

object! { Strict
    /// Groups the calls of one conversation in orq's traces.
    pub struct Thread {
        /// The conversation's id, of the caller's making.
        pub id: String = "id",
        /// Tags to find it by.
        pub tags: Option<Vec<String>> = "tags",
    }
}

impl Thread {
    /// A conversation of this id.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            tags: None,
            extra: Default::default(),
        }
    }

    /// Adds a tag.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tags.get_or_insert_default().push(tag.into());
        self
    }

    /// Adds tags.
    #[must_use]
    pub fn tags(mut self, tags: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.tags
            .get_or_insert_default()
            .extend(tags.into_iter().map(Into::into));
        self
    }
}

setters!(Thread {});
