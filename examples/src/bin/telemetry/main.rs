//! Spans and metrics by OpenTelemetry, for calls that end in each way.
//!
//! `OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 cargo run --bin telemetry` sends them to a collector. Without the
//! variable, the spans are printed. The server is a script in memory.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a program that shows things")]

mod metrics;

use std::{env, error::Error, time::Duration};

use metrics::Metrics;
use opentelemetry::{
    Array, Value, metrics::MeterProvider, propagation::TextMapPropagator, trace::TracerProvider,
};
use opentelemetry_http::HeaderInjector;
use opentelemetry_otlp::{MetricExporter, SpanExporter as OtlpExporter};
use opentelemetry_sdk::{
    error::OTelSdkResult,
    metrics::SdkMeterProvider,
    propagation::TraceContextPropagator,
    trace::{SdkTracerProvider, SpanData, SpanExporter},
};
use orq_core::{
    Client, DeploymentRequest, Message,
    observe::{Attribute, Spans},
    retry::{Backoff, StandardRetry},
};
use orq_testkit::{MemoryTransport, Reply};
use serde_json::{Value as Json, json};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{Layer, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

fn main() -> Result<(), Box<dyn Error>> {
    let (mut traces, mut meters) = (SdkTracerProvider::builder(), SdkMeterProvider::builder());
    if env::var_os("OTEL_EXPORTER_OTLP_ENDPOINT").is_some() {
        traces = traces.with_batch_exporter(OtlpExporter::builder().with_http().build()?);
        meters = meters.with_periodic_exporter(MetricExporter::builder().with_http().build()?);
    } else {
        traces = traces.with_simple_exporter(Print);
    }
    let (traces, meters) = (traces.build(), meters.build());
    let layer = tracing_opentelemetry::layer()
        .with_tracer(traces.tracer("orq"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_target(false);
    // Of other crates, also of the exporter, nothing is recorded.
    let layer = layer.with_filter(Targets::new().with_target("orq", tracing::Level::INFO));
    tracing_subscriber::registry().with(layer).init();

    let memory = script();
    let retry = Backoff::exponential(Duration::ZERO, Duration::ZERO);
    let client = Client::builder(memory.handle())
        .api_key("sk-orq-telemetry")
        .retry(StandardRetry::new().backoff(retry))
        .observer(Metrics::new(&meters.meter("orq"), "my.orq.ai"))
        .spans(spans())
        .build()?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(calls(&client))?;
    memory.verify();
    traces.shutdown()?;
    Ok(meters.shutdown()?)
}

/// Records what `tracing` can't, and sends the context of each attempt.
fn spans() -> Spans {
    let propagator = TraceContextPropagator::new();
    Spans::new()
        .attributes(|span, name, value| {
            let value = match value {
                Attribute::List(texts) => {
                    let texts = texts.iter().map(|text| (*text).to_owned().into());
                    Value::Array(Array::String(texts.collect()))
                }
                Attribute::Text(text) => text.to_owned().into(),
                _ => return,
            };
            span.set_attribute(name.to_owned(), value);
        })
        .propagator(move |span, headers| {
            propagator.inject_context(&span.context(), &mut HeaderInjector(headers));
        })
}

/// An invoke with a retry, a whole stream, a cut one, a dropped one, a call that fails, and a list.
async fn calls(client: &Client) -> Result<(), orq_core::Error> {
    let deployments = client.deployments();
    let request = |key| {
        let request = DeploymentRequest::new(key).message(Message::user("a private question"));
        request.thread("thread-7").include_usage()
    };
    deployments.invoke(&request("retried")).await?;
    deployments
        .stream(&request("whole"))
        .await?
        .finish()
        .await?;
    let cut = deployments.stream(&request("cut")).await?.finish().await;
    let mut dropped = deployments.stream(&request("dropped")).await?;
    dropped.next_text().await?;
    drop(dropped);
    let failed = deployments.invoke(&request("failed")).await;
    assert!(cut.is_err() && failed.is_err());
    deployments.list().await?;
    Ok(())
}

fn script() -> MemoryTransport {
    let memory = MemoryTransport::new();
    let usage = json!({
        "prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12,
        "prompt_tokens_details": {"cached_tokens": 4},
        "completion_tokens_details": {"reasoning_tokens": 3},
    });
    let part = |text: &str, finish: Json, usage: Json| {
        let choice = json!({"index": 0, "message": {"content": text}, "finish_reason": finish});
        let telemetry = json!({"trace_id": "orq-trace"});
        let model = "gpt-4o";
        json!({"id": "01J", "model": model, "choices": [choice], "usage": usage, "telemetry": telemetry})
    };
    let first = part("a private", Json::Null, Json::Null).to_string();
    let last = part(" answer", json!("stop"), usage.clone()).to_string();
    let overloaded =
        json!({"error": {"code": "provider_overloaded", "message": "a private question"}});
    let refused =
        json!({"error": {"code": "invalid_request_body", "message": "a private question"}});
    memory.reply(Reply::json(overloaded).with_status(503));
    memory.reply_json(part("a private answer", json!("stop"), usage));
    memory.reply_sse([&*first, &*last, "[DONE]"]);
    memory.reply_sse([&*first]);
    memory.reply_sse([&*first, &*last, "[DONE]"]);
    memory.reply(Reply::json(refused).with_status(400));
    memory.reply_json(json!({"object": "list", "data": [], "has_more": false}));
    memory.allow_unread();
    memory
}

/// Prints the spans, without their times and ids.
#[derive(Debug)]
struct Print;

impl SpanExporter for Print {
    async fn export(&self, spans: Vec<SpanData>) -> OTelSdkResult {
        for span in spans {
            println!("{} ({:?})", span.name, span.status);
            for attribute in &span.attributes {
                println!("    {} = {}", attribute.key, attribute.value);
            }
        }
        Ok(())
    }
}
