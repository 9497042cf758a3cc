//! One call after another, each checked against what the server knows.

use std::{
    fmt::Debug,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use fastrand::Rng;
use futures::StreamExt;
use http::uri::Authority;
use orq_core::{DeploymentRequest, Error, ErrorKind, HttpTransport, Message, transport::Delivery};
use tokio::time::{sleep, timeout};

use crate::{
    chance::{one_of, percent, seeded},
    ledger::{End, Ledger, MOST_SENDS},
    one_call::OneCall,
    reader,
    said::Said,
    tally::Violation,
};

/// When a call counts as hung, though its own clocks should have ended it long before.
const WATCHDOG: Duration = Duration::from_secs(40);

/// Makes calls.
pub(crate) struct Caller {
    pub(crate) targets: Vec<Target>,
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

/// What one call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Invoke,
    Stream,
    List,
}

impl Caller {
    /// Makes call number `number`, whose nature depends on nothing but this and the seed.
    pub(crate) async fn call(&self, number: u64) -> Result<(), Error> {
        let rng = &mut seeded([self.seed, number, 0]);
        let operation = match rng.u8(0..6) {
            0..=2 => Operation::Stream,
            3..=4 => Operation::Invoke,
            _ => Operation::List,
        };
        let opted_in = number & 2 != 0;
        let may_repeat = opted_in || operation == Operation::List;
        while !self.ledger.begin(number, may_repeat) {
            sleep(Duration::from_millis(10)).await;
        }
        self.ledger.tally.calls.fetch_add(1, Relaxed);
        let call = OneCall::new(self, number, opted_in, rng)?;
        let given_up = percent(rng, 4).then(|| rng.u64(0..=30));
        let limit = given_up.map_or(WATCHDOG, Duration::from_millis);
        let made = timeout(limit, async {
            match operation {
                Operation::List => self.list(&call, rng).await,
                _ => self.complete(&call, operation, rng).await,
            }
        });
        let outcome = match made.await {
            Ok(outcome) => outcome,
            Err(_) => {
                self.end(&call, End::GivenUp);
                if given_up.is_none() {
                    let met = call.faults(self.seed);
                    let how = format!("{operation:?}, whose requests met {met:?}");
                    self.ledger.found(Violation::Hung, number, &how);
                }
                "given_up"
            }
        };
        self.ledger.tally.outcome(outcome);
        Ok(())
    }

    async fn complete(&self, call: &OneCall, operation: Operation, rng: &mut Rng) -> &'static str {
        let key = one_of(rng, ["chat", "chat", "chat", "tools", "reasoning"]);
        let message = message(call.number, rng);
        let request = DeploymentRequest::new(key).message(Message::user(message.as_str()));
        let deployments = call.client.deployments();
        let (handed, answer) = if operation == Operation::Invoke {
            (None, deployments.invoke(&request).await)
        } else {
            match deployments.stream(&request).await {
                Ok(stream) => reader::read(stream, rng).await,
                Err(error) => (None, Err(error)),
            }
        };
        let sends = call.sends();
        let end = self.note(call, answer.as_ref().err());
        let meant = self.end(call, end).unwrap_or_default();
        let told = match &answer {
            Ok(answer) => answer.meta().failed_attempts().len() + 1,
            Err(error) => error.attempts().len(),
        };
        if told != sends {
            let how = format!("{sends} requests were made and {told} told of");
            self.ledger.found(Violation::Doubled, call.number, &how);
        }
        // What the caller was handed piece by piece, and then as a whole or a part of it, must be what was meant.
        let got = Said::by_result(&answer);
        let difference = match answer.is_ok() {
            true => got.differs_from(&meant),
            false => got.departs_from(&meant),
        };
        self.differ(call, difference, &got, &meant);
        if let Some(handed) = handed {
            self.differ(call, handed.differs_from(&got), &handed, &got);
        }
        if key == "chat"
            && let Ok(answer) = &answer
            && answer.text().as_deref() != Some(&format!("You said: {message}"))
        {
            let how = format!("{message:?} was answered by {:?}", answer.text());
            self.ledger.found(Violation::Lost, call.number, &how);
        }
        answer.map_or_else(|error| error.kind().as_str(), |_| "answered")
    }

    fn differ(&self, call: &OneCall, how: Option<Violation>, got: &impl Debug, meant: &Said) {
        if let Some(violation) = how {
            let how = format!("{got:?} instead of {meant:?}");
            self.ledger.found(violation, call.number, &how);
        }
    }

    async fn list(&self, call: &OneCall, rng: &mut Rng) -> &'static str {
        let limit = rng.usize(self.listed.len().div_ceil(5)..=50) as u32;
        let mut items = call.client.deployments().list().limit(limit).items();
        let mut keys = Vec::new();
        let mut failure = None;
        while let Some(item) = items.next().await {
            match item {
                Ok(item) => keys.extend(item.key),
                Err(error) => failure = Some(error),
            }
        }
        let end = self.note(call, failure.as_ref());
        self.end(call, end);
        let is_good = match failure {
            None => keys == self.listed,
            Some(_) => self.listed.starts_with(&keys),
        };
        if !is_good {
            let how = format!("listed {keys:?}");
            let violation = match keys.len() > self.listed.len() {
                true => Violation::Doubled,
                false => Violation::Lost,
            };
            self.ledger.found(violation, call.number, &how);
        }
        failure.map_or("listed", |error| error.kind().as_str())
    }

    /// Writes down which requests the error says were not sent.
    fn note(&self, call: &OneCall, error: Option<&Error>) -> End {
        let Some(error) = error else {
            return End::Answered;
        };
        let sends = call.sends();
        // Of a listing it tells the attempts of the last page.
        let first = sends.saturating_sub(error.attempts().len());
        let deliveries = error.attempts().iter().map(|attempt| attempt.delivery);
        for (send, delivery) in (first..).zip(deliveries) {
            if delivery == Some(Delivery::NotSent) {
                self.ledger.not_sent(call.number, send);
            }
        }
        match error.kind() {
            ErrorKind::Timeout => End::TimedOut,
            _ => End::Failed,
        }
    }

    fn end(&self, call: &OneCall, end: End) -> Option<Said> {
        let sends = call.sends();
        if sends > MOST_SENDS {
            let how = format!("{sends} requests were made");
            self.ledger.found(Violation::Doubled, call.number, &how);
        }
        self.ledger.end(call.number, sends, end)
    }
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
