//! What was odd about an answer that was read all the same.

use std::fmt;

/// A field of an answer whose shape wasn't the expected one, and which was left out (or mended) for that reason.
///
/// The rest of the answer isn't touched by it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodeWarning {
    /// Where: `choices[0].message.tool_calls`. Empty when it is about the answer as a whole.
    pub path: String,
    /// What was wrong: `expected an array, found a number`.
    pub message: String,
}

impl DecodeWarning {
    pub(crate) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for DecodeWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}
