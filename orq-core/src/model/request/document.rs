//! A text for the model to draw on.

use crate::model::Number;
use crate::model::json::object::{object, setters};

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
