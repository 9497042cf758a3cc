//! One call on its way, checked against what the server knows.

use std::{
    error::Error as _,
    fmt::{Debug, Display},
    iter,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use fastrand::Rng;
use futures::StreamExt;
use http::{StatusCode, uri::Authority};
use orq_core::{
    Client, DeploymentRequest, Error, ErrorKind, HttpTransport, Message,
    retry::{Backoff, StandardRetry},
    transport::{Delivery, Operation},
};
use orq_testkit::FakeOrq;

use crate::{
    chance::one_of,
    fault::{Fault, Kind},
    ledger::{End, Ledger, MOST_SENDS},
    reader,
    reports::Reports,
    said::Said,
    tally::Violation,
    witness::Witness,
};

/// The client's clocks on head and idle bytes, which are short.
const PATIENCE: Option<Duration> = Some(Duration::from_millis(800));
const WHOLE_CALL: Option<Duration> = Some(Duration::from_secs(4));
/// Some calls have only one kind of clocks, so that no other helps out.
const CLOCKS: [(Option<Duration>, Option<Duration>); 4] = [
    (PATIENCE, None),
    (PATIENCE, None),
    (None, WHOLE_CALL),
    (PATIENCE, WHOLE_CALL),
];
/// The longest wait between two attempts that the client agrees to.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// The outcome of a call that its caller dropped.
pub(crate) const GIVEN_UP: &str = "given_up";

/// What all calls of a run have in common.
pub(crate) struct Run {
    pub(crate) seed: u64,
    /// An address where nobody listens.
    pub(crate) nowhere: Authority,
    /// The keys of all deployments, in the order of the list.
    pub(crate) listed: Vec<String>,
    pub(crate) ledger: Arc<Ledger>,
}

/// A server, and a way to it.
pub(crate) struct Target {
    pub(crate) transport: Arc<dyn HttpTransport>,
    /// The server's base URL.
    pub(crate) url: String,
}

/// A call, and a client for it alone. The connections are shared with all calls over the same transport.
pub(crate) struct Call<'a> {
    run: &'a Run,
    number: u64,
    client: Client,
    sends: Arc<AtomicUsize>,
    polled: Arc<AtomicUsize>,
    reports: Reports,
}

impl<'a> Call<'a> {
    /// Gets ready for call number `number`, which may be executed more than once if the caller has `opted_in`.
    pub(crate) fn new(
        run: &'a Run,
        target: &Target,
        number: u64,
        opted_in: bool,
        rng: &mut Rng,
    ) -> Result<Self, Error> {
        let backoff = Backoff::exponential(Duration::from_millis(5), Duration::from_millis(40));
        let mut retry = StandardRetry::new().backoff(backoff).max_wait(LONGEST_WAIT);
        if opted_in {
            retry = retry
                .retry_on_broken()
                .retry_on_status(StatusCode::INTERNAL_SERVER_ERROR)
                .retry_on_status(StatusCode::BAD_GATEWAY);
        }
        let (patience, whole_call) = one_of(rng, CLOCKS);
        let (sends, polled) = <(Arc<AtomicUsize>, Arc<AtomicUsize>)>::default();
        let reports = Reports::new(&run.ledger);
        let client = Client::builder(Arc::clone(&target.transport))
            .layer(|inner| Witness {
                inner,
                seed: run.seed,
                call: number,
                sends: Arc::clone(&sends),
                polled: Arc::clone(&polled),
                nowhere: run.nowhere.clone(),
                ledger: Arc::clone(&run.ledger),
            })
            .api_key(FakeOrq::DEFAULT_API_KEY)
            .base_url(&target.url)
            .head_timeout(patience)
            .idle_timeout(patience)
            .timeout(whole_call)
            .retry(retry)
            .observer(reports.clone())
            .build()?;
        Ok(Self {
            run,
            number,
            client,
            sends,
            polled,
            reports,
        })
    }

    /// Makes the call, and returns its outcome in a word.
    pub(crate) async fn make(&self, operation: Operation, rng: &mut Rng) -> &'static str {
        match operation {
            Operation::List => self.list(rng).await,
            _ => self.complete(operation, rng).await,
        }
    }

    async fn complete(&self, operation: Operation, rng: &mut Rng) -> &'static str {
        let key = one_of(rng, ["chat", "chat", "chat", "tools", "reasoning"]);
        let message = message(self.number, rng);
        let request = DeploymentRequest::new(key).message(Message::user(message.as_str()));
        let deployments = self.client.deployments();
        let (handed, answer) = if operation == Operation::Invoke {
            (None, deployments.invoke(&request).await)
        } else {
            match deployments.stream(&request).await {
                Ok(stream) => reader::read(stream, rng).await,
                Err(error) => (None, Err(error)),
            }
        };
        let sends = self.sends();
        let end = self.note(answer.as_ref().err());
        let meant = self.end(end).unwrap_or_default();
        let told = match &answer {
            Ok(answer) => answer.meta().failed_attempts().len() + 1,
            Err(error) => error.attempts().len(),
        };
        if told != sends {
            let how = format_args!("{sends} requests were made and {told} told of");
            self.found(Violation::Doubled, how);
        }
        // What the caller was handed piece by piece, and then as a whole or a part of it, must be what was meant.
        let got = Said::by_result(&answer);
        let difference = match answer.is_ok() {
            true => got.differs_from(&meant),
            false => got.departs_from(&meant),
        };
        self.differ(difference, &got, &meant);
        if let Some(handed) = handed {
            self.differ(handed.differs_from(&got), &handed, &got);
        }
        if key == "chat"
            && let Ok(answer) = &answer
            && answer.text().as_deref() != Some(&format!("You said: {message}"))
        {
            let how = format_args!("{message:?} was answered by {:?}", answer.text());
            self.found(Violation::Lost, how);
        }
        answer.map_or_else(|error| error.kind().as_str(), |_| "answered")
    }

    async fn list(&self, rng: &mut Rng) -> &'static str {
        let listed = &self.run.listed;
        let limit = rng.usize(listed.len().div_ceil(5)..=50) as u32;
        let mut items = self.client.deployments().list().limit(limit).items();
        let mut keys = Vec::new();
        let mut failure = None;
        while let Some(item) = items.next().await {
            match item {
                Ok(item) => keys.extend(item.key),
                Err(error) => failure = Some(error),
            }
        }
        let end = self.note(failure.as_ref());
        self.end(end);
        let is_good = match failure {
            None => keys == *listed,
            Some(_) => listed.starts_with(&keys),
        };
        if !is_good {
            let violation = match keys.len() > listed.len() {
                true => Violation::Doubled,
                false => Violation::Lost,
            };
            self.found(violation, format_args!("listed {keys:?}"));
        }
        failure.map_or("listed", |error| error.kind().as_str())
    }

    /// Writes down which requests the error says were not sent.
    fn note(&self, error: Option<&Error>) -> End {
        let Some(error) = error else {
            return End::Answered;
        };
        // Of a listing it tells the attempts of the last page.
        let first = self.sends().saturating_sub(error.attempts().len());
        let deliveries = error.attempts().iter().map(|attempt| attempt.delivery);
        for (send, delivery) in (first..).zip(deliveries) {
            if delivery == Some(Delivery::NotSent) {
                self.run.ledger.not_sent(self.number, send);
            }
        }
        match error.kind() {
            ErrorKind::Timeout => End::TimedOut,
            ErrorKind::Closed if is_going_away(error) => End::SentAway,
            _ => End::Failed,
        }
    }

    /// Ends the call. Returns what the server answered, if it did.
    pub(crate) fn end(&self, end: End) -> Option<Said> {
        let sends = self.sends();
        if sends > MOST_SENDS {
            self.found(
                Violation::Doubled,
                format_args!("{sends} requests were made"),
            );
        }
        self.run.ledger.end(self.number, sends, end)
    }

    /// Checks that the observer was told once of each call that was polled, when all have ended in this way: of those of a
    /// listing only the last one may have failed.
    pub(crate) fn check_reports(&self, outcome: &'static str) {
        let last = match outcome {
            "answered" | "listed" => "complete",
            GIVEN_UP => "dropped",
            kind => kind,
        };
        let mut expected = vec!["complete"; self.polled.load(Relaxed)];
        if let Some(it) = expected.last_mut() {
            *it = last;
        }
        for outcome in &expected {
            self.run.ledger.tally.polled(outcome);
        }
        let reported = self.reports.outcomes();
        if reported != expected {
            let violation = match reported.len() > expected.len() {
                true => Violation::Doubled,
                false => Violation::Lost,
            };
            self.found(
                violation,
                format_args!("reported {reported:?} instead of {expected:?}"),
            );
        }
    }

    /// Returns what its requests met.
    pub(crate) fn faults(&self) -> Vec<Kind> {
        (0..self.sends() as u64)
            .map(|send| Fault::of_request(self.run.seed, self.number, send).kind)
            .collect()
    }

    pub(crate) fn found(&self, violation: Violation, how: impl Display) {
        self.run.ledger.tally.found(violation, self.number, how);
    }

    fn differ(&self, how: Option<Violation>, got: &impl Debug, meant: &Said) {
        if let Some(violation) = how {
            self.found(violation, format_args!("{got:?} instead of {meant:?}"));
        }
    }

    /// Returns how many requests it has made.
    fn sends(&self) -> usize {
        self.sends.load(Relaxed)
    }
}

/// Returns whether the request had no body, and the connection's GOAWAY was reported to it.
fn is_going_away(error: &Error) -> bool {
    let sources = iter::successors(error.source(), |&error| error.source());
    let mut errors = sources.filter_map(|error| error.downcast_ref());
    error.delivery() == Some(Delivery::MaybeSent) && errors.any(h2::Error::is_go_away)
}

/// A message that no other call has, of a length that varies a lot, and with characters of every width.
fn message(number: u64, rng: &mut Rng) -> String {
    let words = match rng.usize(0..=19) {
        0 => rng.usize(200..=800),
        1..=4 => rng.usize(20..=100),
        _ => rng.usize(1..=12),
    };
    let endings = [
        "", ",", "é", "\n", "\"", "→", "🦀", "\\", "\r\n", "\u{2028}",
    ];
    let words = (0..words).map(|word| format!("{number}.{word}{}", one_of(rng, endings)));
    words.collect::<Vec<_>>().join(" ")
}
