//! The deployments that a double has, in their order.

use std::{
    collections::HashSet,
    fmt,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    time::Duration,
};

use serde_json::Value;

use super::{
    answer::FakeAnswer, conversation, deployment::FakeDeployment, fault::What, paging::Paging,
    request::DeploymentRequest, settings::Settings,
};
use crate::{
    fake::limit::limiter::Limiter,
    reply::Reply,
    request::RecordedRequest,
    shape::{Configuration, Problem, config, list_item, rfc3339},
};

/// The first deployment was made on 2025-01-01T00:00:00Z, each other one a day after the one before.
const FIRST_CREATED: Duration = Duration::from_secs(1_735_689_600);
const DAY: Duration = Duration::from_secs(86_400);

/// All deployments, the newest first.
pub(crate) struct Workspace(Vec<Entry>);

/// A deployment, and what the double knows about it.
pub(crate) struct Entry {
    pub(crate) deployment: FakeDeployment,
    /// Counted from 1, the oldest first.
    pub(super) number: u64,
    /// As the time since the Unix epoch.
    pub(super) created: Duration,
    pub(crate) limiter: Option<Limiter>,
    /// How many of its replies were given.
    turns: AtomicUsize,
    /// How many calls reached the model.
    calls: AtomicU64,
}

/// The keys alone: a whole workspace fills pages.
impl fmt::Debug for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.0.iter().map(|entry| &entry.deployment.key);
        f.debug_list().entries(keys).finish()
    }
}

impl Workspace {
    /// `deployments` has the oldest first. Of several with one key, the last counts.
    pub(crate) fn new(deployments: Vec<FakeDeployment>) -> Self {
        let mut seen = HashSet::new();
        let newest_first = deployments.into_iter().rev();
        let mut kept: Vec<_> = newest_first
            .filter(|it| seen.insert(it.key.clone()))
            .collect();
        kept.reverse();
        let mut created = FIRST_CREATED;
        let mut entries = Vec::new();
        for (number, deployment) in (1_u64..).zip(kept) {
            entries.push(Entry {
                limiter: deployment.rate_limit.map(Limiter::enforcing),
                deployment,
                number,
                created,
                turns: AtomicUsize::new(0),
                calls: AtomicU64::new(0),
            });
            created = created.saturating_add(DAY);
        }
        entries.reverse();
        Self(entries)
    }

    pub(crate) fn find(&self, key: &str) -> Result<&Entry, Problem> {
        let found = self.0.iter().find(|entry| entry.deployment.key == key);
        found.ok_or_else(|| Problem::deployment_not_found(key))
    }

    /// Finds the deployment with this key or, if there is none, with this id.
    pub(crate) fn find_by_key_or_id(&self, key: &str) -> Result<&Entry, Problem> {
        let by_id = || self.0.iter().find(|entry| entry.id() == key);
        self.find(key).or_else(|problem| by_id().ok_or(problem))
    }

    /// One page of the list.
    pub(crate) fn page(&self, request: &RecordedRequest) -> Result<Value, Problem> {
        let paging = Paging::read(request)?;
        paging.page(&self.0, Entry::id, |entry| {
            let FakeDeployment {
                key, description, ..
            } = &entry.deployment;
            let configuration = entry.configuration(&entry.deployment.settings);
            let created = rfc3339(entry.created);
            list_item(&entry.id(), &created, key, description, &configuration)
        })
    }
}

impl Entry {
    pub(super) fn id(&self) -> String {
        format!("00000000-0000-4000-8000-{:012x}", self.number)
    }

    /// Counts a call, and gives what goes wrong with it.
    pub(crate) fn begin_call(&self) -> Option<&What> {
        let earlier = self.calls.fetch_add(1, Ordering::Relaxed);
        let number = earlier.saturating_add(1);
        let mut faults = self.deployment.faults.iter();
        faults.find_map(|fault| fault.of_call(number))
    }

    /// The script whose turn it is, if there are any.
    pub(crate) fn next_script(&self, settings: &Settings) -> Option<Reply> {
        let script = self.next_of(settings.scripts.as_deref().unwrap_or_default());
        script.map(|script| script.0)
    }

    /// The reply whose turn it is. Without any the last user message is echoed.
    pub(crate) fn next_reply(&self, settings: &Settings) -> FakeAnswer {
        self.next_of(settings.replies.as_deref().unwrap_or_default())
            .unwrap_or_else(|| FakeAnswer::text("{{last_user_message}}"))
    }

    fn next_of<T: Clone>(&self, all: &[T]) -> Option<T> {
        if all.is_empty() {
            return None;
        }
        let turn = self.turns.fetch_add(1, Ordering::Relaxed);
        all.get(turn % all.len()).cloned()
    }

    /// The answer of get_config, with the prompt's variables replaced.
    pub(crate) fn config(&self, request: &DeploymentRequest, settings: &Settings) -> Value {
        let variables = request.variables();
        let messages = settings.messages().iter();
        let messages: Vec<_> = messages
            .map(|it| conversation::rendered(it, variables))
            .collect();
        let configuration = Configuration {
            messages: &messages,
            ..self.configuration(settings)
        };
        config(&self.id(), &configuration)
    }

    fn configuration<'a>(&'a self, settings: &'a Settings) -> Configuration<'a> {
        Configuration {
            version: &self.deployment.version,
            ..settings.configuration()
        }
    }
}
