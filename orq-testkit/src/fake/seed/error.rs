//! Why a seed can't be used.

use std::fmt;

/// Why a seed can't be used. Its text names the place: the path to a field and, where JSON was misread, the line.
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

impl From<serde_path_to_error::Error<serde_json::Error>> for SeedError {
    fn from(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let (path, error) = (error.path().to_string(), error.into_inner());
        match &*path {
            "." => Self::new(error),
            // serde's message may show a key.
            path if path.starts_with("api_keys") && error.is_data() => {
                let expected = "expected an array of strings, each of visible ASCII characters";
                Self(format!(
                    "{path}: {expected}, at line {} column {}",
                    error.line(),
                    error.column()
                ))
            }
            path => Self::at(path, error),
        }
    }
}

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SeedError {}
