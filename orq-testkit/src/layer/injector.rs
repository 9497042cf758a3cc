//! The injector: the rules, the seed, and the log.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use orq_core::transport::CallContext;

use super::{
    injected::InjectedFault,
    injection::Injection,
    plan::Plan,
    random::{Luck, random},
};

/// Injects faults into any transport, by rules and by a seed, and keeps a log of what it did.
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
///     .inject(Injection::before_head(Fault::Reset).probability(0.1));
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
/// assert_eq!(faults.log()[0].to_string(), r#"#2 stream "chat", attempt 1: body cut at byte 500"#);
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
///
/// # Which fault a request gets
///
/// The rules are tried in the order in which they were added, and the first that fits is the only one. To have two
/// things happen to one request, put one injector over another. Requests are numbered in the order in which they
/// come, and chance is drawn from the seed, the request's number and the rule's place: how long anything takes, and what
/// happened to other requests, makes no difference. So the same seed with the same requests gives the same faults.
///
/// To repeat a run that failed, print the injector (`"{faults}"`): it says the [`seed`](FaultInjector::seed) and the
/// [`log`](FaultInjector::log).
///
/// Clones are one injector, with one count of requests and one log. So are all the transports that it wraps.
#[derive(Clone)]
pub struct FaultInjector {
    seed: u64,
    state: Arc<Mutex<InjectorState>>,
}

#[derive(Default)]
struct InjectorState {
    rules: Vec<Rule>,
    requests: u64,
    log: Vec<InjectedFault>,
}

struct Rule {
    injection: Injection,
    /// How many requests there were that it concerns.
    count: u64,
}

impl FaultInjector {
    /// An injector without rules, which changes nothing yet.
    pub fn seeded(seed: u64) -> Self {
        Self {
            seed,
            state: Arc::default(),
        }
    }

    /// Adds a rule. It comes after those that are there.
    #[must_use = "the injector is what a client's transport is wrapped with"]
    pub fn inject(self, injection: Injection) -> Self {
        let rule = Rule {
            injection,
            count: 0,
        };
        self.lock().rules.push(rule);
        self
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How many requests have come so far, with or without a fault.
    pub fn requests(&self) -> u64 {
        self.lock().requests
    }

    /// The faults that happened so far, by the number of their request.
    ///
    /// One that was due and didn't happen isn't here: the body ended before its byte, or nobody read that far.
    pub fn log(&self) -> Vec<InjectedFault> {
        let mut log = self.lock().log.clone();
        log.sort_by_key(|fault| fault.request);
        log
    }

    /// Counts a request, and says what is to happen to it.
    pub(super) fn decide(&self, context: Option<&CallContext>) -> Option<Due> {
        let mut state = self.lock();
        state.requests += 1;
        let request = state.requests;
        let mut rng = random(self.seed, request);
        let mut due = None;
        for rule in &mut state.rules {
            let luck = Luck::draw(&mut rng);
            let Injection { plan, when } = &rule.injection;
            if !when.concerns(context) {
                continue;
            }
            rule.count += 1;
            if due.is_none() && when.is_due(rule.count, luck.chance) {
                due = Some((plan.clone(), luck.place));
            }
        }
        drop(state);
        let (plan, place) = due?;
        let byte = match &plan {
            Plan::InBody(_, byte) => Some(byte.at(place)),
            _ => None,
        };
        let fault = InjectedFault {
            request,
            context: context.cloned(),
            kind: plan.kind(),
            byte,
        };
        let injector = self.clone();
        Some(Due {
            plan,
            byte: byte.unwrap_or_default(),
            report: Report { injector, fault },
        })
    }

    fn lock(&self) -> MutexGuard<'_, InjectorState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is to happen to a request, and in the body at which byte.
pub(super) struct Due {
    pub(super) plan: Plan,
    pub(super) byte: u64,
    pub(super) report: Report,
}

/// An entry of the log, to be made when the fault happens.
pub(super) struct Report {
    injector: FaultInjector,
    fault: InjectedFault,
}

impl Report {
    pub(super) fn happened(self) {
        self.injector.lock().log.push(self.fault);
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

impl fmt::Debug for FaultInjector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        let rules: Vec<_> = state.rules.iter().map(|rule| &rule.injection).collect();
        f.debug_struct("FaultInjector")
            .field("seed", &self.seed)
            .field("rules", &rules)
            .field("requests", &state.requests)
            .field("faults", &state.log.len())
            .finish()
    }
}
