//! A server for HTTPS whose certificate authority is its own, and an exchange with it by either transport.

use std::sync::Arc;

use orq_transport_hyper::{
    HyperTransport,
    orq_core::{
        HttpTransport,
        http::{Request, StatusCode},
        transport::TransportError,
    },
};
use orq_transport_reqwest::ReqwestTransport;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, crypto::CryptoProvider, pki_types::PrivateKeyDer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

pub struct Server {
    url: String,
    authority: Vec<u8>,
}

impl Server {
    /// Starts a server on a loopback address, with TLS by this provider.
    pub async fn start(provider: CryptoProvider) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(answer(acceptor.clone(), socket));
            }
        });
        Self {
            url,
            authority: authority.der().to_vec(),
        }
    }

    /// Creates both transports, trusting this server.
    pub fn transports(&self) -> [Box<dyn HttpTransport>; 2] {
        let hyper = HyperTransport::builder().add_root_certificate_der(self.authority.as_slice());
        let reqwest =
            ReqwestTransport::builder().add_root_certificate_der(self.authority.as_slice());
        [
            Box::new(hyper.build().unwrap()),
            Box::new(reqwest.build().unwrap()),
        ]
    }

    /// Sends a request to this server.
    pub async fn exchange(&self, transport: &dyn HttpTransport) -> Result<(), TransportError> {
        let request = Request::get(&self.url).body("".into()).unwrap();
        let response = transport.send(request).await?;
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        Ok(())
    }
}

/// Answers one request without a body. A client that doesn't finish the handshake gets no answer.
async fn answer(acceptor: TlsAcceptor, socket: TcpStream) -> std::io::Result<()> {
    let mut socket = acceptor.accept(socket).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await?);
    }
    socket
        .write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        .await?;
    socket.shutdown().await
}
