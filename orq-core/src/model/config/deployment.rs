//! A deployment in a list.

use super::PromptConfig;
use crate::model::RawJson;
use crate::model::json::StringOrNumber;
use crate::model::json::object::object;

object! { Lenient
    /// A deployment in a list.
    #[derive(Default)]
    pub struct Deployment {
        /// orq's id of it, which cursors are made of. Also read as `_id`.
        pub id: Option<String> = "id" | "_id",
        /// When it was created (RFC 3339).
        pub created: Option<String> = "created",
        /// When it was last changed (RFC 3339).
        pub updated: Option<String> = "updated",
        /// Its key, by which it is called.
        pub key: Option<String> = "key",
        /// What it is for.
        pub description: Option<String> = "description",
        /// Its model and prompt. Also read as `promptConfig`.
        pub prompt_config: Option<PromptConfig> = "prompt_config" | "promptConfig",
        /// Its version. A number is read as its text.
        pub version: Option<String> = "version" by StringOrNumber,
    } keeping raw
}

impl Deployment {
    /// The item's own JSON as it was received; `None` for one that wasn't read from JSON. Two deployments of the
    /// same fields are equal whatever this is.
    pub fn raw(&self) -> Option<&RawJson> {
        self.raw.get()
    }
}
