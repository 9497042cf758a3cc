//! A file as a part of a message.

use super::CacheControl;
use crate::model::json::object::{object, setters};

object! { Strict
    /// A file: its data, or where it is.
    #[derive(Default)]
    pub struct FileData {
        /// The file as a `data:` URL with base64 content.
        pub file_data: Option<String> = "file_data",
        /// Where the file is.
        pub uri: Option<String> = "uri",
        /// Its media type, such as `application/pdf`.
        pub mime_type: Option<String> = "mimeType",
        /// Its name.
        pub filename: Option<String> = "filename",
        /// The id of a file that was uploaded to orq.
        pub file_id: Option<String> = "file_id",
    }
}

impl FileData {
    /// A file without any data; see the setters.
    pub fn new() -> Self {
        Self::default()
    }
}

setters!(FileData {
    /// The file as a `data:` URL with base64 content.
    file_data: String,
    /// Where the file is.
    uri: String,
    /// Its media type, such as `application/pdf`.
    mime_type: String,
    /// Its name.
    filename: String,
    /// The id of a file that was uploaded to orq.
    file_id: String,
});

object! { Strict
    /// A file as a part of a message.
    pub struct FilePart tagged "type" = "file" {
        /// The file.
        pub file: FileData = "file",
        /// Whether the provider may cache the prompt up to this part.
        pub cache_control: Option<CacheControl> = "cache_control",
    }
}

impl FilePart {
    /// A part with this file.
    pub fn new(file: FileData) -> Self {
        Self {
            file,
            cache_control: None,
            extra: Default::default(),
        }
    }
}

setters!(FilePart {
    /// Lets the provider cache the prompt up to this part.
    cache_control: CacheControl,
});
