//! The walk through one JSON document: where we are, how strict we are, what was odd.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use serde_json::value::RawValue;

use super::members::{elements, entries};
use super::text::{Bytes, Text};
use super::warning::DecodeWarning;

/// How many warnings one document may leave; what is over is counted. An answer of a million misshapen list
/// elements must not cost a million warnings.
const MAX_WARNINGS: usize = 64;

/// How many elements of lists and pairs of objects one answer may have. Each takes up to a hundred times the memory
/// of its text.
const MAX_MEMBERS: usize = 65_536;

/// How deep nouns that hold their own kind are followed.
const MAX_DEPTH: usize = 32;

/// What a wrong shape means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::model) enum Mode {
    /// An error. For requests, which the caller can mend.
    Strict,
    /// A warning, and the field is left out. For answers, which the caller has paid for.
    Lenient,
}

/// Why a value couldn't be read, and where it stands.
#[derive(Debug)]
pub(crate) struct ReadError {
    path: String,
    message: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

enum Segment {
    Field(&'static str),
    Index(usize),
}

/// The state of reading one document.
pub(crate) struct Reader {
    mode: Mode,
    path: Vec<Segment>,
    depth: usize,
    members_left: usize,
    warnings: Vec<DecodeWarning>,
    uncounted: usize,
}

impl Reader {
    pub(in crate::model) fn new(mode: Mode) -> Self {
        Self {
            mode,
            path: Vec::new(),
            depth: 0,
            members_left: match mode {
                Mode::Strict => usize::MAX,
                Mode::Lenient => MAX_MEMBERS,
            },
            warnings: Vec::new(),
            uncounted: 0,
        }
    }

    pub(in crate::model) fn is_strict(&self) -> bool {
        self.mode == Mode::Strict
    }

    pub(super) fn into_warnings(mut self) -> Vec<DecodeWarning> {
        if self.uncounted > 0 {
            self.warnings.push(DecodeWarning::new(
                "",
                format!("{} more warnings", self.uncounted),
            ));
        }
        self.warnings
    }

    /// An error about the value that is being read.
    pub(in crate::model) fn error(&self, message: impl Into<String>) -> ReadError {
        let mut path = String::new();
        for segment in &self.path {
            match segment {
                Segment::Field(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name);
                }
                Segment::Index(index) => {
                    // Writing to a String can't fail.
                    let _ = write!(path, "[{index}]");
                }
            }
        }
        ReadError {
            path,
            message: message.into(),
        }
    }

    pub(in crate::model) fn expected(&self, what: &str, found: &RawValue) -> ReadError {
        self.error(format!("expected {what}, found {}", kind(found)))
    }

    /// Gives the error back when strict; notes it as a warning when lenient.
    pub(in crate::model) fn recover(&mut self, error: ReadError) -> Result<(), ReadError> {
        if self.is_strict() {
            return Err(error);
        }
        if self.warnings.len() < MAX_WARNINGS {
            self.warnings.push(DecodeWarning {
                path: error.path,
                message: error.message,
            });
        } else {
            self.uncounted += 1;
        }
        Ok(())
    }

    pub(in crate::model) fn in_field<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.within(Segment::Field(name), read)
    }

    pub(in crate::model) fn in_element<T>(
        &mut self,
        index: usize,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.within(Segment::Index(index), read)
    }

    fn within<T>(&mut self, segment: Segment, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(segment);
        let value = read(self);
        self.path.pop();
        value
    }

    /// Reads a noun inside its own kind; `None` when that is nested deeper than we follow.
    pub(in crate::model) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth == MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        Some(value)
    }

    /// A string. In an answer, lone surrogates (half an emoji, cut off by a server that counts in UTF-16) become
    /// U+FFFD, with a warning.
    pub(in crate::model) fn string<'a>(
        &mut self,
        raw: &'a RawValue,
    ) -> Result<Cow<'a, str>, ReadError> {
        if !raw.get().starts_with('"') {
            return Err(self.expected("a string", raw));
        }
        let bytes: Bytes<'a> =
            serde_json::from_str(raw.get()).map_err(|error| self.error(error.to_string()))?;
        let text = Text::from(bytes);
        if text.lossy {
            self.recover(self.error("the string holds a lone surrogate"))?;
        }
        Ok(text.text)
    }

    /// The pairs of an object, in their order.
    pub(in crate::model) fn object<'a>(
        &mut self,
        raw: &'a RawValue,
    ) -> Result<Vec<(Cow<'a, str>, &'a RawValue)>, ReadError> {
        if !raw.get().starts_with('{') {
            return Err(self.expected("an object", raw));
        }
        let entries =
            entries(raw.get(), self.members_left).map_err(|error| self.error(error.to_string()))?;
        self.members_left -= entries.pairs.len();
        if entries.lossy {
            self.recover(self.error("a key holds a lone surrogate"))?;
        }
        if entries.cut {
            self.recover(self.error("the answer has too many members; these are left out"))?;
        }
        Ok(entries.pairs)
    }

    /// The string under a key of an object that says which noun the object is, if it is there.
    pub(in crate::model) fn tag<'a>(
        &mut self,
        raw: &'a RawValue,
        key: &'static str,
    ) -> Result<Option<Cow<'a, str>>, ReadError> {
        let pairs = self.object(raw)?;
        let tag = pairs.iter().rfind(|(name, _)| name == key);
        tag.map(|(_, value)| self.in_field(key, |reader| reader.string(value)))
            .transpose()
    }

    /// The elements of an array.
    pub(in crate::model) fn array<'a>(
        &mut self,
        raw: &'a RawValue,
    ) -> Result<Vec<&'a RawValue>, ReadError> {
        if !raw.get().starts_with('[') {
            return Err(self.expected("an array", raw));
        }
        let list = elements(raw.get(), self.members_left)
            .map_err(|error| self.error(error.to_string()))?;
        self.members_left -= list.elements.len();
        if list.cut {
            self.recover(self.error("the answer has too many members; these are left out"))?;
        }
        Ok(list.elements)
    }
}

/// What kind of value a JSON text holds, as an error message says it.
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
