//! The state of reading one document: which pass, where it stands, what was odd.

use std::fmt::{self, Write};

use serde::de;
use serde_json::value::RawValue;

use super::warning::{DecodeWarning, Warnings};

/// How many elements of lists and members of objects one answer may have. Each takes up to a hundred times the memory
/// of its text.
pub(super) const MAX_MEMBERS: usize = 65_536;

/// The words of an error whose own words are kept by the reader.
const UNEXPECTED: &str = "unexpected JSON";

/// Which pass it is, and what something odd means in it.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) enum Mode {
    /// The first pass: an error, upon which the text is read again in one of the other modes.
    #[default]
    Typed,
    /// An error. For requests, which the caller can correct.
    Strict,
    /// A warning, and the field is left out. For answers, which the caller has paid for.
    Lenient,
}

/// The state of one pass over a document.
#[derive(Default)]
pub(crate) struct Reader {
    pub(crate) mode: Mode,
    path: String,
    pub(super) members: usize,
    /// Why the value that was read last couldn't be.
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

    /// Makes an error about the value that is being read. Its words are kept here, because the error of a generic
    /// `Deserializer` can't give them back.
    pub(crate) fn error<E: de::Error>(&mut self, message: impl Into<String>) -> E {
        let path = self.path.trim_start_matches('.');
        self.failure = Some(DecodeWarning::new(path, message));
        E::custom(UNEXPECTED)
    }

    /// Reads raw text. It is valid JSON, so an error without words can only be about its shape.
    pub(super) fn explain<T, E: de::Error>(
        &mut self,
        raw: &RawValue,
        expected: &str,
        read: impl FnOnce(&mut Self) -> serde_json::Result<T>,
    ) -> Result<T, E> {
        self.failure = None;
        read(self).map_err(|_| match self.failure {
            Some(_) => E::custom(UNEXPECTED),
            None => self.error(format!("expected {expected}, found {}", kind(raw))),
        })
    }

    /// Turns the error into a warning when an answer is read leniently; gives it back otherwise.
    pub(crate) fn recover<E: de::Error>(&mut self, error: E) -> Result<(), E> {
        if self.mode != Mode::Lenient {
            return Err(error);
        }
        self.failure
            .take()
            .into_iter()
            .for_each(|failure| self.warnings.push(failure));
        Ok(())
    }

    /// Counts one more element of a list or member of an object.
    pub(super) fn count<E: de::Error>(&mut self) -> Result<(), E> {
        self.members += 1;
        if self.is_full() {
            Err(self.error("too many members"))
        } else {
            Ok(())
        }
    }

    /// Returns whether there were too many, after which nothing that was read counts.
    pub(super) fn is_full(&self) -> bool {
        self.mode != Mode::Strict && self.members > MAX_MEMBERS
    }

    /// Reads what stands a step further inside, `.field` or `[0]`.
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

/// Returns what kind of value a JSON text holds.
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
