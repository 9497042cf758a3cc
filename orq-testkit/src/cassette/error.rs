//! Why a cassette can't be used.

use std::{
    error::Error as StdError,
    fmt, iter,
    path::{Path, PathBuf},
};

type Source = Box<dyn StdError + Send + Sync>;

/// The kind of a [`CassetteError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CassetteErrorKind {
    /// The file doesn't exist. It has to be recorded first.
    NotFound,
    /// The file can't be read.
    Read,
    /// The file isn't JSON.
    Json,
    /// The file's version isn't supported.
    Version,
    /// A field is missing, unknown or wrong. The message has its path.
    Field,
    /// The test has more redaction than the cassette was recorded with.
    Stale,
    /// The file would contain a secret, or a secret is too short to be searched for. Nothing was written.
    Secret,
    /// The file can't be written. An older one stays as it was.
    Write,
    /// `ORQ_CASSETTE` isn't one of `record`, `replay` and `off`.
    Mode,
    /// The transport to record with can't be created.
    Transport,
}

/// The reason why a cassette can't be recorded or replayed.
///
/// Its text has the file and, if there is one, the path in it, such as `interactions[0].response.status`. It never
/// shows a secret.
#[derive(Debug)]
pub struct CassetteError {
    kind: CassetteErrorKind,
    path: Option<PathBuf>,
    message: String,
    source: Option<Source>,
}

impl CassetteError {
    pub(super) fn new(kind: CassetteErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            path: None,
            message: message.into(),
            source: None,
        }
    }

    pub(super) fn at(mut self, path: &Path) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    pub(super) fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The whole story in one line, for a test that fails.
    pub(super) fn report(&self) -> String {
        let causes = iter::successors(self.source(), |&cause| cause.source());
        causes.fold(self.to_string(), |report, cause| {
            format!("{report}: {cause}")
        })
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> CassetteErrorKind {
        self.kind
    }

    /// Returns the path of the cassette's file, if the error is about a file.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }
}

impl fmt::Display for CassetteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{}: ", path.display())?;
        }
        f.write_str(&self.message)
    }
}

impl StdError for CassetteError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
