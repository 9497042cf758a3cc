//! Readers that stall, and one beside them that reads.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::{
    future::{join_all, try_join_all},
    stream,
};
use orq_core::DeploymentRequest;
use tokio::time::{Instant, sleep, timeout};

use crate::{
    body::{self, Answer, DONE},
    certificate::Certificate,
    library::{Library, text},
    protocol::Protocol,
    server::Server,
    verdict::{Fallible, Verdict},
};

const HOST: Ipv4Addr = Ipv4Addr::LOCALHOST;
/// When a step is given up.
const END: Duration = Duration::from_secs(60);
const STALLED: usize = 64;
/// A body of 1 MiB in pieces of 1 KiB, beside what frames them.
const PIECES: usize = 1024;
const PIECE: usize = 1024;
/// How long a server that sends nothing counts as held up.
const STILL: Duration = Duration::from_millis(500);
/// How long a reader beside stalled ones may take.
const UNSTALLED: Duration = Duration::from_secs(5);

/// Streams many answers that nobody reads beyond their beginning, and then one that is read.
pub(crate) async fn run(verdict: &mut Verdict) -> Fallible<()> {
    println!("one reader beside {STALLED} that stall; limit {UNSTALLED:?}");
    for library in Library::ALL {
        for protocol in Protocol::TLS {
            beside_stalled(library, protocol, verdict).await?;
        }
    }
    Ok(())
}

async fn beside_stalled(
    library: Library,
    protocol: Protocol,
    verdict: &mut Verdict,
) -> Fallible<()> {
    let certificate = Certificate::new(HOST)?;
    let sent = Arc::<AtomicUsize>::default();
    let counter = Arc::clone(&sent);
    let server = Server::start(HOST, protocol, &certificate, move |_, _| long(&counter)).await?;
    let client = library.client(server.url(), &certificate.der())?;

    // So that there is a connection, which the others share.
    text(&client).await?;
    let request = DeploymentRequest::new("greeter");
    let stalled = (0..STALLED).map(|_| client.deployments().stream(&request));
    let stalled = timeout(END, try_join_all(stalled)).await??;
    let mut before = usize::MAX;
    while before != sent.load(Ordering::Relaxed) {
        before = sent.load(Ordering::Relaxed);
        sleep(STILL).await;
    }
    let held = (1 + STALLED) * PIECES - before;

    let begin = Instant::now();
    let answer = timeout(UNSTALLED, text(&client)).await;
    let time = begin.elapsed();
    let whole = matches!(&answer, Ok(Ok(text)) if text.len() == PIECES * PIECE);
    println!(
        "{library:<10} {protocol:<16} {:>6.2} s  {:>3} connections  {}  ({held} KiB held up)",
        time.as_secs_f64(),
        server.counts().connections(),
        if whole {
            "whole answer"
        } else {
            "no whole answer"
        },
    );
    verdict.require(whole, || {
        format!("{library}, {protocol}, a reader beside stalled ones")
    });

    let finished = timeout(
        END,
        join_all(stalled.into_iter().map(|stream| stream.finish())),
    )
    .await;
    let finished = finished.is_ok_and(|all| all.iter().all(Result::is_ok));
    verdict.require(finished, || {
        format!("{library}, {protocol}, the stalled ones reading on")
    });
    Ok(())
}

/// Returns a long event stream, and counts its pieces as they are taken to be sent.
fn long(sent: &Arc<AtomicUsize>) -> Answer {
    let sent = Arc::clone(sent);
    let piece = Bytes::from(body::event(&"x".repeat(PIECE)));
    body::events(stream::iter((0..=PIECES).map(move |place| {
        if place == PIECES {
            return Bytes::from_static(DONE.as_bytes());
        }
        sent.fetch_add(1, Ordering::Relaxed);
        piece.clone()
    })))
}
