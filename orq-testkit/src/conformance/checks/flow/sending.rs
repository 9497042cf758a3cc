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
    subject::Subject,
};

pub(in crate::conformance) async fn sending_is_tracked(subject: &Subject) -> Outcome {
    tracked(subject, "http/1.1", |socket, arrived| async move {
        let mut connection = RawConnection::new(socket);
        connection.request().await?;
        arrived.notify_one();
        connection.write(NO_CONTENT).await?;
        connection.closed().await;
        Ok(())
    })
    .await
}

/// Nothing is sent while the TLS handshake stalls. `serve` reads a request, tells so, and answers it.
pub(in crate::conformance) async fn tracked<F, H>(
    subject: &Subject,
    protocol: &str,
    serve: F,
) -> Outcome
where
    F: Fn(TlsStream<TcpStream>, Arc<Notify>) -> H + Copy + Send + Sync + 'static,
    H: Future<Output = io::Result<()>> + Send,
{
    let authority = Authority::new()?;
    let transport = authority.trusted(subject);
    for (method, request) in [("GET", get as fn(&str) -> _), ("POST", post)] {
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
                serve(acceptor.accept(socket).await?, arrived).await
            }
        })?;
        let (request, context) = with_context(request(&format!("https://{}/", server.address()))?);
        let mut sending = transport.send(request);
        until(greeted.notified(), &mut sending).await?;
        let unsent = context.is_unsent();
        ensure!(unsent, "a {method} isn't unsent while the handshake stalls");
        gate.notify_one();
        until(arrived.notified(), &mut sending).await?;
        let sent = !context.is_unsent();
        ensure!(sent, "a {method} is unsent though the server has read it");
        sending.await?;
    }
    Ok(())
}
