//! The API keys that a double accepts.

use std::collections::HashSet;

use http::{HeaderMap, header::AUTHORIZATION};

use crate::shape::Problem;

/// The key that is accepted if no other is given.
pub(super) const DEFAULT_API_KEY: &str = "sk-orq-test";

/// In the order in which they were given. Never printed.
pub(super) struct ApiKeys(Vec<String>);

impl ApiKeys {
    /// Of a key that is there twice, the first counts.
    pub(super) fn new(mut given: Vec<String>) -> Self {
        let mut seen = HashSet::new();
        given.retain(|key| seen.insert(key.clone()));
        Self(given)
    }

    pub(super) fn first(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }

    /// The index of the key that these headers have.
    pub(super) fn authenticate(&self, headers: &HeaderMap) -> Result<usize, Problem> {
        let authorization = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let (scheme, key) = authorization
            .and_then(|value| value.split_once(' '))
            .ok_or_else(Problem::authentication_required)?;
        let key = key.trim();
        if !scheme.eq_ignore_ascii_case("bearer") || key.is_empty() {
            return Err(Problem::authentication_required());
        }
        let found = self.0.iter().position(|accepted| accepted == key);
        found.ok_or_else(Problem::invalid_api_key)
    }
}
