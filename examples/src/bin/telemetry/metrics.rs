//! The metrics of OpenTelemetry's conventions for generative AI, from the reports of calls. This file can be copied.
//!
//! A report doesn't have the time of each chunk, so `gen_ai.client.inference.time_per_output_chunk` isn't recorded.

use opentelemetry::{
    KeyValue,
    metrics::{Counter, Histogram, Meter},
};
use orq_core::{
    model::Usage,
    observe::{CallReport, Observer, Outcome, names},
    transport::Operation,
};

/// Records the metrics of each `invoke` and `stream`. Other operations don't ask a model.
#[derive(Debug)]
pub(crate) struct Metrics {
    server: [KeyValue; 2],
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
    /// Creates the instruments, for calls to this host and port.
    pub(crate) fn new(meter: &Meter, host: impl Into<String>, port: u16) -> Self {
        let seconds = |name| {
            let histogram = meter.f64_histogram(name).with_unit("s");
            histogram.with_boundaries(names::SECONDS.to_vec()).build()
        };
        let of_call = |name| meter.u64_histogram(name).with_unit("{token}").build();
        let tokens = |name| meter.u64_counter(name).with_unit("{token}").build();
        Self {
            server: [
                KeyValue::new(names::SERVER_ADDRESS, host.into()),
                KeyValue::new(names::SERVER_PORT, i64::from(port)),
            ],
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

    fn attributes(&self, report: &CallReport, outcome: Outcome<'_>) -> Vec<KeyValue> {
        let mut attributes = vec![
            KeyValue::new(names::OPERATION_NAME, "chat"),
            KeyValue::new(names::PROVIDER_NAME, names::PROVIDER),
        ];
        attributes.extend(self.server.clone());
        let model = report.model.clone();
        attributes.extend(model.map(|model| KeyValue::new(names::RESPONSE_MODEL, model)));
        let error = outcome.error_type().map(String::from);
        attributes.extend(error.map(|kind| KeyValue::new(names::ERROR_TYPE, kind)));
        attributes
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
        let attributes = self.attributes(report, outcome);
        if let Some(time) = report.total {
            self.duration.record(time.as_secs_f64(), &attributes);
        }
        if let Some(time) = report.time_to_first_chunk {
            self.time_to_first_chunk
                .record(time.as_secs_f64(), &attributes);
        }
        if let Some(usage) = &report.usage {
            self.tokens(usage, &attributes);
        }
    }
}
