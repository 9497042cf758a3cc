//! Random numbers that can be repeated.

use fastrand::Rng;

/// Creates the generator that belongs to these numbers: the run's seed, a call, and what is drawn for it.
pub(crate) fn seeded(parts: [u64; 3]) -> Rng {
    let mix = |state, part| Rng::with_seed(state ^ part).u64(..);
    Rng::with_seed(parts.into_iter().fold(0, mix))
}

/// Returns `true` in this many of a hundred cases.
pub(crate) fn percent(rng: &mut Rng, cases: u8) -> bool {
    rng.u8(0..100) < cases
}

/// Returns one of these.
pub(crate) fn one_of<T: Copy, const N: usize>(rng: &mut Rng, choices: [T; N]) -> T {
    choices[rng.usize(0..N)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_parts_give_the_same_numbers_and_others_give_others() {
        let draw = |parts| {
            let mut rng = seeded(parts);
            [(); 4].map(|()| rng.u64(..))
        };
        assert_eq!(draw([7, 1, 2]), draw([7, 1, 2]));
        for other in [[8, 1, 2], [7, 2, 1], [7, 1, 3], [1, 7, 2]] {
            assert_ne!(draw([7, 1, 2]), draw(other));
        }
    }

    #[test]
    fn percentages_are_kept() {
        let mut rng = seeded([0; 3]);
        let hits = (0..10_000).filter(|_| percent(&mut rng, 30)).count();
        assert!((2700..3300).contains(&hits), "{hits}");
    }
}
