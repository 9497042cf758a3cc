//! What is done with an answer, and the nulls that it keeps.

use std::fmt::Debug;

use orq_core::model::{
    Completion, CompletionChunk, Content, ContentPart, Deployment, DeploymentConfig,
    DeploymentPage, DeploymentRequest, FinishReason, JsonMap, JsonObjectFormat, JsonSchema,
    JsonSchemaFormat, Message, ModelParameters, Nullable, Number, Provider, RawJson,
    ReasoningEffort, ResponseFormat, Role, TextFormat, ToolCall,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

#[track_caller]
fn unchanged<T: Serialize + DeserializeOwned + PartialEq + Debug>(text: &str) -> T {
    let value: T = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&value).unwrap(), text);
    value
}

fn answer(message: &str) -> Completion {
    serde_json::from_str(&format!(
        r#"{{"choices":[{{"index":0,"message":{message},"finish_reason":"stop"}}]}}"#
    ))
    .unwrap()
}

fn message_text(answer: &Completion) -> String {
    serde_json::to_string(&answer.to_message()).unwrap()
}

#[test]
fn null_is_kept_where_the_schema_allows_it_in_an_answer() {
    let answer: Completion = unchanged(concat!(
        r#"{"system_fingerprint":null,"choices":[{"message":{"content":null,"refusal":null},"finish_reason":null}],"#,
        r#""retrievals":[{"metadata":{"page_number":null}}],"provider_response":null,"usage":null}"#
    ));
    assert_eq!(answer.provider_response, Some(RawJson::new(()).unwrap()));
    assert!(answer.usage.is_null());
    unchanged::<CompletionChunk>(
        r#"{"choices":[],"usage":{"prompt_tokens_details":{"cached_tokens":null},"completion_tokens_details":{"reasoning_tokens":null}}}"#,
    );
    unchanged::<Completion>(r#"{"choices":[],"usage":{"completion_tokens_details":null}}"#);
}

#[test]
fn null_is_kept_where_the_schema_allows_it_in_a_configuration() {
    unchanged::<DeploymentConfig>(
        r#"{"messages":[{"content":null,"tool_call_id":null}],"parameters":{"responseFormat":null,"cacheControl":null}}"#,
    );
    unchanged::<ModelParameters>(
        r#"{"responseFormat":{"type":"json_schema","json_schema":{"description":null}}}"#,
    );
}

#[test]
fn a_configuration_with_all_it_has() {
    let config: DeploymentConfig = unchanged(concat!(
        r#"{"id":"1","provider":"google-ai","model":"m","type":"chat","version":"1.0","#,
        r#""messages":[{"role":"expected_output","content":[{"type":"text","text":"t"},"#,
        r#"{"type":"image_url","image_url":{"url":"u","detail":"ultra","id":"01J"}},{"type":"file","file":{"mimeType":"text/plain"}}],"#,
        r#""tool_calls":[{"id":"1","index":0,"type":"function","function":{"name":"f","arguments":"{}"}}],"tool_call_id":"1"}],"#,
        r#""parameters":{"temperature":0.5,"maxTokens":24,"topK":3,"topP":0.5,"frequencyPenalty":0.1,"presencePenalty":0.2,"#,
        r#""numImages":1,"seed":18446744073709551615,"format":"b64_json","dimensions":"1x1","quality":"hd","style":"vivid","#,
        r#""responseFormat":{"type":"json_schema","display_name":"D","json_schema":{"name":"n","description":"d","strict":true,"#,
        r#""schema":{"type":"object","properties":{"z":{},"a":{}}},"x":1},"x":1},"#,
        r#""cacheControl":{"type":"ephemeral","ttl":"5m"},"photoRealVersion":"v2","encoding_format":"base64","reasoningEffort":"xhigh","#,
        r#""budgetTokens":-9223372036854775808,"verbosity":"medium","thinkingLevel":"minimal","x":{"b":1,"a":2}},"#,
        r#""tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"z":1,"a":{"y":1,"b":2}}}}],"x":1}"#
    ));
    assert_eq!(config.provider, Some(Provider::GoogleAi));
    assert_eq!(config.messages[0].role, Some(Role::ExpectedOutput));
    let parameters = config.parameters.unwrap();
    assert_eq!(parameters.seed, Some(Number::from(u64::MAX)));
    assert_eq!(parameters.budget_tokens, Some(Number::from(i64::MIN)));
    assert_eq!(parameters.reasoning_effort, Some(ReasoningEffort::Xhigh));
    let Some(ResponseFormat::JsonSchema(format)) = parameters.response_format.as_option() else {
        panic!("a schema")
    };
    assert_eq!(
        format
            .json_schema
            .schema
            .as_ref()
            .unwrap()
            .get("properties")
            .unwrap()
            .json(),
        r#"{"z":{},"a":{}}"#
    );
}

#[test]
fn messages_of_a_configuration_go_into_a_request_by_their_role() {
    let config: DeploymentConfig = serde_json::from_str(concat!(
        r#"{"messages":[{"role":"system","content":"a","x":1},{"role":"developer","content":[{"type":"text","text":"b"}]},"#,
        r#"{"role":"user","content":"c","tool_calls":[]},"#,
        r#"{"role":"assistant","content":null,"tool_calls":[{"id":"1","index":0,"function":{"name":"f","arguments":"{}"}}]},"#,
        r#"{"role":"tool","content":"d","tool_call_id":"1"},{"role":"tool","content":"e","tool_call_id":null},"#,
        r#"{"role":"expected_output","content":"f","tool_call_id":"2","x":1},{"content":"g"},{"role":"user"}]}"#,
    ))
    .unwrap();
    let request = DeploymentRequest::new("k").prefix_messages(&config.messages);
    assert_eq!(
        serde_json::to_string(&request).unwrap(),
        concat!(
            r#"{"key":"k","prefix_messages":[{"role":"system","content":"a","x":1},"#,
            r#"{"role":"developer","content":[{"type":"text","text":"b"}]},{"role":"user","content":"c"},"#,
            r#"{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},"#,
            r#"{"role":"tool","content":"d","tool_call_id":"1"},{"role":"tool","content":"e","tool_call_id":null},"#,
            r#"{"role":"expected_output","content":"f","tool_call_id":"2","x":1},{"role":"","content":"g"},"#,
            r#"{"role":"user","content":""}]}"#,
        )
    );
    let messages = config.messages.into_iter().map(Message::from);
    let messages: Vec<_> = messages.collect();
    assert!(matches!(messages[6], Message::Other(_)), "{messages:?}");
    assert_eq!(request.prefix_messages, Some(messages));
}

#[test]
fn a_response_format_is_built_from_a_schema() {
    let schema = JsonSchema::new("n", serde_json::json!({"type": "object"}))
        .description("d")
        .strict(true);
    let mut parameters = ModelParameters::default();
    parameters.response_format =
        Nullable::Value(JsonSchemaFormat::new(schema).display_name("D").into());
    let text = concat!(
        r#"{"responseFormat":{"type":"json_schema","display_name":"D","json_schema":{"name":"n","description":"d","#,
        r#""strict":true,"schema":{"type":"object"}}}}"#
    );
    assert_eq!(unchanged::<ModelParameters>(text), parameters);
    for (format, text) in [
        (TextFormat::new().into(), r#"{"type":"text"}"#),
        (JsonObjectFormat::new().into(), r#"{"type":"json_object"}"#),
    ] {
        let format: ResponseFormat = format;
        assert_eq!(serde_json::to_string(&format).unwrap(), text);
    }
    let failing = JsonSchemaFormat::new(JsonSchema::new("n", [1]));
    assert!(serde_json::to_string(&failing).is_err());
}

#[test]
fn a_list_with_all_it_has() {
    let page: DeploymentPage = unchanged(concat!(
        r#"{"object":"list","data":[{"id":"1","created":"c","updated":"u","key":"k","description":"d","#,
        r#""prompt_config":{"tools":[{"type":"function","function":{"name":"f","strict":true},"display_name":"F","id":24}],"model":"m","#,
        r#""model_type":"chat","model_parameters":{"seed":1},"provider":"openai","messages":[{"role":"user","content":"c"}],"x":1},"#,
        r#""version":"3","x":1}],"has_more":true,"x":1}"#
    ));
    let deployment: &Deployment = page.data.first().unwrap();
    assert_eq!(
        serde_json::from_str::<JsonMap>(deployment.raw().unwrap())
            .unwrap()
            .parse::<String>("key")
            .unwrap()
            .as_deref(),
        Some("k")
    );
    assert_eq!(Deployment::default().raw(), None);
}

#[test]
fn every_response_format() {
    let read = |text: &str| {
        let parameters: ModelParameters = unchanged(&format!(r#"{{"responseFormat":{text}}}"#));
        parameters.response_format.into_option().unwrap()
    };
    assert!(
        matches!(read(r#"{"type":"text","x":1}"#), ResponseFormat::Text(format) if format.extra.len() == 1)
    );
    assert!(matches!(
        read(r#"{"type":"json_object"}"#),
        ResponseFormat::JsonObject(_)
    ));
    assert_eq!(read(r#""mp3""#), ResponseFormat::Named("mp3".to_owned()));
    assert!(matches!(
        read(r#"{"type":"grammar","z":24.0,"a":1}"#),
        ResponseFormat::Other(_)
    ));
    assert_eq!(
        read(r#"{"type":"json_schema","json_schema":{"schema":{"maximum":24,"minimum":1}}}"#),
        read(r#"{"type":"json_schema","json_schema":{"schema":{"minimum":1,"maximum":24}}}"#),
    );
}

#[test]
fn helpers_read_choice_0() {
    let answer: Completion = serde_json::from_str(concat!(
        r#"{"choices":[{"index":1,"message":{"content":"second"},"finish_reason":"length"},"#,
        r#"{"index":0,"message":{"content":"first","reasoning":"hm","refusal":"no","url":"u"},"finish_reason":"stop"}]}"#
    ))
    .unwrap();
    assert_eq!(
        (answer.text().as_deref(), answer.require_text().as_deref()),
        (Some("first"), Ok("first"))
    );
    assert_eq!(
        (answer.reasoning(), answer.refusal(), answer.image_url()),
        (Some("hm"), Some("no"), Some("u"))
    );
    assert_eq!(answer.finish_reason(), Some(&FinishReason::Stop));

    let other: CompletionChunk =
        serde_json::from_str(r#"{"choices":[{"index":1,"message":{"content":"second"}}]}"#)
            .unwrap();
    assert_eq!(
        other.text(),
        None,
        "another choice's text is none of choice 0"
    );
    let unnumbered: CompletionChunk =
        serde_json::from_str(r#"{"choices":[{"message":{"content":"first"}},{}]}"#).unwrap();
    assert_eq!(unnumbered.text().as_deref(), Some("first"));

    let empty = Completion::default();
    assert_eq!(
        (empty.text(), empty.finish_reason(), empty.tool_calls()),
        (None, None, [].as_slice())
    );
    assert_eq!(
        serde_json::to_string(&empty.to_message()).unwrap(),
        r#"{"role":"assistant"}"#
    );
}

#[test]
fn an_answer_goes_back_as_a_message() {
    assert_eq!(
        answer(r#"{"type":"content","role":"assistant","content":"Hello"}"#).to_message(),
        Message::assistant("Hello")
    );
    let hello = answer(r#"{"content":"Hello","refusal":null}"#);
    let message = hello.message().unwrap();
    let expected = hello.to_message();
    let made = [
        Message::from(message),
        message.clone().into(),
        (&hello).into(),
        hello.clone().into(),
    ];
    assert_eq!(made, [(); 4].map(|()| expected.clone()));
    assert_eq!(
        message_text(&answer(concat!(
            r#"{"type":"tool_calls","role":"assistant","content":null,"tool_calls":[{"id":"c","index":0,"#,
            r#""function":{"name":"f","arguments":"{}"},"thought_signature":"s","extra_content":{"google":{}}}]}"#
        ))),
        concat!(
            r#"{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","#,
            r#""function":{"name":"f","arguments":"{}"},"thought_signature":"s","extra_content":{"google":{}}}]}"#
        )
    );
}

#[test]
fn signed_and_redacted_reasoning_go_back_as_parts() {
    assert_eq!(
        message_text(&answer(
            r#"{"content":"Hello","reasoning":"hm","reasoning_signature":"sig","redacted_reasoning":"xyz","refusal":"no"}"#
        )),
        concat!(
            r#"{"role":"assistant","content":[{"type":"reasoning","reasoning":"hm","signature":"sig"},"#,
            r#"{"type":"redacted_reasoning","data":"xyz"},{"type":"text","text":"Hello"}],"refusal":"no"}"#
        )
    );
    assert_eq!(
        message_text(&answer(r#"{"content":"","reasoning_signature":"sig"}"#)),
        r#"{"role":"assistant","content":[{"type":"reasoning","reasoning":"","signature":"sig"}]}"#
    );
    assert_eq!(
        message_text(&answer(r#"{"content":"Hello","reasoning":"hm"}"#)),
        r#"{"role":"assistant","content":"Hello","reasoning_content":"hm"}"#
    );
}

#[test]
fn what_is_empty_hides_nothing_and_does_not_go_back() {
    let empty = concat!(
        r#"{"content":[{"type":"image_url","image_url":{"url":"u"}}],"url":"","reasoning_signature":"","#,
        r#""redacted_reasoning":"","tool_calls":[{"id":"c","thought_signature":"","#,
        r#""extra_content":{"google":{"thought_signature":"s"}}}]}"#
    );
    let answer = answer(empty);
    assert_eq!(answer.image_url(), Some("u"));
    assert_eq!(answer.tool_calls()[0].signature().as_deref(), Some("s"));
    let message: serde_json::Value = serde_json::from_str(&message_text(&answer)).unwrap();
    let image = serde_json::json!([{"type": "image_url", "image_url": {"url": "u"}}]);
    assert_eq!(message["content"], image);
}

#[test]
fn the_tool_round_trip() {
    let answer = answer(
        r#"{"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"city\":\"Utrecht\"}"}}]}"#,
    );
    let call: &ToolCall = answer.tool_calls().first().unwrap();
    let arguments: JsonMap = call.arguments().unwrap();
    assert_eq!(
        arguments.parse::<String>("city").unwrap().as_deref(),
        Some("Utrecht")
    );
    let Message::Tool(result) = Message::tool_result(call, "18") else {
        panic!("a tool message")
    };
    assert_eq!(
        (result.tool_call_id, result.content),
        (Nullable::from("c"), Content::from("18"))
    );
}

#[test]
fn parts_of_an_answer_go_back_as_they_came() {
    let answer = answer(
        r#"{"content":[{"type":"text","text":"a"},{"type":"video","z":1,"a":2}],"redacted_reasoning":"xyz"}"#,
    );
    let Message::Assistant(message) = answer.to_message() else {
        panic!("a message of the model")
    };
    assert_eq!(
        message.content,
        Nullable::Value(Content::from([
            ContentPart::redacted_reasoning("xyz"),
            ContentPart::text("a"),
            ContentPart::Other(RawJson::from_text(r#"{"type":"video","z":1,"a":2}"#).unwrap()),
        ]))
    );
}

#[test]
fn an_answer_is_read_leniently_by_whatever_way_serde_json_takes() {
    let text = r#"{"id":7,"choices":[7,{"index":0.0,"message":{"content":"Hello","role":1}}],"x":{"z":1,"a":[2]}}"#;
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    for answer in [
        serde_json::from_str::<Completion>(text).unwrap(),
        serde_json::from_slice(text.as_bytes()).unwrap(),
        serde_json::from_reader(text.as_bytes()).unwrap(),
        serde_json::from_value(value).unwrap(),
    ] {
        assert_eq!(
            (answer.id.as_deref(), answer.text().as_deref()),
            (Some("7"), Some("Hello"))
        );
        assert_eq!(
            (answer.choices.len(), answer.choices[0].index),
            (1, Some(0))
        );
        let kept: JsonMap = answer.extra.parse("x").unwrap().unwrap();
        assert_eq!(kept.parse::<Vec<u8>>("a").unwrap(), Some(vec![2]));
    }
    for broken in ["", "{", "[]", r#"{"id":}"#, "{} x", "{\"id\":\"\u{1}\"}"] {
        assert!(
            serde_json::from_str::<Completion>(broken).is_err(),
            "{broken}"
        );
    }
}
