//! The metrics of OpenTelemetry's conventions for generative AI, from the reports of calls. This file can be copied.
//!
//! A report has no time of each chunk, so there is no `gen_ai.client.inference.time_per_output_chunk`.

use opentelemetry::{
    KeyValue,
    metrics::{Counter, Histogram, Meter},
};
use orq_core::{
    model::Usage,
    observe::{CallReport, Observer, Outcome, names},
    transport::Operation,
};

/// Records the metrics of each call of a model.
#[derive(Debug)]
pub(crate) struct Metrics {
    server: String,
    duration: Histogram<f64>,
    time_to_first_chunk: Histogram<f64>,
    input_of_call: Histogram<u64>,
    output_of_call: Histogram<u64>,
    input: Counter<u64>,
    output: Counter<u64>,
    cache_read: Counter<u64>,
    reasoning: Counter<u64>,
}

impl Metrics {
    /// Creates the instruments, for calls to this host.
    pub(crate) fn new(meter: &Meter, server: impl Into<String>) -> Self {
        let seconds = |name| {
            let histogram = meter.f64_histogram(name).with_unit("s");
            histogram.with_boundaries(names::SECONDS.to_vec()).build()
        };
        let of_call = |name| meter.u64_histogram(name).with_unit("{token}").build();
        let tokens = |name| meter.u64_counter(name).with_unit("{token}").build();
        Self {
            server: server.into(),
            duration: seconds(names::METRIC_DURATION),
            time_to_first_chunk: seconds(names::METRIC_TIME_TO_FIRST_CHUNK),
            input_of_call: of_call(names::METRIC_OPERATION_INPUT_TOKENS),
            output_of_call: of_call(names::METRIC_OPERATION_OUTPUT_TOKENS),
            input: tokens(names::METRIC_INPUT_TOKENS),
            output: tokens(names::METRIC_OUTPUT_TOKENS),
            cache_read: tokens(names::METRIC_CACHE_READ_TOKENS),
            reasoning: tokens(names::METRIC_REASONING_TOKENS),
        }
    }

    fn tokens(&self, usage: &Usage, attributes: &[KeyValue]) {
        if let Some(count) = usage.prompt_tokens {
            self.input.add(count, attributes);
            self.input_of_call.record(count, attributes);
        }
        if let Some(count) = usage.completion_tokens {
            self.output.add(count, attributes);
            self.output_of_call.record(count, attributes);
        }
        let prompt = usage.prompt_tokens_details.as_ref();
        if let Some(count) = prompt.and_then(|it| it.cached_tokens.as_option()) {
            self.cache_read.add(*count, attributes);
        }
        let completion = usage.completion_tokens_details.as_option();
        if let Some(count) = completion.and_then(|it| it.reasoning_tokens.as_option()) {
            self.reasoning.add(*count, attributes);
        }
    }
}

impl Observer for Metrics {
    fn call_ended(&self, report: &CallReport, outcome: Outcome<'_>) {
        if !matches!(report.operation, Operation::Invoke | Operation::Stream) {
            return;
        }
        let mut attributes = vec![
            KeyValue::new(names::OPERATION_NAME, "chat"),
            KeyValue::new(names::PROVIDER_NAME, names::PROVIDER),
            KeyValue::new(names::SERVER_ADDRESS, self.server.clone()),
        ];
        if let Some(model) = &report.model {
            attributes.push(KeyValue::new(names::RESPONSE_MODEL, model.clone()));
        }
        if let Some(kind) = outcome.error_type() {
            attributes.push(KeyValue::new(names::ERROR_TYPE, kind.into_owned()));
        }
        if let Some(total) = report.total {
            self.duration.record(total.as_secs_f64(), &attributes);
        }
        if let Some(time) = report.time_to_first_chunk {
            let seconds = time.as_secs_f64();
            self.time_to_first_chunk.record(seconds, &attributes);
        }
        if let Some(usage) = &report.usage {
            self.tokens(usage, &attributes);
        }
    }
}
