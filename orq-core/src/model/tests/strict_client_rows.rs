//! Tests of real responses that deviate from the schema, at which strict clients fail.

use super::{read, read_clean};
use crate::model::{
    Completion, CompletionChunk, Content, ContentPart, Deployment, DeploymentConfig,
    DeploymentPage, FinishReason, MessageKind, ModelType, Nullable, Number, ObjectKind,
    OutputFormat, Provider, RawJson, Role,
};

#[test]
fn enums_of_the_schema_take_values_from_tomorrow() {
    let text = concat!(
        r#"{"object":"video","provider":"newcomer","choices":[{"index":0,"#,
        r#""message":{"type":"hologram","role":"critic","content":"Hello","#,
        r#""tool_calls":[{"id":"c","type":"mcp","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"bored"}]}"#
    );
    let answer: Completion = read_clean(text);
    assert_eq!(answer.object, Some(ObjectKind::Other("video".to_owned())));
    assert_eq!(
        answer.provider,
        Some(Provider::Other("newcomer".to_owned()))
    );
    assert_eq!(answer.finish_reason(), Some(&FinishReason::from("bored")));
    let message = answer.message().unwrap();
    assert_eq!(message.kind, Some(MessageKind::from("hologram")));
    assert_eq!(message.role, Some(Role::from("critic")));
    assert_eq!(answer.text().as_deref(), Some("Hello"));
    assert_eq!(
        serde_json::to_string(&answer).unwrap(),
        text,
        "given back as they came"
    );
}

#[test]
fn model_type_and_parameter_enums_take_values_from_tomorrow() {
    let text = concat!(
        r#"{"type":"smell","messages":[{"role":"critic","content":"x"}],"parameters":{"format":"webp","responseFormat":"ogg","#,
        r#""cacheControl":{"type":"eternal","ttl":"9y"},"photoRealVersion":"v3","encoding_format":"int8","#,
        r#""reasoningEffort":"heroic","verbosity":"mute","thinkingLevel":"deep"},"tools":[{"type":"mcp","server":"s"}]}"#
    );
    let config: DeploymentConfig = read_clean(text);
    assert_eq!(config.model_type, Some(ModelType::from("smell")));
    assert_eq!(
        config.parameters.as_ref().unwrap().format,
        Some(OutputFormat::from("webp"))
    );
    assert_eq!(serde_json::to_string(&config).unwrap(), text);
}

#[test]
fn telemetry_and_usage_may_be_missing() {
    let answer: Completion =
        read_clean(r#"{"id":"1","choices":[{"message":{"content":"Hello"}}]}"#);
    assert_eq!(
        (answer.text().as_deref(), &answer.telemetry, &answer.usage),
        (Some("Hello"), &None, &Nullable::Absent)
    );
    let answer: Completion = read_clean("{}");
    assert_eq!(answer, Completion::default());
}

#[test]
fn usage_may_count_input_and_output_tokens() {
    let answer: Completion =
        read_clean(r#"{"usage":{"input_tokens":7,"output_tokens":24.0,"total_tokens":31}}"#);
    let usage = answer.usage.into_option().unwrap();
    assert_eq!(
        (
            usage.prompt_tokens,
            usage.completion_tokens,
            usage.total_tokens
        ),
        (Some(7), Some(24), Some(31))
    );
    assert!(usage.extra.is_empty());
    let answer: Completion = read_clean(r#"{"usage":{"input_tokens":7,"prompt_tokens":null}}"#);
    assert_eq!(
        answer.usage.into_option().unwrap().prompt_tokens,
        Some(7),
        "a null doesn't hide the other spelling"
    );
    let answer: Completion = read_clean(r#"{"usage":{"input_tokens":7,"prompt_tokens":8}}"#);
    let usage = answer.usage.into_option().unwrap();
    assert_eq!(
        (usage.prompt_tokens, usage.extra.get("input_tokens")),
        (Some(8), Some(&RawJson::new(7).unwrap()))
    );
}

#[test]
fn required_fields_may_be_null() {
    let answer: Completion = read_clean(concat!(
        r#"{"id":null,"created":null,"object":null,"model":null,"provider":null,"is_final":null,"telemetry":null,"#,
        r#""choices":[{"index":null,"message":{"type":null,"role":null,"content":"Hello","tool_calls":null}}]}"#
    ));
    assert_eq!(answer.text().as_deref(), Some("Hello"));
    assert_eq!(
        read_clean::<Completion>(r#"{"choices":null}"#),
        Completion::default()
    );
}

#[test]
fn a_message_may_have_no_type() {
    let message =
        |json: &str| read_clean::<Completion>(&format!(r#"{{"choices":[{{"message":{json}}}]}}"#));
    assert_eq!(
        message(r#"{"role":"assistant","content":"Hello"}"#)
            .text()
            .as_deref(),
        Some("Hello")
    );
    let calls = message(
        r#"{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]}"#,
    );
    assert_eq!(calls.tool_calls().first().unwrap().name(), "f");
    assert_eq!(
        message(r#"{"role":"assistant","url":"https://example.com/a.png"}"#).image_url(),
        Some("https://example.com/a.png")
    );
}

#[test]
fn content_may_be_an_array_of_parts() {
    let answer: Completion = read_clean(concat!(
        r#"{"choices":[{"message":{"content":[{"type":"text","text":"Hel"},{"type":"text","text":"lo"},"#,
        r#"{"type":"image_url","image_url":{"url":"u"}},{"type":"video","id":1}]}}]}"#
    ));
    assert_eq!(
        answer.text().as_deref(),
        Some("Hello"),
        "it stands in two places"
    );
    assert_eq!(answer.image_url(), Some("u"));
    let single: Completion =
        read_clean(r#"{"choices":[{"message":{"content":[{"type":"text","text":"Hello"}]}}]}"#);
    assert_eq!(single.text().as_deref(), Some("Hello"));
}

#[test]
fn integration_finalized_and_retrievals_may_be_null() {
    let answer: Completion =
        read_clean(r#"{"integration_id":null,"finalized":null,"retrievals":null}"#);
    assert_eq!(answer, Completion::default());
}

#[test]
fn counts_and_pages_may_be_written_with_a_point() {
    let answer: Completion = read_clean(concat!(
        r#"{"choices":[{"index":0.0,"message":{"tool_calls":[{"index":1.0}]}}],"#,
        r#""retrievals":[{"document":"d","metadata":{"page_number":24.0,"search_score":0.5,"rerank_score":1.0}}],"#,
        r#""usage":{"total_tokens":24.0,"prompt_tokens_details":{"cached_tokens":2.4e1},"#,
        r#""completion_tokens_details":{"reasoning_tokens":18446744073709551615}}}"#
    ));
    assert_eq!(answer.choices[0].index, Some(0));
    assert_eq!(answer.tool_calls()[0].index, Some(1));
    let metadata = answer.retrievals.as_ref().unwrap()[0]
        .metadata
        .as_ref()
        .unwrap();
    assert_eq!(metadata.page_number, Nullable::Value(Number::from(24)));
    let usage = answer.usage.as_option().unwrap();
    assert_eq!(usage.total_tokens, Some(24));
    assert_eq!(
        usage.prompt_tokens_details.as_ref().unwrap().cached_tokens,
        Nullable::Value(24)
    );
    assert_eq!(
        usage
            .completion_tokens_details
            .as_option()
            .unwrap()
            .reasoning_tokens,
        Nullable::Value(u64::MAX)
    );
}

#[test]
fn extra_fields_appear_and_can_be_reached_at_every_level() {
    let text = concat!(
        r#"{"telemetry":{"trace_id":"t","x":1},"choices":[{"message":{"content":"c","x":{"z":1,"a":2}},"x":3}],"#,
        r#""retrievals":[{"document":"d","metadata":{"x":4},"x":5}],"#,
        r#""usage":{"prompt_tokens_details":{"x":6},"completion_tokens_details":{"x":7},"x":8},"x":9}"#
    );
    let answer: Completion = read_clean(text);
    assert_eq!(answer.extra.parse::<u8>("x").unwrap(), Some(9));
    assert_eq!(
        answer.message().unwrap().extra.get("x").unwrap().json(),
        r#"{"z":1,"a":2}"#
    );
    assert_eq!(serde_json::to_string(&answer).unwrap(), text);
}

#[test]
fn list_items_may_have_an_underscored_id_and_a_numeric_version() {
    let page: DeploymentPage = read_clean(concat!(
        r#"{"object":"list","data":[{"_id":"a","version":3},{"id":"b","version":"1.2"},{"id":"c","_id":"d","version":1.20}],"#,
        r#""has_more":true}"#
    ));
    let ids: Vec<_> = page
        .data
        .iter()
        .map(|item| item.id.as_deref().unwrap())
        .collect();
    let versions: Vec<_> = page
        .data
        .iter()
        .map(|item| item.version.as_deref().unwrap())
        .collect();
    assert_eq!(
        (ids, versions, page.has_more),
        (vec!["a", "b", "c"], vec!["3", "1.2", "1.20"], true)
    );
    assert_eq!(
        page.data[2]
            .extra
            .parse::<String>("_id")
            .unwrap()
            .as_deref(),
        Some("d")
    );
    assert_eq!(page.data[0].raw().unwrap(), r#"{"_id":"a","version":3}"#);
    assert_eq!(
        read_clean::<DeploymentConfig>(r#"{"version":7}"#)
            .version
            .as_deref(),
        Some("7")
    );
}

#[test]
fn prompt_config_is_read_in_both_spellings() {
    let snake: Deployment = read_clean(
        r#"{"prompt_config":{"model_type":"chat","model_parameters":{"maxTokens":24.0},"messages":[{"role":"user","content":"x"}]}}"#,
    );
    let camel: Deployment = read_clean(
        r#"{"promptConfig":{"modelType":"chat","modelParameters":{"maxTokens":24},"messages":[{"role":"user","content":"x"}]}}"#,
    );
    assert_eq!(snake, camel, "raw JSON takes no part in equality");
    assert_ne!(snake.raw(), camel.raw());
    let config = camel.prompt_config.unwrap();
    assert_eq!(config.model_type, Some(ModelType::Chat));
    assert_eq!(
        config.model_parameters.unwrap().max_tokens,
        Some(Number::from(24))
    );
}

#[test]
fn a_chunk_may_carry_its_delta_under_delta() {
    let chunk: CompletionChunk =
        read_clean(r#"{"choices":[{"index":0,"delta":{"content":"Hel"}}]}"#);
    assert_eq!(chunk.text().as_deref(), Some("Hel"));
    let chunk: CompletionChunk =
        read_clean(r#"{"choices":[{"message":{"content":"a"},"delta":{"content":"b"}}]}"#);
    assert_eq!(chunk.text().as_deref(), Some("a"));
    assert!(chunk.choices[0].extra.contains_key("delta"));
}

#[test]
fn later_chunks_of_a_tool_call_have_only_index_and_arguments() {
    let chunk: CompletionChunk = read_clean(
        r#"{"choices":[{"message":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a"}},{"index":1}]}}]}"#,
    );
    let calls = chunk.tool_calls();
    assert_eq!(
        (
            calls[0].index,
            calls[0].function.as_ref().unwrap().arguments.as_deref()
        ),
        (Some(0), Some("{\"a"))
    );
    assert_eq!((calls[1].index, calls[1].name()), (Some(1), ""));
}

#[test]
fn arguments_may_be_json_instead_of_text() {
    let (answer, warnings): (Completion, _) = read(
        r#"{"choices":[{"message":{"tool_calls":[{"id":"c","function":{"name":"f","arguments":{"a": 1}}}]}}]}"#,
    );
    assert_eq!(
        answer.tool_calls()[0]
            .function
            .as_ref()
            .unwrap()
            .arguments
            .as_deref(),
        Some(r#"{"a": 1}"#)
    );
    assert_eq!(
        warnings,
        ["choices[0].message.tool_calls[0].function.arguments: expected a string, found an object"]
    );
}

#[test]
fn a_part_of_a_known_type_and_a_wrong_shape_is_kept_as_it_is() {
    let (answer, warnings): (Completion, _) = read(
        r#"{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"type":"text","txt":"b"},"c"]}}]}"#,
    );
    assert_eq!(
        warnings,
        [
            "choices[0].message.content[1]: missing field `text`",
            "choices[0].message.content[2]: expected an object, found a string",
        ]
    );
    assert_eq!(
        answer.message().unwrap().content,
        Nullable::Value(Content::from([
            ContentPart::text("a"),
            ContentPart::Other(RawJson::from_text(r#"{"type":"text","txt":"b"}"#).unwrap()),
            ContentPart::Other(RawJson::new("c").unwrap()),
        ]))
    );
}
