//! Text that arrives in pieces, within a bound.

/// The text would go over its bound.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

/// UTF-8 decoding across pieces, as the Encoding standard's [UTF-8 decode without BOM][standard] does it:
/// each maximal ill-formed subsequence becomes one U+FFFD.
///
/// [standard]: https://encoding.spec.whatwg.org/#utf-8-decode-without-bom
#[derive(Clone, Debug, Default)]
pub(super) struct Utf8 {
    /// The start of a character whose other bytes haven't arrived, at most three bytes.
    tail: [u8; 4],
    tail_len: usize,
}

impl Utf8 {
    /// Whether no character is half read.
    #[inline]
    pub(super) fn is_whole(&self) -> bool {
        self.tail_len == 0
    }

    /// Decodes the next piece onto the end of `text`, of which neither length nor capacity goes over `bound`.
    pub(super) fn decode(
        &mut self,
        mut bytes: &[u8],
        text: &mut String,
        bound: usize,
    ) -> Result<(), Full> {
        while !self.is_whole() {
            let Some((&byte, rest)) = bytes.split_first() else {
                return Ok(());
            };
            let Some(slot) = self.tail.get_mut(self.tail_len) else {
                break;
            };
            *slot = byte;
            let candidate = self.tail.get(..=self.tail_len).unwrap_or_default();
            match std::str::from_utf8(candidate) {
                Ok(character) => {
                    push(text, character, bound)?;
                    self.tail_len = 0;
                    bytes = rest;
                }
                Err(error) if error.error_len().is_none() => {
                    self.tail_len += 1;
                    bytes = rest;
                }
                // The tail was the start of a character, so what spoils it is the new byte, which is read again.
                Err(_) => self.finish(text, bound)?,
            }
        }
        if let Some(valid) = well_formed(bytes) {
            return push(text, valid, bound);
        }
        loop {
            let error = match std::str::from_utf8(bytes) {
                Ok(valid) => return push(text, valid, bound),
                Err(error) => error,
            };
            let (valid, rest) = bytes
                .split_at_checked(error.valid_up_to())
                .unwrap_or_default();
            push(text, std::str::from_utf8(valid).unwrap_or_default(), bound)?;
            let Some(skipped) = error.error_len() else {
                for (slot, byte) in self.tail.iter_mut().zip(rest) {
                    *slot = *byte;
                }
                self.tail_len = rest.len();
                return Ok(());
            };
            push(text, REPLACEMENT, bound)?;
            bytes = rest.get(skipped..).unwrap_or_default();
        }
    }

    /// Ends the text: a character that is half read becomes U+FFFD.
    pub(super) fn finish(&mut self, text: &mut String, bound: usize) -> Result<(), Full> {
        if self.is_whole() {
            return Ok(());
        }
        self.tail_len = 0;
        push(text, REPLACEMENT, bound)
    }

    /// Forgets a character that is half read.
    pub(super) fn reset(&mut self) {
        self.tail_len = 0;
    }
}

const REPLACEMENT: &str = "\u{FFFD}";

/// The text that these bytes are, if they are well-formed UTF-8.
#[inline]
pub(super) fn well_formed(bytes: &[u8]) -> Option<&str> {
    // Setting up vector instructions doesn't pay for a few bytes.
    if bytes.len() < 64 {
        std::str::from_utf8(bytes).ok()
    } else {
        simdutf8::basic::from_utf8(bytes).ok()
    }
}

/// Appends, with neither length nor capacity going over `bound`.
pub(super) fn push(text: &mut String, piece: &str, bound: usize) -> Result<(), Full> {
    let len = text.len().saturating_add(piece.len());
    if len > bound {
        return Err(Full);
    }
    if len > text.capacity() {
        // Doubling keeps the cost per byte constant; the bound keeps the last doubling from overshooting.
        let capacity = len.checked_next_power_of_two().unwrap_or(len).min(bound);
        text.reserve_exact(capacity - text.len());
    }
    text.push_str(piece);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Full, Utf8, push};

    fn decode(pieces: &[&[u8]]) -> String {
        let (mut utf8, mut text) = (Utf8::default(), String::new());
        for piece in pieces {
            utf8.decode(piece, &mut text, 1000).unwrap();
        }
        utf8.finish(&mut text, 1000).unwrap();
        text
    }

    #[test]
    fn every_cut_of_good_and_bad_bytes_gives_the_same_text() {
        let samples: [&[u8]; 8] = [
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
            for first in 0..=sample.len() {
                for second in first..=sample.len() {
                    let pieces = [&sample[..first], &sample[first..second], &sample[second..]];
                    assert_eq!(decode(&pieces), whole, "{}", sample.escape_ascii());
                }
            }
        }
    }

    #[test]
    fn neither_length_nor_capacity_goes_over_the_bound() {
        let mut text = String::new();
        for _ in 0..10 {
            push(&mut text, "0123456789", 100).unwrap();
        }
        assert_eq!(push(&mut text, "0", 100), Err(Full));
        assert_eq!((text.len(), text.capacity()), (100, 100));
    }

    #[test]
    fn a_replacement_counts_as_three_bytes() {
        let (mut utf8, mut text) = (Utf8::default(), String::new());
        assert_eq!(utf8.decode(b"\xFF\xFF", &mut text, 5), Err(Full));
        assert_eq!(text, "\u{FFFD}");
    }
}
