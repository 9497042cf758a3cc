//! The state of deserializing a document: the mode, the path, the errors and the warnings.

use std::fmt::{self, Write};

use serde::de;
use serde_json::value::RawValue;

use super::warning::{DecodeWarning, Warnings};

/// The maximum number of list elements and object members of a response. Each takes up to a hundred times the memory of
/// its text.
pub(super) const MAX_MEMBERS: usize = 65_536;

/// The message of an error whose real message is kept in the reader.
const UNEXPECTED: &str = "unexpected JSON";

/// The pass, and how it handles an unexpected value.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) enum Mode {
    /// The first pass. An unexpected value is an error, and the text is deserialized again in one of the other modes.
    #[default]
    Typed,
    /// The second pass for requests. An unexpected value is an error.
    Strict,
    /// The second pass for responses. An unexpected value is left out, with a warning.
    Lenient,
}

/// The state of one pass over a document.
#[derive(Default)]
pub(crate) struct Reader {
    pub(crate) mode: Mode,
    path: String,
    pub(super) members: usize,
    /// The message and path of the latest error.
    pub(super) failure: Option<DecodeWarning>,
    pub(super) warnings: Warnings,
}

impl Reader {
    pub(super) fn new(mode: Mode) -> Self {
        Self {
            mode,
            ..Self::default()
        }
    }

    pub(crate) fn is_typed(&self) -> bool {
        self.mode == Mode::Typed
    }

    /// Creates an error about the current value. Its message is kept here, because it can't be read from the error of a
    /// generic `Deserializer`.
    pub(crate) fn error<E: de::Error>(&mut self, message: impl Into<String>) -> E {
        let path = self.path.trim_start_matches('.');
        self.failure = Some(DecodeWarning::new(path, message));
        E::custom(UNEXPECTED)
    }

    /// Deserializes raw text. It is valid JSON, so an error without a message here can only be about its type.
    pub(super) fn explain<T, E: de::Error>(
        &mut self,
        raw: &RawValue,
        expected: &str,
        read: impl FnOnce(&mut Self) -> serde_json::Result<T>,
    ) -> Result<T, E> {
        self.failure = None;
        read(self).map_err(|_| match self.failure {
            Some(_) => E::custom(UNEXPECTED),
            None => self.mismatch(raw, expected),
        })
    }

    fn mismatch<E: de::Error>(&mut self, raw: &RawValue, expected: &str) -> E {
        self.error(format!("expected {expected}, found {}", kind(raw)))
    }

    /// Accepts a value of another type than expected, with a warning, in lenient mode. It is an error in the other
    /// modes.
    pub(crate) fn repair<E: de::Error>(&mut self, raw: &RawValue, expected: &str) -> Result<(), E> {
        let error = self.mismatch(raw, expected);
        self.recover(error)
    }

    /// Converts the error to a warning in lenient mode, and returns it in the other modes.
    pub(crate) fn recover<E: de::Error>(&mut self, error: E) -> Result<(), E> {
        if self.mode != Mode::Lenient {
            return Err(error);
        }
        if let Some(failure) = self.failure.take() {
            self.warnings.push(failure);
        }
        Ok(())
    }

    /// Counts a list element or an object member. Returns an error if there are too many.
    pub(super) fn count<E: de::Error>(&mut self) -> Result<(), E> {
        self.members += 1;
        if self.is_full() {
            Err(self.error("too many members"))
        } else {
            Ok(())
        }
    }

    /// Returns whether there are more members than allowed. Then the whole document is rejected.
    pub(super) fn is_full(&self) -> bool {
        self.mode != Mode::Strict && self.members > MAX_MEMBERS
    }

    /// Calls `read` with `step`, such as `.field` or `[0]`, appended to the path.
    pub(super) fn at<T>(
        &mut self,
        step: fmt::Arguments<'_>,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let length = self.path.len();
        // Writing to a String can't fail.
        let _ = self.path.write_fmt(step);
        let value = read(self);
        self.path.truncate(length);
        value
    }
}

/// Returns the JSON type of a value.
fn kind(raw: &RawValue) -> &'static str {
    match raw.get().bytes().next() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}
