//! A message of a deployment's prompt.

use crate::model::json::object::object;
use crate::model::{Content, Nullable, Role, ToolCall};

object! { Lenient
    /// A message of a deployment's prompt.
    #[derive(Default)]
    pub struct PromptMessage {
        /// Who speaks.
        pub role: Option<Role> = "role",
        /// What it says.
        pub content: Nullable<Content> = "content",
        /// Calls of tools.
        pub tool_calls: Option<Vec<ToolCall>> = "tool_calls",
        /// Which call it answers.
        pub tool_call_id: Nullable<String> = "tool_call_id",
    }
}
