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

/// A working double of orq.ai's Deployments API: it checks requests, answers, streams and lists as the API does.
///
/// It is an [`HttpTransport`], so a client takes it directly; `FakeServer` (feature `server`) serves the same double on
/// a socket. Clones share one double.
///
/// # What it answers
///
/// | request | answer |
/// |---|---|
/// | `POST /v2/deployments/invoke` | a completion, or an event stream if the body says `"stream": true` |
/// | `POST /v2/deployments/stream` | an event stream |
/// | `POST /v2/deployments/get_config` | the deployment's configuration |
/// | `GET /v2/deployments` | a page of the list: `limit` (1 to 50, default 10), `starting_after`, `ending_before`; an empty cursor is ignored |
/// | `GET /v2/deployments/{key or id}/versions` | a page of the versions, likewise, and `variant_id` |
/// | `POST`, `DELETE /v2/traces/{trace id}/spans/{span id}/annotation` | `{}`; the ids are those of an earlier answer |
/// | `POST /v2/feedback` | the feedback, with its `product` |
/// | another method on these paths | 405 `{"message": …}` with `allow` |
/// | anything else | 404 `{"message": …}` |
///
/// **Deployments.** Unless a [`builder`](FakeOrq::builder) replaces them, there are these, the newest first:
/// - `chat` answers `You said: ` and the last user message. In the context `environments: "staging"` it has another
///   model and answers `Staging heard: `, in `locale: "nl"` (or `"nl-NL"`) it answers in Dutch.
/// - `tools` calls the first tool of the request's `extra_params.tools`, or else its own `get_weather(city, unit?)`,
///   with the arguments of [`FakeAnswer::first_tool_call`](crate::FakeAnswer::first_tool_call). If the conversation
///   ends with a tool's result, it answers `The tool said: ` and the result.
/// - `image` answers with the URL of an image.
/// - `reasoning` has reasoning with a signature before its text.
/// - `rag` has two passages, which are in the answer if `invoke_options.include_retrievals` is true.
///
/// **Versions.** The deployment itself and each of its variants have one that is live;
/// [`other_version`](crate::FakeDeployment::other_version) adds drafts and older ones. The variables of a version are the
/// `{{name}}` in its texts.
///
/// **Prompts.** The conversation is the prompt's system messages, the request's `prefix_messages`, the rest of the
/// prompt, and the request's `messages`. `{{name}}` in any of their texts is replaced by the input `name`, if
/// there is one. The replaced values of a request may have 32 MiB together; more is a 400. For example, `chat` with the
/// input `firstname` and no message answers `You said: Hello, I am Jane.`
///
/// **Streams** come word by word, in the shape of the published schema: every chunk has the message's type and role;
/// a tool call's first chunk has its id and name, the others have an empty name (the schema wants one) and parts of
/// the arguments; the last chunk has `is_final: true`, the finish reason, and usage and retrievals if requested.
/// Then comes `[DONE]`. Each chunk is made when it is read.
///
/// **Usage** is in the answer if `invoke_options.include_usage` is true; it counts words.
///
/// **`invoke_options.mock_response`** is returned verbatim, by invoke and by stream. Such an answer has neither
/// usage nor retrievals nor `x-orq-trace-id`; it does have `telemetry`, which the schema requires.
///
/// **Refusals** have orq's documented shape `{"error": {"code", "message", "doc_url", "details"?}}`:
/// - 401 `authentication_required` without `authorization: Bearer KEY`, 401 `invalid_api_key` with another key than
///   the accepted ones. Both repeat the message beside `error`, where orq's Python SDK looks for it;
/// - 400 `invalid_request_body` for a body or a query that breaks the schema; `details.issues` lists the first
///   100 `{"path", "message"}`. A body with more than 2,000,000 values is refused likewise. Unknown fields are
///   accepted;
/// - 404 `deployment_not_found`;
/// - 404 `{"message": …}` for annotations of an unknown span, or with a key that isn't one of
///   [those that were set](crate::FakeOrqBuilder::annotation_key);
/// - 429 `requests_per_minute_exceeded` or `rate_limit_exceeded` if a [limit](crate::FakeRateLimit) is used up.
///
/// **Faults.** A deployment can be [slow](crate::FakeDeployment::latency),
/// [rate-limited](crate::FakeDeployment::rate_limit) and [faulty](crate::FakeFault), and send the exact bytes of a
/// [script](crate::FakeDeployment::script). Checks are made in the order of a gateway: path, key, the double's rate
/// limit, the body's schema, the deployment, its rate limit; then, for invoke and stream, a mocked answer, a fault, a
/// script, and last the replies.
///
/// **Ids and dates** aren't random: ids count the exchanges, dates follow the double's timer from 2026-01-01 on. The
/// same calls in the same order and at the same times get the same answers.
///
/// **Headers**: `x-orq-trace-id` on every answer but a mocked one; on a 200 and on a refusal by the rate limit also
/// `x-ratelimit-limit`, `-remaining` and `-reset`, as [`FakeRateLimit`](crate::FakeRateLimit) describes them, each also
/// with `-cost`, of which nothing is ever used. Without a limit they are those of 1000 requests a minute, counted in
/// the same way, because the API has them on every 200; that limit refuses no request. A script has only its own
/// headers.
///
/// **Time** is virtual unless [another timer](crate::FakeOrqBuilder::timer) is set, and passes by itself when
/// everything waits: a wait before a retry, a latency or a pace takes no real time.
///
/// **Over a socket**, in a `FakeServer`, it also answers `GET /__fake/health`, `GET` and `DELETE /__fake/calls`,
/// `PUT /__fake/seed` and pages in a browser; `fake-orq.md` next to this crate's sources describes them.
///
/// **The log.** [`calls`](FakeOrq::calls) returns each request with its key, its answer, and how the answer's body
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
    /// The API key that is accepted unless others are set: `sk-orq-test`.
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
