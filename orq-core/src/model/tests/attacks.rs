//! Hostile responses.

use proptest::prelude::*;

use super::{read, read_clean};
use crate::model::json::decode::{decode_lenient, decode_typed};
use crate::model::{
    Completion, CompletionChunk, Content, DecodeError, DeploymentConfig, DeploymentPage,
    DeploymentRequest, Nullable, Warnings, Wire, decode,
};

fn deep(brackets: usize) -> String {
    format!("{}{}", "[".repeat(brackets), "]".repeat(brackets))
}

#[test]
fn a_million_brackets_anywhere() {
    let deep = deep(1_000_000);
    let (answer, warnings): (Completion, _) = read(&format!(
        r#"{{"id":{deep},"choices":[{deep},{{"message":{{"content":{deep},"tool_calls":{deep}}}}}],"usage":{deep},"provider_response":{deep},"x":{deep}}}"#
    ));
    assert_eq!(
        answer.provider_response.as_ref().unwrap().json(),
        deep.as_str()
    );
    assert_eq!(answer.extra.get("x").unwrap().json(), deep.as_str());
    assert_eq!(
        warnings,
        [
            "id: expected a string, found an array",
            "choices[0]: expected an object, found an array",
            "choices[1].message.content[0]: expected an object, found an array",
            "choices[1].message.tool_calls[0]: expected an object, found an array",
            "usage: expected an object, found an array",
        ]
    );
    assert_eq!(answer, answer.clone());
    assert!(decode::<Completion>(&deep).is_err());

    let request: DeploymentRequest = serde_json::from_str(&format!(
        r#"{{"key":"k","inputs":{{"a":{deep}}},"knowledge_filter":{{"and":{deep}}}}}"#
    ))
    .unwrap();
    assert_eq!(request, request.clone());
    assert!(serde_json::from_str::<DeploymentRequest>(&format!(r#"{{"key":{deep}}}"#)).is_err());
}

#[test]
fn of_a_field_that_is_there_twice_the_last_counts() {
    let answer: Completion = read_clean(
        r#"{"id":"a","x":1,"choices":[7],"id":"b","x":2,"choices":[{"message":{"content":"Hello"}}]}"#,
    );
    assert_eq!(
        (answer.id.as_deref(), answer.text().as_deref()),
        (Some("b"), Some("Hello"))
    );
    assert_eq!(answer.extra.parse::<u8>("x").unwrap(), Some(2));
    assert_eq!(answer.extra.len(), 1);
}

#[test]
fn numbers_beyond_all_bounds() {
    let digits = "9".repeat(1000);
    let text = format!(
        r#"{{"choices":[{{"index":1e999999999999,"message":{{"content":"Hello"}}}}],"usage":{{"total_tokens":{digits}}},"x":{digits}}}"#
    );
    let (answer, warnings): (Completion, _) = read(&text);
    assert_eq!(answer.text().as_deref(), Some("Hello"));
    assert_eq!(
        answer.extra.get("x").unwrap().json(),
        digits.as_str(),
        "where it is no count of ours it is kept"
    );
    assert_eq!(
        warnings,
        [
            "choices[0].index: the number is beyond a 64-bit float",
            "usage.total_tokens: the number is beyond 64 bits",
        ]
    );
    let (_, warnings): (Completion, _) =
        read(r#"{"usage":{"total_tokens":-1,"prompt_tokens":1.5}}"#);
    assert_eq!(
        warnings,
        [
            "usage.total_tokens: expected a whole number from 0 on, found -1",
            "usage.prompt_tokens: expected a whole number from 0 on, found 1.5",
        ]
    );
}

#[test]
fn half_a_surrogate_pair_costs_one_character() {
    let (answer, warnings): (Completion, _) = read(
        r#"{"\udc00":1,"choices":[{"message":{"content":"a\ud83d"},"finish_reason":"\ud800"}],"x":"\ud800"}"#,
    );
    assert_eq!(answer.text().as_deref(), Some("a\u{FFFD}"));
    assert_eq!(
        answer.extra.iter().map(|(key, _)| key).collect::<Vec<_>>(),
        ["\u{FFFD}", "x"]
    );
    assert_eq!(
        answer.extra.get("x").unwrap().json(),
        r#""\ud800""#,
        "raw JSON is untouched"
    );
    assert_eq!(
        warnings,
        [
            "a key holds a lone surrogate",
            "choices[0].message.content: the string holds a lone surrogate",
            "choices[0].finish_reason: the string holds a lone surrogate",
        ]
    );
    let whole: Completion = read_clean(r#"{"choices":[{"message":{"content":"\ud83d\ude00"}}]}"#);
    assert_eq!(whole.text().as_deref(), Some("😀"));
}

#[test]
fn what_is_no_object_is_an_error() {
    for text in [
        "",
        " ",
        "null",
        "7",
        "\"x\"",
        "[]",
        "[{}]",
        "{",
        "{}}",
        "{\"a\":}",
        "{} {}",
        "\u{FEFF}{}",
        "{\"id\":\"\u{1}\"",
        "NaN",
        "{\"id\":nan}",
        "{\"id\":\"a\tb\"}",
    ] {
        assert!(decode::<Completion>(text).is_err(), "{text:?}");
    }
    assert!(decode::<Completion>(" \n{ } ").is_ok());
}

#[test]
fn what_is_not_quite_json_is_read_with_a_warning() {
    for text in [
        "\"{\\\"choices\\\":[{\\\"message\\\":{\\\"content\\\":\\\"a\\\\tb\\\"}}]}\"",
        "{\"x\":[NaN,-Infinity],\"choices\":[{\"message\":{\"content\":\"a\\tb\"}}]}",
        "{\"retrievals\":[{\"metadata\":{\"search_score\":Infinity}}],\"choices\":[{\"message\":{\"content\":\"a\\tb\"}}]}",
    ] {
        let (answer, warnings) = decode::<Completion>(text).unwrap();
        assert_eq!(answer.text().as_deref(), Some("a\tb"), "{text}");
        let message = warnings.list.last().map(|it| it.message.as_str());
        assert_eq!(message, Some("the text isn't quite JSON"), "{text}");
    }
}

#[test]
fn a_chunk_keeps_its_json_and_no_more() {
    let text = r#"{ "id" : "1", "choices": [] }"#;
    let chunk: CompletionChunk = read_clean(&format!("\n{text}\n"));
    assert_eq!(chunk.raw().unwrap(), text);
    let mut same = CompletionChunk::default();
    same.id = Some("1".to_owned());
    assert_eq!(chunk, same);
    assert_eq!(CompletionChunk::from(Completion::from(chunk)).raw(), None);
}

/// Documents with this total number of members.
fn of_members(count: usize) -> [String; 5] {
    let list = |count: usize, of: &str| vec![of; count].join(",");
    let fields: Vec<_> = (0..count).map(|n| format!(r#""a{n}":{n}"#)).collect();
    let empty = count - 1;
    let each_with_two = list((count - 1) / 3, r#"{"a":1,"b":2}"#);
    let rest = list((count - 1) % 3, "{}");
    let comma = if rest.is_empty() { "" } else { "," };
    [
        format!("{{{}}}", fields.join(",")),
        format!(r#"{{"choices":[{}]}}"#, list(empty, "{}")),
        format!(r#"{{"retrievals":[{}]}}"#, list(empty, "{}")),
        format!(r#"{{"choices":[{each_with_two}{comma}{rest}]}}"#),
        // In the message of a choice: its member, the list and the elements.
        format!(
            r#"{{"choices":[{{"message":{{"tool_calls":[{}]}}}}]}}"#,
            list(count - 4, "{}")
        ),
    ]
}

#[test]
fn more_members_than_the_bound_are_an_error_and_never_a_shorter_answer() {
    let most = 65_536;
    let error = |text: &str| match decode::<Completion>(text) {
        Err(error @ DecodeError::TooManyMembers(_)) => error.to_string(),
        _ => panic!("{}…", &text[..40]),
    };
    for (text, more) in of_members(most).iter().zip(of_members(most + 1)) {
        assert!(decode_typed::<Completion>(text).is_some());
        assert_eq!(
            decode_lenient::<Completion>(text).unwrap().1,
            Warnings::default()
        );
        assert!(decode_typed::<Completion>(&more).is_none());
        let why = "it has more than 65536 list elements and object members";
        assert_eq!(error(&more), why);
        assert_eq!(
            serde_json::from_str::<Completion>(&more)
                .unwrap_err()
                .to_string(),
            why
        );
        // Also with values of the wrong type, before or after the limit is exceeded.
        error(&more.replacen('{', r#"{"id":7,"#, 1));
        error(&more.replacen("]", ",7,{}]", 1).replacen("}]", "},null]", 1));
    }
    // The members of values that are kept as raw JSON don't count.
    let raw = format!(
        r#"{{"provider_response":{},"x":{}}}"#,
        of_members(most + 1)[0],
        of_members(most + 1)[1]
    );
    read_clean::<Completion>(&raw);
    // The limit doesn't apply to requests.
    let inputs = format!(r#"{{"key":"k","inputs":{}}}"#, of_members(2 * most)[0]);
    let request: DeploymentRequest = serde_json::from_str(&inputs).unwrap();
    assert_eq!(request.inputs.unwrap().len(), 2 * most);
}

/// JSON with keys of the models, so that deeply nested values are deserialized before it fails.
pub(super) fn hostile_json() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "id",
        "_id",
        "object",
        "choices",
        "index",
        "message",
        "delta",
        "type",
        "role",
        "content",
        "text",
        "tool_calls",
        "function",
        "name",
        "arguments",
        "image_url",
        "url",
        "file",
        "usage",
        "total_tokens",
        "input_tokens",
        "prompt_tokens_details",
        "retrievals",
        "metadata",
        "page_number",
        "finish_reason",
        "data",
        "prompt_config",
        "promptConfig",
        "messages",
        "parameters",
        "responseFormat",
        "json_schema",
        "schema",
        "key",
        "inputs",
        "knowledge_filter",
        "and",
        "or",
        "eq",
        "\\ud800",
        "x",
    ]);
    let scalar = prop::sample::select(vec![
        "null",
        "true",
        "7",
        "-1",
        "24.0",
        "1e400",
        "99999999999999999999999",
        "\"\"",
        "\"text\"",
        "\"user\"",
        "\"json_schema\"",
        "\"image_url\"",
        "\"\\ud800\"",
        "\"function\"",
        "[]",
        "{}",
    ]);
    scalar
        .prop_map(str::to_owned)
        .prop_recursive(6, 64, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4)
                    .prop_map(|items| format!("[{}]", items.join(","))),
                prop::collection::vec((key.clone(), inner), 0..6).prop_map(|pairs| {
                    let pairs: Vec<_> = pairs
                        .iter()
                        .map(|(key, value)| format!("\"{key}\":{value}"))
                        .collect();
                    format!("{{{}}}", pairs.join(","))
                }),
            ]
        })
}

fn decode_all(text: &str) {
    fn survives<T: Wire + serde::Serialize>(text: &str) {
        if let Ok((value, _)) = decode::<T>(text) {
            let written = serde_json::to_string(&value).unwrap();
            assert!(decode::<T>(&written).is_ok());
        }
    }
    survives::<Completion>(text);
    survives::<CompletionChunk>(text);
    survives::<DeploymentConfig>(text);
    survives::<DeploymentPage>(text);
    survives::<DeploymentRequest>(text);
    let _ = serde_json::from_str::<DeploymentRequest>(text);
    let _ = serde_json::from_str::<Content>(text).map(|content| content.text().into_owned());
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        decode_all(&text);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        decode_all(&String::from_utf8_lossy(&bytes));
        let _ = serde_json::from_slice::<Completion>(&bytes);
    }

    #[test]
    fn any_object_is_an_answer(text in hostile_json()) {
        decode_all(&text);
        prop_assert_eq!(decode::<Completion>(&text).is_ok(), text.starts_with('{'));
        prop_assert_eq!(decode::<DeploymentPage>(&text).is_ok(), text.starts_with('{'));
        let choice = format!(r#"{{"choices":[{{"message":{{"content":{text}}}}}]}}"#);
        let (answer, _) = decode::<Completion>(&choice).unwrap();
        if let Nullable::Value(content) = &answer.message().unwrap().content {
            let is_kept = match content {
                Content::Text(kept) => *kept == text,
                Content::Parts(parts) => parts.len() == 1,
            };
            prop_assert!(text.starts_with(['"', '[']) || is_kept, "{:?}", content);
        }
    }
}
