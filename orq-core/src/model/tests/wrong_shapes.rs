//! A field of the wrong type is left out, with a warning that has its name. Other fields aren't affected.

use serde::Serialize;

use super::{read, read_clean};
use crate::model::{
    Choice, Completion, CompletionChunk, CompletionMessage, CompletionTokensDetails, Deployment,
    DeploymentConfig, DeploymentPage, DeploymentVersion, JsonMap, KnowledgeBase, KnowledgeQuery,
    ModelParameters, PromptConfig, PromptMessage, PromptTokensDetails, PromptVariable, RawJson,
    Retrieval, RetrievalMetadata, Telemetry, ToolCall, ToolDefinition, Usage, VersionPage,
    VersionSettings, Wire, decode,
};

const WRONG: [&str; 6] = ["7", "\"x\"", "[]", "{}", "true", "null"];

/// Sets each field of a model, whose fields are all known and set, to each of the wrong values.
#[track_caller]
fn each_field_alone<T: Wire + Serialize>(full: &str) {
    let written = |value: &T| JsonMap::from_serialize(value).unwrap();
    let original: JsonMap = serde_json::from_str(full).unwrap();
    let model: T = read_clean(full);
    assert_eq!(written(&model), original, "every field is read and written");

    for (field, _) in original.iter() {
        for wrong in WRONG {
            let given = RawJson::from_text(wrong).unwrap();
            let mut changed = original.clone();
            changed.insert_raw(field, given.clone());
            let (model, warnings) = read::<T>(&serde_json::to_string(&changed).unwrap());
            let mut after = written(&model);

            let case = format!("{field} = {wrong} gave {after:?} and {warnings:?}");
            match after.remove(field) {
                // A response format of any JSON type is kept.
                Some(value) if field == "responseFormat" => assert_eq!(value, given, "{case}"),
                Some(value) if value == given => assert!(warnings.is_empty(), "{case}"),
                Some(value) if field == "version" && wrong == "7" => {
                    assert_eq!((value.json(), warnings.len()), ("\"7\"", 0), "{case}")
                }
                // A string with the text of the number or boolean, or the text of any JSON as content.
                Some(value) if value == RawJson::new(wrong).unwrap() => {
                    assert_eq!(warnings.len(), 1, "{case}");
                    assert!(["7", "true"].contains(&wrong), "{case}");
                }
                // A list that the schema requires is serialized even if it is empty.
                Some(value) if field == "prompt_config" => {
                    assert_eq!(
                        (value.json(), wrong),
                        (r#"{"messages":[]}"#, "{}"),
                        "{case}"
                    );
                }
                // The field is absent, or a list or a boolean with its default value.
                Some(value) if !matches!(value.json(), "[]" | "false") => {
                    panic!("{case}")
                }
                // A list of deployments that may go on isn't one that ends.
                _ if given.is_null() && field != "has_more" => {
                    assert!(warnings.is_empty(), "{case}")
                }
                _ => {
                    assert_eq!(warnings.len(), 1, "{case}");
                    assert!(
                        warnings[0].starts_with(&format!("{field}: expected ")),
                        "{case}"
                    );
                }
            }
            let mut others = original.clone();
            others.remove(field);
            assert_eq!(after, others, "the rest survives: {case}");
        }
    }
}

const ANSWER: &str = concat!(
    r#"{"id":"1","created":"2026-01-01T00:00:00Z","object":"chat","model":"m","provider":"openai","is_final":true,"#,
    r#""integration_id":"i","telemetry":{"trace_id":"t","span_id":"s"},"finalized":"2026-01-01T00:00:01Z","#,
    r#""system_fingerprint":"fp","choices":[{"index":0,"message":{"content":"Hello"},"finish_reason":"stop"}],"#,
    r#""retrievals":[{"document":"d"}],"provider_response":{"a":1},"usage":{"total_tokens":1}}"#
);

#[test]
fn of_an_answer() {
    each_field_alone::<Completion>(ANSWER);
    each_field_alone::<CompletionChunk>(ANSWER);
    each_field_alone::<Telemetry>(r#"{"trace_id":"t","span_id":"s"}"#);
    each_field_alone::<Choice>(
        r#"{"index":0,"message":{"content":"Hello"},"finish_reason":"stop"}"#,
    );
    each_field_alone::<CompletionMessage>(concat!(
        r#"{"type":"content","role":"assistant","content":"c","tool_calls":[{"id":"1"}],"url":"u","reasoning":"r","#,
        r#""reasoning_signature":"s","redacted_reasoning":"x","refusal":"no"}"#
    ));
    each_field_alone::<ToolCall>(
        r#"{"id":"1","index":0,"type":"function","thought_signature":"s","extra_content":{"google":{}}}"#,
    );
    each_field_alone::<Usage>(concat!(
        r#"{"total_tokens":3,"prompt_tokens":1,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":1},"#,
        r#""completion_tokens_details":{"reasoning_tokens":1}}"#
    ));
    each_field_alone::<PromptTokensDetails>(r#"{"cached_tokens":1}"#);
    each_field_alone::<CompletionTokensDetails>(r#"{"reasoning_tokens":1}"#);
    each_field_alone::<Retrieval>(r#"{"document":"d","metadata":{"file_name":"f"}}"#);
    each_field_alone::<RetrievalMetadata>(
        r#"{"file_name":"f","page_number":1,"file_type":"t","search_score":0.5,"rerank_score":0.25}"#,
    );
}

#[test]
fn of_a_configuration() {
    each_field_alone::<DeploymentConfig>(concat!(
        r#"{"id":"1","provider":"openai","model":"m","type":"chat","version":"1.0","messages":[{"role":"user","content":"c"}],"#,
        r#""parameters":{"temperature":0.5},"tools":[{"type":"function","function":{"name":"f"}}]}"#
    ));
    each_field_alone::<ToolDefinition>(r#"{"type":"function","display_name":"F","id":1}"#);
    each_field_alone::<PromptMessage>(
        r#"{"role":"user","content":"c","tool_calls":[{"id":"1"}],"tool_call_id":"1"}"#,
    );
    each_field_alone::<ModelParameters>(concat!(
        r#"{"temperature":1,"maxTokens":2,"topK":3,"topP":0.5,"frequencyPenalty":0.1,"presencePenalty":0.2,"numImages":1,"seed":4,"#,
        r#""format":"url","dimensions":"1x1","quality":"hd","style":"vivid","responseFormat":{"type":"text"},"#,
        r#""cacheControl":{"type":"ephemeral","ttl":"5m"},"photoRealVersion":"v1","encoding_format":"float","#,
        r#""reasoningEffort":"low","budgetTokens":5,"verbosity":"low","thinkingLevel":"low"}"#
    ));
}

#[test]
fn of_a_list() {
    each_field_alone::<DeploymentPage>(r#"{"object":"list","data":[{"id":"1"}],"has_more":true}"#);
    each_field_alone::<Deployment>(
        r#"{"id":"1","created":"c","updated":"u","key":"k","description":"d","prompt_config":{"model":"m","messages":[]},"version":"1"}"#,
    );
    each_field_alone::<PromptConfig>(concat!(
        r#"{"tools":[{"type":"function"}],"model":"m","model_type":"chat","model_parameters":{"seed":1},"provider":"openai","#,
        r#""messages":[{"role":"user"}]}"#
    ));
}

#[test]
fn of_a_list_of_versions() {
    each_field_alone::<VersionPage>(concat!(
        r#"{"object":"list","data":[{"_id":"1","fallbacks":[],"tools":[],"variables":[]}],"#,
        r#""has_more":true}"#
    ));
    each_field_alone::<DeploymentVersion>(concat!(
        r#"{"_id":"1","deployment_id":"d","variant_id":"v","prompt_config":{"model":"m","messages":[]},"#,
        r#""fallbacks":[{"model":"m","messages":[]}],"tools":[{"type":"function"}],"variables":[{"key":"k"}],"#,
        r#""timestamp":"t","version":"1","description":"d","status":"live","user_id":"u","notes":"n","retry_count":1,"#,
        r#""knowledge_bases":[{"knowledge_id":"k"}],"settings":{"engine":"text"}}"#
    ));
    each_field_alone::<PromptVariable>(r#"{"key":"k","is_pii":true,"description":"d"}"#);
    each_field_alone::<KnowledgeBase>(
        r#"{"knowledge_id":"k","configuration":{"type":"query"},"id":"1"}"#,
    );
    each_field_alone::<KnowledgeQuery>(r#"{"type":"query","query":"q"}"#);
    each_field_alone::<VersionSettings>(r#"{"engine":"text"}"#);
}

#[test]
fn a_misshapen_element_of_a_list_is_left_out() {
    let (answer, warnings): (Completion, _) = read(
        r#"{"choices":[7,{"index":0,"message":{"content":"Hello","tool_calls":[null,{"id":"c"},"x"]}},[]],"retrievals":[true]}"#,
    );
    assert_eq!(answer.text().as_deref(), Some("Hello"));
    assert_eq!(answer.tool_calls().len(), 1);
    assert_eq!(answer.retrievals, Some(Vec::new()));
    assert_eq!(
        warnings,
        [
            "choices[0]: expected an object, found a number",
            "choices[1].message.tool_calls[0]: expected an object, found null",
            "choices[1].message.tool_calls[2]: expected an object, found a string",
            "choices[2]: expected an object, found an array",
            "retrievals[0]: expected an object, found a boolean",
        ]
    );
}

#[test]
fn a_warning_names_the_spelling_that_was_read() {
    let (_, warnings): (Deployment, _) = read(r#"{"promptConfig":{"modelType":7}}"#);
    assert_eq!(
        warnings,
        ["promptConfig.modelType: expected a string, found a number"]
    );
}

#[test]
fn a_response_format_of_a_wrong_shape_is_kept_as_it_is() {
    let text = r#"{"responseFormat":{"type":"json_schema","json_schema":7}}"#;
    let (parameters, warnings): (ModelParameters, _) = read(text);
    assert_eq!(serde_json::to_string(&parameters).unwrap(), text);
    assert_eq!(
        warnings,
        ["responseFormat.json_schema: expected an object, found a number"]
    );
}

#[test]
fn warnings_are_bounded_and_the_others_counted() {
    let choices = format!(r#""choices":[{}7]"#, "7,".repeat(999));
    let (_, warnings) = decode::<Completion>(&format!("{{{choices}}}")).unwrap();
    assert_eq!((warnings.list.len(), warnings.omitted), (65, 935));
    assert_eq!(warnings.list[64].path, "choices[64]");
}

#[test]
fn a_lost_item_is_reported_however_many_odd_fields_there_are() {
    let odd = r#"{"key":7},"#.repeat(100);
    let (page, warnings) = decode::<DeploymentPage>(&format!(
        r#"{{"data":[{odd}7,8,{{"key":"k"}}],"has_more":1}}"#
    ))
    .unwrap();
    assert_eq!(page.data.len(), 101);
    assert_eq!((warnings.list.len(), warnings.omitted), (65, 38));
    assert_eq!(warnings.list[63].path, "data[63].key");
    assert_eq!(warnings.list[64].path, "data[100]");
    let (_, warnings) =
        decode::<DeploymentPage>(&format!(r#"{{"data":[{odd}{{}}],"has_more":1}}"#)).unwrap();
    assert_eq!(warnings.list[64].path, "has_more");
    let (_, warnings) =
        decode::<DeploymentPage>(&format!(r#"{{"data":[{odd}{{}}],"has_more":true}}"#)).unwrap();
    assert_eq!((warnings.list.len(), warnings.omitted), (64, 36));
}
