//! The builder of a transport with settings of its own.

use std::{error::Error as StdError, fmt, time::Duration};

use reqwest::{Client, ClientBuilder, redirect, retry};
use rustls::pki_types::{CertificateDer, pem::PemObject};

use crate::{ReqwestTransport, tls};

/// How much of one HTTP/2 response may lie unread, in bytes. An event stream never fills it, and a reader that
/// stalls holds no more than this.
#[cfg(feature = "http2")]
const STREAM_WINDOW: u32 = 256 * 1024;
/// The same for all responses of one connection together: enough for 64 stalled readers not to stop the rest.
#[cfg(feature = "http2")]
const CONNECTION_WINDOW: u32 = 64 * STREAM_WINDOW;
/// How many header lines an HTTP/1.1 response may have.
const MAX_HEADERS: usize = 256;

/// Builds a [`ReqwestTransport`]; made by [`ReqwestTransport::builder`].
///
/// ```
/// use std::time::Duration;
/// use orq_transport_reqwest::ReqwestTransport;
///
/// let transport = ReqwestTransport::builder()
///     .connect_timeout(Duration::from_secs(3))
///     .build()?;
/// # Ok::<(), orq_transport_reqwest::BuildError>(())
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ReqwestTransportBuilder {
    connect_timeout: Duration,
    pool_idle_timeout: Duration,
    certificates: Vec<Certificate>,
}

#[derive(Clone)]
enum Certificate {
    Der(Vec<u8>),
    Pem(Vec<u8>),
}

impl ReqwestTransportBuilder {
    pub(crate) fn new() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            pool_idle_timeout: Duration::from_secs(30),
            certificates: Vec::new(),
        }
    }

    /// How long making a connection may take: looking the host up, connecting, the TLS handshake and, with a
    /// proxy, its tunnel. Default: 10 seconds.
    ///
    /// When it runs out, the error's kind is `timeout`, its phase `connect`, its delivery `not_sent`.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long an unused connection is kept for the next request. Default: 30 seconds.
    ///
    /// The longer it is, the likelier is a request on a connection that the server has just closed. Such a
    /// request may have been sent, so the client won't repeat it on its own.
    pub fn pool_idle_timeout(mut self, timeout: Duration) -> Self {
        self.pool_idle_timeout = timeout;
        self
    }

    /// Trusts one more certificate authority, given as a DER-encoded X.509 certificate, beside the others.
    pub fn add_root_certificate_der(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.certificates.push(Certificate::Der(der.into()));
        self
    }

    /// Trusts more certificate authorities, given as a PEM text of one or more certificates, beside the others.
    pub fn add_root_certificates_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates.push(Certificate::Pem(pem.into()));
        self
    }

    /// Makes the transport.
    ///
    /// It reads the platform's certificates, so make one and share it.
    ///
    /// # Errors
    ///
    /// A [`BuildError`] if a certificate that was added is none, or if the platform's TLS or name resolution
    /// can't be set up.
    pub fn build(self) -> Result<ReqwestTransport, BuildError> {
        let roots = self.roots()?;
        let tls = tls::config(roots)?;
        let direct = self
            .client(tls.clone())
            .no_proxy()
            .build()
            .map_err(BuildError::client)?;
        let proxied = if cfg!(feature = "system-proxy") {
            Some(self.client(tls).build().map_err(BuildError::client)?)
        } else {
            None
        };
        Ok(ReqwestTransport::from_parts(direct, proxied))
    }

    fn roots(&self) -> Result<Vec<CertificateDer<'static>>, BuildError> {
        let mut roots = Vec::new();
        for certificate in &self.certificates {
            match certificate {
                Certificate::Der(der) => roots.push(CertificateDer::from(der.clone())),
                Certificate::Pem(pem) => {
                    let before = roots.len();
                    for certificate in CertificateDer::pem_slice_iter(pem) {
                        roots.push(certificate.map_err(BuildError::certificate)?);
                    }
                    if roots.len() == before {
                        return Err(BuildError::certificate("no certificate in the PEM text"));
                    }
                }
            }
        }
        Ok(roots)
    }

    /// What both clients share. Decoders that another crate's features bring into reqwest stay off.
    fn client(&self, tls: rustls::ClientConfig) -> ClientBuilder {
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(self.pool_idle_timeout)
            .http1_max_headers(MAX_HEADERS)
            .redirect(redirect::Policy::none())
            .referer(false)
            .retry(retry::never())
            .no_brotli()
            .no_deflate()
            .no_zstd();
        #[cfg(feature = "http2")]
        let client = client
            .http2_initial_stream_window_size(STREAM_WINDOW)
            .http2_initial_connection_window_size(CONNECTION_WINDOW);
        #[cfg(not(feature = "gzip"))]
        let client = client.no_gzip();
        client
    }
}

impl fmt::Debug for ReqwestTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransportBuilder")
            .field("connect_timeout", &self.connect_timeout)
            .field("pool_idle_timeout", &self.pool_idle_timeout)
            .field("certificates", &self.certificates.len())
            .finish()
    }
}

/// Why a transport couldn't be built.
#[derive(Debug)]
pub struct BuildError {
    what: &'static str,
    source: Box<dyn StdError + Send + Sync>,
}

impl BuildError {
    pub(crate) fn certificate(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            what: "a root certificate can't be used",
            source: source.into(),
        }
    }

    pub(crate) fn tls(source: rustls::Error) -> Self {
        Self {
            what: "TLS can't be set up",
            source: source.into(),
        }
    }

    fn client(source: reqwest::Error) -> Self {
        Self {
            what: "the HTTP client can't be set up",
            source: source.into(),
        }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }
}

/// As a [`Config`](orq_core::ErrorKind::Config) error, so that `?` works in functions that return
/// [`orq_core::Error`].
impl From<BuildError> for orq_core::Error {
    fn from(error: BuildError) -> Self {
        Self::config(error)
    }
}

impl StdError for BuildError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.source.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_taken_in_both_encodings() {
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        ReqwestTransport::builder()
            .add_root_certificate_der(own.cert.der().to_vec())
            .build()
            .unwrap();
        let encoded = own.cert.pem();
        ReqwestTransport::builder()
            .add_root_certificates_pem(format!("{encoded}{encoded}"))
            .build()
            .unwrap();
    }

    #[test]
    fn what_is_no_certificate_is_an_error_that_says_so() {
        for builder in [
            ReqwestTransport::builder().add_root_certificate_der(*b"no certificate"),
            ReqwestTransport::builder().add_root_certificates_pem("no certificate"),
            ReqwestTransport::builder().add_root_certificates_pem(
                "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
            ),
        ] {
            let error = builder.build().unwrap_err();
            assert_eq!(error.to_string(), "a root certificate can't be used");
            assert!(error.source().is_some());
        }
    }
}
