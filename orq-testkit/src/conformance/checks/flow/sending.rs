//! The moment from which a request may have been sent, as the transport marks it in the request's context.

use std::{
    future::Future,
    io,
    sync::{Arc, atomic::AtomicUsize},
};

use tokio::{net::TcpStream, sync::Notify};
use tokio_rustls::server::TlsStream;

use crate::conformance::{
    checks::fidelity::NO_CONTENT,
    exchange::{get, post, until, with_context},
    failure::{Outcome, ensure},
    raw::{Authority, RawConnection, RawServer},
    subject::{Settings, Subject},
};

pub(crate) async fn sending_is_tracked(subject: &Subject) -> Outcome {
    tracked(subject, "http/1.1", |mut connection, arrived| async move {
        connection.request().await?;
        arrived.notify_one();
        connection.write(NO_CONTENT).await?;
        connection.closed().await;
        Ok(())
    })
    .await
}

/// A request that is dropped while the TLS handshake stalls is unsent; one that the server has read isn't. `serve` reads a
/// request and signals that.
pub(crate) async fn tracked<F, H>(subject: &Subject, protocol: &str, serve: F) -> Outcome
where
    F: Fn(RawConnection<TlsStream<TcpStream>>, Arc<Notify>) -> H + Copy + Send + Sync + 'static,
    H: Future<Output = io::Result<()>> + Send,
{
    let authority = Authority::new()?;
    let transport = subject.trusting(&authority, Settings::default());
    for (method, request, is_sent) in [
        ("GET", get as fn(&str) -> _, false),
        ("GET", get, true),
        ("POST", post, false),
        ("POST", post, true),
    ] {
        let acceptor = authority.acceptor("127.0.0.1", &[protocol])?;
        let [greeted, gate, arrived] = [(); 3].map(|()| Arc::new(Notify::new()));
        let signals = (
            Arc::clone(&greeted),
            Arc::clone(&gate),
            Arc::clone(&arrived),
        );
        let server = RawServer::start(Arc::<AtomicUsize>::default(), move |socket| {
            let acceptor = acceptor.clone();
            let (greeted, gate, arrived) = signals.clone();
            async move {
                socket.readable().await?;
                greeted.notify_one();
                gate.notified().await;
                serve(RawConnection::new(acceptor.accept(socket).await?), arrived).await
            }
        })?;
        let (request, context) = with_context(request(&format!("https://{}/", server.address()))?);
        let mut sending = transport.send(request);
        until(greeted.notified(), &mut sending).await?;
        if is_sent {
            gate.notify_one();
            until(arrived.notified(), &mut sending).await?;
        }
        drop(sending);
        let what = if is_sent {
            "the server has read it"
        } else {
            "the handshake stalled"
        };
        let said = if context.is_unsent() {
            "unsent"
        } else {
            "sent"
        };
        ensure!(
            (said == "sent") == is_sent,
            "a dropped {method} is {said}, though {what}"
        );
    }
    Ok(())
}
