//! The ends of lines: LF, CR or CRLF.

use memchr::memchr2;

/// Where the first line end in these bytes is.
pub(super) fn find(bytes: &[u8]) -> Option<usize> {
    memchr2(b'\n', b'\r', bytes)
}

/// Where the line that starts here ends.
#[inline]
pub(super) fn find_from_start(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [b'\n' | b'\r', ..] => return Some(0),
        // Data are long as a rule. Other lines are not, and calling for vector instructions takes longer than
        // reading a few words.
        [b'd', ..] => {}
        _ => {
            if let Some(head) = bytes.first_chunk::<32>() {
                for (n, word) in head.as_chunks::<8>().0.iter().enumerate() {
                    let marks = marks(u64::from_le_bytes(*word));
                    if marks != 0 {
                        return Some(n * 8 + marks.trailing_zeros() as usize / 8);
                    }
                }
            }
        }
    }
    find(bytes)
}

/// What lies behind the line end that these bytes start with, and whether that was a carriage return at their end:
/// then a line feed may follow that belongs to it.
#[inline]
pub(super) fn skip(bytes: &[u8]) -> (&[u8], bool) {
    match bytes {
        [b'\r', b'\n', rest @ ..] | [b'\n', rest @ ..] => (rest, false),
        [b'\r', rest @ ..] => (rest, rest.is_empty()),
        rest => (rest, false),
    }
}

/// Marks bytes that are line ends with their top bit. The lowest mark is true; above it some may not be.
#[inline]
fn marks(word: u64) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & (ONES << 7);
    zeros(word ^ (ONES * b'\n' as u64)) | zeros(word ^ (ONES * b'\r' as u64))
}

#[cfg(test)]
mod tests {
    use super::{find, find_from_start, skip};

    #[test]
    fn the_first_line_end_is_found_wherever_it_is() {
        for length in 0..80 {
            for (first, later) in [(b'\n', b'\r'), (b'\r', b'\n')] {
                for filler in [
                    b'x', b'd', b'\x0B', b'\x0C', b'\x8A', b'\x8D', b'\0', b'\xFF',
                ] {
                    let mut bytes = vec![filler; length];
                    assert_eq!(find_from_start(&bytes), None);
                    bytes.extend([first, later, b'x', later]);
                    bytes.extend([filler; 40]);
                    assert_eq!(
                        find_from_start(&bytes),
                        Some(length),
                        "{}",
                        bytes.escape_ascii()
                    );
                    assert_eq!(find(&bytes), Some(length));
                }
            }
        }
    }

    #[test]
    fn one_line_end_is_skipped() {
        assert_eq!(skip(b"\n\r"), (&b"\r"[..], false));
        assert_eq!(skip(b"\r\n\n"), (&b"\n"[..], false));
        assert_eq!(skip(b"\rx"), (&b"x"[..], false));
        assert_eq!(skip(b"\r\n"), (&b""[..], false));
        assert_eq!(skip(b"\r"), (&b""[..], true));
    }
}
