//! What goes along with a request: whom it is for, its conversation, documents, options of the answer.

use crate::model::json::object::{object, setters};
use crate::model::json::{JsonMap, Number};

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

object! { Strict
    /// Where a document's text is from.
    #[derive(Default)]
    pub struct DocumentMetadata {
        /// The name of its file.
        pub file_name: Option<String> = "file_name",
        /// The file's media type.
        pub file_type: Option<String> = "file_type",
        /// The page of the file.
        pub page_number: Option<Number> = "page_number",
    }
}

impl DocumentMetadata {
    /// Metadata that says nothing yet.
    pub fn new() -> Self {
        Self::default()
    }
}

setters!(DocumentMetadata {
    /// The name of the file.
    file_name: String,
    /// The file's media type.
    file_type: String,
    /// The page of the file.
    page_number: Number,
});

object! { Strict
    /// A text for the model to draw on, beside those that orq retrieves.
    #[derive(Default)]
    pub struct Document {
        /// The text. orq wants it there.
        pub text: Option<String> = "text",
        /// Where it is from.
        pub metadata: Option<DocumentMetadata> = "metadata",
    }
}

impl Document {
    /// A document of this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: Some(text.into()),
            ..Self::default()
        }
    }
}

setters!(Document {
    /// Where the text is from.
    metadata: DocumentMetadata,
});

object! { Strict
    /// What an answer includes.
    #[derive(Default)]
    pub struct InvokeOptions {
        /// Whether the answer has [the documents that were retrieved](https://docs.orq.ai/docs/include-retrievals).
        /// orq's default is no.
        pub include_retrievals: Option<bool> = "include_retrievals",
        /// Whether the answer has token counts. orq's default is no.
        pub include_usage: Option<bool> = "include_usage",
        /// A text for the server to answer with, without asking a model. Such a call leaves no log, trace or usage.
        pub mock_response: Option<String> = "mock_response",
    }
}

impl InvokeOptions {
    /// Options that are all left to orq's defaults.
    pub fn new() -> Self {
        Self::default()
    }
}

setters!(InvokeOptions {
    /// Whether the answer has the documents that were retrieved.
    include_retrievals: bool,
    /// Whether the answer has token counts.
    include_usage: bool,
    /// A text for the server to answer with, without asking a model.
    mock_response: String,
});
