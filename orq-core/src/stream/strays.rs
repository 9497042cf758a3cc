//! Lines of an event stream that are no fields of its events.

use super::item::{Interpreter, Item, is_end_mark};
use crate::{
    error::says,
    model::{first_value, without_byte_order_mark},
};

/// Collects the lines that nobody can have meant as a field, and finds the error that they may be.
///
/// Such a line begins a block, which ends with the next event. Within it every unknown line is collected, since JSON and
/// HTML may have lines that look like unknown fields.
#[derive(Default)]
pub(super) struct Strays {
    /// The lines, each with a line feed, and the maximum of their size.
    text: Vec<u8>,
    most: usize,
    in_block: bool,
    /// Where the block's JSON begins, and whether it stands in a field named `error`.
    json: Option<(usize, bool)>,
    /// The error or the end mark that the lines are. What follows it is ignored.
    found: Option<Item>,
    /// The size of the text when the final chunk had arrived.
    at_final: Option<usize>,
}

impl Strays {
    /// Creates a collection of at most this size in bytes.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            ..Self::default()
        }
    }

    /// Adds a line whose field is unknown, unless it may be a field that others have invented.
    pub(super) fn add(&mut self, line: &[u8], interpreter: &Interpreter) {
        let begins = without_byte_order_mark(line);
        let colon = line.iter().position(|byte| *byte == b':');
        let (name, value) = line.split_at(colon.unwrap_or(line.len()));
        let value = value.strip_prefix(b":").unwrap_or(value).trim_ascii_start();
        let is_error = name.eq_ignore_ascii_case(b"error");
        let (candidate, is_stray) = match is_error {
            true => (value, !says_nothing(value)),
            false => (begins, is_foreign(name) && !line.trim_ascii().is_empty()),
        };
        if self.found.is_some() || !self.in_block && !is_stray {
            return;
        }
        if std::str::from_utf8(begins.trim_ascii()).is_ok_and(is_end_mark) {
            self.end_block(interpreter);
            self.found.get_or_insert(Item::Done);
            return;
        }
        self.in_block = true;
        let may_be_json = matches!(candidate, [b'{' | b'[', ..]);
        if is_error || may_be_json {
            self.found = judge(candidate, !may_be_json, is_error, interpreter);
            if self.json.is_none() && may_be_json {
                let before = line.len() - candidate.len();
                self.json = Some((self.text.len() + before, is_error));
            }
        }
        let room = self.most.saturating_sub(self.text.len());
        let kept = line.iter().chain(b"\n").take(room);
        self.text.extend(kept);
    }

    /// Removes the error or the end mark that was found.
    pub(super) fn found(&mut self) -> Option<Item> {
        self.found.take()
    }

    /// Ends the block, and finds the error that its lines are together.
    pub(super) fn end_block(&mut self, interpreter: &Interpreter) {
        self.in_block = false;
        let Some((at, is_error)) = self.json.take() else {
            return;
        };
        if self.found.is_none() {
            let text = self.text.get(at..).unwrap_or_default();
            self.found = judge(text, true, is_error, interpreter);
        }
    }

    /// Records that the final chunk has arrived: only another choice can be a part of the answer after it.
    pub(super) fn final_chunk(&mut self) {
        self.at_final.get_or_insert(self.text.len());
    }

    /// Removes the lines; `None` if there are none that may have been a part of the answer.
    pub(super) fn take(&mut self) -> Option<Vec<u8>> {
        let mut text = std::mem::take(&mut self.text);
        let at_final = self.at_final.unwrap_or(text.len());
        if !text.get(at_final..).is_some_and(has_choices) {
            text.truncate(at_final);
        }
        let length = text.trim_ascii_end().len();
        text.truncate(length);
        (!text.is_empty()).then_some(text)
    }
}

/// Returns whether nobody can have invented a field of this name.
fn is_foreign(name: &[u8]) -> bool {
    let is_meant = |known| name != known && name.eq_ignore_ascii_case(known);
    let is_strange = |byte: &u8| !byte.is_ascii_graphic() || b"{}[]<\"".contains(byte);
    is_meant(b"data") || is_meant(b"event") || name.iter().any(is_strange)
}

/// Returns whether a text may have a choice in its JSON.
fn has_choices(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let compact: String = text.split_whitespace().collect();
    compact.contains(r#""choices":[{"#)
}

/// Returns whether the value of a field named `error` is JSON that says nothing, such as `null`.
fn says_nothing(value: &[u8]) -> bool {
    let text = String::from_utf8_lossy(value);
    first_value(&text).is_some_and(|(json, rest)| rest.is_empty() && !says(json.get()))
}

/// Returns the error that the text begins with, if it is one. Any value of a field named `error` is: a text without JSON
/// only if it is whole.
fn judge(text: &[u8], is_whole: bool, is_error: bool, interpreter: &Interpreter) -> Option<Item> {
    let text = String::from_utf8_lossy(text);
    match first_value(&text) {
        Some((json, _)) if is_error => Some(interpreter.error(json.get(), None)),
        Some((json, _)) => interpreter.error_in(json.get(), json.get()),
        None => (is_error && is_whole).then(|| interpreter.error(&text, None)),
    }
}
