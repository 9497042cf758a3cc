//! The kind of a failure, by OpenTelemetry's conventions.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind};

/// The length in bytes of the longest code that is an `error.type`.
const LONGEST_CODE: usize = 64;

/// Returns the code of an API's error, else its status, else the kind of the error.
pub(super) fn error_type(error: &Error) -> Cow<'_, str> {
    let status = error.status().filter(|status| !status.is_success());
    let is_reported = matches!(error.kind(), ErrorKind::Api | ErrorKind::StreamError);
    let code = error.code().filter(|code| is_reported && is_code(code));
    let code = code.map(Cow::Borrowed);
    code.or_else(|| Some(Cow::Owned(status?.as_str().to_owned())))
        .unwrap_or(Cow::Borrowed(error.kind().as_str()))
}

/// Returns whether the text is a code, and not words, which may quote from the prompt.
fn is_code(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
    (1..=LONGEST_CODE).contains(&text.len()) && text.bytes().all(is_part)
}
