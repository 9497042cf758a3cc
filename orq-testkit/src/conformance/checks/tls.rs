//! HTTPS, and what can be wrong with a certificate and a handshake.

use std::{io, time::Duration};

use rcgen::{CertificateParams, date_time_ymd};
use tokio::{io::AsyncReadExt, net::TcpStream};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::conformance::{
    ability::Ability,
    exchange::{Transport, became, ensure_body, post},
    failure::{Outcome, ensure_eq},
    raw::{Authority, RawConnection, RawServer, invalid, ok},
    subject::{Settings, Subject},
};

fn url(server: &RawServer) -> String {
    format!("https://{}/", server.address())
}

/// A server that answers requests until the client closes the connection.
pub(super) fn serve(acceptor: TlsAcceptor) -> io::Result<RawServer> {
    RawServer::over_tls(acceptor, |mut connection| async move {
        while connection.request().await?.is_some() {
            connection.write(ok("", "secret")).await?;
        }
        Ok(())
    })
}

pub(super) async fn https_with_an_added_authority(subject: &Subject) -> Outcome {
    let authority = Authority::new()?;
    for alpn in [&[][..], &["http/1.1"]] {
        let server = serve(authority.acceptor("127.0.0.1", alpn)?)?;
        let transport = subject.trusting(&authority);
        for _ in 0..2 {
            let response = transport.send(post(&url(&server))?).await?;
            ensure_body(response, "secret", "").await?;
            super::flow::a_moment().await?;
        }
        ensure_eq!(server.requests(), 2, "requests that arrived of two");
        if subject.can(Ability::Pool) {
            ensure_eq!(server.connections(), 1, "connections");
        }
    }
    Ok(())
}

/// A handshake that must not come to its end, and no request after it.
async fn untrusted(transport: &Transport, server: &RawServer, subject: &Subject) -> Outcome {
    let outcome = became(transport, post(&url(server))?).await?;
    ensure_eq!(server.requests(), 0, "requests that arrived");
    subject.judge(&outcome, "")
}

pub(super) async fn unknown_authority(subject: &Subject) -> Outcome {
    let server = serve(Authority::new()?.acceptor("127.0.0.1", &[])?)?;
    untrusted(&subject.transport(), &server, subject).await
}

pub(super) async fn wrong_host(subject: &Subject) -> Outcome {
    let authority = Authority::new()?;
    let server = serve(authority.acceptor("my.orq.ai", &[])?)?;
    untrusted(&subject.trusting(&authority), &server, subject).await
}

pub(super) async fn expired(subject: &Subject) -> Outcome {
    let authority = Authority::new()?;
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()])?;
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2020, 2, 1);
    let server = serve(authority.acceptor_with(params, &[])?)?;
    untrusted(&subject.trusting(&authority), &server, subject).await
}

pub(super) async fn a_server_without_tls(subject: &Subject) -> Outcome {
    let server = RawServer::start(|mut socket, _| async move {
        socket.read_u8().await?;
        RawConnection::new(socket)
            .write("HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
    })?;
    subject.send(post(&url(&server))?).await
}

pub(super) async fn closed_in_the_handshake(subject: &Subject) -> Outcome {
    for (reset, case) in [(false, "closed"), (true, "reset")] {
        let server = RawServer::start(move |mut socket, _| async move {
            // More than any greeting, which must have been read whole for the close to be no reset.
            let mut hello = [0; 16 * 1024];
            if socket.read(&mut hello).await? == hello.len() {
                return Err(invalid("the greeting goes on"));
            }
            if reset {
                RawConnection::new(socket).reset()?;
            }
            Ok(())
        })?;
        let outcome = became(&subject.transport(), post(&url(&server))?).await?;
        let connections = server.connections();
        ensure_eq!(connections, 1, "connections for one request, {case}");
        subject.judge(&outcome, case)?;
    }
    Ok(())
}

pub(super) async fn a_handshake_that_stalls(subject: &Subject) -> Outcome {
    let server = RawServer::start(|socket, _| async move {
        RawConnection::new(socket).closed().await;
        Ok(())
    })?;
    let transport = subject.with(&Settings {
        connect_timeout: Duration::from_millis(20),
        ..Settings::default()
    });
    let outcome = became(&transport, post(&url(&server))?).await?;
    subject.judge(&outcome, "")
}

/// A body without a length, whose connection ends without TLS's own farewell: it may be cut.
pub(super) async fn cut_without_a_goodbye(subject: &Subject) -> Outcome {
    async fn cut(mut connection: RawConnection<TlsStream<TcpStream>>) -> io::Result<()> {
        connection.request().await?;
        connection
            .write("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhalf of what was to co")
            .await?;
        let (socket, _) = connection.into_inner().into_inner();
        drop(socket);
        Ok(())
    }
    let authority = Authority::new()?;
    let server = RawServer::serving_tls(&authority, &[], cut)?;
    let outcome = became(&subject.trusting(&authority), post(&url(&server))?).await?;
    ensure_eq!(server.connections(), 1, "connections for one request");
    subject.judge(&outcome, "")
}
