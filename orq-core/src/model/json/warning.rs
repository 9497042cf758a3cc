//! What was odd about an answer that was read all the same.

use std::fmt;

/// How many warnings one answer may leave; the others are counted. An answer of a million misshapen list elements
/// must not cost a million warnings.
const MAX_WARNINGS: usize = 64;

/// A field of an answer that had an unexpected shape and was left out or repaired for that reason.
///
/// The rest of the answer is not affected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodeWarning {
    /// The path of the field: `choices[0].message.tool_calls`. Empty when the warning is about the whole answer.
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

    /// Whether the warning is about a whole field of the answer, or a whole element of a list that is such a field.
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

/// The warnings about one answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Warnings {
    /// The first warnings. When there are too many, the first of the later ones that is about a whole top-level
    /// field or list element is still kept, so that a lost item of a list is always reported.
    pub(crate) list: Vec<DecodeWarning>,
    /// How many more there were.
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

    /// Adds the warnings about a later part of the answer.
    pub(crate) fn extend(&mut self, more: Self) {
        more.list.into_iter().for_each(|warning| self.push(warning));
        self.omitted += more.omitted;
    }
}
