//! Whom a call is made for.

use crate::model::JsonMap;
use crate::model::json::object::{object, setters};

object! { Strict
    /// The person or system a call is made for. orq tags the call with it, and creates or updates the identity.
    pub struct Identity {
        /// The caller's own id of it.
        pub id: String = "id",
        /// A name to show.
        pub display_name: Option<String> = "display_name",
        /// An email address.
        pub email: Option<String> = "email",
        /// Free-form data: a list of objects.
        pub metadata: Option<Vec<JsonMap>> = "metadata",
        /// The URL of a picture.
        pub logo_url: Option<String> = "logo_url",
        /// Tags to find it by.
        pub tags: Option<Vec<String>> = "tags",
    }
}

impl Identity {
    /// An identity of this id.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            display_name: None,
            email: None,
            metadata: None,
            logo_url: None,
            tags: None,
            extra: JsonMap::new(),
        }
    }

    /// Adds objects of free-form data.
    #[must_use]
    pub fn metadata(mut self, objects: impl IntoIterator<Item = JsonMap>) -> Self {
        self.metadata.get_or_insert_default().extend(objects);
        self
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

setters!(Identity {
    /// A name to show.
    display_name: String,
    /// An email address.
    email: String,
    /// The URL of a picture.
    logo_url: String,
});
