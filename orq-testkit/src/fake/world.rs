//! What a double is told to be, as a whole: a seed replaces it while the double runs.

use super::{
    auth::{ApiKeys, DEFAULT_API_KEY},
    limit::limiter::Limiter,
    model::workspace::Workspace,
    seed::{self, Seed},
};

/// The deployments that a double has if it is given none.
const BUILTINS: &[u8] = include_bytes!("builtin.json");

/// The deployments, keys and limits of a double, and how far they were used.
pub(super) struct World {
    pub(super) workspace: Workspace,
    pub(super) keys: ApiKeys,
    pub(super) limiter: Limiter,
    /// The keys of the reviews; empty if any key is one.
    pub(super) annotation_keys: Vec<String>,
}

impl World {
    /// Without deployments it has the built-in ones, without keys the default key.
    pub(super) fn new(mut seed: Seed) -> Self {
        if seed.builtins || seed.deployments.is_empty() {
            // The test below would see a seed that can't be read.
            let builtins = seed::read(BUILTINS).unwrap_or_default();
            seed.deployments.splice(..0, builtins.deployments);
        }
        if seed.api_keys.is_empty() {
            seed.api_keys.push(DEFAULT_API_KEY.to_owned());
        }
        let limiter = seed.rate_limit.map(Limiter::enforcing);
        Self {
            workspace: Workspace::new(seed.deployments),
            keys: ApiKeys::new(seed.api_keys),
            annotation_keys: seed.annotation_keys,
            limiter: limiter.unwrap_or_else(Limiter::advertised),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_deployments_are_a_seed() {
        assert_eq!(seed::read(BUILTINS).unwrap().deployments.len(), 5);
    }
}
