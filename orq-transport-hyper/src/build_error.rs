//! The error of the builders.

use std::{error::Error as StdError, fmt};

pub(crate) type Source = Box<dyn StdError + Send + Sync>;

/// A transport can't be built with these settings or on this machine.
#[derive(Debug)]
pub struct BuildError {
    what: &'static str,
    source: Source,
}

impl BuildError {
    #[doc(hidden)]
    pub fn certificate(source: impl Into<Source>) -> Self {
        Self::new("a root certificate can't be used", source)
    }

    pub(crate) fn environment(variable: &str, source: impl fmt::Display) -> Self {
        let source = format!("{variable} is set, but can't be used: {source}");
        Self::new("the certificate authorities can't be read", source)
    }

    #[doc(hidden)]
    pub fn platform(source: impl fmt::Display) -> Self {
        let source = format!(
            "{source}; install the package ca-certificates, set SSL_CERT_FILE, or use `webpki_roots()` with the feature \
             `webpki-roots`"
        );
        Self::new(
            "the platform's certificate authorities can't be read",
            source,
        )
    }

    #[doc(hidden)]
    pub fn new(what: &'static str, source: impl Into<Source>) -> Self {
        let source = source.into();
        Self { what, source }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }
}

impl StdError for BuildError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

impl From<BuildError> for orq_core::Error {
    fn from(error: BuildError) -> Self {
        Self::config(error)
    }
}
