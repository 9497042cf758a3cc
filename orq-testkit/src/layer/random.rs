//! Randomness that can be repeated.

use fastrand::Rng;

/// The random numbers of the `number`-th exchange. They depend on `seed` and `number` alone, so what happens to one
/// exchange changes nothing for the others.
pub(super) fn random(seed: u64, number: u64) -> Rng {
    // The number is mixed first: seed 1 with number 2 has nothing in common with seed 2 with number 1.
    Rng::with_seed(seed ^ Rng::with_seed(number).u64(..))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_exchange_of_each_seed_has_numbers_of_its_own() {
        let draw = |seed, number| random(seed, number).u64(..);
        let drawn: HashSet<_> = (0..64)
            .flat_map(|seed| (1..65).map(move |number| draw(seed, number)))
            .collect();
        assert_eq!(drawn.len(), 64 * 64);
        assert_eq!(draw(7, 3), draw(7, 3));
    }
}
