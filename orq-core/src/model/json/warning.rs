//! Warnings about parts of a response that couldn't be deserialized.

use std::fmt;

/// The maximum number of warnings that are kept of a response; the others are only counted.
const MAX_WARNINGS: usize = 64;

/// A warning about a part of a response that had an unexpected type and was left out or repaired. The rest of the
/// response is not affected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodeWarning {
    /// The path of the field, such as `choices[0].message.tool_calls`. Empty if the warning isn't about a field.
    pub path: String,
    /// The problem, such as `expected an array, found a number`.
    pub message: String,
}

impl DecodeWarning {
    pub(crate) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
        }
    }

    /// Returns whether the warning is about a top-level field, or about an element of a list in a top-level field.
    fn is_top_level(&self) -> bool {
        !self.path.is_empty() && !self.path.contains('.') && self.path.matches('[').count() <= 1
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

/// The warnings about a response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Warnings {
    /// The first warnings. If there are more than [`MAX_WARNINGS`], the next one about a top-level field or its list
    /// element is kept, too, so that a lost item of a list is always reported.
    pub(crate) list: Vec<DecodeWarning>,
    /// The number of warnings that were not kept.
    pub(crate) omitted: usize,
}

impl Warnings {
    pub(crate) fn push(&mut self, warning: DecodeWarning) {
        let room = MAX_WARNINGS + usize::from(warning.is_top_level());
        if self.list.len() < room {
            self.list.push(warning);
        } else {
            self.omitted += 1;
        }
    }

    /// Adds the warnings about a later part of the response.
    pub(crate) fn extend(&mut self, more: Self) {
        more.list.into_iter().for_each(|warning| self.push(warning));
        self.omitted += more.omitted;
    }
}
