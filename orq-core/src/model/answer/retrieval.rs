//! What was retrieved from a knowledge base.

use crate::model::json::object::object;
use crate::model::{Nullable, Number};

object! { Lenient
    /// A piece of a document that was retrieved from a knowledge base.
    #[derive(Default)]
    pub struct Retrieval {
        /// The text.
        pub document: Option<String> = "document",
        /// Where it is from, and how well it fits.
        pub metadata: Option<RetrievalMetadata> = "metadata",
    }
}

object! { Lenient
    /// Where a retrieved text is from, and how well it fits.
    #[derive(Default)]
    pub struct RetrievalMetadata {
        /// The name of its file.
        pub file_name: Option<String> = "file_name",
        /// The page of the file.
        pub page_number: Nullable<Number> = "page_number",
        /// The file's media type.
        pub file_type: Option<String> = "file_type",
        /// How well the search found it to fit.
        pub search_score: Option<Number> = "search_score",
        /// How well the reranking model found it to fit.
        pub rerank_score: Option<Number> = "rerank_score",
    }
}
