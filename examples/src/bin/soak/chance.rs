//! Chance that can be repeated.

use std::ops::RangeInclusive;

/// A stream of numbers that depends on nothing but what it was made of: SplitMix64.
pub(crate) struct Chance(u64);

impl Chance {
    /// The numbers that belong to these: the run's seed, a call, what is to be drawn for it.
    pub(crate) fn of(parts: [u64; 3]) -> Self {
        let state = parts
            .into_iter()
            .fold(0, |state, part| Self(state ^ part).number());
        Self(state)
    }

    /// Any number.
    pub(crate) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number of the range.
    pub(crate) fn within(&mut self, range: RangeInclusive<usize>) -> usize {
        let count = (range.end() - range.start()) as u64 + 1;
        range.start() + (self.number() % count) as usize
    }

    /// `true` in this many of a hundred cases.
    pub(crate) fn percent(&mut self, cases: usize) -> bool {
        self.within(1..=100) <= cases
    }

    /// One of these.
    pub(crate) fn one_of<T: Copy, const N: usize>(&mut self, choices: [T; N]) -> T {
        choices[self.within(0..=N - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_parts_give_the_same_numbers_and_others_give_others() {
        let draw = |parts| {
            let mut chance = Chance::of(parts);
            [(); 4].map(|()| chance.number())
        };
        assert_eq!(draw([7, 1, 2]), draw([7, 1, 2]));
        for other in [[8, 1, 2], [7, 2, 1], [7, 1, 3], [1, 7, 2]] {
            assert_ne!(draw([7, 1, 2]), draw(other));
        }
    }

    #[test]
    fn a_range_is_drawn_from_end_to_end() {
        let mut chance = Chance::of([0; 3]);
        let mut drawn = [0; 4];
        for _ in 0..400 {
            drawn[chance.within(2..=5) - 2] += 1;
        }
        assert!(drawn.iter().all(|times| *times > 60), "{drawn:?}");
    }
}
