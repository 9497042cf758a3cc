//! What is drawn for one injection.

use fastrand::Rng;

/// What one injection draws for one request. It is drawn whether or not the injection is tried, so that the luck of
/// one doesn't hang on the others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Luck {
    /// At least 0 and below 1.
    pub(super) chance: f64,
    /// Where in a range, from its start to its end.
    pub(super) place: u64,
}

impl Luck {
    pub(super) fn draw(rng: &mut Rng) -> Self {
        Self {
            chance: rng.f64(),
            place: rng.u64(..),
        }
    }
}
