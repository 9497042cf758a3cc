//! Where in a body something happens.

use std::{fmt, ops::Range};

use crate::guard::fail;

/// After how many bytes of a body something happens: exactly so many, or a number that is drawn from a range for each
/// request.
///
/// Where one is asked for, `120` and `0..2000` will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByteOffset(Bytes);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Bytes {
    Exactly(u64),
    Within(Range<u64>),
}

impl ByteOffset {
    /// The offset; the one at `place` if there are several, where 0 is the first and `u64::MAX` the last.
    pub(super) fn at(&self, place: u64) -> u64 {
        match &self.0 {
            Bytes::Exactly(byte) => *byte,
            Bytes::Within(range) => {
                let width = u128::from(range.end.saturating_sub(range.start));
                let steps = u64::try_from((u128::from(place) * width) >> 64);
                range.start.saturating_add(steps.unwrap_or(u64::MAX))
            }
        }
    }

    /// Itself, unless it is a range with nothing in it.
    #[track_caller]
    pub(super) fn checked(self) -> Self {
        if let Bytes::Within(range) = &self.0
            && range.is_empty()
        {
            fail(&format!(
                "there is no byte offset in {}..{}",
                range.start, range.end
            ));
        }
        self
    }
}

impl From<u64> for ByteOffset {
    fn from(byte: u64) -> Self {
        Self(Bytes::Exactly(byte))
    }
}

impl From<Range<u64>> for ByteOffset {
    fn from(range: Range<u64>) -> Self {
        Self(Bytes::Within(range))
    }
}

/// As it was said: `120`, `0..2000`.
impl fmt::Display for ByteOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Bytes::Exactly(byte) => write!(f, "{byte}"),
            Bytes::Within(range) => write!(f, "{}..{}", range.start, range.end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_a_range_is_in_it_and_both_ends_are_reached() {
        let offset = ByteOffset::from(10..14);
        assert_eq!(offset.at(0), 10);
        assert_eq!(offset.at(u64::MAX), 13);
        assert_eq!(offset.at(u64::MAX / 4 + 1), 11);
        assert_eq!(ByteOffset::from(0..u64::MAX).at(u64::MAX), u64::MAX - 1);
        assert_eq!(ByteOffset::from(7).at(u64::MAX), 7);
    }
}
