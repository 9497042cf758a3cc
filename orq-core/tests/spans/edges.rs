//! What servers, callers and keys may put into the spans of calls, and what must not get there.

use std::time::Duration;

use opentelemetry::{Value, trace::TracerProvider};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use orq_core::{
    Client, DeploymentRequest, Message,
    http::{HeaderMap, Method},
    observe::{Attribute, Spans},
};
use orq_testkit::{MemoryTransport, Reply};
use serde_json::json;
use tracing::subscriber::{DefaultGuard, NoSubscriber, set_default};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::SubscriberExt;

const KEY: &str = "sk-orq-secret-key";
const PROMPT: &str = "the words of the prompt";

/// Collects what is exported of the spans of this thread.
struct Collector {
    exporter: InMemorySpanExporter,
    _provider: SdkTracerProvider,
    _guard: DefaultGuard,
}

impl Collector {
    fn start() -> Self {
        let exporter = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone());
        let provider = provider.build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        let _guard = set_default(tracing_subscriber::registry().with(layer));
        Self {
            exporter,
            _provider: provider,
            _guard,
        }
    }

    /// Returns the spans that have ended: the attempt, and the call.
    fn spans(&self) -> [SpanData; 2] {
        let spans = self.exporter.get_finished_spans().unwrap();
        spans.try_into().unwrap()
    }
}

fn attribute(span: &SpanData, name: &str) -> Option<Value> {
    let mut all = span.attributes.iter();
    let found = all.find(|it| it.key.as_str() == name)?;
    Some(found.value.clone())
}

fn client(memory: &MemoryTransport, spans: Spans) -> Client {
    let builder = memory.client_builder().api_key(KEY).spans(spans);
    builder.build().unwrap()
}

fn request() -> DeploymentRequest {
    DeploymentRequest::new("support").message(Message::user(PROMPT))
}

fn answered() -> MemoryTransport {
    let memory = MemoryTransport::new();
    let message = json!({"role": "assistant", "reasoning": "because", "content": "so"});
    memory.reply_json(json!({"choices": [{"finish_reason": "stop", "message": message}]}));
    memory
}

#[tokio::test]
async fn the_key_is_redacted_where_the_caller_has_put_it() {
    let collector = Collector::start();
    let memory = answered();
    let spans = Spans::new().with_content();
    let spans = spans.attributes(|span, name, value| {
        if let Attribute::Text(text) = value {
            span.set_attribute(name.to_owned(), text.to_owned());
        }
    });
    let request = request().message(Message::user(KEY)).thread(KEY);
    let request = request.input("name", KEY).input(KEY, 1);
    let request = request.extra_param("tools", [json!({"name": KEY})]);
    let deployments = client(&memory, spans).deployments();
    deployments.invoke(&request).await.unwrap();
    let all = format!("{:?}", collector.spans());
    assert!(!all.contains(KEY), "{all}");
    assert!(all.contains(PROMPT) && all.contains("gen_ai.prompt.variable.name"));
    assert!(all.contains("because"), "the reasoning is content, too");
}

#[tokio::test]
async fn the_key_is_redacted_in_a_path() {
    let collector = Collector::start();
    let memory = answered();
    let client = client(&memory, Spans::new());
    let path = format!("/v2/keys/{KEY}");
    client.request(Method::DELETE, path).await.unwrap();
    let url = attribute(&collector.spans()[0], "url.full").unwrap();
    assert_eq!(url.as_str(), "https://my.orq.ai/v2/keys/[redacted]");
}

#[tokio::test]
async fn the_first_chunk_counts_if_it_has_no_text() {
    let collector = Collector::start();
    let memory = MemoryTransport::new();
    let call = json!({"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let message = json!({"tool_calls": [call]});
    let chunk = json!({"choices": [{"message": message, "finish_reason": "tool_calls"}]});
    let reply = Reply::sse([&*chunk.to_string(), "[DONE]"]);
    memory.reply(reply.head_after(Duration::from_secs(2)));
    let deployments = client(&memory, Spans::new()).deployments();
    let stream = deployments.stream(&request()).await.unwrap();
    stream.finish().await.unwrap();
    let time = attribute(&collector.spans()[1], "gen_ai.response.time_to_first_chunk");
    assert_eq!(time, Some(2.0.into()));
}

#[tokio::test]
async fn a_trace_goes_on_without_a_span() {
    let _guard = set_default(NoSubscriber::new());
    let memory = answered();
    let full: Vec<_> = (0..32).map(|n| format!("a{n}=1")).collect();
    let full = full.join(",");
    let spans = Spans::new().propagator(move |span, headers: &mut HeaderMap| {
        assert!(span.is_disabled());
        headers.insert("traceparent", "00-1-2-01".parse().unwrap());
        headers.insert("tracestate", full.parse().unwrap());
    });
    let deployments = client(&memory, spans).deployments();
    deployments.invoke(&request()).await.unwrap();
    let headers = memory.only_request().headers().clone();
    assert_eq!(headers["traceparent"], "00-1-2-01");
    let state = headers["tracestate"].to_str().unwrap().split(',');
    let state: Vec<_> = state.collect();
    assert_eq!((state.len(), state[0], state[31]), (32, "orq=1", "a30=1"));
}
