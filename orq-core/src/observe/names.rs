//! The names of attributes and metrics, from OpenTelemetry's
//! [conventions for generative AI](https://github.com/open-telemetry/semantic-conventions-genai) of November 2026 and for
//! [HTTP](https://opentelemetry.io/docs/specs/semconv/http/http-spans/).
//!
//! The former are in development, so names may change with a minor version of this crate.

macro_rules! names {
    ($($(#[$meta:meta])* $name:ident = $text:literal;)*) => {$(
        $(#[$meta])*
        pub const $name: &str = $text;
    )*};
}

// Read by tracing-opentelemetry.
pub(super) const OTEL_KIND: &str = "otel.kind";
pub(super) const OTEL_NAME: &str = "otel.name";
pub(super) const OTEL_STATUS: &str = "otel.status_code";
pub(super) const OTEL_STATUS_DESCRIPTION: &str = "otel.status_description";

names! {
    /// The operation: `chat`, for `invoke` and `stream`.
    OPERATION_NAME = "gen_ai.operation.name";
    /// The provider: [`PROVIDER`].
    PROVIDER_NAME = "gen_ai.provider.name";
    /// The value of [`PROVIDER_NAME`]. The provider behind orq is another.
    PROVIDER = "orq";
    /// The key of the deployment.
    PROMPT_NAME = "gen_ai.prompt.name";
    /// The beginning of the names of the prompt's variables, which end in the variable's name.
    PROMPT_VARIABLE = "gen_ai.prompt.variable.";
    /// Whether the answer is streamed: `true`, or absent.
    REQUEST_STREAM = "gen_ai.request.stream";
    /// The requested model. orq's deployments choose it, so a span of this crate doesn't have it.
    REQUEST_MODEL = "gen_ai.request.model";
    /// The id of the thread.
    CONVERSATION_ID = "gen_ai.conversation.id";
    /// The requested format of the answer: `text` or `json`.
    OUTPUT_TYPE = "gen_ai.output.type";
    /// orq's id of the completion.
    RESPONSE_ID = "gen_ai.response.id";
    /// The model that answered.
    RESPONSE_MODEL = "gen_ai.response.model";
    /// The finish reason of each choice.
    FINISH_REASONS = "gen_ai.response.finish_reasons";
    /// Seconds until the first chunk of a stream.
    TIME_TO_FIRST_CHUNK = "gen_ai.response.time_to_first_chunk";
    /// The number of tokens in the prompt.
    INPUT_TOKENS = "gen_ai.usage.input_tokens";
    /// The number of tokens in the answer.
    OUTPUT_TOKENS = "gen_ai.usage.output_tokens";
    /// The number of tokens that the provider read from its cache.
    CACHE_READ_TOKENS = "gen_ai.usage.cache_read.input_tokens";
    /// The number of tokens of reasoning.
    REASONING_TOKENS = "gen_ai.usage.reasoning.output_tokens";
    /// The messages of the request, as JSON. Content.
    INPUT_MESSAGES = "gen_ai.input.messages";
    /// The messages of the answer, as JSON. Content.
    OUTPUT_MESSAGES = "gen_ai.output.messages";
    /// The tools of the request, as JSON. Content.
    TOOL_DEFINITIONS = "gen_ai.tool.definitions";
    /// orq's trace id, which isn't the id of the span's trace.
    ORQ_TRACE_ID = "orq.trace_id";
    /// The kind of a failure: the code of an API's error, its status, or the kind of this crate's error.
    ERROR_TYPE = "error.type";
    /// The host of the server.
    SERVER_ADDRESS = "server.address";
    /// The port of the server.
    SERVER_PORT = "server.port";
    /// The method of an attempt.
    HTTP_METHOD = "http.request.method";
    /// The number of a repeated attempt, from 1.
    HTTP_RESEND_COUNT = "http.request.resend_count";
    /// The status of the attempt's response.
    HTTP_STATUS = "http.response.status_code";
    /// The URL of an attempt, without its query.
    URL_FULL = "url.full";

    /// Histogram: seconds of a call.
    METRIC_DURATION = "gen_ai.client.inference.duration";
    /// Histogram: seconds until the first text of a stream.
    METRIC_TIME_TO_FIRST_CHUNK = "gen_ai.client.inference.time_to_first_chunk";
    /// Counter: tokens in prompts.
    METRIC_INPUT_TOKENS = "gen_ai.client.inference.usage.input_tokens";
    /// Counter: tokens in answers.
    METRIC_OUTPUT_TOKENS = "gen_ai.client.inference.usage.output_tokens";
    /// Counter: tokens that providers read from their cache.
    METRIC_CACHE_READ_TOKENS = "gen_ai.client.inference.usage.cache_read.input_tokens";
    /// Counter: tokens of reasoning.
    METRIC_REASONING_TOKENS = "gen_ai.client.inference.usage.reasoning.output_tokens";
    /// Histogram: tokens in the prompt of a call.
    METRIC_OPERATION_INPUT_TOKENS = "gen_ai.client.inference.operation.input_tokens";
    /// Histogram: tokens in the answer of a call.
    METRIC_OPERATION_OUTPUT_TOKENS = "gen_ai.client.inference.operation.output_tokens";
}

/// The boundaries of the histograms of seconds: 0.01 × 2ⁿ, for n from 0 to 13.
pub const SECONDS: [f64; 14] = [
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
