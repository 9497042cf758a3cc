//! Whether a stream's connection is kept for the next stream.

use std::{net::Ipv4Addr, time::Duration};

use futures::future::try_join_all;
use orq_core::{Client, DeploymentRequest};
use tokio::time::{Instant, sleep};

use crate::{
    body::{self, DONE},
    certificate::Certificate,
    library::Library,
    protocol::Protocol,
    server::Server,
    verdict::{Fallible, Verdict},
};

const HOST: Ipv4Addr = Ipv4Addr::LOCALHOST;
/// How long after `[DONE]` the server ends the body, in milliseconds.
const ENDS: [u64; 4] = [0, 1, 10, 50];
const STREAMS: usize = 40;
const PAUSE: Duration = Duration::from_millis(100);
const MOST_CONNECTIONS: usize = 2;

/// Streams one answer after the other, from servers that end the body at once and later.
pub(crate) async fn run() -> Fallible<Verdict> {
    let mut verdict = Verdict::default();
    println!(
        "{STREAMS} streams, one after the other; connections and resets are limited where they pause"
    );
    println!(
        "transport  protocol         body ends  connections  resets  slowest    without pauses"
    );
    for library in Library::ALL {
        for protocol in Protocol::ALL {
            let paused = ENDS.map(|end| measure(library, protocol, end, PAUSE));
            for (end, paused) in ENDS.into_iter().zip(try_join_all(paused).await?) {
                let hasty = measure(library, protocol, end, Duration::ZERO).await?;
                println!(
                    "{library:<10} {protocol:<16} {end:>3} ms     {:>11}  {:>6}  {:>4} ms    {:>2} and {} resets",
                    paused.connections,
                    paused.resets,
                    paused.slowest.as_millis(),
                    hasty.connections,
                    hasty.resets,
                );
                let kept = paused.connections <= MOST_CONNECTIONS && paused.resets == 0;
                verdict.require(kept, || {
                    format!("{library}, {protocol}, body's end after {end} ms")
                });
            }
        }
    }
    Ok(verdict)
}

struct Figures {
    connections: usize,
    resets: usize,
    slowest: Duration,
}

async fn measure(
    library: Library,
    protocol: Protocol,
    end: u64,
    pause: Duration,
) -> Fallible<Figures> {
    let certificate = Certificate::new(HOST)?;
    let server = Server::start(HOST, protocol, &certificate, move |_, _| {
        body::paced(vec![
            (Duration::ZERO, body::event("Hello")),
            (Duration::ZERO, DONE.to_owned()),
            (Duration::from_millis(end), String::new()),
        ])
    })
    .await?;
    let client = library.client(server.url(), &certificate.der())?;
    let mut slowest = Duration::ZERO;
    for _ in 0..STREAMS {
        let begin = Instant::now();
        read(&client).await?;
        slowest = slowest.max(begin.elapsed());
        sleep(pause).await;
    }
    Ok(Figures {
        connections: server.counts().connections(),
        resets: server.counts().resets(),
        slowest,
    })
}

async fn read(client: &Client) -> Fallible<()> {
    let request = DeploymentRequest::new("greeter");
    let mut stream = client.deployments().stream(&request).await?;
    while stream.next_text().await?.is_some() {}
    Ok(())
}
