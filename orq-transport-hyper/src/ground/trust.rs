//! The certificate authorities that are trusted, and the error of the builders.

use std::{env, error::Error as StdError, fmt, path::Path};

use rustls_pki_types::{CertificateDer, pem::PemObject};

/// The certificates of a builder.
#[derive(Clone, Default)]
pub struct Trust {
    certificates: Vec<Certificate>,
    /// Whether Mozilla's authorities are trusted instead of those of the platform.
    #[cfg(feature = "webpki-roots")]
    pub mozilla: bool,
}

#[derive(Clone)]
enum Certificate {
    Der(Vec<u8>),
    Pem(Vec<u8>),
}

impl Trust {
    /// Adds an authority, as a DER-encoded certificate.
    pub fn add_der(&mut self, der: Vec<u8>) {
        self.certificates.push(Certificate::Der(der));
    }

    /// Adds the authorities in a PEM text.
    pub fn add_pem(&mut self, pem: Vec<u8>) {
        self.certificates.push(Certificate::Pem(pem));
    }

    /// Returns whether the authorities of the platform are trusted.
    pub fn uses_platform(&self) -> bool {
        #[cfg(feature = "webpki-roots")]
        if self.mozilla {
            return false;
        }
        true
    }

    /// Returns the authorities that were added, after Mozilla's if these replace the platform's.
    ///
    /// # Errors
    ///
    /// A [`BuildError`] if a certificate is invalid, or if the platform's authorities are used and `SSL_CERT_FILE` or
    /// `SSL_CERT_DIR` is set and names no certificate.
    pub fn roots(&self) -> Result<Vec<CertificateDer<'static>>, BuildError> {
        let mut roots = Vec::new();
        #[cfg(feature = "webpki-roots")]
        if self.mozilla {
            roots.extend_from_slice(webpki_root_certs::TLS_SERVER_ROOT_CERTS);
        }
        if self.uses_platform() {
            check_environment()?;
        }
        for certificate in &self.certificates {
            match certificate {
                Certificate::Der(der) => roots.push(CertificateDer::from(der.clone())),
                Certificate::Pem(pem) => roots.extend(chain(pem)?),
            }
        }
        #[cfg(feature = "rustls-no-provider")]
        for root in &roots {
            let added = rustls::RootCertStore::empty().add(root.clone());
            added.map_err(BuildError::certificate)?;
        }
        Ok(roots)
    }
}

fn chain(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, BuildError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match chain.map_err(BuildError::certificate)? {
        chain if chain.is_empty() => Err(BuildError::certificate("no certificate in the PEM text")),
        chain => Ok(chain),
    }
}

/// Checks the variables that replace the platform's authorities. The libraries that read them ignore what they can't
/// read.
fn check_environment() -> Result<(), BuildError> {
    if cfg!(any(windows, target_vendor = "apple", target_os = "android")) {
        return Ok(());
    }
    if let Some(file) = env::var_os("SSL_CERT_FILE") {
        first_of(Path::new(&file))
            .map_err(|error| BuildError::environment("SSL_CERT_FILE", error))?;
    }
    if let Some(directories) = env::var_os("SSL_CERT_DIR") {
        let mut files = env::split_paths(&directories)
            .flat_map(|directory| directory.read_dir().into_iter().flatten().flatten());
        if !files.any(|file| first_of(&file.path()).is_ok()) {
            return Err(BuildError::environment("SSL_CERT_DIR", NONE));
        }
    }
    Ok(())
}

const NONE: &str = "no certificate";

fn first_of(file: &Path) -> Result<(), Source> {
    let mut certificates = CertificateDer::pem_file_iter(file)?;
    certificates.next().ok_or(NONE)??;
    Ok(())
}

type Source = Box<dyn StdError + Send + Sync>;

/// A transport can't be built with these settings or on this machine.
#[derive(Debug)]
pub struct BuildError {
    what: &'static str,
    source: Source,
}

impl BuildError {
    /// Creates the error of an authority that can't be used.
    pub fn certificate(source: impl Into<Source>) -> Self {
        Self::new("a root certificate can't be used", source)
    }

    fn environment(variable: &str, source: impl fmt::Display) -> Self {
        let source = format!("{variable} is set, but can't be used: {source}");
        Self::new("the certificate authorities can't be read", source)
    }

    /// Creates the error of a platform whose certificate authorities can't be read.
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

    /// Creates the error of one part of a transport.
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
