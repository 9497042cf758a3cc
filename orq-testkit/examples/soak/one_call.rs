//! One call on its way.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use fastrand::Rng;
use http::StatusCode;
use orq_core::{
    Client, Error,
    retry::{Backoff, StandardRetry},
};
use orq_testkit::FakeOrq;

use crate::{
    caller::Caller,
    chance::one_of,
    fault::{Fault, Kind},
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

/// A call, and a client for it alone. The connections are shared with all calls over the same transport.
pub(crate) struct OneCall {
    pub(crate) number: u64,
    pub(crate) client: Client,
    sends: Arc<AtomicUsize>,
}

impl OneCall {
    /// Gets ready for call number `number`, which may be executed more than once if the caller has `opted_in`.
    pub(crate) fn new(
        caller: &Caller,
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
        let sends = Arc::new(AtomicUsize::new(0));
        let target = &caller.targets[number as usize % caller.targets.len()];
        let client = Client::builder(Arc::clone(&target.transport))
            .layer(|inner| Witness {
                inner,
                seed: caller.seed,
                call: number,
                sends: Arc::clone(&sends),
                nowhere: caller.nowhere.clone(),
                ledger: Arc::clone(&caller.ledger),
            })
            .api_key(FakeOrq::DEFAULT_API_KEY)
            .base_url(&target.url)
            .head_timeout(patience)
            .idle_timeout(patience)
            .timeout(whole_call)
            .retry(retry)
            .build()?;
        Ok(Self {
            number,
            client,
            sends,
        })
    }

    /// How many requests it has made.
    pub(crate) fn sends(&self) -> usize {
        self.sends.load(Relaxed)
    }

    /// What its requests met.
    pub(crate) fn faults(&self, seed: u64) -> Vec<Kind> {
        (0..self.sends() as u64)
            .map(|send| Fault::of_request(seed, self.number, send).kind)
            .collect()
    }
}
