//! Fields of a request: identity, thread, documents, and options.

use serde::Serialize;

use crate::model::json::object::{object, setters};
use crate::model::json::{JsonMap, Number};
use crate::model::macros::{conversions, list_setters};

object! { Strict
    /// The person or system that a call is made for. orq attributes the call to this identity, and creates or updates
    /// it.
    pub struct Identity {
        /// The caller's own id of the identity.
        pub id: String = "id",
        /// The name to display.
        pub display_name: Option<String> = "display_name",
        /// The email address.
        pub email: Option<String> = "email",
        /// Free-form data, a list of objects.
        pub metadata: Option<Vec<JsonMap>> = "metadata",
        /// The URL of an avatar or logo.
        pub logo_url: Option<String> = "logo_url",
        /// The tags.
        pub tags: Option<Vec<String>> = "tags",
    }
}

setters!(Identity {
    /// Creates an identity with this id.
    new(id: String) + metadata + tags;
    /// Sets the name to display.
    display_name: String,
    /// Sets the email address.
    email: String,
    /// Sets the URL of an avatar or logo.
    logo_url: String,
});

list_setters!(Identity {
    /// Adds a tag.
    tag,
    /// Adds several tags.
    tags: String,
});

impl Identity {
    /// Adds objects of free-form data: structs, maps or `serde_json::json!({..})`. One that isn't serialized as a JSON
    /// object fails the request when it is sent.
    #[must_use]
    pub fn metadata(mut self, objects: impl IntoIterator<Item = impl Serialize>) -> Self {
        let metadata = self.metadata.get_or_insert_default();
        for object in objects {
            let name = format!("metadata[{}]", metadata.len());
            metadata.extend(self.extra.settle(&name, JsonMap::from_serialize(object)));
        }
        self
    }
}

object! { Strict
    /// The thread that groups the calls of a conversation in orq's traces.
    pub struct Thread {
        /// The caller's own id of the thread.
        pub id: String = "id",
        /// The tags.
        pub tags: Option<Vec<String>> = "tags",
    }
}

setters!(Thread {
    /// Creates a thread with this id.
    new(id: String) + tags;
});

list_setters!(Thread {
    /// Adds a tag.
    tag,
    /// Adds several tags.
    tags: String,
});

object! { Strict
    /// A document that the model may use, in addition to those that orq retrieves from knowledge bases.
    #[derive(Default)]
    pub struct Document {
        /// The text. orq requires it.
        pub text: Option<String> = "text",
        /// The source of the text.
        pub metadata: Option<DocumentMetadata> = "metadata",
    }
}

setters!(Document {
    /// Creates a document with this text.
    new(text: String);
    /// Sets the source of the text.
    metadata: DocumentMetadata,
});

object! { Strict
    /// The source of a document's text.
    #[derive(Default)]
    pub struct DocumentMetadata {
        /// The name of the file.
        pub file_name: Option<String> = "file_name",
        /// The media type of the file.
        pub file_type: Option<String> = "file_type",
        /// The page in the file.
        pub page_number: Option<Number> = "page_number",
    }
}

setters!(DocumentMetadata {
    /// Creates metadata without any field set.
    new();
    /// Sets the name of the file.
    file_name: String,
    /// Sets the media type of the file.
    file_type: String,
    /// Sets the page in the file.
    page_number: Number,
});

conversions!(Identity { |id: &str| Self::new(id), |id: String| Self::new(id), });
conversions!(Thread { |id: &str| Self::new(id), |id: String| Self::new(id), });
conversions!(Document { |text: &str| Self::new(text), |text: String| Self::new(text), });

object! { Strict
    /// Options of the response.
    #[derive(Default)]
    pub struct InvokeOptions {
        /// Whether the completion includes the [chunks that were
        /// retrieved](https://docs.orq.ai/docs/include-retrievals) from knowledge bases. Default: false.
        pub include_retrievals: Option<bool> = "include_retrievals",
        /// Whether the completion includes the token counts. Default: false.
        pub include_usage: Option<bool> = "include_usage",
        /// A text that the server returns without calling a model. Such a call has no log, trace or usage in orq.
        pub mock_response: Option<String> = "mock_response",
    }
}

setters!(InvokeOptions {
    /// Creates options without any field set, so that orq's defaults apply.
    new();
    /// Sets whether the completion includes the chunks that were retrieved from knowledge bases.
    include_retrievals: bool,
    /// Sets whether the completion includes the token counts.
    include_usage: bool,
    /// Sets a text that the server returns without calling a model.
    mock_response: String,
});
