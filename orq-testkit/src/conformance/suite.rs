//! The suite: which checks run, on what, and how.

use std::{
    any::Any,
    fmt,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use futures::FutureExt;
use orq_core::transport::HttpTransport;
use orq_transport_hyper::{HyperTransport, hyper_util::client::legacy::connect::HttpConnector};

use super::{
    ability::Ability,
    checks::{Check, TABLE},
    failure::Outcome,
    report::{Checked, Report, Status},
    subject::{Layer, Make, Settings, Subject},
};
use crate::{guard, lock::lock};

/// How long a check may take before it counts as hanging, unless it was set.
const GUARD: Duration = Duration::from_secs(30);

/// How many checks run at a time. Some only wait, so there are more than processors; the largest hold bodies of 16 MiB.
const AT_A_TIME: usize = 4;

/// What can be tried over the transport beneath a layer, which is on plain sockets and has default settings. The timer
/// has a check of its own.
const BENEATH: [Ability; 2] = [Ability::Pool, Ability::Drain];

/// The checks to run on one transport. [`transport`](super::transport) and [`layer`](super::layer) create it.
#[derive(Clone)]
#[must_use = "a suite does nothing until it runs"]
pub struct Suite {
    make: Arc<Make>,
    layer: Option<Arc<Layer>>,
    without: Vec<Ability>,
    only: Option<Vec<String>>,
    skipped: Vec<(String, String)>,
    expected: Vec<(String, String)>,
    strict: bool,
    guard: Duration,
}

impl Suite {
    pub(super) fn of_transport<T: HttpTransport + 'static>(
        make: impl Fn(&Settings) -> T + Send + Sync + 'static,
    ) -> Self {
        Self::new(Arc::new(move |settings| Arc::new(make(settings))), None)
    }

    pub(super) fn of_layer<T: HttpTransport + 'static>(
        layer: impl Fn(Arc<dyn HttpTransport>) -> T + Send + Sync + 'static,
    ) -> Self {
        let layer: Arc<Layer> = Arc::new(move |inner| Arc::new(layer(inner)));
        let wrap = Arc::clone(&layer);
        let make = move |_: &Settings| {
            let plain = HyperTransport::builder().build_with_tls_connector(HttpConnector::new());
            wrap(Arc::new(plain))
        };
        let without = Ability::ALL.into_iter().filter(|it| !BENEATH.contains(it));
        without.fold(Self::new(Arc::new(make), Some(layer)), Self::without)
    }

    fn new(make: Arc<Make>, layer: Option<Arc<Layer>>) -> Self {
        Self {
            make,
            layer,
            without: Vec::new(),
            only: None,
            skipped: Vec::new(),
            expected: Vec::new(),
            strict: false,
            guard: GUARD,
        }
    }

    /// Skips the checks that need this ability, which the transport lacks. Can be called more than once.
    pub fn without(mut self, ability: Ability) -> Self {
        self.without.push(ability);
        if ability == Ability::Tls {
            self.without.push(Ability::Http2);
        }
        self
    }

    /// Runs only these checks. Default: all of [`CHECKS`](super::CHECKS).
    ///
    /// # Panics
    ///
    /// If there is no check with such a name.
    #[track_caller]
    pub fn only<'a>(mut self, checks: impl IntoIterator<Item = &'a str>) -> Self {
        self.only = Some(checks.into_iter().map(known).collect());
        self
    }

    /// Skips one check, for a reason that the report shows.
    ///
    /// It is meant for a layer that deliberately does what a transport must not, such as adding a header.
    ///
    /// # Panics
    ///
    /// If there is no check with such a name.
    #[track_caller]
    pub fn skip(mut self, check: &str, reason: impl Into<String>) -> Self {
        self.skipped.push((known(check), reason.into()));
        self
    }

    /// Requires one outcome of a check, such as `closed send not_sent` or `ok, 4 bytes`, instead of those that the
    /// check allows. It is meant for checks of the [list](super#the-checks) that allow more than one outcome, and for
    /// deviations that a transport documents because it can't avoid them: an outcome outside of the contract is
    /// reported as [`Deviates`](Status::Deviates). With any other outcome the check fails.
    ///
    /// # Panics
    ///
    /// If there is no check with such a name.
    #[track_caller]
    pub fn expecting(mut self, check: &str, outcome: impl Into<String>) -> Self {
        self.expected.push((known(check), outcome.into()));
        self
    }

    /// Allows for each fault only the most exact outcomes.
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Sets the real time after which a check is ended and reported as hanging. Default: 30 seconds.
    ///
    /// It must be long enough for a slow machine; a check that passes never waits for it.
    pub fn hanging_after(mut self, guard: Duration) -> Self {
        self.guard = guard;
        self
    }

    /// Runs the checks, several at a time, and returns when all have ended.
    ///
    /// Each check has its own tokio runtime, with one thread and with I/O and time enabled, in which the transport is
    /// created. This function blocks its thread, so call it from a plain `#[test]`. A check that panics fails; one that
    /// blocks its thread for ever can't be ended.
    pub fn run(&self) -> Report {
        let checks: Vec<_> = TABLE.iter().filter(|check| self.asks_for(check)).collect();
        let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        thread::scope(|scope| {
            for _ in 0..AT_A_TIME {
                scope.spawn(|| {
                    while let Some(check) = checks.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let status = self.status(check);
                        lock(&done).push(Checked::new(check.name, status));
                    }
                });
            }
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|done| checks.iter().position(|check| check.name == done.name()));
        Report { checks: done }
    }

    fn asks_for(&self, check: &Check) -> bool {
        let only = self.only.as_ref();
        only.is_none_or(|only| only.iter().any(|name| name == check.name))
    }

    fn status(&self, check: &'static Check) -> Status {
        if let Some(reason) = self.reason_to_skip(check) {
            return Status::Skipped(reason);
        }
        let subject = Subject {
            make: Arc::clone(&self.make),
            layer: self.layer.clone(),
            without: self.without.clone(),
            strict: self.strict,
            allowed: check.allowed,
            expected: find(&self.expected, check.name),
            deviation: Mutex::new(None),
        };
        match self.end(check, &subject) {
            Err(failure) => Status::Failed(failure),
            Ok(()) => match subject.deviation.into_inner() {
                Ok(None) => Status::Passed,
                Ok(Some(outcome)) => Status::Deviates(outcome),
                Err(_) => Status::Failed("the check panicked".to_owned()),
            },
        }
    }

    fn reason_to_skip(&self, check: &Check) -> Option<String> {
        if let Some(reason) = find(&self.skipped, check.name) {
            return Some(reason);
        }
        if check.is_of_layers() && self.layer.is_none() {
            return Some("it is for layers".to_owned());
        }
        let lacking = check.needs().find(|need| self.without.contains(need));
        let who = match self.layer {
            Some(_) => "the transport beneath the layer",
            None => "the transport",
        };
        lacking.map(|ability| format!("{who} is without {ability}"))
    }

    /// Runs a check to its end, in a runtime of its own.
    fn end(&self, check: &Check, subject: &Subject) -> Result<(), String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|error| format!("no runtime: {error}"))?;
        let run = AssertUnwindSafe(async { guarded(self.guard, (check.run)(subject)).await });
        match runtime.block_on(run.catch_unwind()) {
            Ok(Some(outcome)) => outcome.map_err(|failure| failure.to_string()),
            Ok(None) => Err(format!("it hangs: no end after {:?}", self.guard)),
            Err(panic) => Err(format!("it panicked: {}", message(&*panic))),
        }
    }
}

/// The check's outcome, or `None` should it hang. Nothing is concluded from how long it took.
#[expect(
    clippy::disallowed_methods,
    reason = "a guard against hanging; no check waits for it"
)]
async fn guarded(guard: Duration, check: impl Future<Output = Outcome>) -> Option<Outcome> {
    tokio::time::timeout(guard, check).await.ok()
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}

fn find(pairs: &[(String, String)], name: &str) -> Option<String> {
    let pair = pairs.iter().rev().find(|(own, _)| own == name);
    pair.map(|(_, value)| value.clone())
}

/// The name of a check that exists.
#[track_caller]
fn known(name: &str) -> String {
    if !TABLE.iter().any(|check| check.name == name) {
        guard::fail(&format!("there is no check called `{name}`"));
    }
    name.to_owned()
}

impl fmt::Debug for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Suite")
            .field("layer", &self.layer.is_some())
            .field("without", &self.without)
            .field("only", &self.only)
            .field("skipped", &self.skipped)
            .field("expected", &self.expected)
            .field("strict", &self.strict)
            .field("guard", &self.guard)
            .finish()
    }
}
