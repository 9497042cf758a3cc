//! JSON as it was received, on one line.

use serde::Serialize;

use crate::failure::Failure;

/// The byte order mark, which some programs write before JSON, and which most readers of JSON don't take.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The text without a byte order mark at its beginning.
pub(crate) fn without_byte_order_mark(json: &[u8]) -> &[u8] {
    json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json)
}

/// The text without a byte order mark and its line breaks. A JSON string holds no line break as such (RFC 8259, section
/// 7), so all of them stand between tokens.
pub(crate) fn one_line(json: &[u8]) -> Vec<u8> {
    let json = without_byte_order_mark(json);
    let kept = json.iter().filter(|byte| !matches!(byte, b'\r' | b'\n'));
    kept.copied().collect()
}

/// The JSON that was received, or the value's own where none was: an answer that was assembled from a stream.
pub(crate) fn received(raw: Option<&[u8]>, value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    match raw {
        Some(raw) => Ok(one_line(raw)),
        None => serde_json::to_vec(value)
            .map_err(|error| Failure::io("can't write the answer as JSON", error.into())),
    }
}

/// The bytes of a value's own JSON.
pub(crate) fn bytes(raw: Option<&str>) -> Option<&[u8]> {
    raw.map(str::as_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_line_breaks_between_tokens_go() {
        let json = "{\r\n  \"a\\nb\" : 1.10,\r\"\u{2028}\":\n[ ]\n}\n";
        assert_eq!(
            String::from_utf8(one_line(json.as_bytes())).unwrap(),
            "{  \"a\\nb\" : 1.10,\"\u{2028}\":[ ]}"
        );
    }

    #[test]
    fn what_was_not_received_is_written() {
        assert_eq!(received(None, &[1, 2]).unwrap(), b"[1,2]");
        assert_eq!(received(Some(b"[1,\n2]"), &()).unwrap(), b"[1,2]");
    }
}
