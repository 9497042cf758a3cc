//! The moment from which a request may have been sent, as the transport marks it in the request's context.

use std::{future::Future, io, sync::Arc};

use tokio::{net::TcpStream, sync::Notify};
use tokio_rustls::server::TlsStream;

use crate::conformance::{
    checks::fidelity::NO_CONTENT,
    exchange::{get, post, until, with_context},
    failure::{Outcome, ensure_eq},
    raw::{Authority, RawConnection, RawServer},
    subject::Subject,
};

pub(crate) async fn sending_is_tracked(subject: &Subject) -> Outcome {
    tracked(subject, "http/1.1", |mut connection| async move {
        connection.request().await?;
        connection.write(NO_CONTENT).await?;
        connection.closed().await;
        Ok(())
    })
    .await
}

/// A request that is dropped while the TLS handshake stalls is unsent; one that has arrived isn't.
pub(crate) async fn tracked<F, H>(subject: &Subject, protocol: &str, serve: F) -> Outcome
where
    F: Fn(RawConnection<TlsStream<TcpStream>>) -> H + Copy + Send + Sync + 'static,
    H: Future<Output = io::Result<()>> + Send,
{
    let authority = Authority::new()?;
    let transport = subject.trusting(&authority);
    for (method, request, is_sent) in [
        ("GET", get as fn(&str) -> _, false),
        ("GET", get, true),
        ("POST", post, false),
        ("POST", post, true),
    ] {
        let acceptor = authority.acceptor("127.0.0.1", &[protocol])?;
        let [greeted, gate] = [(); 2].map(|()| Arc::new(Notify::new()));
        let signals = (Arc::clone(&greeted), Arc::clone(&gate));
        let server = RawServer::start(move |socket, requests| {
            let acceptor = acceptor.clone();
            let (greeted, gate) = signals.clone();
            async move {
                socket.readable().await?;
                greeted.notify_one();
                gate.notified().await;
                let socket = acceptor.accept(socket).await?;
                serve(RawConnection::counted(socket, requests)).await
            }
        })?;
        let (request, context) = with_context(request(&format!("https://{}/", server.address()))?);
        let mut sending = transport.send(request);
        until(greeted.notified(), &mut sending).await?;
        if is_sent {
            gate.notify_one();
            until(server.arrived(), &mut sending).await?;
        }
        drop(sending);
        // If the server has read it, it is sent; if the handshake stalled, it isn't.
        let said = !context.is_unsent();
        ensure_eq!(said, is_sent, "whether a dropped {method} is sent");
    }
    Ok(())
}
