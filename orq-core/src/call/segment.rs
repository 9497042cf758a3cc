//! A segment of a path.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::Error;

/// All but the characters that RFC 3986 calls unreserved.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Percent-encodes a value to be one segment of a path. One that can't be a segment is an error about `field`: an empty
/// one, and `.` and `..`, which URL parsers remove, encoded or not.
pub(crate) fn segment(field: &'static str, value: &str) -> Result<String, Error> {
    match value {
        "" => Err(Error::argument(field, "it is empty")),
        "." | ".." => Err(Error::argument(field, "it can't be part of a path")),
        _ => Ok(utf8_percent_encode(value, ENCODED).to_string()),
    }
}
