//! HTTPS with a certificate authority of the test's own, and what can be wrong with it.

use std::{io, sync::Arc, time::Duration};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tokio::{io::AsyncReadExt, net::TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
    server::TlsStream,
};

use super::{
    Make, Settings, Transport, default, outcome, post, read,
    server::{Connection, Server},
};

/// An authority that the machine doesn't know.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    /// A server's side of TLS, with a certificate for `host`.
    pub fn acceptor(&self, host: &str, alpn: &[&str]) -> TlsAcceptor {
        self.acceptor_with(CertificateParams::new(vec![host.to_owned()]).unwrap(), alpn)
    }

    fn acceptor_with(&self, params: CertificateParams, alpn: &[&str]) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        TlsAcceptor::from(Arc::new(config))
    }

    /// A transport that trusts this authority.
    pub fn trusted(&self, make: Make) -> Transport {
        make(Settings {
            roots: vec![self.0.der().to_vec()],
            ..Settings::default()
        })
    }
}

/// Answers one request and keeps the connection until the client closes it.
async fn serve(acceptor: TlsAcceptor) -> Server {
    Server::start(move |socket, _| {
        let acceptor = acceptor.clone();
        async move {
            let mut connection = Connection::new(acceptor.accept(socket).await?);
            while let Some(request) = connection.request().await? {
                assert_eq!(request.values("host").len(), 1);
                connection
                    .write("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret")
                    .await?;
            }
            Ok(())
        }
    })
    .await
}

fn url(server: &Server) -> String {
    format!("https://{}/", server.address)
}

pub async fn https_with_an_added_authority(make: Make) {
    let authority = Authority::new();
    for alpn in [&[][..], &["http/1.1"]] {
        let server = serve(authority.acceptor("127.0.0.1", alpn)).await;
        let transport = authority.trusted(make);
        for _ in 0..2 {
            let response = transport.send(post(&url(&server))).await.unwrap();
            assert_eq!(read(response).await.unwrap(), b"secret");
        }
        assert_eq!(server.connections(), 1);
    }
}

pub async fn unknown_authority(make: Make) {
    let server = serve(Authority::new().acceptor("127.0.0.1", &[])).await;
    assert_eq!(
        outcome(&default(make), post(&url(&server))).await,
        "tls connect not_sent"
    );
}

pub async fn wrong_host(make: Make) {
    let authority = Authority::new();
    let server = serve(authority.acceptor("my.orq.ai", &[])).await;
    let transport = authority.trusted(make);
    assert_eq!(
        outcome(&transport, post(&url(&server))).await,
        "tls connect not_sent"
    );
}

pub async fn expired(make: Make) {
    let authority = Authority::new();
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2020, 2, 1);
    let server = serve(authority.acceptor_with(params, &[])).await;
    let transport = authority.trusted(make);
    assert_eq!(
        outcome(&transport, post(&url(&server))).await,
        "tls connect not_sent"
    );
}

pub async fn a_server_without_tls(make: Make) {
    let server = Server::start(|mut socket, _| async move {
        socket.read_u8().await?;
        Connection::new(socket)
            .write("HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
    })
    .await;
    assert_eq!(
        outcome(&default(make), post(&url(&server))).await,
        "tls connect not_sent"
    );
}

pub async fn closed_in_the_handshake(make: Make) {
    for reset in [false, true] {
        let server = Server::start(move |mut socket, _| async move {
            let mut hello = [0; 16 * 1024];
            let length = socket.read(&mut hello).await?;
            assert!(length < hello.len());
            if reset {
                Connection::new(socket).reset();
            }
            Ok(())
        })
        .await;
        let outcome = outcome(&default(make), post(&url(&server))).await;
        assert_eq!(outcome, "closed connect not_sent");
        assert_eq!(server.connections(), 1);
    }
}

pub async fn a_handshake_that_stalls(make: Make) {
    let server = Server::start(|socket, _| async move {
        Connection::new(socket).closed().await;
        Ok(())
    })
    .await;
    let transport = make(Settings {
        connect_timeout: Some(Duration::from_millis(20)),
        ..Settings::default()
    });
    assert_eq!(
        outcome(&transport, post(&url(&server))).await,
        "timeout connect not_sent"
    );
}

/// A body without a length, whose connection ends without TLS's own farewell: it may be cut.
pub async fn cut_without_a_goodbye(make: Make) {
    async fn cut(stream: TlsStream<TcpStream>) -> io::Result<()> {
        let mut connection = Connection::new(stream);
        connection.request().await?;
        connection
            .write("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhalf of what was to co")
            .await?;
        let (socket, _) = connection.into_inner().into_inner();
        drop(socket);
        Ok(())
    }
    let authority = Authority::new();
    let acceptor = authority.acceptor("127.0.0.1", &[]);
    let server = Server::start(move |socket, _| {
        let acceptor = acceptor.clone();
        async move { cut(acceptor.accept(socket).await?).await }
    })
    .await;
    let transport = authority.trusted(make);
    assert_eq!(
        outcome(&transport, post(&url(&server))).await,
        "closed body answered"
    );
}
