//! Tools: what a model may call, and its calls.

mod call;
mod definition;

use super::json::open_enum::open_enum;

pub use call::{FunctionCall, ToolCall};
pub use definition::{FunctionDefinition, ToolDefinition};

open_enum! {
    /// The kind of a tool.
    pub enum ToolType {
        Function = "function",
    }
}
