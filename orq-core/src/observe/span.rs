//! The spans of a call, for `tracing`.

use std::{borrow::Cow, fmt, future::Future, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, Uri};
use tracing::{Instrument, Level, Span, instrument::Instrumented, span};

use super::{CallReport, Outcome, messages, names};
use crate::{
    error::{Error, ErrorKind},
    headers::{checked, without_secrets},
    maybe_send::{MaybeSend, MaybeSync},
    model::{Completion, DeploymentRequest, FinishReason, JsonMap, Usage},
    secret::ApiKey,
    transport::{CallContext, Operation},
};

/// The most members that a `tracestate` may have, which is a limit of the
/// [standard](https://www.w3.org/TR/trace-context/#tracestate-header).
const MOST_MEMBERS: usize = 32;

/// The length in bytes of the longest code that is an `error.type`.
const LONGEST_CODE: usize = 64;

/// The target of all spans.
const TARGET: &str = "orq";

/// What the spans of calls have in them. It exists with the feature `tracing`.
///
/// Each call has a span of the target `orq` and the level `INFO`, with the attributes of OpenTelemetry's conventions for
/// generative AI ([`names`]), as [tracing-opentelemetry](https://docs.rs/tracing-opentelemetry) reads them. It begins
/// when the call is first polled, and its parent is the current span. It ends with the call; that of a stream ends with
/// the stream, also if it is dropped. In it, each attempt has a span that ends with the head of the response, and in
/// which the transport runs. [`Observer::call_ended`](super::Observer::call_ended) is called within the call's span.
///
/// `otel.status_code` is `error` if the call failed, and `error.type` says why. A call or stream that was dropped has
/// neither. A finish reason that didn't come is `error`.
///
/// By default nothing of the prompt, the answer or the words of an error is in a span; the API key never is.
///
/// With OpenTelemetry:
///
/// ```
/// use opentelemetry::{Array, Value, propagation::TextMapPropagator};
/// use opentelemetry_http::HeaderInjector;
/// use opentelemetry_sdk::propagation::TraceContextPropagator;
/// use orq_core::{Client, observe::{Attribute, Spans}};
/// use tracing_opentelemetry::OpenTelemetrySpanExt;
/// # use orq_testkit::FakeOrq;
///
/// let propagator = TraceContextPropagator::new();
/// let spans = Spans::new()
///     .attributes(|span, name, value| {
///         let value = match value {
///             Attribute::List(texts) => {
///                 let texts = texts.iter().map(|text| (*text).to_owned().into());
///                 Value::Array(Array::String(texts.collect()))
///             }
///             Attribute::Text(text) => text.to_owned().into(),
///             _ => return,
///         };
///         span.set_attribute(name.to_owned(), value);
///     })
///     .propagator(move |span, headers| {
///         propagator.inject_context(&span.context(), &mut HeaderInjector(headers));
///     });
/// # let transport = FakeOrq::new();
/// let client = Client::builder(transport).api_key("my-key").spans(spans).build()?;
/// # Ok::<(), orq_core::Error>(())
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Spans {
    content: bool,
    attributes: Option<Arc<dyn Record>>,
    propagator: Option<Arc<dyn Propagate>>,
}

trait Record: Fn(&Span, &str, Attribute<'_>) + MaybeSend + MaybeSync {}
impl<F: Fn(&Span, &str, Attribute<'_>) + MaybeSend + MaybeSync> Record for F {}

trait Propagate: Fn(&Span, &mut HeaderMap) + MaybeSend + MaybeSync {}
impl<F: Fn(&Span, &mut HeaderMap) + MaybeSend + MaybeSync> Propagate for F {}

/// The value of an attribute that `tracing` can't record.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Attribute<'a> {
    /// A list, which `tracing` doesn't have: the finish reasons.
    List(&'a [&'a str]),
    /// A text whose name isn't known in advance: a variable of the prompt, if the content is recorded.
    Text(&'a str),
}

impl Spans {
    /// Creates the default: no content, no hooks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Records the content, too: messages, tools, variables of the prompt, answers, and the words of errors. They may be
    /// personal data. The API key in them is redacted.
    pub fn with_content(mut self) -> Self {
        self.content = true;
        self
    }

    /// Sets the function that records what `tracing` can't: lists, and names that aren't known in advance. Without it,
    /// finish reasons are recorded as the text `["stop"]`, and the variables of the prompt aren't recorded.
    pub fn attributes(
        mut self,
        record: impl Fn(&Span, &str, Attribute<'_>) + MaybeSend + MaybeSync + 'static,
    ) -> Self {
        self.attributes = Some(Arc::new(record));
        self
    }

    /// Sets the function that adds headers for the context of an attempt's span, such as `traceparent`. Of those that the
    /// request has already, and of those that [`ClientBuilder::header`](crate::ClientBuilder::header) rejects, none is
    /// added.
    ///
    /// It is called with the current span if that of the attempt is disabled.
    ///
    /// `orq=1` is added to the [`tracestate`](https://www.w3.org/TR/trace-context/#tracestate-header), without which orq
    /// doesn't continue the trace.
    pub fn propagator(
        mut self,
        propagate: impl Fn(&Span, &mut HeaderMap) + MaybeSend + MaybeSync + 'static,
    ) -> Self {
        self.propagator = Some(Arc::new(propagate));
        self
    }

    /// Adds the headers for the context of this span, or of the current one.
    fn propagate(&self, span: Option<&Span>, headers: &mut HeaderMap) {
        let Some(propagator) = &self.propagator else {
            return;
        };
        let mut added = HeaderMap::new();
        match span {
            Some(span) => propagator(span, &mut added),
            None => propagator(&Span::current(), &mut added),
        }
        if added.contains_key("traceparent") {
            let given = added
                .get("tracestate")
                .and_then(|given| given.to_str().ok());
            let members = given.unwrap_or_default().split(',').map(str::trim);
            let others = members.filter(|member| !member.is_empty() && !member.starts_with("orq="));
            let state: Vec<_> = ["orq=1"]
                .into_iter()
                .chain(others)
                .take(MOST_MEMBERS)
                .collect();
            if let Ok(state) = HeaderValue::try_from(state.join(",")) {
                added.insert("tracestate", state);
            }
        }
        for (name, value) in &added {
            if !headers.contains_key(name)
                && let Ok((name, value)) = checked(name.clone(), value.clone())
            {
                headers.insert(name, value);
            }
        }
    }
}

impl fmt::Debug for Spans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spans")
            .field("content", &self.content)
            .finish_non_exhaustive()
    }
}

/// The span of a call.
#[derive(Default)]
pub(crate) struct CallSpan {
    span: Option<Span>,
    spans: Spans,
    is_chat: bool,
    /// The content of the answer, if it is recorded.
    answer: Option<String>,
}

impl CallSpan {
    /// Starts the span of a call with this URI. It is disabled if there is no subscriber.
    pub(crate) fn start(spans: &Spans, context: &CallContext, uri: &Uri) -> Self {
        let operation = context.operation();
        let is_chat = matches!(operation, Operation::Invoke | Operation::Stream);
        let verb = if is_chat { "chat" } else { operation.as_str() };
        let deployment = context.deployment();
        let span = span!(
            target: TARGET,
            Level::INFO,
            "call",
            { names::OTEL_KIND } = "client",
            { names::OTEL_NAME } = match deployment {
                Some(deployment) => Cow::Owned(format!("{verb} {deployment}")),
                None => Cow::Borrowed(verb),
            }
            .as_ref(),
            { names::OTEL_STATUS } = tracing::field::Empty,
            { names::OTEL_STATUS_DESCRIPTION } = tracing::field::Empty,
            { names::OPERATION_NAME } = is_chat.then_some(verb),
            { names::PROVIDER_NAME } = names::PROVIDER,
            { names::PROMPT_NAME } = deployment,
            { names::REQUEST_STREAM } = (operation == Operation::Stream).then_some(true),
            { names::CONVERSATION_ID } = tracing::field::Empty,
            { names::OUTPUT_TYPE } = tracing::field::Empty,
            { names::SERVER_ADDRESS } = host(uri),
            { names::SERVER_PORT } = port(uri),
            { names::RESPONSE_ID } = tracing::field::Empty,
            { names::RESPONSE_MODEL } = tracing::field::Empty,
            { names::FINISH_REASONS } = tracing::field::Empty,
            { names::TIME_TO_FIRST_CHUNK } = tracing::field::Empty,
            { names::INPUT_TOKENS } = tracing::field::Empty,
            { names::OUTPUT_TOKENS } = tracing::field::Empty,
            { names::CACHE_READ_TOKENS } = tracing::field::Empty,
            { names::REASONING_TOKENS } = tracing::field::Empty,
            { names::ORQ_TRACE_ID } = tracing::field::Empty,
            { names::ERROR_TYPE } = tracing::field::Empty,
            { names::INPUT_MESSAGES } = tracing::field::Empty,
            { names::OUTPUT_MESSAGES } = tracing::field::Empty,
            { names::TOOL_DEFINITIONS } = tracing::field::Empty,
        );
        Self {
            span: (!span.is_disabled()).then_some(span),
            spans: spans.clone(),
            is_chat,
            answer: None,
        }
    }

    pub(super) fn is_disabled(&self) -> bool {
        self.span.is_none()
    }

    /// Records what is known from the request, with `key` redacted.
    fn request(&self, request: &DeploymentRequest, key: &ApiKey) {
        let hide = |text: &str| key.hide(text.to_owned());
        let thread = request.thread.as_ref();
        self.record(names::CONVERSATION_ID, thread.map(|it| hide(&it.id)));
        let params = request.extra_params.as_ref();
        let format = params.and_then(|params| params.parse::<JsonMap>("response_format").ok()?);
        let format = format.and_then(|format| format.parse::<String>("type").ok()?);
        let output = match format.as_deref() {
            Some("json_object" | "json_schema") => Some("json"),
            Some("text") => Some("text"),
            _ => None,
        };
        self.record(names::OUTPUT_TYPE, output);
        if !self.spans.content {
            return;
        }
        self.record(
            names::INPUT_MESSAGES,
            key.hide(messages::input(request).to_string()),
        );
        let tools = params.and_then(|params| params.get("tools"));
        self.record(
            names::TOOL_DEFINITIONS,
            tools.map(|tools| hide(tools.json())),
        );
        if let (Some(span), Some(record)) = (&self.span, &self.spans.attributes) {
            for (name, value) in request.inputs.iter().flat_map(JsonMap::iter) {
                let text = value.parse::<String>();
                let text = text.as_deref().unwrap_or(value.json());
                record(
                    span,
                    &key.hide(format!("{}{name}", names::PROMPT_VARIABLE)),
                    Attribute::Text(&hide(text)),
                );
            }
        }
    }

    fn record(&self, name: &str, value: impl tracing::Value) {
        if let Some(span) = &self.span {
            span.record(name, value);
        }
    }

    /// Starts the span of an attempt, and adds its context, or the current one, to the headers of its request, which has
    /// this key.
    pub(super) fn attempt(
        &self,
        spans: &Spans,
        number: u32,
        request: &mut Request<Bytes>,
        key: &ApiKey,
    ) -> AttemptSpan {
        let Some(call) = &self.span else {
            spans.propagate(None, request.headers_mut());
            return AttemptSpan(Span::none());
        };
        // Only now: the key, which a provider may have returned, is redacted.
        if self.is_chat
            && number == 1
            && let Ok(asked) = serde_json::from_slice(request.body())
        {
            self.request(&asked, key);
        }
        let (method, uri) = (request.method().as_str(), request.uri());
        let span = span!(
            target: TARGET,
            parent: call,
            Level::INFO,
            "attempt",
            { names::OTEL_KIND } = "client",
            { names::OTEL_NAME } = method,
            { names::OTEL_STATUS } = tracing::field::Empty,
            { names::HTTP_METHOD } = method,
            { names::URL_FULL } = key.hide(without_secrets(&uri.to_string())),
            { names::SERVER_ADDRESS } = host(uri),
            { names::SERVER_PORT } = port(uri),
            { names::HTTP_RESEND_COUNT } = number.checked_sub(1).filter(|it| *it > 0).map(i64::from),
            { names::HTTP_STATUS } = tracing::field::Empty,
            { names::ERROR_TYPE } = tracing::field::Empty,
        );
        spans.propagate(Some(&span), request.headers_mut());
        AttemptSpan(span)
    }

    /// Keeps the content of the last answer, with `key` redacted, if content is recorded.
    pub(super) fn answer(&mut self, answer: &Completion, key: &ApiKey) {
        if self.spans.content && !self.is_disabled() {
            self.answer = Some(key.hide(messages::output(&answer.choices).to_string()));
        }
    }

    /// Records the end of the call.
    pub(super) fn end(&self, report: &CallReport, outcome: Outcome<'_>) {
        let Some(span) = &self.span else { return };
        self.record(names::OUTPUT_MESSAGES, self.answer.as_deref());
        self.record(names::RESPONSE_ID, report.response_id.as_deref());
        self.record(names::RESPONSE_MODEL, report.model.as_deref());
        self.record(names::ORQ_TRACE_ID, report.trace_id.as_deref());
        let seconds = report.time_to_first_chunk.map(|time| time.as_secs_f64());
        self.record(names::TIME_TO_FIRST_CHUNK, seconds);
        let usage = report.usage.clone().unwrap_or_default();
        let Usage {
            prompt_tokens_details: input,
            completion_tokens_details: output,
            ..
        } = usage;
        let cached = input.and_then(|input| input.cached_tokens.into_option());
        let reasoning = output
            .into_option()
            .and_then(|it| it.reasoning_tokens.into_option());
        self.record(names::INPUT_TOKENS, int(usage.prompt_tokens));
        self.record(names::OUTPUT_TOKENS, int(usage.completion_tokens));
        self.record(names::CACHE_READ_TOKENS, int(cached));
        self.record(names::REASONING_TOKENS, int(reasoning));
        let reasons = report.finish_reasons.values();
        let mut reasons: Vec<_> = reasons
            .map(|it| it.as_ref().map_or("error", FinishReason::as_str))
            .collect();
        if reasons.is_empty() && !matches!(outcome, Outcome::Complete) {
            reasons.push("error");
        }
        match &self.spans.attributes {
            _ if !self.is_chat || reasons.is_empty() => {}
            Some(record) => record(span, names::FINISH_REASONS, Attribute::List(&reasons)),
            None => self.record(names::FINISH_REASONS, tracing::field::debug(&reasons)),
        }
        if let Outcome::Failed(error) = outcome {
            fail(span, &error_type(error));
            if self.spans.content {
                self.record(names::OTEL_STATUS_DESCRIPTION, error.message());
            }
        }
    }

    pub(super) fn inside(&self, call: impl FnOnce()) {
        match &self.span {
            Some(span) => span.in_scope(call),
            None => call(),
        }
    }
}

/// The span of an attempt.
pub(crate) struct AttemptSpan(Span);

impl AttemptSpan {
    /// Returns a future that is polled within the span.
    pub(crate) fn inside<F: Future>(&self, sending: F) -> Instrumented<F> {
        sending.instrument(self.0.clone())
    }

    /// Records the end of the attempt: the head of its response, or an error.
    pub(crate) fn end<B>(self, result: &Result<Response<B>, Error>) {
        match result {
            _ if self.0.is_disabled() => {}
            Ok(response) => {
                let status = response.status();
                self.0
                    .record(names::HTTP_STATUS, i64::from(status.as_u16()));
                if !status.is_success() {
                    fail(&self.0, status.as_str());
                }
            }
            Err(error) => fail(&self.0, &error_type(error)),
        }
    }
}

fn fail(span: &Span, kind: &str) {
    span.record(names::OTEL_STATUS, "error");
    span.record(names::ERROR_TYPE, kind);
}

/// Returns the code of an API's error, else its status, else the kind of the error.
fn error_type(error: &Error) -> Cow<'_, str> {
    let status = error.status().filter(|status| !status.is_success());
    let is_reported = matches!(error.kind(), ErrorKind::Api | ErrorKind::StreamError);
    let code = error.code().filter(|code| is_reported && is_code(code));
    let code = code.map(Cow::Borrowed);
    code.or_else(|| Some(Cow::Owned(status?.as_str().to_owned())))
        .unwrap_or(Cow::Borrowed(error.kind().as_str()))
}

/// Returns whether the text is a code, and not words, which may quote from the prompt.
fn is_code(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
    (1..=LONGEST_CODE).contains(&text.len()) && text.bytes().all(is_part)
}

/// Returns a count as the integer type that tracing-opentelemetry reads as one.
fn int(count: Option<u64>) -> Option<i64> {
    count.map(|count| i64::try_from(count).unwrap_or(i64::MAX))
}

/// Returns the host, without the brackets of an IPv6 address.
fn host(uri: &Uri) -> Option<&str> {
    let host = uri.host()?;
    Some(host.trim_start_matches('[').trim_end_matches(']'))
}

fn port(uri: &Uri) -> Option<i64> {
    let default = match uri.scheme_str()? {
        "https" => 443,
        _ => 80,
    };
    Some(uri.port_u16().map_or(default, i64::from))
}
