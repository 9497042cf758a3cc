//! Exporters that print spans and metrics, without their ids and the times of the clock.
#![allow(clippy::print_stdout, reason = "a program that shows things")]

use std::{fmt::Display, time::Duration};

use opentelemetry::KeyValue;
use opentelemetry_sdk::{
    error::OTelSdkResult,
    metrics::{
        Temporality,
        data::{AggregatedMetrics, Metric, MetricData, ResourceMetrics},
        exporter::PushMetricExporter,
    },
    trace::{SpanData, SpanExporter},
};

/// Prints each span as it ends: those of the attempts come before that of their call.
#[derive(Debug)]
pub(crate) struct PrintSpans;

impl SpanExporter for PrintSpans {
    async fn export(&self, spans: Vec<SpanData>) -> OTelSdkResult {
        for span in spans {
            println!("span {}, status {:?}", span.name, span.status);
            for KeyValue { key, value, .. } in &span.attributes {
                println!("    {key} = {value}");
            }
        }
        Ok(())
    }
}

/// Prints all metrics, once they are flushed.
#[derive(Debug)]
pub(crate) struct PrintMetrics;

impl PushMetricExporter for PrintMetrics {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        for metric in metrics.scope_metrics().flat_map(|scope| scope.metrics()) {
            println!("metric {} in {}", metric.name(), metric.unit());
            let mut points = points(metric);
            points.sort();
            for point in points {
                println!("    {point}");
            }
        }
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}

fn points(metric: &Metric) -> Vec<String> {
    match metric.data() {
        AggregatedMetrics::F64(data) => lines(data),
        AggregatedMetrics::U64(data) => lines(data),
        AggregatedMetrics::I64(data) => lines(data),
    }
}

/// Returns a line for each set of attributes.
fn lines<T: Copy + Display>(data: &MetricData<T>) -> Vec<String> {
    match data {
        MetricData::Sum(sum) => {
            let points = sum.data_points();
            let line = |value, labels| format!("{value} for {labels}");
            points
                .map(|it| line(it.value(), labels(it.attributes())))
                .collect()
        }
        MetricData::Histogram(histogram) => {
            let points = histogram.data_points();
            let line = |sum, count, labels| format!("{sum} in {count} for {labels}");
            points
                .map(|it| line(it.sum(), it.count(), labels(it.attributes())))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn labels<'a>(attributes: impl Iterator<Item = &'a KeyValue>) -> String {
    let mut labels: Vec<_> = attributes
        .map(|KeyValue { key, value, .. }| format!("{key}={value}"))
        .collect();
    labels.sort();
    labels.join(" ")
}
