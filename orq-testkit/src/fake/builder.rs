//! What a double starts with.

use std::{fmt, time::Duration};

use orq_core::Timer;

use super::{
    limit::rate_limit::FakeRateLimit,
    model::deployment::FakeDeployment,
    orq::FakeOrq,
    seed::{self, Seed, SeedError},
};
use crate::time::TimeSource;

/// How many calls a double keeps.
const KEPT_CALLS: usize = 1000;

/// Builds a [`FakeOrq`]. Deployments that are added replace the built-in ones, and keys replace the default key.
#[must_use]
pub struct FakeOrqBuilder {
    seed: Seed,
    keep_calls: usize,
    clock: TimeSource,
}

impl FakeOrq {
    /// Creates a double with the built-in deployments, the default key and virtual time that passes by itself, as
    /// [`ManualTimer::auto`](crate::ManualTimer::auto) has it. [`FakeOrqBuilder::timer`] sets another timer.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Returns a builder for other deployments, keys, limits or another timer.
    pub fn builder() -> FakeOrqBuilder {
        FakeOrqBuilder {
            seed: Seed::default(),
            keep_calls: KEPT_CALLS,
            clock: TimeSource::default(),
        }
    }
}

impl Default for FakeOrq {
    fn default() -> Self {
        Self::new()
    }
}

impl FakeOrqBuilder {
    /// Adds a deployment. The one added last is the newest in the list; of two with the same key the later one is used.
    pub fn deployment(mut self, deployment: FakeDeployment) -> Self {
        self.seed.deployments.push(deployment);
        self
    }

    /// Keeps the built-in deployments in addition to those that are added. In the list they are the oldest.
    pub fn builtins(mut self) -> Self {
        self.seed.builtins = true;
        self
    }

    /// Adds the contents of a seed: a JSON object with these fields, all optional except those marked as required. Any
    /// other field is an error.
    ///
    /// | field | type | meaning |
    /// |---|---|---|
    /// | `builtins` | boolean | keep the built-in deployments too; default false |
    /// | `api_keys` | array of strings | keys to accept, in addition to those of [`api_key`](FakeOrqBuilder::api_key) |
    /// | `annotation_keys` | array of strings | the keys of [reviews](FakeOrqBuilder::annotation_key); default: any key |
    /// | `rate_limit` | rate limit | the [limit](FakeOrqBuilder::rate_limit) of each key; default no limit |
    /// | `deployments` | array | the deployments, the oldest first |
    /// | `deployments[].key` | string | required; each is unique |
    /// | `….description`, `….version` | string | default empty, and `1` |
    /// | `….provider`, `….model`, `….type` | string | default `openai`, `gpt-4o`, `chat` |
    /// | `….messages` | array of messages | the prompt, as get_config returns it; `{{name}}` in a content is replaced by the input `name` |
    /// | `….parameters` | object | the model's parameters, as get_config returns them |
    /// | `….tools` | array of tools | `{"type": "function", "function": {"name", "description", "parameters"}}` |
    /// | `….retrievals` | array | passages of a knowledge base: `{"document", "metadata": {"file_name", "file_type", "page_number", "search_score"}}` |
    /// | `….replies` | array | the answers, one per call, starting over after the last; default: the last user message |
    /// | `….tool_reply` | reply | the answer to a conversation that ends with a tool's result; default `{{tool_result}}` |
    /// | `….scripts` | array of scripts | what is sent [instead of the replies](FakeDeployment::script), one per call too |
    /// | `….latency_ms` | milliseconds | the delay of [the head](FakeDeployment::latency) of an answer |
    /// | `….pace_ms` | milliseconds | the delay of [each event](FakeDeployment::pace) of a stream |
    /// | `….rate_limit` | rate limit | the limit of [calls](FakeDeployment::rate_limit) of each key |
    /// | `….faults` | array of faults | what [goes wrong](FakeDeployment::fault); the first fault that applies to a call happens |
    /// | `….variants` | array | replacements for the above in certain contexts, see [`FakeVariant`](crate::FakeVariant) |
    /// | `….variants[].when` | object | required; the conditions: each key of the context with a value or a list of values |
    /// | `….variants[].…` | | `provider` to `pace_ms`, as for the deployment |
    /// | `….other_versions` | array | versions in the [list of versions](crate::FakeVersion) that aren't live |
    /// | `….other_versions[].version`, `….status` | string | required; any status but `live` |
    /// | `….other_versions[].…` | | `provider` to `tools`, as for the deployment |
    ///
    /// Milliseconds are integers, at most a day. `null` is the same as an absent field.
    ///
    /// **A reply** is a string, or an object of `text`, `reasoning`, `reasoning_signature`, `tool_calls` (an array of
    /// `{"name", "arguments"}`; without them as in [`first_tool_call`](crate::FakeAnswer::first_tool_call)), `image`
    /// (a URL) and `finish_reason`. Its strings are templates: `{{name}}` is replaced by an input, and
    /// `{{last_user_message}}` and `{{tool_result}}` by those texts of the conversation. Names without a value stay
    /// unchanged.
    ///
    /// **A rate limit** is `{"requests": 60, "window_ms": 60000}`, see [`FakeRateLimit`]; the default of the
    /// window is a minute.
    ///
    /// **A fault** is one of these. `nth`, `first` or `every` with a number sets [which calls](crate::FakeFault) it is
    /// for; the default is all calls:
    ///
    /// | field | meaning |
    /// |---|---|
    /// | `break_before_head` | the connection breaks before the head, by `reset`, `early_close` or `garbage` |
    /// | `break_at` | it breaks after this many bytes of the body, by a `fault` of the same names; default `reset` |
    /// | `cut_at`, `stall_at` | the body ends, or stalls, after this many bytes |
    /// | `error` | an error answer: `{"status": 503, "code": "provider_overloaded"}` |
    /// | `script` | this script instead of the answer |
    ///
    /// **A script** is a [`Reply`](crate::Reply):
    ///
    /// | field | meaning |
    /// |---|---|
    /// | `status` | 200 to 599; default 200 |
    /// | `headers` | an object; a value is a string, or an array of them. `content-type` defaults to `application/json` with `json`, and to `text/event-stream` with events |
    /// | `head_after_ms` | the delay of the head |
    /// | `json` | the body is this JSON, possibly with its keys in another order |
    /// | `quirk` | the whole response is this [quirk](crate::fixture::Quirk), by its name in snake case |
    /// | `body` | the body, step by step: an array of objects with one field each, see below |
    /// | `pace_ms` | the delay of each chunk of the body |
    /// | `break_at`, `cut_at`, `stall_at` | the body ends early, as in a fault |
    /// | `break_before_head` | instead of all these except `head_after_ms`: the connection breaks |
    /// | `never` | likewise, `true`: there is no answer |
    ///
    /// | step | meaning |
    /// |---|---|
    /// | `event` | a server-sent event with this data; a value that isn't a string is sent as JSON |
    /// | `chunk` | this text |
    /// | `bytes` | these bytes, as an array of numbers, for example a part of a character |
    /// | `after_ms` | the delay of what follows |
    /// | `stall`, `cut` | `true`: the body stalls, or ends |
    /// | `break` | the connection breaks, by `reset`, `early_close` or `garbage` |
    ///
    /// ```
    /// use orq_testkit::FakeOrq;
    ///
    /// let seed = r#"{
    ///     "builtins": true,
    ///     "deployments": [
    ///         {
    ///             "key": "greeter",
    ///             "provider": "mistral",
    ///             "model": "mistral-large-latest",
    ///             "messages": [{"role": "system", "content": "You greet {{firstname}}."}],
    ///             "parameters": {"temperature": 0.2},
    ///             "replies": ["Hello {{firstname}}!", "Hello again."],
    ///             "variants": [{"when": {"locale": ["nl", "nl-NL"]}, "replies": ["Hoi {{firstname}}!"]}]
    ///         },
    ///         {
    ///             "key": "clock",
    ///             "tools": [{"type": "function", "function": {"name": "now", "parameters": {"type": "object"}}}],
    ///             "replies": [{"tool_calls": [{"name": "now", "arguments": {"zone": "{{zone}}"}}]}],
    ///             "tool_reply": "It is {{tool_result}}."
    ///         },
    ///         {
    ///             "key": "flaky",
    ///             "latency_ms": 800,
    ///             "pace_ms": 30,
    ///             "rate_limit": {"requests": 10},
    ///             "faults": [
    ///                 {"first": 2, "error": {"status": 503, "code": "provider_overloaded"}},
    ///                 {"every": 5, "break_at": 100, "fault": "early_close"}
    ///             ]
    ///         },
    ///         {
    ///             "key": "scripted",
    ///             "scripts": [
    ///                 {"body": [{"event": {"choices": []}}, {"after_ms": 50}, {"event": "[DONE]"}]},
    ///                 {"status": 429, "headers": {"retry-after": "3"}, "json": {"message": "slow down"}}
    ///             ]
    ///         }
    ///     ]
    /// }"#;
    /// let fake = FakeOrq::builder().seed_json(seed)?.build();
    ///
    /// let typo = FakeOrq::builder().seed_json(r#"{"deployments": [{"key": "a", "replys": []}]}"#);
    /// assert!(typo.unwrap_err().to_string().starts_with("deployments[0].replys: unknown field `replys`"));
    /// # Ok::<(), orq_testkit::SeedError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the seed isn't JSON, breaks this format or has more than 2,000,000 values. The message has the path of the
    /// field, and usually the line.
    pub fn seed_json(mut self, json: &str) -> Result<Self, SeedError> {
        let seed = seed::read(json.as_bytes())?;
        self.seed.builtins |= seed.builtins;
        self.seed.api_keys.extend(seed.api_keys);
        self.seed.annotation_keys.extend(seed.annotation_keys);
        self.seed.rate_limit = seed.rate_limit.or(self.seed.rate_limit);
        self.seed.deployments.extend(seed.deployments);
        Ok(self)
    }

    /// Adds an API key to accept. Default: `sk-orq-test` only.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.seed.api_keys.push(key.into());
        self
    }

    /// Adds the key of a review, which annotations may have. Default: any key.
    pub fn annotation_key(mut self, key: impl Into<String>) -> Self {
        self.seed.annotation_keys.push(key.into());
        self
    }

    /// Limits the requests of each API key, all operations together. Default: no limit.
    ///
    /// [`FakeDeployment::rate_limit`] limits the calls of one deployment. A request to which both apply must be within
    /// both; its headers are those of the limit that has fewer requests left.
    pub fn rate_limit(mut self, limit: FakeRateLimit) -> Self {
        self.seed.rate_limit = Some(limit);
        self
    }

    /// Sets how many of the last requests [`FakeOrq::calls`] has, with their bodies. Default: 1000; 0 keeps none. If
    /// they have more than 64 MiB together, the oldest are dropped, but never the last one.
    pub fn keep_calls(mut self, calls: usize) -> Self {
        self.keep_calls = calls;
        self
    }

    /// Sets the timer: for the dates in answers, for rate limits, latencies, paces and scripts, and for a client in the
    /// same process.
    ///
    /// Default: a new [`ManualTimer::auto`](crate::ManualTimer::auto), so that waits take no time and the same calls
    /// get the same answers.
    pub fn timer(mut self, timer: impl Timer + 'static) -> Self {
        let starts_at = self.clock.starts_at;
        self.clock = TimeSource::new(timer);
        self.clock.starts_at = starts_at;
        self
    }

    /// Sets the date at the timer's epoch, as the time since the Unix epoch. Default: 2026-01-01T00:00:00Z.
    pub fn starts_at(mut self, date: Duration) -> Self {
        self.clock.starts_at = date;
        self
    }

    /// Returns the double.
    pub fn build(self) -> FakeOrq {
        FakeOrq::start(self.seed, self.keep_calls, self.clock)
    }
}

impl fmt::Debug for FakeOrqBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeOrqBuilder")
            .field("builtins", &self.seed.builtins)
            .field("deployments", &self.seed.deployments)
            .field("rate_limit", &self.seed.rate_limit)
            .field("keep_calls", &self.keep_calls)
            .field("timer", self.clock.timer())
            .finish_non_exhaustive()
    }
}
