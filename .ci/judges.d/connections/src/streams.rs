//! More streams at once than one connection may carry, and readers that stall.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::{
    future::{join_all, try_join_all},
    stream,
};
use orq_core::{Client, DeploymentRequest, Error};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    body::{self, Answer, DONE},
    certificate::Certificate,
    library::Library,
    nginx::Nginx,
    protocol::Protocol,
    server::{self, Server},
    verdict::{Fallible, Verdict},
};

const HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const STREAMS: usize = 500;
/// A stream is eight events, each 250 ms after the one before it.
const EVENTS: usize = 8;
const PACE: Duration = Duration::from_millis(250);
/// How much longer than over HTTP/1.1 the streams may take over HTTP/2.
const RATIO: f64 = 1.25;
/// When a measurement is given up.
const END: Duration = Duration::from_secs(60);

const STALLED: usize = 64;
/// A body of 1 MiB in pieces of 1 KiB, beside what frames them.
const PIECES: usize = 1024;
const PIECE: usize = 1024;
/// How long a server that sends nothing counts as held up.
const STILL: Duration = Duration::from_millis(500);
/// How long a reader beside stalled ones may take.
const UNSTALLED: Duration = Duration::from_secs(5);

/// Streams from a server behind nginx.
pub(crate) async fn through_nginx() -> Fallible<Verdict> {
    let mut verdict = Verdict::default();
    announce("nginx");
    for library in Library::ALL {
        let mut times = Vec::new();
        for protocol in Protocol::TLS {
            let certificate = Certificate::new(HOST)?;
            let seen = Arc::new(Mutex::new(BTreeSet::new()));
            let connections = Arc::clone(&seen);
            let server = Server::start(HOST, Protocol::Http1, &certificate, move |headers, _| {
                let connection = headers.get(Nginx::CONNECTION).cloned();
                let connection = connection.map(|value| value.as_bytes().to_vec());
                seen.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(connection);
                slow()
            })
            .await?;
            let nginx = Nginx::start(protocol, &certificate, server.port()).await?;
            let client = library.client(nginx.url(), &certificate.der())?;
            let outcome = all(&client).await;
            let connections = connections
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .len();
            times.push(outcome.report(library, protocol, connections, &mut verdict));
        }
        compare(library, &times, &mut verdict);
    }
    Ok(verdict)
}

/// Streams from a server directly.
pub(crate) async fn plain() -> Fallible<Verdict> {
    let mut verdict = Verdict::default();
    announce("no proxy");
    for library in Library::ALL {
        let mut times = Vec::new();
        for protocol in Protocol::TLS {
            let certificate = Certificate::new(HOST)?;
            let server = Server::start(HOST, protocol, &certificate, |_, _| slow()).await?;
            let client = library.client(server.url(), &certificate.der())?;
            let outcome = all(&client).await;
            let connections = server.counts().connections();
            times.push(outcome.report(library, protocol, connections, &mut verdict));
        }
        compare(library, &times, &mut verdict);
    }
    println!("{STALLED} readers that stall, and one that reads; limit {UNSTALLED:?}");
    for library in Library::ALL {
        for protocol in Protocol::TLS {
            beside_stalled(library, protocol, &mut verdict).await?;
        }
    }
    Ok(verdict)
}

fn announce(between: &str) {
    println!(
        "{STREAMS} streams of {:?} at once, {} a connection, {between}; limit {RATIO} times HTTP/1.1",
        PACE * 8,
        server::STREAMS,
    );
}

fn slow() -> Answer {
    let mut pieces = vec![(PACE, body::event("word ")); EVENTS];
    if let Some((delay, _)) = pieces.first_mut() {
        *delay = Duration::ZERO;
    }
    pieces.push((PACE, DONE.to_owned()));
    body::paced(pieces)
}

/// How the streams of one measurement ended.
struct Outcome {
    time: Duration,
    whole: usize,
    /// Why the first of those failed that failed.
    failure: Option<String>,
}

impl Outcome {
    /// Prints the figures, and returns the time.
    fn report(
        self,
        library: Library,
        protocol: Protocol,
        connections: usize,
        verdict: &mut Verdict,
    ) -> Duration {
        println!(
            "{library:<10} {protocol:<16} {:>6.2} s  {connections:>3} connections  {} whole answers",
            self.time.as_secs_f64(),
            self.whole,
        );
        verdict.require(self.whole == STREAMS, || {
            let why = self
                .failure
                .unwrap_or_else(|| "an answer is short".to_owned());
            format!(
                "{library}, {protocol}, {} of {STREAMS} streams: {why}",
                self.whole
            )
        });
        self.time
    }
}

fn compare(library: Library, times: &[Duration], verdict: &mut Verdict) {
    if let [http1, http2] = times {
        let ratio = http2.as_secs_f64() / http1.as_secs_f64();
        println!("{library:<10} HTTP/2 takes {ratio:.2} times as long");
        verdict.require(ratio <= RATIO, || {
            format!("{library}, {ratio:.2} times as long")
        });
    }
}

async fn all(client: &Client) -> Outcome {
    let begin = Instant::now();
    let reading = (0..STREAMS).map(|_| {
        let client = client.clone();
        tokio::spawn(async move {
            match timeout(END, read(&client)).await {
                Ok(read) => read.map_err(|error| error.to_string()),
                Err(_) => Err(format!("nothing whole in {END:?}")),
            }
        })
    });
    let reading: Vec<_> = reading.collect();
    let mut whole = 0;
    let mut failure = None;
    for read in join_all(reading).await {
        match read
            .map_err(|error| error.to_string())
            .and_then(|read| read)
        {
            Ok(text) => whole += usize::from(text == "word ".repeat(EVENTS)),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    Outcome {
        time: begin.elapsed(),
        whole,
        failure,
    }
}

async fn read(client: &Client) -> Result<String, Error> {
    let request = DeploymentRequest::new("greeter");
    let answer = client
        .deployments()
        .stream(&request)
        .await?
        .finish()
        .await?;
    Ok(answer.text().unwrap_or_default().into_owned())
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

    let request = DeploymentRequest::new("greeter");
    let stalled = (0..STALLED).map(|_| client.deployments().stream(&request));
    let stalled = timeout(END, try_join_all(stalled)).await??;
    let mut before = usize::MAX;
    while before != sent.load(Ordering::Relaxed) {
        before = sent.load(Ordering::Relaxed);
        sleep(STILL).await;
    }
    let held = STALLED * PIECES - before;

    let begin = Instant::now();
    let length = timeout(UNSTALLED, read(&client)).await;
    let time = begin.elapsed();
    let whole = matches!(&length, Ok(Ok(text)) if text.len() == PIECES * PIECE);
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
