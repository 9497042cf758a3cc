//! HTTPS with a certificate authority of the suite's own.

use std::{
    io,
    sync::{Arc, atomic::AtomicUsize},
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer},
};

use super::{connection::RawConnection, server::RawServer};
use crate::conformance::{
    exchange::Transport,
    failure::CheckFailed,
    subject::{Settings, Subject},
};

/// An authority that the machine doesn't know.
pub(in crate::conformance) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(in crate::conformance) fn new() -> Result<Self, CheckFailed> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate()?;
        Ok(Self(CertifiedIssuer::self_signed(params, key)?))
    }

    /// A server's side of TLS, with a certificate for `host`.
    pub(in crate::conformance) fn acceptor(
        &self,
        host: &str,
        alpn: &[&str],
    ) -> Result<TlsAcceptor, CheckFailed> {
        self.acceptor_with(CertificateParams::new(vec![host.to_owned()])?, alpn)
    }

    pub(in crate::conformance) fn acceptor_with(
        &self,
        params: CertificateParams,
        alpn: &[&str],
    ) -> Result<TlsAcceptor, CheckFailed> {
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.0)?;
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(CheckFailed::new)?;
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()?
                .with_no_client_auth()
                .with_single_cert(vec![certificate.der().clone()], key)?;
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Makes a transport that trusts this authority.
    pub(in crate::conformance) fn trusted(&self, subject: &Subject) -> Transport {
        self.trusted_with(subject, Settings::default())
    }

    /// Makes a transport with these settings that trusts this authority.
    pub(in crate::conformance) fn trusted_with(
        &self,
        subject: &Subject,
        settings: Settings,
    ) -> Transport {
        subject.with(&Settings {
            roots: vec![self.0.der().to_vec()],
            ..settings
        })
    }
}

/// Answers requests until the client closes the connection.
pub(in crate::conformance) fn serve(acceptor: TlsAcceptor) -> io::Result<RawServer> {
    let requests = Arc::<AtomicUsize>::default();
    let counter = Arc::clone(&requests);
    RawServer::start(requests, move |socket| {
        let (acceptor, counter) = (acceptor.clone(), Arc::clone(&counter));
        async move {
            let socket = acceptor.accept(socket).await?;
            let mut connection = RawConnection::counted(socket, counter);
            while connection.request().await?.is_some() {
                connection
                    .write("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret")
                    .await?;
            }
            Ok(())
        }
    })
}
