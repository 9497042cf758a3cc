//! Who speaks.

use crate::model::json::open_enum::open_enum;

open_enum! {
    /// Who speaks in a message. Requests know the first five; answers and configurations all.
    pub enum Role {
        System = "system",
        Developer = "developer",
        Assistant = "assistant",
        User = "user",
        Tool = "tool",
        Exception = "exception",
        Prompt = "prompt",
        Correction = "correction",
        ExpectedOutput = "expected_output",
    }
}
