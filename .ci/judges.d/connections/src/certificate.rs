//! The certificate of the servers.

use std::{net::Ipv4Addr, sync::Arc};

use rcgen::{CertifiedKey, KeyPair};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer},
};

use crate::verdict::Fallible;

/// A self-signed certificate for one address, with its key. A client that is to accept it has it as a root.
pub(crate) struct Certificate(CertifiedKey<KeyPair>);

impl Certificate {
    /// Makes a certificate for `address`.
    pub(crate) fn new(address: Ipv4Addr) -> Fallible<Self> {
        let certified = rcgen::generate_simple_self_signed([address.to_string()])?;
        Ok(Self(certified))
    }

    /// Returns the certificate in DER.
    pub(crate) fn der(&self) -> Vec<u8> {
        self.0.cert.der().to_vec()
    }

    /// Returns the certificate in PEM.
    pub(crate) fn pem(&self) -> String {
        self.0.cert.pem()
    }

    /// Returns the private key in PEM.
    pub(crate) fn key_pem(&self) -> String {
        self.0.signing_key.serialize_pem()
    }

    /// Returns a server's side of TLS that chooses the protocol `alpn`.
    pub(crate) fn acceptor(&self, alpn: &[u8]) -> Fallible<TlsAcceptor> {
        let key = PrivateKeyDer::try_from(self.0.signing_key.serialize_der())?;
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()?
                .with_no_client_auth()
                .with_single_cert(vec![self.0.cert.der().clone()], key)?;
        config.alpn_protocols = vec![alpn.to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}
