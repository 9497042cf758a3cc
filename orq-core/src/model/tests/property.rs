//! A value that is serialized and deserialized again is the same value.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use serde::Serialize;

use super::{read, read_clean};
use crate::model::{
    Choice, Completion, CompletionChunk, CompletionMessage, CompletionTokensDetails, Content,
    ContentPart, FunctionCall, JsonMap, Nullable, Number, PromptTokensDetails, RawJson, Retrieval,
    RetrievalMetadata, Telemetry, ToolCall, Usage,
};

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-z]{0,8}"]
}

fn nullable<T: Clone + std::fmt::Debug + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Nullable<T>> {
    prop_oneof![
        Just(Nullable::Absent),
        Just(Nullable::Null),
        value.prop_map(Nullable::Value)
    ]
}

fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<u64>().prop_map(Number::from),
        any::<i64>().prop_map(Number::from),
        (-1e300..1e300_f64).prop_map(Number::from),
    ]
}

fn written(value: impl Serialize) -> RawJson {
    RawJson::new(value).unwrap()
}

fn raw() -> impl Strategy<Value = RawJson> {
    let leaf = prop_oneof![
        Just(written(())),
        any::<bool>().prop_map(written),
        text().prop_map(written),
        "-?[1-9][0-9]{0,30}(\\.[0-9]{1,5})?(e-?[0-9]{1,3})?"
            .prop_map(|number| RawJson::from_text(number).unwrap()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(written),
            vec((text(), inner), 0..3)
                .prop_map(|pairs| written(pairs.into_iter().collect::<JsonMap>())),
        ]
    })
}

/// Unknown fields, with names that no known field has.
fn extra() -> impl Strategy<Value = JsonMap> {
    vec(("x-[a-z]{0,3}", raw()), 0..3).prop_map(|pairs| pairs.into_iter().collect())
}

fn part() -> impl Strategy<Value = ContentPart> {
    prop_oneof![
        text().prop_map(ContentPart::text),
        text().prop_map(ContentPart::image_url),
        (text(), text())
            .prop_map(|(reasoning, signature)| ContentPart::reasoning(reasoning, signature)),
        extra().prop_map(|extra| ContentPart::Other(written(extra))),
    ]
}

fn content() -> impl Strategy<Value = Content> {
    prop_oneof![
        text().prop_map(Content::Text),
        vec(part(), 0..3).prop_map(Content::Parts)
    ]
}

fn tool_call() -> impl Strategy<Value = ToolCall> {
    let function =
        (of(text()), of(text()), extra()).prop_map(|(name, arguments, extra)| FunctionCall {
            name,
            arguments,
            extra,
        });
    (
        of(text()),
        of(any::<u64>()),
        of(text()),
        of(function),
        of(text()),
        of(raw()),
        extra(),
    )
        .prop_map(
            |(id, index, kind, function, thought_signature, extra_content, extra)| ToolCall {
                id,
                index,
                kind: kind.map(Into::into),
                function,
                thought_signature,
                extra_content,
                extra,
            },
        )
}

fn message() -> impl Strategy<Value = CompletionMessage> {
    let texts = (
        of(text()),
        of(text()),
        of(text()),
        of(text()),
        of(text()),
        of(text()),
    );
    (
        texts,
        nullable(content()),
        of(vec(tool_call(), 0..3)),
        nullable(text()),
        extra(),
    )
        .prop_map(
            |(
                (kind, role, url, reasoning, reasoning_signature, redacted_reasoning),
                content,
                tool_calls,
                refusal,
                extra,
            )| CompletionMessage {
                kind: kind.map(Into::into),
                role: role.map(Into::into),
                content,
                tool_calls,
                url,
                reasoning,
                reasoning_signature,
                redacted_reasoning,
                refusal,
                extra,
            },
        )
}

fn choice() -> impl Strategy<Value = Choice> {
    (of(any::<u64>()), of(message()), nullable(text()), extra()).prop_map(
        |(index, message, finish_reason, extra)| Choice {
            index,
            message,
            finish_reason: finish_reason.map(Into::into),
            extra,
        },
    )
}

fn usage() -> impl Strategy<Value = Usage> {
    let prompt =
        (nullable(any::<u64>()), extra()).prop_map(|(cached_tokens, extra)| PromptTokensDetails {
            cached_tokens,
            extra,
        });
    let completion = (nullable(any::<u64>()), extra()).prop_map(|(reasoning_tokens, extra)| {
        CompletionTokensDetails {
            reasoning_tokens,
            extra,
        }
    });
    (
        of(any::<u64>()),
        of(any::<u64>()),
        of(any::<u64>()),
        of(prompt),
        nullable(completion),
        extra(),
    )
        .prop_map(
            |(
                total_tokens,
                prompt_tokens,
                completion_tokens,
                prompt_tokens_details,
                completion_tokens_details,
                extra,
            )| Usage {
                total_tokens,
                prompt_tokens,
                completion_tokens,
                prompt_tokens_details,
                completion_tokens_details,
                extra,
            },
        )
}

fn retrieval() -> impl Strategy<Value = Retrieval> {
    let metadata = (
        of(text()),
        nullable(number()),
        of(text()),
        of(number()),
        of(number()),
        extra(),
    )
        .prop_map(
            |(file_name, page_number, file_type, search_score, rerank_score, extra)| {
                RetrievalMetadata {
                    file_name,
                    page_number,
                    file_type,
                    search_score,
                    rerank_score,
                    extra,
                }
            },
        );
    (of(text()), of(metadata), extra()).prop_map(|(document, metadata, extra)| Retrieval {
        document,
        metadata,
        extra,
    })
}

fn completion() -> impl Strategy<Value = Completion> {
    let texts = (
        of(text()),
        of(text()),
        of(text()),
        of(text()),
        of(text()),
        of(text()),
        of(text()),
    );
    let telemetry =
        (of(text()), of(text()), extra()).prop_map(|(trace_id, span_id, extra)| Telemetry {
            trace_id,
            span_id,
            extra,
        });
    let rest = (
        of(vec(retrieval(), 0..3)),
        of(raw()),
        nullable(usage()),
        extra(),
    );
    (
        texts,
        of(any::<bool>()),
        of(telemetry),
        nullable(text()),
        vec(choice(), 0..3),
        rest,
    )
        .prop_map(
            |(
                (id, created, object, model, provider, integration_id, finalized),
                is_final,
                telemetry,
                system_fingerprint,
                choices,
                (retrievals, provider_response, usage, extra),
            )| Completion {
                id,
                created,
                object: object.map(Into::into),
                model,
                provider: provider.map(Into::into),
                is_final,
                integration_id,
                telemetry,
                finalized,
                system_fingerprint,
                choices,
                retrievals,
                provider_response,
                usage,
                extra,
            },
        )
}

proptest! {
    #[test]
    fn an_answer_survives_writing_and_reading(answer in completion()) {
        let text = serde_json::to_string(&answer).unwrap();
        prop_assert_eq!(&read_clean::<Completion>(&text), &answer);
        prop_assert_eq!(&serde_json::from_str::<Completion>(&text).unwrap(), &answer);
        let chunk: CompletionChunk = read_clean(&text);
        prop_assert_eq!(&chunk, &CompletionChunk::from(answer.clone()));
        prop_assert_eq!(Completion::from(chunk), answer);
    }

    #[test]
    fn a_message_sent_back_is_one_that_requests_have(answer in completion()) {
        let message = answer.to_message();
        let text = serde_json::to_string(&message).unwrap();
        prop_assert_eq!(serde_json::from_str::<crate::model::Message>(&text).unwrap(), message);
    }

    #[test]
    fn unknown_fields_anywhere_change_nothing_else(answer in completion(), extra in extra()) {
        let mut richer = answer.clone();
        richer.extra = extra;
        let (mut read, warnings) = read::<Completion>(&serde_json::to_string(&richer).unwrap());
        read.extra = answer.extra.clone();
        prop_assert_eq!(read, answer);
        prop_assert!(warnings.is_empty());
    }
}
