//! What a double is told to be, as a whole: a seed replaces it while the double runs.

use super::{
    auth::{ApiKeys, DEFAULT_API_KEY},
    builtin,
    limit::limiter::Limiter,
    model::workspace::Workspace,
    seed::Seed,
};

/// The deployments, keys and limits of a double, and how far they were used.
pub(super) struct World {
    pub(super) workspace: Workspace,
    pub(super) keys: ApiKeys,
    pub(super) limiter: Limiter,
}

impl World {
    /// Without deployments it has the built-in ones, without keys the default key.
    pub(super) fn new(mut seed: Seed) -> Self {
        let mut deployments = Vec::new();
        if seed.builtins || seed.deployments.is_empty() {
            deployments = builtin::deployments();
            deployments.reverse();
        }
        deployments.extend(seed.deployments);
        if seed.api_keys.is_empty() {
            seed.api_keys.push(DEFAULT_API_KEY.to_owned());
        }
        let limiter = seed.rate_limit.map(Limiter::enforcing);
        Self {
            workspace: Workspace::new(deployments),
            keys: ApiKeys::new(seed.api_keys),
            limiter: limiter.unwrap_or_else(Limiter::advertised),
        }
    }
}
