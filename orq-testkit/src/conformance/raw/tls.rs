//! A certificate authority of the suite's own.

use std::{fmt, io, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer},
};

/// A certificate authority that the machine doesn't know, for a
/// [server over TLS](super::RawServer::serving_tls) and a transport that trusts it.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    /// Creates an authority with a key of its own.
    ///
    /// # Errors
    ///
    /// If no key can be generated.
    pub fn new() -> io::Result<Self> {
        let mut params = params(&[])?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let issuer = CertifiedIssuer::self_signed(params, key);
        Ok(Self(issuer.map_err(io::Error::other)?))
    }

    /// Returns its certificate in DER, for a transport to trust.
    pub fn der(&self) -> Vec<u8> {
        self.0.der().to_vec()
    }

    /// Returns the server's side of TLS, with a certificate for `host`.
    pub(crate) fn acceptor(&self, host: &str, alpn: &[&str]) -> io::Result<TlsAcceptor> {
        self.acceptor_with(params(&[host])?, alpn)
    }

    pub(crate) fn acceptor_with(
        &self,
        params: CertificateParams,
        alpn: &[&str],
    ) -> io::Result<TlsAcceptor> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let certificate = params.signed_by(&key, &self.0).map_err(io::Error::other)?;
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(io::Error::other)?;
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .and_then(|config| {
                    let chain = vec![certificate.der().clone()];
                    config.with_no_client_auth().with_single_cert(chain, key)
                })
                .map_err(io::Error::other)?;
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

/// Returns what a certificate for these hosts says.
fn params(hosts: &[&str]) -> io::Result<CertificateParams> {
    let hosts: Vec<_> = hosts.iter().map(|&host| host.to_owned()).collect();
    CertificateParams::new(hosts).map_err(io::Error::other)
}
