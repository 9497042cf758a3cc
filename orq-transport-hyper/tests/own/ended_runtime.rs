//! A transport that is used in several runtimes, one of which ends.

use futures::StreamExt;
use orq_core::HttpTransport;
use orq_testkit::conformance::{RawServer, Settings, outcome};
use tokio::{runtime::Runtime, sync::mpsc};

use crate::{Transport, guarded, post};

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(1).enable_all().build().unwrap()
}

fn end(runtime: Runtime) {
    std::thread::spawn(|| drop(runtime)).join().unwrap();
}

#[tokio::test]
async fn a_pooled_connection_of_an_ended_runtime_is_not_used() {
    guarded(async {
        let server =
            RawServer::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").unwrap();
        let transport = crate::make(&Settings::default());
        let first = runtime();
        let (used, url) = (transport.clone(), server.url("/"));
        let sent = first.spawn(async move { outcome(&used, post(&url)).await });
        assert_eq!(sent.await.unwrap(), "ok, 2 bytes");
        end(first);
        let outcome = outcome(&transport, post(&server.url("/"))).await;
        assert_eq!(outcome, "ok, 2 bytes");
        assert_eq!(server.connections(), 2);
    })
    .await;
}

/// Answers the first request of a connection, then sends `answer` to the second, says so, and is silent.
fn answering_once(answer: &'static str) -> (RawServer, mpsc::UnboundedReceiver<()>) {
    let (reached, seen) = mpsc::unbounded_channel();
    let server = RawServer::serving(move |mut connection| {
        let reached = reached.clone();
        async move {
            connection.request().await?;
            connection.write("HTTP/1.1 204 No Content\r\n\r\n").await?;
            connection.request().await?;
            connection.write(answer).await?;
            let _ = reached.send(());
            connection.closed().await;
            Ok(())
        }
    });
    (server.unwrap(), seen)
}

/// Returns a transport that has a connection to the server, made in the runtime that is returned.
async fn connected(server: &RawServer) -> (Transport, Runtime) {
    let transport = crate::make(&Settings::default());
    let first = runtime();
    let (used, url) = (transport.clone(), server.url("/"));
    let sent = first.spawn(async move { outcome(&used, post(&url)).await });
    assert_eq!(sent.await.unwrap(), "ok, 0 bytes");
    (transport, first)
}

#[tokio::test]
async fn an_exchange_over_a_connection_of_an_ended_runtime_says_so() {
    guarded(async {
        let (server, mut seen) = answering_once("");
        let (transport, first) = connected(&server).await;
        let ended = async {
            seen.recv().await.unwrap();
            end(first);
        };
        let (outcome, ()) = tokio::join!(outcome(&transport, post(&server.url("/"))), ended);
        assert_eq!(outcome, "runtime headers maybe_sent");
        assert_eq!(server.connections(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_body_of_an_ended_runtime_is_cut() {
    guarded(async {
        let (server, _seen) = answering_once("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart");
        let (transport, first) = connected(&server).await;
        let mut response = transport.send(post(&server.url("/"))).await.unwrap();
        end(first);
        let error = loop {
            match response.body_mut().next().await {
                Some(Ok(_)) => {}
                Some(Err(error)) => break error,
                None => panic!("a cut body ended like a whole one"),
            }
        };
        assert_eq!(error.kind().as_str(), "closed");
        assert_eq!(error.delivery().as_str(), "answered");
    })
    .await;
}
