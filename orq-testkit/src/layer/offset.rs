//! Where in a body something happens.

use std::{fmt, ops::Range};

/// An offset in a body, in bytes: a fixed one, or one drawn from a range for each request.
///
/// It is made from a number or a range: `120`, `0..2000`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByteOffset {
    start: usize,
    width: usize,
}

impl ByteOffset {
    /// Returns the offset at `place` of the range, where 0 is the first and `u64::MAX` the last.
    pub(super) fn at(&self, place: u64) -> usize {
        let steps = (u128::from(place) * self.width as u128) >> 64;
        self.start
            .saturating_add(usize::try_from(steps).unwrap_or(usize::MAX))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.width == 0
    }
}

impl From<usize> for ByteOffset {
    fn from(start: usize) -> Self {
        Self { start, width: 1 }
    }
}

impl From<Range<usize>> for ByteOffset {
    fn from(Range { start, end }: Range<usize>) -> Self {
        let width = end.saturating_sub(start);
        Self { start, width }
    }
}

/// `120`, `0..2000`.
impl fmt::Display for ByteOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.width {
            1 => write!(f, "{}", self.start),
            width => write!(f, "{}..{}", self.start, self.start + width),
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
        assert_eq!(ByteOffset::from(0..usize::MAX).at(u64::MAX), usize::MAX - 1);
        assert_eq!(ByteOffset::from(7).at(u64::MAX), 7);
    }
}
