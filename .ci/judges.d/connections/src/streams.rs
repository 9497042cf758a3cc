//! More streams at once than one connection may carry.

use std::{
    collections::BTreeSet,
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::future::join_all;
use orq_core::Client;
use tokio::time::{Instant, timeout};

use crate::{
    body::{self, Answer, DONE},
    certificate::Certificate,
    library::{Library, text},
    nginx::Nginx,
    protocol::Protocol,
    server::{self, Server},
    verdict::{Fallible, Verdict},
};

const HOST: Ipv4Addr = Ipv4Addr::LOCALHOST;
const STREAMS: usize = 500;
/// A stream is eight events, each 250 ms after the one before it.
const EVENTS: u16 = 8;
const PACE: Duration = Duration::from_millis(250);
/// How much longer than over HTTP/1.1 the streams may take over HTTP/2.
const RATIO: f64 = 1.25;
/// When a measurement is given up.
const END: Duration = Duration::from_secs(60);

/// The measurements of a transport: the protocol, and whether a call was made before, so that there is a connection.
/// The first is what the others are compared with.
const CASES: [(Protocol, bool); 3] = [
    (Protocol::Http1Tls, false),
    (Protocol::Http2Tls, false),
    (Protocol::Http2Tls, true),
];

/// Streams from a server behind nginx.
pub(crate) async fn through_nginx() -> Fallible<Verdict> {
    let mut verdict = Verdict::default();
    announce("through nginx");
    for library in Library::ALL {
        let mut outcomes = Vec::new();
        for (protocol, warm) in CASES {
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
            let outcome = all(&client, warm).await?;
            let connections = connections
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .len();
            outcomes.push((outcome, connections));
        }
        report(library, outcomes, &mut verdict);
    }
    Ok(verdict)
}

/// Streams from a server directly.
pub(crate) async fn plain() -> Fallible<Verdict> {
    let mut verdict = Verdict::default();
    announce("directly");
    for library in Library::ALL {
        let mut outcomes = Vec::new();
        for (protocol, warm) in CASES {
            let certificate = Certificate::new(HOST)?;
            let server = Server::start(HOST, protocol, &certificate, |_, _| slow()).await?;
            let client = library.client(server.url(), &certificate.der())?;
            let outcome = all(&client, warm).await?;
            outcomes.push((outcome, server.counts().connections()));
        }
        report(library, outcomes, &mut verdict);
    }
    Ok(verdict)
}

fn announce(between: &str) {
    println!(
        "{STREAMS} streams of {:?} at once, {} a connection, {between}; limit {RATIO} times HTTP/1.1",
        PACE * u32::from(EVENTS),
        server::STREAMS,
    );
}

fn slow() -> Answer {
    let mut pieces = vec![(PACE, body::event("word ")); usize::from(EVENTS)];
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

fn report(library: Library, outcomes: Vec<(Outcome, usize)>, verdict: &mut Verdict) {
    let base = outcomes
        .first()
        .map_or(f64::NAN, |(first, _)| first.time.as_secs_f64());
    for ((protocol, warm), (outcome, connections)) in CASES.into_iter().zip(outcomes) {
        let case = format!(
            "{library:<10} {protocol:<13} {}",
            if warm { "warm" } else { "cold" }
        );
        let time = outcome.time.as_secs_f64();
        let ratio = time / base;
        println!(
            "{case}  {time:>6.2} s ({ratio:.2} x)  {connections:>3} connections  {} whole answers",
            outcome.whole,
        );
        verdict.require(ratio <= RATIO, || format!("{case}  {ratio:.2} x"));
        verdict.require(outcome.whole == STREAMS, || {
            let why = outcome
                .failure
                .unwrap_or_else(|| "an answer is short".to_owned());
            format!("{case}  {} of {STREAMS} streams: {why}", outcome.whole)
        });
    }
}

async fn all(client: &Client, warm: bool) -> Fallible<Outcome> {
    if warm {
        text(client).await?;
    }
    let begin = Instant::now();
    let reading = (0..STREAMS).map(|_| {
        let client = client.clone();
        tokio::spawn(async move {
            match timeout(END, text(&client)).await {
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
            Ok(text) => whole += usize::from(text == "word ".repeat(EVENTS.into())),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    Ok(Outcome {
        time: begin.elapsed(),
        whole,
        failure,
    })
}
