//! The double itself.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use orq_core::{
    Client, Timer,
    transport::{Body, HttpTransport, TransportError},
};

use super::{auth::DEFAULT_API_KEY, log::call::FakeCall, seed::Seed, service::Service};
use crate::{guard::fail, request::OverSocket, time::TimeSource};

/// A double of orq.ai's Deployments API that works: it checks, answers, streams and lists as the API does.
///
/// It is an [`HttpTransport`], so a client takes it as it is; the crate's server puts the same double on a socket.
/// Clones are one double.
///
/// # What it answers
///
/// | request | answer |
/// |---|---|
/// | `POST /v2/deployments/invoke` | a completion, or an event stream if the body says `"stream": true` |
/// | `POST /v2/deployments/stream` | an event stream |
/// | `POST /v2/deployments/get_config` | the deployment's configuration |
/// | `GET /v2/deployments` | a page of the list: `limit` (1 to 50, default 10), `starting_after`, `ending_before`; an empty cursor is none |
/// | another method of these paths | 405 `{"message": …}` with `allow` |
/// | anything else | 404 `{"message": …}` |
///
/// **Deployments.** Without a [`builder`](FakeOrq::builder) these, here the newest first:
/// - `chat` says `You said: ` and the last user message. In the context `environments: "staging"` it has another
///   model and says `Staging heard: `, in `locale: "nl"` (or `"nl-NL"`) it speaks Dutch.
/// - `tools` calls the first tool of the request's `extra_params.tools`, or else its own `get_weather(city, unit?)`;
///   [`FakeAnswer::first_tool_call`](crate::FakeAnswer::first_tool_call) tells with which arguments. If the
///   conversation ends with a tool's result, it
///   says `The tool said: ` and the result.
/// - `image` answers with the URL of an image.
/// - `reasoning` has reasoning with a signature before its text.
/// - `rag` finds two passages, which are in the answer if `invoke_options.include_retrievals` is true.
///
/// **Prompts.** The conversation is the prompt's system messages, the request's `prefix_messages`, the rest of the
/// prompt, and the request's `messages`. `{{name}}` in any of their texts is replaced by the input `name`; without
/// such an input it stays. The values of one request have room for 32 MiB together; more is a 400. So `chat` with the input `firstname` and no message answers
/// `You said: Hello, I am Jane.`
///
/// **Streams** come word by word, in the shape of the published schema: every chunk has the message's type and role;
/// a tool call's first chunk has its id and name, the others have an empty name (the schema wants one) and parts of
/// the arguments; the last chunk has `is_final: true`, the finish reason, and what was asked for of usage and
/// retrievals. Then comes `[DONE]`. Chunks are made one by one, as they are read.
///
/// **Usage** is there if `invoke_options.include_usage` is true; it counts words.
///
/// **`invoke_options.mock_response`** is answered verbatim, by invoke and by stream. Such an answer has neither
/// usage nor retrievals nor `x-orq-trace-id`; it does have `telemetry`, which the schema requires.
///
/// **Refusals** have orq's documented shape `{"error": {"code", "message", "doc_url", "details"?}}`:
/// - 401 `authentication_required` without `authorization: Bearer KEY`, 401 `invalid_api_key` with another key than
///   the accepted ones. Both repeat the message beside `error`, where orq's Python SDK looks for it;
/// - 400 `invalid_request_body` for a body or a query that breaks the schema; `details.issues` lists the first
///   100 `{"path", "message"}`. A body with more than 2,000,000 values is refused likewise. Fields that the schema
///   doesn't know are let through;
/// - 404 `deployment_not_found`;
/// - 429 `requests_per_minute_exceeded` or `rate_limit_exceeded` if there is a [limit](crate::FakeRateLimit), and it
///   is used up.
///
/// **Bad days.** A deployment can be [slow](crate::FakeDeployment::latency), [busy](crate::FakeDeployment::rate_limit) and
/// [broken](crate::FakeFault), and answer to the byte what a [script](crate::FakeDeployment::script) says. The order is
/// that of a gateway: path, key, the double's rate limit, the body's schema, the deployment, its rate limit; then, for
/// invoke and stream, a mocked answer, a fault, a script, and at last the replies.
///
/// **Ids and dates** are not random: ids count the exchanges, dates follow the double's timer from 2026-01-01 on. The same
/// calls in the same order get the same answers, as long as they come at the same times.
///
/// **Headers**: `x-orq-trace-id` on every answer but a mocked one; on a 200 and on a refusal by the rate limit also
/// `x-ratelimit-limit`, `-remaining` and `-reset`, as [`FakeRateLimit`](crate::FakeRateLimit) has them, each also with
/// `-cost`, of which nothing is ever used. Without a limit they tell of one of 1000 requests a minute, counted in the
/// same way, because the API has them on every 200; it refuses nobody. A script's headers are its own.
///
/// **Time** is virtual unless [another timer](crate::FakeOrqBuilder::timer) is given, and passes by itself when
/// everything waits: a wait before a retry, a latency or a pace takes no time.
///
/// **Over a socket**, behind the crate's server, it also answers `GET /__fake/health`, `GET` and `DELETE /__fake/calls`,
/// `PUT /__fake/seed` and pages in a browser; `fake-orq.md` beside this crate's sources describes them.
///
/// **The log.** [`calls`](FakeOrq::calls) gives each request with its key, its answer, and how the answer's body
/// ended.
///
/// ```
/// use futures::StreamExt;
/// use orq_core::transport::HttpTransport;
/// use orq_testkit::FakeOrq;
///
/// # futures::executor::block_on(async {
/// let request = http::Request::post("https://my.orq.ai/v2/deployments/invoke")
///     .header("authorization", "Bearer sk-orq-test")
///     .body(r#"{"key": "chat", "messages": [{"role": "user", "content": "hi"}]}"#.into())
///     .unwrap();
/// let response = FakeOrq::new().send(request).await?;
///
/// let body = response.into_body().next().await.unwrap()?;
/// let completion: serde_json::Value = serde_json::from_slice(&body).unwrap();
/// assert_eq!(completion["choices"][0]["message"]["content"], "You said: hi");
/// # Ok::<(), orq_core::transport::TransportError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct FakeOrq(Arc<Service>);

impl FakeOrq {
    /// The API key that is accepted if no other is given: `sk-orq-test`.
    pub const DEFAULT_API_KEY: &'static str = DEFAULT_API_KEY;

    pub(super) fn start(seed: Seed, keep_calls: usize, clock: TimeSource) -> Self {
        Self(Arc::new(Service::new(seed, keep_calls, clock)))
    }

    /// Returns a client of this double, with the first of its API keys and default settings, retries included.
    ///
    /// [`with_api_key`](Client::with_api_key) sets another key. For other settings give a clone of the double to
    /// [`Client::builder`].
    ///
    /// # Panics
    ///
    /// If the first key can't be sent in a header.
    #[track_caller]
    pub fn client(&self) -> Client {
        match Client::new(self.clone(), self.0.world().keys.first()) {
            Ok(client) => client,
            Err(error) => fail(&error.to_string()),
        }
    }

    /// Returns the requests so far, in order, each with its answer up to now.
    ///
    /// They are the last 1000, or as many as [`FakeOrqBuilder::keep_calls`](crate::FakeOrqBuilder::keep_calls) says;
    /// fewer if they have more than 64 MiB together.
    ///
    /// Over a socket the double learns later than the client that a stream was dropped. A test waits for it, with a
    /// deadline around the whole:
    ///
    /// ```no_run
    /// # async fn test(fake: orq_testkit::FakeOrq) {
    /// while fake.calls()[0].end() == orq_testkit::FakeCallEnd::Open {
    ///     tokio::task::yield_now().await;
    /// }
    /// # }
    /// ```
    pub fn calls(&self) -> Vec<FakeCall> {
        self.0.calls.kept()
    }
}

#[cfg_attr(not(all(target_arch = "wasm32", target_os = "unknown")), async_trait)]
#[cfg_attr(all(target_arch = "wasm32", target_os = "unknown"), async_trait(?Send))]
impl HttpTransport for FakeOrq {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        match request.extensions().get::<OverSocket>() {
            Some(_) => self.0.answer_socket(request).await,
            None => self.0.answer(request).await,
        }
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        Some(self.0.timer())
    }

    fn name(&self) -> &str {
        "fake-orq"
    }
}
