//! Answers.

use orq_core::{
    Completion,
    model::{
        CompletionTokensDetails, Number, ObjectKind, PromptTokensDetails, Provider, Retrieval,
        RetrievalMetadata, Telemetry, Usage,
    },
};
use proptest::{collection::vec, option::of, prelude::*, sample::select};

use super::{
    choice::choice,
    json::{count, json, unknown_fields},
    message::nullable,
    text::{name, text},
};

/// Any answer of orq's: text, tool calls, images, refusals and reasoning, in one choice or several; usage and
/// retrievals; with names and fields in it that this version of the client has never heard of.
///
/// What may be missing from an answer is missing at times.
///
/// ```
/// use orq_core::Completion;
/// use orq_testkit::strategy::completion;
/// use proptest::prelude::*;
///
/// proptest!(ProptestConfig::with_cases(16), |(answer in completion())| {
///     let json = serde_json::to_string(&answer)?;
///     prop_assert_eq!(serde_json::from_str::<Completion>(&json)?, answer);
/// });
/// ```
pub fn completion() -> impl Strategy<Value = Completion> {
    let ids = (
        of(ulid()),
        of(date()),
        of(object()),
        of(name()),
        of(provider()),
    );
    let of_orq = (of(ulid()), of(telemetry()), of(date()), nullable(name()));
    let choices = vec(choice(), 1..4);
    let found = (of(vec(retrieval(), 0..3)), of(json()), nullable(usage()));
    let is_final = prop_oneof![4 => Just(Some(true)), 1 => Just(None)];
    (ids, of_orq, choices, found, is_final, unknown_fields())
        .prop_map(|(ids, of_orq, choices, found, is_final, extra)| {
            let mut answer = Completion::default();
            (
                answer.id,
                answer.created,
                answer.object,
                answer.model,
                answer.provider,
            ) = ids;
            (
                answer.integration_id,
                answer.telemetry,
                answer.finalized,
                answer.system_fingerprint,
            ) = of_orq;
            (answer.retrievals, answer.provider_response, answer.usage) = found;
            answer.is_final = is_final;
            answer.choices = choices;
            for (index, choice) in (0..).zip(&mut answer.choices) {
                choice.index = Some(index);
            }
            answer.extra = extra;
            answer
        })
        .boxed()
}

fn ulid() -> impl Strategy<Value = String> {
    "01[0-9A-HJKMNP-TV-Z]{24}"
}

fn date() -> impl Strategy<Value = String> {
    "202[0-9]-0[1-9]-[12][0-9]T[01][0-9]:[0-5][0-9]:[0-5][0-9]\\.[0-9]{3}Z"
}

fn object() -> impl Strategy<Value = ObjectKind> {
    select(vec!["chat", "completion", "image", "hologram"]).prop_map(ObjectKind::from)
}

fn provider() -> impl Strategy<Value = Provider> {
    select(vec!["openai", "anthropic", "google-ai", "newcomer"]).prop_map(Provider::from)
}

fn telemetry() -> impl Strategy<Value = Telemetry> {
    ("[0-9a-f]{32}", "[0-9a-f]{16}", unknown_fields()).prop_map(|(trace_id, span_id, extra)| {
        let mut telemetry = Telemetry::default();
        telemetry.trace_id = Some(trace_id);
        telemetry.span_id = Some(span_id);
        telemetry.extra = extra;
        telemetry
    })
}

fn retrieval() -> impl Strategy<Value = Retrieval> {
    let score = || (0.0..1.0_f64).prop_map(Number::from);
    let page = nullable((1_u64..500).prop_map(Number::from));
    let metadata = (of(name()), page, of(name()), of(score()), of(score()));
    let metadata = metadata.prop_map(|(file_name, page_number, file_type, search, rerank)| {
        let mut metadata = RetrievalMetadata::default();
        metadata.file_name = file_name;
        metadata.page_number = page_number;
        metadata.file_type = file_type;
        metadata.search_score = search;
        metadata.rerank_score = rerank;
        metadata
    });
    (text(), of(metadata), unknown_fields()).prop_map(|(document, metadata, extra)| {
        let mut retrieval = Retrieval::default();
        retrieval.document = Some(document);
        retrieval.metadata = metadata;
        retrieval.extra = extra;
        retrieval
    })
}

fn usage() -> impl Strategy<Value = Usage> {
    let cached = nullable(count()).prop_map(|cached_tokens| {
        let mut details = PromptTokensDetails::default();
        details.cached_tokens = cached_tokens;
        details
    });
    let reasoning = nullable(count()).prop_map(|reasoning_tokens| {
        let mut details = CompletionTokensDetails::default();
        details.reasoning_tokens = reasoning_tokens;
        details
    });
    let details = (of(cached), nullable(reasoning));
    (
        of(count()),
        of(count()),
        of(count()),
        details,
        unknown_fields(),
    )
        .prop_map(|(total, prompt, completion, details, extra)| {
            let mut usage = Usage::default();
            usage.total_tokens = total;
            usage.prompt_tokens = prompt;
            usage.completion_tokens = completion;
            (usage.prompt_tokens_details, usage.completion_tokens_details) = details;
            usage.extra = extra;
            usage
        })
}
