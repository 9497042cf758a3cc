//! The builder of a transport with settings of its own.

use std::{error::Error as StdError, fmt, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use rustls::pki_types::{CertificateDer, pem::PemObject};

use crate::{HyperTransport, connector::Timed, tls};

/// How much of one HTTP/2 response may lie unread, in bytes. An event stream never fills it, and a reader that
/// stalls holds no more than this.
#[cfg(feature = "http2")]
const STREAM_WINDOW: u32 = 256 * 1024;
/// The same for all responses of one connection together: enough for 64 stalled readers not to stop the rest.
#[cfg(feature = "http2")]
const CONNECTION_WINDOW: u32 = 64 * STREAM_WINDOW;
/// How many header lines an HTTP/1.1 response may have.
const MAX_HEADERS: usize = 256;
/// When a silent connection is probed, and how often until it is given up.
const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 3;

/// Builds a [`HyperTransport`]; made by [`HyperTransport::builder`].
///
/// ```
/// use std::time::Duration;
/// use orq_transport_hyper::HyperTransport;
///
/// let transport = HyperTransport::builder()
///     .connect_timeout(Duration::from_secs(3))
///     .build()?;
/// # Ok::<(), orq_transport_hyper::BuildError>(())
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct HyperTransportBuilder {
    connect_timeout: Duration,
    pool_idle_timeout: Duration,
    certificates: Vec<Certificate>,
}

#[derive(Clone)]
enum Certificate {
    Der(Vec<u8>),
    Pem(Vec<u8>),
}

impl HyperTransportBuilder {
    pub(crate) fn new() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            pool_idle_timeout: Duration::from_secs(30),
            certificates: Vec::new(),
        }
    }

    /// How long making a connection may take: looking the host up, connecting and the TLS handshake. Default: 10
    /// seconds.
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
    /// A [`BuildError`] if a certificate that was added is none, or if the platform's TLS can't be set up.
    pub fn build(self) -> Result<HyperTransport, BuildError> {
        let connector = Timed::new(self.connector()?, self.connect_timeout);
        let mut client = Client::builder(TokioExecutor::new());
        client
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(self.pool_idle_timeout)
            .retry_canceled_requests(false)
            .http1_max_headers(MAX_HEADERS);
        #[cfg(feature = "http2")]
        client
            .http2_initial_stream_window_size(STREAM_WINDOW)
            .http2_initial_connection_window_size(CONNECTION_WINDOW);
        Ok(HyperTransport::from_client(
            client.build::<_, Full<Bytes>>(connector),
        ))
    }

    fn connector(&self) -> Result<HttpsConnector<HttpConnector>, BuildError> {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(self.connect_timeout));
        http.set_keepalive(Some(KEEPALIVE));
        http.set_keepalive_interval(Some(KEEPALIVE));
        http.set_keepalive_retries(Some(KEEPALIVE_RETRIES));
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls::config(self.roots()?)?)
            .https_or_http()
            .enable_http1();
        #[cfg(feature = "http2")]
        let https = https.enable_http2();
        Ok(https.wrap_connector(http))
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
}

impl fmt::Debug for HyperTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransportBuilder")
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
        HyperTransport::builder()
            .add_root_certificate_der(own.cert.der().to_vec())
            .build()
            .unwrap();
        let encoded = own.cert.pem();
        HyperTransport::builder()
            .add_root_certificates_pem(format!("{encoded}{encoded}"))
            .build()
            .unwrap();
    }

    #[test]
    fn what_is_no_certificate_is_an_error_that_says_so() {
        for builder in [
            HyperTransport::builder().add_root_certificate_der(*b"no certificate"),
            HyperTransport::builder().add_root_certificates_pem("no certificate"),
            HyperTransport::builder().add_root_certificates_pem(
                "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
            ),
        ] {
            let error = builder.build().unwrap_err();
            assert_eq!(error.to_string(), "a root certificate can't be used");
            assert!(error.source().is_some());
        }
    }
}
