//! Proxies, to which `https` is tunnelled by `CONNECT` (RFC 9110, 9.3.6).

use std::{future::Future, io, time::Duration};

use tokio::{
    io::{AsyncWriteExt, copy_bidirectional},
    net::TcpStream,
    sync::mpsc,
};

use super::tls::serve;
use crate::conformance::{
    exchange::{SECRET, Transport, became, get, post},
    failure::{OrFail, Outcome, ensure, ensure_eq},
    raw::{Authority, RawConnection, RawServer},
    subject::{Settings, Subject},
};

/// Returns settings with this proxy.
fn through(proxy: &RawServer) -> Result<Settings, http::uri::InvalidUri> {
    Ok(Settings {
        proxy: Some(proxy.url("").parse()?),
        ..Settings::default()
    })
}

pub(super) async fn a_request_through_a_tunnel(subject: &Subject) -> Outcome {
    let authority = Authority::new()?;
    let target = serve(authority.acceptor("127.0.0.1", &[])?)?;
    let address = target.address();
    let (requests, mut seen) = mpsc::unbounded_channel();
    let proxy = RawServer::serving(move |mut connection| {
        let requests = requests.clone();
        async move {
            let request = connection.request().await?;
            let _ = requests.send(request);
            let mut target = TcpStream::connect(address).await?;
            connection.write("HTTP/1.1 200 OK\r\n\r\n").await?;
            copy_bidirectional(&mut connection.into_inner(), &mut target).await?;
            Ok(())
        }
    })?;
    let transport = subject.with(&Settings {
        roots: vec![authority.der()],
        ..through(&proxy)?
    });
    let request = post(&format!("https://{address}/{SECRET}"))?;
    let outcome = became(&transport, request).await?;
    ensure_eq!(outcome, "ok, 6 bytes", "a request through a tunnel");
    ensure_eq!(target.requests(), 1, "requests at the server");
    let request = seen.try_recv().ok().flatten();
    let request = request.or_fail("the proxy got no request")?;
    let line = format!("CONNECT {address} HTTP/1.1");
    ensure_eq!(request.line, line, "the line that the proxy sees");
    let shown = request.headers.iter().any(|(_, value)| {
        let secret = SECRET.as_bytes();
        value.windows(secret.len()).any(|part| part == secret)
    });
    ensure!(!shown, "the proxy sees the path or the key");
    ensure!(request.body.is_empty(), "the proxy sees a body");
    Ok(())
}

/// Judges what becomes of a request through a proxy that opens no tunnel.
async fn refused<F, H>(subject: &Subject, settings: Settings, proxy: F) -> Outcome
where
    F: Fn(RawConnection) -> H + Send + 'static,
    H: Future<Output = io::Result<()>> + Send + 'static,
{
    let proxy = RawServer::serving(proxy)?;
    let settings = Settings {
        proxy: through(&proxy)?.proxy,
        ..settings
    };
    let request = post(&format!("https://127.0.0.1:1/{SECRET}"))?;
    let outcome = became(&subject.with(&settings), request).await?;
    // A timeout may expire before the proxy accepts. A later connection is accepted later.
    let mut later = TcpStream::connect(proxy.address()).await?;
    later.shutdown().await?;
    RawConnection::new(later).closed().await;
    let connections = proxy.connections() - 1;
    ensure_eq!(connections, 1, "connections to the proxy");
    subject.judge(&outcome, "")
}

/// Judges what becomes of a request whose `CONNECT` is answered with these bytes and the connection's end.
async fn answered(subject: &Subject, answer: &'static str) -> Outcome {
    let proxy = move |mut connection: RawConnection| async move {
        connection.request().await?;
        connection.write(answer).await
    };
    refused(subject, Settings::default(), proxy).await
}

pub(super) async fn a_refused_tunnel(subject: &Subject) -> Outcome {
    answered(
        subject,
        "HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno",
    )
    .await
}

pub(super) async fn a_tunnel_that_wants_credentials(subject: &Subject) -> Outcome {
    let answer = "HTTP/1.1 407 Proxy Authentication Required\r\n\
                  proxy-authenticate: Basic realm=\"here\"\r\ncontent-length: 0\r\n\r\n";
    answered(subject, answer).await
}

pub(super) async fn a_tunnel_that_breaks_off(subject: &Subject) -> Outcome {
    for answer in ["", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nvia: "] {
        answered(subject, answer).await?;
    }
    Ok(())
}

pub(super) async fn a_tunnel_that_stalls(subject: &Subject) -> Outcome {
    let settings = Settings {
        connect_timeout: Duration::from_millis(20),
        ..Settings::default()
    };
    refused(subject, settings, |mut connection| async move {
        connection.closed().await;
        Ok(())
    })
    .await
}

pub(super) async fn plain_http_needs_no_proxy(subject: &Subject) -> Outcome {
    let proxy = RawServer::answering("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n")?;
    let server = RawServer::answering("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody")?;
    let transport: Transport = subject.with(&through(&proxy)?);
    let outcome = became(&transport, get(&server.url("/"))?).await?;
    ensure_eq!(outcome, "ok, 4 bytes", "plain http");
    ensure_eq!(proxy.connections(), 0, "connections to the proxy");
    Ok(())
}
