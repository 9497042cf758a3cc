//! The span of a call.

use std::borrow::Cow;

use bytes::Bytes;
use http::{Request, Uri};
use tracing::{Level, Span, span};

use super::{
    CallReport, Outcome,
    attempt_span::{AttemptSpan, TARGET, address, fail, port},
    error_type::error_type,
    messages, names,
    spans::{Attribute, Spans},
};
use crate::{
    model::{Completion, FinishReason, JsonMap, RawJson, Usage},
    secret::ApiKey,
    transport::{CallContext, Operation},
};

/// The span of a call.
#[derive(Clone, Default)]
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
            { names::SERVER_ADDRESS } = address(uri),
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

    /// Records what the request asks for, with `key` redacted.
    fn request(&self, request: &JsonMap, key: &ApiKey) {
        let object =
            |of: &JsonMap, name| of.parse::<JsonMap>(name).ok().flatten().unwrap_or_default();
        let text = |of: &JsonMap, name| of.get(name).and_then(RawJson::text);
        let thread = text(&object(request, "thread"), "id").map(|id| key.hide(id));
        self.record(names::CONVERSATION_ID, thread.as_deref());
        let params = object(request, "extra_params");
        let format = text(&object(&params, "response_format"), "type");
        let output = match format.as_deref() {
            Some("json_object" | "json_schema") => Some("json"),
            Some("text") => Some("text"),
            _ => None,
        };
        self.record(names::OUTPUT_TYPE, output);
        if !self.spans.content {
            return;
        }
        let input = key.hide(messages::input(request).to_string());
        self.record(names::INPUT_MESSAGES, Some(input.as_str()));
        let tools = params.get("tools");
        let tools = tools.map(|tools| key.hide(tools.json().to_owned()));
        self.record(names::TOOL_DEFINITIONS, tools.as_deref());
        if let (Some(span), Some(record)) = (&self.span, &self.spans.attributes) {
            for (name, value) in object(request, "inputs").iter() {
                let text = value.text().unwrap_or_else(|| value.json().to_owned());
                let name = key.hide(format!("{}{name}", names::PROMPT_VARIABLE));
                record(span, &name, Attribute::Text(&key.hide(text)));
            }
        }
    }

    /// Records a value, if there is one: subscribers would write an empty one.
    fn record(&self, name: &str, value: Option<impl tracing::Value>) {
        if let (Some(span), Some(value)) = (&self.span, value) {
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
        // Only now: the key, which a provider may have returned, is redacted.
        if self.is_chat
            && !self.is_disabled()
            && number == 1
            && let Ok(asked) = serde_json::from_slice(request.body())
        {
            self.request(&asked, key);
        }
        AttemptSpan::start(self.span.as_ref(), spans, number, request, key)
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
            None => self.record(names::FINISH_REASONS, Some(tracing::field::debug(&reasons))),
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

/// Returns a count as the integer type that tracing-opentelemetry reads as one.
fn int(count: Option<u64>) -> Option<i64> {
    count.map(|count| i64::try_from(count).unwrap_or(i64::MAX))
}
