//! Why a seed can't be used.

use std::fmt;

/// Why a seed can't be used. Its text names the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedError(String);

impl SeedError {
    pub(super) fn new(message: impl fmt::Display) -> Self {
        Self(message.to_string())
    }

    /// What is wrong at `path`.
    pub(super) fn at(path: impl fmt::Display, message: impl fmt::Display) -> Self {
        Self(format!("{path}: {message}"))
    }
}

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SeedError {}
