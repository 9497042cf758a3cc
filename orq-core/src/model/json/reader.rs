//! The state of reading one document: which pass, where it stands, what was odd.

use std::fmt::Write as _;

use serde::de;

use super::warning::{DecodeWarning, Warnings};

/// How many elements of lists and pairs of objects one answer may have. Each takes up to a hundred times the memory
/// of its text.
pub(super) const MAX_MEMBERS: usize = 65_536;

/// How deep values that hold their own kind are followed.
const MAX_DEPTH: usize = 32;

/// What a wrong shape means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::model) enum Mode {
    /// An error. For requests, which the caller can correct.
    Strict,
    /// A warning, and the field is left out. For answers, which the caller has paid for.
    Lenient,
}

/// The words of an error whose own words are kept by the reader.
const UNREADABLE: &str = "unexpected JSON";

enum Segment {
    Field(&'static str),
    Index(usize),
}

/// The state of one pass over a document.
pub(crate) struct Reader {
    mode: Mode,
    is_typed: bool,
    path: Vec<Segment>,
    depth: usize,
    members_left: usize,
    has_too_many: bool,
    /// Why the value that was read last couldn't be, if that is known.
    failure: Option<DecodeWarning>,
    warnings: Warnings,
}

impl Reader {
    /// For the typed pass, where anything odd is an error that needs no words.
    pub(super) fn typed(mode: Mode) -> Self {
        Self {
            is_typed: true,
            ..Self::new(mode)
        }
    }

    /// For the pass that reads every member from its raw text.
    pub(super) fn new(mode: Mode) -> Self {
        Self {
            mode,
            is_typed: false,
            path: Vec::new(),
            depth: 0,
            members_left: match mode {
                Mode::Strict => usize::MAX,
                Mode::Lenient => MAX_MEMBERS,
            },
            has_too_many: false,
            failure: None,
            warnings: Warnings::default(),
        }
    }

    pub(in crate::model) fn is_typed(&self) -> bool {
        self.is_typed
    }

    pub(in crate::model) fn is_strict(&self) -> bool {
        self.mode == Mode::Strict
    }

    pub(super) fn has_too_many(&self) -> bool {
        self.has_too_many
    }

    pub(super) fn into_warnings(self) -> Warnings {
        self.warnings
    }

    /// Makes the error of what couldn't be read, with its path.
    pub(super) fn into_error<E: de::Error>(self) -> E {
        match self.failure {
            Some(failure) => E::custom(failure),
            None => E::custom(UNREADABLE),
        }
    }

    /// Makes an error about the value that is being read. Its words are kept here, for the error of a generic
    /// `Deserializer` can't give them back.
    pub(in crate::model) fn error<E: de::Error>(&mut self, message: impl Into<String>) -> E {
        if !self.is_typed {
            self.failure = Some(DecodeWarning::new(self.path(), message));
        }
        E::custom(UNREADABLE)
    }

    /// Turns the error into a warning when an answer is read leniently; gives it back otherwise.
    pub(in crate::model) fn recover<E: de::Error>(&mut self, error: E) -> Result<(), E> {
        if self.is_typed || self.is_strict() || self.has_too_many {
            return Err(error);
        }
        if let Some(failure) = self.failure.take() {
            self.warnings.push(failure);
        }
        Ok(())
    }

    /// Drops the error where there is another way to read the value; gives it back in the typed pass.
    pub(in crate::model) fn dismiss<E: de::Error>(&mut self, error: E) -> Result<(), E> {
        if self.is_typed || self.has_too_many {
            return Err(error);
        }
        self.failure = None;
        Ok(())
    }

    /// Makes the error of a failure that was reported further inside, or else one with these words.
    pub(super) fn error_unless_known<E: de::Error>(
        &mut self,
        message: impl FnOnce() -> String,
    ) -> E {
        match self.failure {
            Some(_) => E::custom(UNREADABLE),
            None => self.error(message()),
        }
    }

    /// Counts one more element of a list or pair of an object.
    pub(super) fn count_member<E: de::Error>(&mut self) -> Result<(), E> {
        let Some(left) = self.members_left.checked_sub(1) else {
            self.has_too_many = true;
            return Err(self.error("too many members"));
        };
        self.members_left = left;
        Ok(())
    }

    pub(in crate::model) fn in_field<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.within(Segment::Field(name), read)
    }

    pub(super) fn in_element<T>(&mut self, index: usize, read: impl FnOnce(&mut Self) -> T) -> T {
        self.within(Segment::Index(index), read)
    }

    fn within<T>(&mut self, segment: Segment, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(segment);
        let value = read(self);
        self.path.pop();
        value
    }

    /// Reads a value inside its own kind; `None` when that is nested deeper than we follow.
    pub(in crate::model) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth == MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        Some(value)
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for segment in &self.path {
            // Writing to a String can't fail.
            let _ = match segment {
                Segment::Field(name) if path.is_empty() => write!(path, "{name}"),
                Segment::Field(name) => write!(path, ".{name}"),
                Segment::Index(index) => write!(path, "[{index}]"),
            };
        }
        path
    }
}
