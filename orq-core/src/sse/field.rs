//! Parsing a line into its field name and value, and the values of fields.

use std::borrow::Cow;

/// Splits a line, without its line end, into the field's name and value. The name of a comment is empty.
#[inline]
pub(super) fn split(line: &[u8]) -> (&[u8], &[u8]) {
    // Most lines are data, whose colon needn't be searched.
    let colon = match line.starts_with(b"data:") {
        true => Some(4),
        false => line.iter().position(|byte| *byte == b':'),
    };
    let (name, rest) = line
        .split_at_checked(colon.unwrap_or(line.len()))
        .unwrap_or_default();
    match rest {
        [b':', b' ', value @ ..] | [b':', value @ ..] | value => (name, value),
    }
}

/// Parses the value of a `retry` field, in milliseconds. Returns `None` unless it consists of ASCII digits, and
/// `u64::MAX` if the number doesn't fit.
pub(super) fn milliseconds(value: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(value).ok()?;
    let is_number = !digits.is_empty() && value.iter().all(u8::is_ascii_digit);
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

/// Decodes UTF-8, and replaces each maximal ill-formed subsequence by one U+FFFD. Returns `None` if the text is longer
/// than `bound` bytes.
#[inline]
pub(super) fn decode(bytes: &[u8], bound: usize) -> Option<Cow<'_, str>> {
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        return (text.len() <= bound).then_some(Cow::Borrowed(text));
    }
    let pieces = || {
        bytes.utf8_chunks().flat_map(|chunk| {
            let is_valid = chunk.invalid().is_empty();
            [chunk.valid(), if is_valid { "" } else { "\u{FFFD}" }]
        })
    };
    // The length is counted first, so that the allocation is never larger than the bound.
    let length = pieces().map(str::len).sum();
    if length > bound {
        return None;
    }
    let mut text = String::with_capacity(length);
    text.extend(pieces());
    Some(Cow::Owned(text))
}

#[cfg(test)]
mod tests {
    use super::{decode, milliseconds, split};

    #[test]
    fn a_line_is_split_at_its_first_colon() {
        for (line, name, value) in [
            (&b"data: x"[..], &b"data"[..], &b"x"[..]),
            (b"data:  x", b"data", b" x"),
            (b"data:x", b"data", b"x"),
            (b"data:", b"data", b""),
            (b"data: ", b"data", b""),
            (b"data", b"data", b""),
            (b"event:a:b", b"event", b"a:b"),
            (b"id", b"id", b""),
            (b"data : x", b"data ", b"x"),
            (b" data: x", b" data", b"x"),
            (b": comment", b"", b"comment"),
            (b":", b"", b""),
            (b"::", b"", b":"),
        ] {
            assert_eq!(split(line), (name, value), "{}", line.escape_ascii());
        }
    }

    #[test]
    fn a_retry_is_digits_alone() {
        for (value, expected) in [
            (&b"0"[..], Some(0)),
            (b"0010", Some(10)),
            (b"18446744073709551615", Some(u64::MAX)),
            (b"18446744073709551616", Some(u64::MAX)),
            (b"", None),
            (b"+1", None),
            (b"1 ", None),
            (b"1e3", None),
            ("٣".as_bytes(), None),
        ] {
            assert_eq!(milliseconds(value), expected, "{}", value.escape_ascii());
        }
    }

    #[test]
    fn text_is_decoded_as_the_standard_library_does_it() {
        let samples: [&[u8]; 9] = [
            b"",
            "aé€😀z".as_bytes(),
            b"\xE2\x82A",
            b"\xF0\x9F\x98",
            b"\xED\xA0\x80",
            b"\xC0\xAF\xFF\xE2\x82\xE2\x82\xAC",
            b"\xF4\x90\x80\x80",
            b"\x80\x80",
            b"\xF0\x9F\xF0\x9F\x98\x80",
        ];
        for sample in samples {
            let whole = String::from_utf8_lossy(sample);
            let text = decode(sample, whole.len());
            assert_eq!(text.as_ref(), Some(&whole), "{}", sample.escape_ascii());
            if let Some(less) = whole.len().checked_sub(1) {
                assert_eq!(decode(sample, less), None, "{}", sample.escape_ascii());
            }
        }
    }
}
