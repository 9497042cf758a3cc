//! The injector: the rules, the seed, and the log.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use http::HeaderMap;
use orq_core::transport::CallContext;

use super::{injected::InjectedFault, injection::Injection, random::random};
use crate::lock::lock;

/// Injects faults into any transport, by rules and by a seed, and keeps a log of them.
///
/// It is a layer: the client's retries, timeouts and streams meet the faults as if they came from the network.
///
/// ```
/// use orq_core::{Client, DeploymentRequest, ErrorKind, retry::NoRetry, transport::Operation};
/// use orq_testkit::{FakeOrq, Fault, FaultInjector, Injection};
///
/// # futures::executor::block_on(async {
/// let faults = FaultInjector::seeded(42)
///     .inject(Injection::cut_at(500).operation(Operation::Stream).every(2))
///     .inject(Injection::break_before_head(Fault::Reset).probability(0.1));
/// let client = Client::builder(FakeOrq::new())
///     .api_key(FakeOrq::DEFAULT_API_KEY)
///     .retry(NoRetry)
///     .layer(faults.layer())
///     .build()?;
///
/// let request = DeploymentRequest::new("chat").input("firstname", "Jane");
/// let whole = client.deployments().stream(&request).await?.finish().await?;
/// assert_eq!(whole.text().as_deref(), Some("You said: Hello, I am Jane."));
/// let error = client.deployments().stream(&request).await?.finish().await.unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Truncated, "{faults}");
///
/// assert_eq!(faults.log()[0].to_string(), r#"#2 stream "chat", attempt 1: cut at byte 500"#);
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
///
/// # Which fault a request gets
///
/// The rules are tried in the order in which they were added, and only the first that applies is used. For two faults
/// in one request, put one injector over another. Requests are numbered in the order of their arrival, and random
/// numbers depend only on the seed, the request's number and the rule's place, not on time or on other requests. So the
/// same seed with the same requests gives the same faults.
///
/// To reproduce a failure, print the injector (`"{faults}"`): it shows the [`seed`](FaultInjector::seed) and the
/// [`log`](FaultInjector::log).
///
/// Clones, and all transports that it wraps, share one count of requests and one log.
#[derive(Clone, Debug)]
pub struct FaultInjector {
    seed: u64,
    state: Arc<Mutex<InjectorState>>,
}

#[derive(Debug, Default)]
struct InjectorState {
    /// Each with the number of requests so far that it concerns.
    rules: Vec<(Injection, u64)>,
    requests: u64,
    log: Vec<InjectedFault>,
}

impl FaultInjector {
    /// Creates an injector without rules, which changes nothing yet.
    pub fn seeded(seed: u64) -> Self {
        Self {
            seed,
            state: Arc::default(),
        }
    }

    /// Adds a rule, after those added before.
    #[must_use = "the injector is what a client's transport is wrapped with"]
    pub fn inject(self, injection: Injection) -> Self {
        lock(&self.state).rules.push((injection, 0));
        self
    }

    /// Returns the seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Returns how many requests arrived so far, with or without a fault.
    pub fn requests(&self) -> u64 {
        lock(&self.state).requests
    }

    /// Returns the faults that happened so far, by the number of their request.
    ///
    /// A fault that was chosen but didn't happen isn't included: the body was not read that far, or was shorter than
    /// the cut.
    pub fn log(&self) -> Vec<InjectedFault> {
        let mut log = lock(&self.state).log.clone();
        log.sort_by_key(|fault| fault.request);
        log
    }

    /// Counts a request, and says what is to happen to it.
    pub(super) fn decide(&self, context: Option<&CallContext>) -> Option<Due> {
        let mut state = lock(&self.state);
        state.requests += 1;
        let request = state.requests;
        let mut rng = random(self.seed, request);
        let mut due = None;
        for (injection, count) in &mut state.rules {
            // Drawn for every rule, tried or not, so that the luck of one doesn't depend on the others.
            let (chance, place) = (rng.f64(), rng.u64(..));
            if !injection.when.concerns(context) {
                continue;
            }
            *count += 1;
            if due.is_none() && injection.when.is_due(*count, chance) {
                due = Some(Due {
                    injector: self.clone(),
                    fault: InjectedFault {
                        request,
                        context: context.cloned(),
                        kind: injection.kind,
                        byte: injection.byte.as_ref().map(|byte| byte.at(place)),
                    },
                    headers: injection.headers.clone(),
                });
            }
        }
        due
    }
}

/// What is to happen to a request.
pub(super) struct Due {
    injector: FaultInjector,
    pub(super) fault: InjectedFault,
    /// The headers of an answer.
    pub(super) headers: HeaderMap,
}

impl Due {
    /// Makes the entry of the log, when it happens.
    pub(super) fn happened(self) {
        lock(&self.injector.state).log.push(self.fault);
    }
}

/// The seed and the log, for the message of a test that fails.
impl fmt::Display for FaultInjector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (log, requests) = (self.log(), self.requests());
        write!(
            f,
            "faults of seed {}, {} in {requests} requests",
            self.seed,
            log.len()
        )?;
        log.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}
