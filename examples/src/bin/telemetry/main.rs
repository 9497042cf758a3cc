//! Spans and metrics of calls that end in each way, for OpenTelemetry.
//!
//! `OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 cargo run --bin telemetry` sends them to a collector; without the
//! variable they are printed. The server is a script in this process.
#![forbid(unsafe_code)]

mod metrics;
mod print;
mod script;

use std::{env, error::Error};

use opentelemetry::{
    Array, Value, metrics::MeterProvider, propagation::TextMapPropagator, trace::TracerProvider,
};
use opentelemetry_http::HeaderInjector;
use opentelemetry_otlp::{MetricExporter, SpanExporter};
use opentelemetry_sdk::{
    Resource, metrics::SdkMeterProvider, propagation::TraceContextPropagator,
    trace::SdkTracerProvider,
};
use orq_core::{
    Client, DeploymentRequest, Message,
    observe::{Attribute, Spans},
    retry::StandardRetry,
};
use tracing::Level;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{Layer, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    metrics::Metrics,
    print::{PrintMetrics, PrintSpans},
};

// The exporters of OTLP have threads of their own, which must not be those of an asynchronous runtime.
fn main() -> Result<(), Box<dyn Error>> {
    let (traces, meters) = providers()?;
    // Spans by `tracing` have attributes for the place in the code and the thread; the conventions don't.
    let layer = tracing_opentelemetry::layer()
        .with_tracer(traces.tracer("orq"))
        .with_location(false)
        .with_target(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        // Nothing else is exported, such as the exporter's own spans.
        .with_filter(Targets::new().with_target("orq", Level::INFO));
    tracing_subscriber::registry().with(layer).init();

    let server = script::server();
    let client = Client::builder(server.handle())
        .api_key("sk-orq-telemetry")
        .retry(StandardRetry::new())
        .observer(Metrics::new(&meters.meter("orq"), "my.orq.ai", 443))
        .spans(spans())
        .build()?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(calls(&client))?;
    server.verify();

    // Sends what hasn't been sent.
    traces.shutdown()?;
    Ok(meters.shutdown()?)
}

/// Returns providers that send to the collector that the environment names, or that print.
fn providers() -> Result<(SdkTracerProvider, SdkMeterProvider), Box<dyn Error>> {
    let resource = Resource::builder().with_service_name("telemetry").build();
    let traces = SdkTracerProvider::builder().with_resource(resource.clone());
    let meters = SdkMeterProvider::builder().with_resource(resource);
    Ok(if env::var_os("OTEL_EXPORTER_OTLP_ENDPOINT").is_some() {
        let spans = SpanExporter::builder().with_http().build()?;
        let metrics = MetricExporter::builder().with_http().build()?;
        (
            traces.with_batch_exporter(spans).build(),
            meters.with_periodic_exporter(metrics).build(),
        )
    } else {
        (
            traces.with_simple_exporter(PrintSpans).build(),
            meters.with_periodic_exporter(PrintMetrics).build(),
        )
    })
}

/// Records what `tracing` can't, and continues the trace at the server.
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

/// Makes a call with a retry, reads a whole stream, a cut one and the beginning of one, makes a call that fails, and lists
/// deployments.
async fn calls(client: &Client) -> Result<(), Box<dyn Error>> {
    let deployments = client.deployments();
    let request = |key| {
        DeploymentRequest::new(key)
            .input("question", script::PROMPT)
            .message(Message::user(script::PROMPT))
            .thread("thread-7")
            .include_usage()
    };
    deployments.invoke(&request("retried")).await?;
    let whole = deployments.stream(&request("whole")).await?;
    whole.finish().await?;
    let cut = deployments.stream(&request("cut")).await?;
    let cut = cut.finish().await;
    let mut dropped = deployments.stream(&request("dropped")).await?;
    dropped.next_text().await?;
    drop(dropped);
    let failed = deployments.invoke(&request("failed")).await;
    if cut.is_ok() || failed.is_ok() {
        return Err("the script of the server has two failures".into());
    }
    deployments.list().await?;
    Ok(())
}
