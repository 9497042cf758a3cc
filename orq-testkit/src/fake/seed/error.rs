//! Why a seed can't be used.

use std::fmt;

/// The reason why a seed can't be used. Its text has the path of the field and, for most errors, the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedError(pub(super) String);

/// Puts a path before a message, which may begin with the rest of the path.
pub(super) fn place(path: &str, message: impl fmt::Display) -> String {
    match message.to_string() {
        message if path == "." => message,
        rest if rest.starts_with('.') => format!("{path}{rest}"),
        message => format!("{path}: {message}"),
    }
}

impl From<serde_path_to_error::Error<serde_json::Error>> for SeedError {
    fn from(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let (path, error) = (error.path().to_string(), error.inner());
        // serde's message would show a key.
        if path.starts_with("api_keys") && error.is_data() {
            return Self(format!(
                "{path}: expected an array of strings, each of visible ASCII characters"
            ));
        }
        Self(place(&path, error))
    }
}

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SeedError {}
