//! The certificate authorities that are trusted.

use std::{env, path::Path};

use rustls_pki_types::{CertificateDer, pem::PemObject};

use crate::build_error::{BuildError, Source};

/// The certificates of a builder.
#[derive(Clone, Default)]
pub struct Trust {
    certificates: Vec<CertificateDer<'static>>,
    pems: Vec<Vec<u8>>,
    /// Whether Mozilla's authorities (feature `webpki-roots`) are trusted instead of those of the platform.
    pub mozilla: bool,
}

impl Trust {
    /// Adds an authority, as a DER-encoded certificate.
    pub fn add_der(&mut self, der: Vec<u8>) {
        self.certificates.push(der.into());
    }

    /// Adds the authorities in a PEM text.
    pub fn add_pem(&mut self, pem: Vec<u8>) {
        self.pems.push(pem);
    }

    /// Returns the authorities that were added, and Mozilla's if these replace the platform's.
    ///
    /// # Errors
    ///
    /// A [`BuildError`] if a certificate is invalid, or if the platform's authorities are used and `SSL_CERT_FILE` or
    /// `SSL_CERT_DIR` is set and names no certificate.
    pub fn roots(&self) -> Result<Vec<CertificateDer<'static>>, BuildError> {
        let mut roots = self.certificates.clone();
        for pem in &self.pems {
            roots.extend(chain(pem)?);
        }
        if !self.mozilla {
            check_environment()?;
        }
        #[cfg(feature = "webpki-roots")]
        if self.mozilla {
            roots.extend_from_slice(webpki_root_certs::TLS_SERVER_ROOT_CERTS);
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
