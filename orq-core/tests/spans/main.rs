//! The spans of calls, as OpenTelemetry's SDK receives them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod edges;
mod hostile;

use std::{
    cell::Cell,
    collections::BTreeMap,
    future::{IntoFuture, ready},
    pin::pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::{FutureExt, StreamExt};
use opentelemetry::{
    Array, KeyValue, Value,
    propagation::TextMapPropagator,
    trace::{SpanKind, Status, TracerProvider},
};
use opentelemetry_http::HeaderInjector;
use opentelemetry_sdk::{
    propagation::TraceContextPropagator,
    trace::{InMemorySpanExporter, SdkTracerProvider, SpanData},
};
use orq_core::{
    ClientBuilder, DeploymentRequest, Message,
    http::{HeaderMap, Method},
    model::{AssistantMessage, ContentPart, FunctionDefinition, JsonObjectFormat},
    observe::{Attribute, CallReport, Observer, Outcome, Spans},
    retry::{Backoff, StandardRetry},
};
use orq_testkit::{Fault, MemoryTransport, RecordedRequest, Reply};
use serde_json::json;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::SubscriberExt;

const SECOND: Duration = Duration::from_secs(1);
const KEY: &str = "sk-orq-secret-key";
const PROMPT: &str = "the words of the prompt";
const ANSWER: &str = "the words of the answer";

/// The SDK has `futures::executor` in use when a span ends.
fn block_on<F: IntoFuture>(work: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(work.into_future())
}

fn set_attribute(span: &Span, name: &str, value: Attribute<'_>) {
    let value = match value {
        Attribute::List(texts) => {
            let texts = texts.iter().map(|text| (*text).to_owned().into());
            Value::Array(Array::String(texts.collect()))
        }
        Attribute::Text(text) => text.to_owned().into(),
        _ => return,
    };
    span.set_attribute(name.to_owned(), value);
}

fn spans() -> Spans {
    Spans::new().attributes(set_attribute)
}

fn builder(memory: &MemoryTransport) -> ClientBuilder {
    let at_once = Backoff::exponential(Duration::ZERO, Duration::ZERO);
    memory
        .client_builder()
        .api_key(KEY)
        .retry(StandardRetry::new().backoff(at_once))
}

fn request() -> DeploymentRequest {
    DeploymentRequest::new("support")
        .input("variable", PROMPT)
        .message(Message::user(PROMPT))
        .thread("thread-7")
        .tool(FunctionDefinition::new("tool").description(PROMPT))
        .response_format(JsonObjectFormat::new())
}

/// Runs `work` with a subscriber, within a span of the caller, and returns the spans in the order of their ends, without
/// the caller's.
fn exported(work: impl FnOnce()) -> Vec<SpanData> {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::with_default(subscriber, || {
        tracing::info_span!("caller").in_scope(work);
    });
    let mut spans = exporter.get_finished_spans().unwrap();
    let caller = spans.pop().unwrap();
    assert_eq!(caller.name, "caller");
    for span in calls(&spans) {
        assert_eq!(span.parent_span_id, caller.span_context.span_id());
    }
    spans
}

/// The spans of calls.
fn calls(spans: &[SpanData]) -> Vec<&SpanData> {
    let calls = spans.iter().filter(|span| span.name == "chat support");
    calls.collect()
}

/// The attributes of a span but for those of the code's location.
fn attributes(span: &SpanData) -> BTreeMap<String, Value> {
    let own = span.attributes.iter().filter(|it| {
        let name = it.key.as_str();
        !["code.", "thread.", "target", "level", "busy_ns", "idle_ns"]
            .iter()
            .any(|other| name.starts_with(other))
    });
    let own: Vec<_> = own
        .map(|KeyValue { key, value, .. }| (key.to_string(), value.clone()))
        .collect();
    let map: BTreeMap<_, _> = own.iter().cloned().collect();
    assert_eq!(map.len(), own.len(), "an attribute twice: {own:?}");
    map
}

#[track_caller]
fn assert_attributes<const N: usize>(span: &SpanData, expected: [(&str, Value); N]) {
    let expected = expected.map(|(name, value)| (name.to_owned(), value));
    assert_eq!(attributes(span), BTreeMap::from(expected), "{}", span.name);
}

fn texts<const N: usize>(texts: [&str; N]) -> Value {
    let texts = texts.map(|text| text.to_owned().into());
    Value::Array(Array::String(texts.into()))
}

fn assert_no_secret(spans: &[SpanData], secrets: &[&str]) {
    let all = format!("{spans:?}");
    for secret in secrets {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
}

fn answer() -> serde_json::Value {
    json!({
        "id": "01J", "model": "gpt-4o", "telemetry": {"trace_id": "orq-trace"},
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": ANSWER}, "finish_reason": "stop"},
            {"index": 1, "message": {"role": "assistant", "content": "b"}, "finish_reason": "length"},
        ],
        "usage": {
            "prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12,
            "prompt_tokens_details": {"cached_tokens": 4}, "completion_tokens_details": {"reasoning_tokens": 3},
        },
    })
}

fn piece(text: &str, finish: Option<&str>) -> String {
    let choice = json!({"index": 0, "message": {"content": text}, "finish_reason": finish});
    json!({"id": "01J", "model": "gpt-4o", "choices": [choice]}).to_string()
}

#[test]
fn an_invoke_with_a_retry_has_a_span_for_each_attempt() {
    let memory = MemoryTransport::new();
    memory.reply(
        Reply::json(json!({"error": {"code": "overloaded", "message": PROMPT}})).with_status(503),
    );
    memory.reply_json(answer());
    let client = builder(&memory).spans(spans()).build().unwrap();
    let spans = exported(|| {
        block_on(client.deployments().invoke(&request())).unwrap();
    });
    let [first, second, call] = &spans[..] else {
        panic!("{spans:?}")
    };
    assert_no_secret(&spans, &[KEY, PROMPT, ANSWER]);
    for attempt in [first, second] {
        assert_eq!(attempt.parent_span_id, call.span_context.span_id());
        assert_eq!(
            (&*attempt.name, attempt.span_kind.clone()),
            ("POST", SpanKind::Client)
        );
    }
    let url = "https://my.orq.ai/v2/deployments/invoke";
    assert_attributes(
        first,
        [
            ("http.request.method", "POST".into()),
            ("url.full", url.into()),
            ("server.address", "my.orq.ai".into()),
            ("server.port", 443.into()),
            ("http.response.status_code", 503.into()),
            ("error.type", "503".into()),
        ],
    );
    assert_eq!(first.status, Status::error(""));
    assert_attributes(
        second,
        [
            ("http.request.method", "POST".into()),
            ("url.full", url.into()),
            ("server.address", "my.orq.ai".into()),
            ("server.port", 443.into()),
            ("http.request.resend_count", 1.into()),
            ("http.response.status_code", 200.into()),
        ],
    );
    assert_eq!(second.status, Status::Unset);
    assert_eq!(
        (&*call.name, call.span_kind.clone()),
        ("chat support", SpanKind::Client)
    );
    assert_eq!(call.status, Status::Unset);
    assert_attributes(
        call,
        [
            ("gen_ai.operation.name", "chat".into()),
            ("gen_ai.provider.name", "orq".into()),
            ("gen_ai.prompt.name", "support".into()),
            ("gen_ai.conversation.id", "thread-7".into()),
            ("gen_ai.output.type", "json".into()),
            ("server.address", "my.orq.ai".into()),
            ("server.port", 443.into()),
            ("gen_ai.response.id", "01J".into()),
            ("gen_ai.response.model", "gpt-4o".into()),
            ("gen_ai.response.finish_reasons", texts(["stop", "length"])),
            ("gen_ai.usage.input_tokens", 7.into()),
            ("gen_ai.usage.output_tokens", 5.into()),
            ("gen_ai.usage.cache_read.input_tokens", 4.into()),
            ("gen_ai.usage.reasoning.output_tokens", 3.into()),
            ("orq.trace_id", "orq-trace".into()),
        ],
    );
}

#[test]
fn the_span_of_a_stream_ends_with_it() {
    let memory = MemoryTransport::new();
    let pieces = [
        piece("", None),
        piece(ANSWER, None),
        piece("", Some("stop")),
    ];
    let usage =
        json!({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 5}}).to_string();
    let events = pieces.iter().chain([&usage]).map(String::as_str);
    memory.reply_sse(events.chain(["[DONE]"]));
    let client = builder(&memory).spans(spans()).build().unwrap();
    let spans = exported(|| {
        let mut stream = block_on(client.deployments().stream(&request())).unwrap();
        while block_on(stream.next_text()).unwrap().is_some() {}
        // Its span has ended, though it lives on.
        tracing::info_span!("after the end").in_scope(|| ());
        drop(stream);
    });
    let names: Vec<_> = spans.iter().map(|span| &*span.name).collect();
    assert_eq!(names, ["POST", "chat support", "after the end"]);
    assert_no_secret(&spans, &[KEY, PROMPT, ANSWER]);
    let found = attributes(&spans[1]);
    assert_eq!(found["gen_ai.request.stream"], true.into());
    assert_eq!(found["gen_ai.response.finish_reasons"], texts(["stop"]));
    assert_eq!(found["gen_ai.usage.output_tokens"], 5.into());
    assert!(
        matches!(found["gen_ai.response.time_to_first_chunk"], Value::F64(_)),
        "{found:?}"
    );
    assert_eq!(spans[1].status, Status::Unset);
}

/// Collects the `error.type` of each outcome that has one.
#[derive(Clone, Debug, Default)]
struct ErrorTypes(Arc<Mutex<Vec<String>>>);

impl Observer for ErrorTypes {
    fn call_ended(&self, _: &CallReport, outcome: Outcome<'_>) {
        let kind = outcome.error_type().map(String::from);
        self.0.lock().unwrap().extend(kind);
    }
}

#[test]
fn a_cut_stream_and_a_failed_call_say_why() {
    let memory = MemoryTransport::new();
    memory.reply_sse([piece(ANSWER, None).as_str()]);
    let words = format!("no {PROMPT} with {KEY}");
    memory.reply(
        Reply::json(json!({"error": {"code": "bad_prompt", "message": words}})).with_status(400),
    );
    memory.reply(Reply::json(json!({"message": words})).with_status(400));
    memory.fail(Fault::Reset.before_head());
    let reported = ErrorTypes::default();
    let client = builder(&memory)
        .max_attempts(1)
        .observer(reported.clone())
        .spans(spans())
        .build()
        .unwrap();
    let spans = exported(|| {
        let stream = block_on(client.deployments().stream(&request())).unwrap();
        block_on(stream.finish()).unwrap_err();
        for _ in 0..3 {
            block_on(client.deployments().invoke(&request())).unwrap_err();
        }
    });
    assert_no_secret(&spans, &[KEY, PROMPT, ANSWER]);
    let calls = calls(&spans);
    let kinds: Vec<_> = calls
        .iter()
        .map(|call| attributes(call)["error.type"].to_string())
        .collect();
    assert_eq!(kinds, ["truncated", "bad_prompt", "400", "closed"]);
    assert_eq!(*reported.0.lock().unwrap(), kinds);
    for call in calls {
        assert_eq!(call.status, Status::error(""));
        assert_eq!(
            attributes(call)["gen_ai.response.finish_reasons"],
            texts(["error"])
        );
    }
}

#[test]
fn a_call_that_is_dropped_at_any_await_has_one_span() {
    for polls in 0.. {
        let memory = MemoryTransport::new();
        memory.timer().stop();
        memory.allow_unused().allow_unread();
        memory.reply(Reply::status(429, "wait").head_after(SECOND));
        let pieces = [piece("a", None), piece("b", Some("stop"))];
        let events = pieces.iter().map(String::as_str).chain(["[DONE]"]);
        memory.reply(Reply::sse(events).paced(SECOND).head_after(SECOND));
        let client = builder(&memory).spans(spans()).build().unwrap();
        let (mut ended, chunks) = (false, Cell::new(0));
        let spans = exported(|| {
            let mut work = pin!(async {
                let stream = client.deployments().stream(&request()).await.unwrap();
                stream
                    .for_each(|_| {
                        chunks.set(chunks.get() + 1);
                        ready(())
                    })
                    .await;
            });
            for _ in 0..polls {
                ended = ended || work.as_mut().now_or_never().is_some();
                memory.timer().advance(SECOND);
            }
        });
        let calls = calls(&spans);
        assert_eq!(calls.len(), usize::from(polls > 0), "{polls} polls");
        for call in calls {
            assert_eq!(call.status, Status::Unset);
            let reason = if chunks.get() == 2 { "stop" } else { "error" };
            let found = &attributes(call)["gen_ai.response.finish_reasons"];
            assert_eq!(*found, texts([reason]), "{polls} polls");
        }
        if ended {
            assert!(polls > 5, "{polls} polls");
            break;
        }
    }
}

#[test]
fn other_operations_have_spans_too() {
    let memory = MemoryTransport::new();
    memory.reply_json(json!({"data": [], "has_more": false}));
    memory.reply_json(json!({"id": "config", "model": "gpt-4o"}));
    memory.reply_json(json!({}));
    let client = builder(&memory).spans(spans()).build().unwrap();
    let spans = exported(|| {
        block_on(client.deployments().list()).unwrap();
        block_on(client.deployments().get_config(&request())).unwrap();
        let secret = "/v2/prompts?secret=value-of-the-query";
        block_on(client.request(Method::GET, secret)).unwrap();
    });
    assert_no_secret(&spans, &[KEY, PROMPT, "value-of-the-query"]);
    let names: Vec<_> = spans.iter().map(|span| &*span.name).collect();
    let expected = ["GET", "list", "POST", "get_config support", "GET", "other"];
    assert_eq!(names, expected);
    assert_attributes(
        &spans[1],
        [
            ("gen_ai.provider.name", "orq".into()),
            ("server.address", "my.orq.ai".into()),
            ("server.port", 443.into()),
        ],
    );
    assert_eq!(
        attributes(&spans[4])["url.full"],
        "https://my.orq.ai/v2/prompts".into()
    );
}

#[test]
fn content_is_recorded_if_it_is_asked_for() {
    let memory = MemoryTransport::new();
    let call = json!({"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let leak = format!("{ANSWER} {KEY}");
    let message = json!({"role": "assistant", "content": leak, "tool_calls": [call]});
    let choice = json!({"index": 0, "message": message, "finish_reason": "tool_calls"});
    memory.reply_json(json!({"choices": [choice]}));
    let pieces = [piece("Hel", None), piece("lo", Some("stop"))];
    memory.reply_sse(pieces.iter().map(String::as_str).chain(["[DONE]"]));
    memory.reply(Reply::json(json!({"error": {"code": "bad", "message": leak}})).with_status(400));
    let client = builder(&memory)
        .spans(spans().with_content())
        .build()
        .unwrap();
    let answered: orq_core::model::ToolCall = serde_json::from_value(call).unwrap();
    let request = request()
        .input("count", 3)
        .message(Message::user([
            ContentPart::text("What?"),
            ContentPart::image_url("u"),
        ]))
        .message(Message::from(
            AssistantMessage::default().tool_call(answered.clone()),
        ))
        .message(Message::tool_result(&answered, "18"));
    let spans = exported(|| {
        block_on(client.deployments().invoke(&request)).unwrap();
        let stream = block_on(client.deployments().stream(&request)).unwrap();
        block_on(stream.finish()).unwrap();
        block_on(client.deployments().invoke(&request)).unwrap_err();
    });
    assert_no_secret(&spans, &[KEY]);
    let [invoke, stream, failed] = calls(&spans)[..] else {
        panic!("{spans:?}")
    };
    let json = |span, name: &str| -> serde_json::Value {
        serde_json::from_str(&attributes(span)[name].as_str()).unwrap()
    };
    assert_eq!(
        json(invoke, "gen_ai.input.messages"),
        json!([
            {"role": "user", "parts": [{"type": "text", "content": PROMPT}]},
            {"role": "user", "parts": [
                {"type": "text", "content": "What?"},
                {"type": "image_url", "image_url": {"url": "u"}},
            ]},
            {"role": "assistant", "parts": [
                {"type": "tool_call", "id": "c", "name": "f", "arguments": "{}"},
            ]},
            {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c", "response": "18"}]},
        ])
    );
    let redacted = format!("{ANSWER} [redacted]");
    assert_eq!(
        json(invoke, "gen_ai.output.messages"),
        json!([{"role": "assistant", "finish_reason": "tool_calls", "parts": [
            {"type": "text", "content": redacted},
            {"type": "tool_call", "id": "c", "name": "f", "arguments": "{}"},
        ]}])
    );
    let tools = json(invoke, "gen_ai.tool.definitions");
    assert_eq!(tools[0]["function"]["name"], "tool");
    let found = attributes(invoke);
    assert_eq!(found["gen_ai.prompt.variable.variable"], PROMPT.into());
    assert_eq!(found["gen_ai.prompt.variable.count"], "3".into());
    assert_eq!(
        json(stream, "gen_ai.output.messages"),
        json!([{"role": "assistant", "finish_reason": "stop", "parts": [{"type": "text", "content": "Hello"}]}])
    );
    assert_eq!(failed.status, Status::error(redacted));
}

#[test]
fn the_context_of_an_attempt_is_sent() {
    let memory = MemoryTransport::new();
    for _ in 0..3 {
        memory.reply_json(answer());
    }
    let context = |span: &Span, headers: &mut HeaderMap| {
        TraceContextPropagator::new().inject_context(&span.context(), &mut HeaderInjector(headers));
        headers.insert("authorization", "Bearer other".parse().unwrap());
        headers.insert("host", "other".parse().unwrap());
        headers.insert("tracestate", "a=1, orq=7,b=2".parse().unwrap());
    };
    let client = builder(&memory)
        .spans(spans().propagator(context))
        .build()
        .unwrap();
    let spans = exported(|| {
        block_on(client.deployments().invoke(&request())).unwrap();
        let own = client
            .deployments()
            .invoke(&request())
            .header("traceparent", "own");
        block_on(own).unwrap();
    });
    // Without a subscriber there is no context.
    block_on(client.deployments().invoke(&request())).unwrap();
    let [sent, own, without] = &memory.requests()[..] else {
        panic!("three requests")
    };
    let header = |request: &RecordedRequest, name: &str| request.header(name).map(str::to_owned);
    let attempt = &spans[0].span_context;
    let (trace, id) = (attempt.trace_id(), attempt.span_id());
    assert_eq!(
        header(sent, "traceparent"),
        Some(format!("00-{trace}-{id}-01"))
    );
    assert_eq!(header(sent, "tracestate").as_deref(), Some("orq=1,a=1,b=2"));
    assert_eq!(header(sent, "host"), None);
    assert_eq!(header(own, "traceparent").as_deref(), Some("own"));
    assert_eq!(header(without, "traceparent"), None);
    for request in [sent, own, without] {
        assert_ne!(
            header(request, "authorization").as_deref(),
            Some("Bearer other")
        );
    }
}

#[test]
fn an_observer_is_called_within_the_span() {
    #[derive(Debug)]
    struct Adds;

    impl Observer for Adds {
        fn call_ended(&self, _: &CallReport, outcome: Outcome<'_>) {
            Span::current().set_attribute("own.outcome", outcome.as_str());
        }
    }

    let memory = MemoryTransport::new();
    memory.reply_json(answer());
    // Without the hook, a list is a text.
    let client = builder(&memory).observer(Adds).build().unwrap();
    let spans = exported(|| {
        block_on(client.deployments().invoke(&request())).unwrap();
    });
    let found = attributes(calls(&spans)[0]);
    assert_eq!(found["own.outcome"], "complete".into());
    assert_eq!(
        found["gen_ai.response.finish_reasons"],
        r#"["stop", "length"]"#.into()
    );
}
